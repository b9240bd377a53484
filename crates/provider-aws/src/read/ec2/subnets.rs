//! Subnets and route tables: DescribeSubnets and DescribeRouteTables in one reading, since a subnet's
//! table is told by the tables alone.

use super::{PAGE, SMALL_PAGE, mark, tags};
use crate::read::regional::{Catch, Find, Survey, View, fields_of, paged, sight, word};
use aplomo_core::fields::Sight;
use aplomo_core::{Datum, Seen, TypeName};
use aplomo_resources::ec2::{self, cidr, model};
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{
    Route, RouteOrigin, RouteTable, Subnet, SubnetCidrBlockStateCode, SubnetIpv6CidrBlockAssociation,
};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

const SUBNETS: &str = "ec2:DescribeSubnets";
const TABLES: &str = "ec2:DescribeRouteTables";

/// States of a block that is not there or about to go.
const GONE: [SubnetCidrBlockStateCode; 4] = [
    SubnetCidrBlockStateCode::Disassociating,
    SubnetCidrBlockStateCode::Disassociated,
    SubnetCidrBlockStateCode::Failing,
    SubnetCidrBlockStateCode::Failed,
];

/// What a writer needs beyond the normal form.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct RawSubnet {
    /// Its explicit association with a route table.
    pub(crate) table: Option<String>,
    /// The association of its IPv6 block.
    pub(crate) ipv6: Option<String>,
}

/// Lists subnets and route tables.
pub(crate) struct Subnets;

impl Survey for Subnets {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::SUBNET, ec2::ROUTE_TABLE];
    const CALLS: &'static [&'static str] = &[SUBNETS, TABLES];

    async fn look(view: &View<'_, Client>) -> Vec<Catch> {
        let (subnets, coverage) =
            paged!(view, SUBNETS, "subnets", view.client.describe_subnets().max_results(PAGE), subnets);
        let mut inside = Catch::new(ec2::SUBNET, coverage);
        let request = view.client.describe_route_tables().max_results(SMALL_PAGE);
        let (tables, coverage) = paged!(view, TABLES, "route tables", request.clone(), route_tables);
        let mut routes = Catch::new(ec2::ROUTE_TABLE, coverage);
        let associations = Associations::of(&tables, routes.coverage.is_complete());
        for subnet in &subnets {
            take_subnet(view, &mut inside, subnet, &associations);
        }
        for table in &tables {
            take_table(view, &mut routes, table);
        }
        vec![inside, routes]
    }
}

/// Which table each subnet is explicitly associated with.
struct Associations<'a> {
    by_subnet: BTreeMap<&'a str, (&'a str, Option<&'a str>)>,
    all: bool,
}

impl<'a> Associations<'a> {
    fn of(tables: &'a [RouteTable], all: bool) -> Self {
        let pairs = tables.iter().flat_map(|table| {
            let associations = table.associations.iter().flatten();
            associations.filter_map(move |association| {
                let id = association.route_table_association_id.as_deref();
                Some((association.subnet_id.as_deref()?, (table.route_table_id.as_deref()?, id)))
            })
        });
        Self { by_subnet: pairs.collect(), all }
    }

    fn table(&self, subnet: &str) -> Sight<SmolStr> {
        match self.by_subnet.get(subnet) {
            Some((table, _)) => Sight::Value(SmolStr::new(table)),
            None if self.all => Sight::Absent,
            None => Sight::Hidden,
        }
    }
}

/// The IPv6 block that it has or is about to have.
fn ipv6_block(subnet: &Subnet) -> Option<&SubnetIpv6CidrBlockAssociation> {
    subnet.ipv6_cidr_block_association_set.iter().flatten().find(|block| {
        let state = block.ipv6_cidr_block_state.as_ref().and_then(|state| state.state.as_ref());
        block.ipv6_cidr_block.is_some() && state.is_none_or(|state| !GONE.contains(state))
    })
}

