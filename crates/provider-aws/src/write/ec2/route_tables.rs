//! Route tables: one call for each route that changes.

use super::{CREATE_TAGS, DELETE_TAGS, SETTLE, birth, tagged};
use crate::write::craft::{Craft, Job, send};
use crate::write::patience::{HELD, YOUNG, or_gone};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{RemoteId, TypeName};
use aplomo_resources::ec2;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::ResourceType;
use std::time::Duration;

const CREATE: &str = "ec2:CreateRouteTable";
const DELETE: &str = "ec2:DeleteRouteTable";
const CREATE_ROUTE: &str = "ec2:CreateRoute";
const REPLACE_ROUTE: &str = "ec2:ReplaceRoute";
const DELETE_ROUTE: &str = "ec2:DeleteRoute";

/// Makes and changes route tables.
pub(crate) struct RouteTables;

impl Craft for RouteTables {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::ROUTE_TABLE];
    const WHAT: &'static str = "the route table";
    const CALLS: &'static [&'static str] =
        &[CREATE, CREATE_ROUTE, REPLACE_ROUTE, DELETE_ROUTE, DELETE, CREATE_TAGS, DELETE_TAGS];
    const SETTLE: Duration = SETTLE;

    async fn make(job: &mut Job<'_, Client>, _: &WantedFields) -> Result<(), CallError> {
        let request = job
            .pen
            .client
            .create_route_table()
            .vpc_id(job.container()?)
            .client_token(job.step.key.as_str())
            .tag_specifications(birth(job, ResourceType::RouteTable)?);
        let answer = send!(job, CREATE, YOUNG, request)?;
        job.born(CREATE, answer.route_table.as_ref().and_then(|table| table.route_table_id.as_deref()))
    }

    async fn shape(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
        let id = job.id()?;
        for (to, turn) in job.turned_entries(after, "/routes")? {
            match (turn.from, turn.to) {
                (None, Some(target)) => create(job, &id, &to, &target).await?,
                (Some(_), Some(target)) => replace(job, &id, &to, &target).await?,
                (_, None) => delete(job, &id, &to).await?,
            }
        }
        Ok(())
    }

    async fn unmake(job: &mut Job<'_, Client>, id: &RemoteId) -> Result<(), CallError> {
        let request = job.pen.client.delete_route_table().route_table_id(id.as_str());
        or_gone(send!(job, DELETE, HELD, request))
    }

    tagged!();
}

/// Destination and target in the fields that the service has for them.
macro_rules! routed {
    ($request:expr, $to:expr, $target:expr) => {{
        let (request, target) = (destined!($request, $to), $target.to_owned());
        match target.split_once('-').map_or("", |(kind, _)| kind) {
            "nat" => request.nat_gateway_id(target),
            "eigw" => request.egress_only_internet_gateway_id(target),
            "pcx" => request.vpc_peering_connection_id(target),
            "tgw" => request.transit_gateway_id(target),
            "vpce" => request.vpc_endpoint_id(target),
            "eni" => request.network_interface_id(target),
            "lgw" => request.local_gateway_id(target),
            "cagw" => request.carrier_gateway_id(target),
            "i" => request.instance_id(target),
            _ => request.gateway_id(target),
        }
    }};
}
macro_rules! destined {
    ($request:expr, $to:expr) => {{
        let (request, to) = ($request, $to.to_owned());
        if to.starts_with("pl-") {
            request.destination_prefix_list_id(to)
        } else if to.contains(':') {
            request.destination_ipv6_cidr_block(to)
        } else {
            request.destination_cidr_block(to)
        }
    }};
}
async fn create(job: &mut Job<'_, Client>, id: &RemoteId, to: &str, target: &str) -> Result<(), CallError> {
    let request = routed!(job.pen.client.create_route().route_table_id(id.as_str()), to, target);
    send!(job, CREATE_ROUTE, YOUNG, request).map(drop)
}

async fn replace(job: &mut Job<'_, Client>, id: &RemoteId, to: &str, target: &str) -> Result<(), CallError> {
    let request = routed!(job.pen.client.replace_route().route_table_id(id.as_str()), to, target);
    send!(job, REPLACE_ROUTE, YOUNG, request).map(drop)
}

async fn delete(job: &mut Job<'_, Client>, id: &RemoteId, to: &str) -> Result<(), CallError> {
    let request = destined!(job.pen.client.delete_route().route_table_id(id.as_str()), to);
    or_gone(send!(job, DELETE_ROUTE, YOUNG, request))
}