fn take_subnet(view: &View<'_, Client>, catch: &mut Catch, subnet: &Subnet, tables: &Associations<'_>) {
    let (Some(id), Some(vpc)) = (subnet.subnet_id.as_deref(), subnet.vpc_id.as_deref()) else {
        return catch.lacks("subnet");
    };
    let tags = tags(subnet.tags.as_deref());
    let block = subnet.cidr_block.as_deref().and_then(|c| cidr::v4(c).ok());
    let (six, zone) = (ipv6_block(subnet), subnet.availability_zone.as_deref());
    let fields = model::Subnet::<Seen> {
        cidr: sight(block.clone()),
        availability_zone: word(zone),
        map_public_ip: Sight::Value(subnet.map_public_ip_on_launch.unwrap_or(false)),
        ipv6_index: sight(six.and_then(|b| b.ipv6_cidr_block.as_deref()).and_then(cidr::ipv6_index)),
        assign_ipv6: Sight::Value(subnet.assign_ipv6_address_on_creation.unwrap_or(false)),
        route_table: tables.table(id),
        tags: fields_of(&tags),
    };
    let outputs = [("availabilityZone", zone), ("cidr", block.as_deref())].into_iter();
    let outputs = outputs.filter_map(|(name, text)| Some((SmolStr::new_static(name), Datum::from(text?))));
    let raw = RawSubnet {
        table: tables.by_subnet.get(id).and_then(|(_, association)| association.map(str::to_owned)),
        ipv6: six.and_then(|block| block.association_id.clone()),
    };
    let find = Find {
        within: Some(vpc),
        outputs: outputs.collect(),
        brought_along: subnet.default_for_az == Some(true),
        raw: serde_json::to_string(&raw).ok(),
        ..Find::new(id, view.stranger(subnet.owner_id.as_deref()).unwrap_or_else(|| mark(&tags)))
    };
    catch.take::<ec2::Subnets>(view.scope, find, &fields);
}

fn take_table(view: &View<'_, Client>, catch: &mut Catch, table: &RouteTable) {
    let (Some(id), Some(vpc)) = (table.route_table_id.as_deref(), table.vpc_id.as_deref()) else {
        return catch.lacks("route table");
    };
    let tags = tags(table.tags.as_deref());
    let routes = table.routes.iter().flatten().filter_map(route);
    let fields = model::RouteTable::<Seen> {
        routes: routes.map(|(to, target)| (to, Sight::Value(target))).collect(),
        tags: fields_of(&tags),
    };
    let find = Find {
        within: Some(vpc),
        brought_along: table.associations.iter().flatten().any(|a| a.main == Some(true)),
        ..Find::new(id, view.stranger(table.owner_id.as_deref()).unwrap_or_else(|| mark(&tags)))
    };
    catch.take::<ec2::RouteTables>(view.scope, find, &fields);
}

/// Destination and target of a route that somebody made; the network's own and propagated ones are none.
fn route(route: &Route) -> Option<(String, SmolStr)> {
    if route.gateway_id.as_deref() == Some("local")
        || route.origin == Some(RouteOrigin::EnableVgwRoutePropagation)
    {
        return None;
    }
    let to = [
        &route.destination_cidr_block,
        &route.destination_ipv6_cidr_block,
        &route.destination_prefix_list_id,
    ];
    let to = to.into_iter().flatten().next()?;
    let targets = [
        &route.nat_gateway_id,
        &route.transit_gateway_id,
        &route.vpc_peering_connection_id,
        &route.egress_only_internet_gateway_id,
        &route.local_gateway_id,
        &route.carrier_gateway_id,
        &route.gateway_id,
        &route.network_interface_id,
        &route.instance_id,
        &route.core_network_arn,
        &route.odb_network_arn,
    ];
    let target = targets.into_iter().flatten().find(|id| !id.is_empty())?;
    let to = cidr::destination(to).map_or_else(|_| to.clone(), Into::into);
    Some((to, SmolStr::new(target)))
}
