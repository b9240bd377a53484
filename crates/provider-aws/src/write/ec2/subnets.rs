//! Subnets with their route tables and IPv6 blocks.

use super::holders::{INTERFACES, Uses, explained};
use super::{CREATE_TAGS, DELETE_TAGS, SETTLE, birth, switch, tagged};
use crate::read::ec2::RawSubnet;
use crate::wanted::{int, text};
use crate::write::craft::{Craft, Job, Turn, send};
use crate::write::not_sent;
use crate::write::patience::{HELD, YOUNG, or_gone};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{Datum, RemoteId, TypeName};
use aplomo_resources::ec2::{self, cidr};
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{ResourceType, VpcCidrBlockStateCode};
use std::time::Duration;

const CREATE: &str = "ec2:CreateSubnet";
const DELETE: &str = "ec2:DeleteSubnet";
const MODIFY: &str = "ec2:ModifySubnetAttribute";
const ASSOCIATE_BLOCK: &str = "ec2:AssociateSubnetCidrBlock";
const DISASSOCIATE_BLOCK: &str = "ec2:DisassociateSubnetCidrBlock";
const ASSOCIATE: &str = "ec2:AssociateRouteTable";
const REPLACE: &str = "ec2:ReplaceRouteTableAssociation";
const DISASSOCIATE: &str = "ec2:DisassociateRouteTable";
const NETWORKS: &str = "ec2:DescribeVpcs";

const USES: Uses = Uses { interfaces: "subnet-id", groups: &[], subnets: None, gateways: None };
/// Seconds between looks for a network's IPv6 block, which comes a moment after it was asked for.
const LOOKS: [u64; 5] = [0, 2, 4, 8, 16];

/// Makes and changes subnets.
pub(crate) struct Subnets;

impl Craft for Subnets {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::SUBNET];
    const WHAT: &'static str = "the subnet";
    const CALLS: &'static [&'static str] = &[
        CREATE,
        MODIFY,
        ASSOCIATE_BLOCK,
        DISASSOCIATE_BLOCK,
        ASSOCIATE,
        REPLACE,
        DISASSOCIATE,
        DELETE,
        CREATE_TAGS,
        DELETE_TAGS,
        NETWORKS,
        INTERFACES,
    ];
    const SETTLE: Duration = SETTLE;

    async fn make(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
        let six = match job.wish(after, "/ipv6Index", index)? {
            Some(number) => Some(ipv6_block(job, number).await?),
            None => None,
        };
        let request = job
            .pen
            .client
            .create_subnet()
            .vpc_id(job.container()?)
            .cidr_block(job.need(after, "/cidr", text)?)
            .set_availability_zone(job.wish(after, "/availabilityZone", text)?)
            .set_ipv6_cidr_block(six)
            .tag_specifications(birth(job, ResourceType::Subnet)?);
        let answer = send!(job, CREATE, YOUNG, request)?;
        job.born(CREATE, answer.subnet.as_ref().and_then(|subnet| subnet.subnet_id.as_deref()))
    }

    async fn shape(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
        let id = job.id()?;
        let (public, six) =
            (job.turns(after, "/mapPublicIp", false)?, job.turns(after, "/assignIpv6", false)?);
        let modify = job.pen.client.modify_subnet_attribute().subnet_id(id.as_str());
        if let Some(on) = public {
            let request = modify.clone().map_public_ip_on_launch(switch(on));
            send!(job, MODIFY, YOUNG, request)?;
        }
        // Addresses are given out only while there is a block to give them from.
        if six == Some(false) {
            let request = modify.clone().assign_ipv6_address_on_creation(switch(false));
            send!(job, MODIFY, YOUNG, request)?;
        }
        if !job.made
            && let Some(turn) = job.turn(after, "/ipv6Index", index, None)?
        {
            move_block(job, &id, turn).await?;
        }
        if six == Some(true) {
            let request = modify.assign_ipv6_address_on_creation(switch(true));
            send!(job, MODIFY, YOUNG, request)?;
        }
        match job.turn(after, "/routeTable", text, None)? {
            Some(turn) => route_by(job, &id, turn).await,
            None => Ok(()),
        }
    }

    /// An association with a route table goes with the subnet.
    async fn unmake(job: &mut Job<'_, Client>, id: &RemoteId) -> Result<(), CallError> {
        let result = send!(job, DELETE, HELD, job.pen.client.delete_subnet().subnet_id(id.as_str()));
        explained(job, or_gone(result), id.as_str(), USES).await
    }

    tagged!();
}

fn index(datum: &Datum) -> Option<u8> {
    int(datum).and_then(|number| u8::try_from(number).ok())
}

async fn move_block(job: &mut Job<'_, Client>, id: &RemoteId, turn: Turn<u8>) -> Result<(), CallError> {
    if turn.from.is_some() {
        let raw: RawSubnet = job.raw();
        let old = raw.ipv6.ok_or_else(|| not_sent("its IPv6 block is not known: plan again"))?;
        let request = job.pen.client.disassociate_subnet_cidr_block().association_id(old);
        or_gone(send!(job, DISASSOCIATE_BLOCK, HELD, request))?;
    }
    let Some(number) = turn.to else { return Ok(()) };
    let block = ipv6_block(job, number).await?;
    let request = job.pen.client.associate_subnet_cidr_block().subnet_id(id.as_str()).ipv6_cidr_block(block);
    send!(job, ASSOCIATE_BLOCK, YOUNG, request).map(drop)
}

/// The `/64` of this number in the network's block.
async fn ipv6_block(job: &Job<'_, Client>, number: u8) -> Result<String, CallError> {
    let vpc = job.container()?;
    for seconds in LOOKS {
        if seconds > 0 {
            job.pen.cx.clock.sleep(Duration::from_secs(seconds)).await;
        }
        let request = job.pen.client.describe_vpcs().vpc_ids(vpc);
        let answer = job.pen.line.ask(NETWORKS, |probe| request.customize().interceptor(probe).send()).await;
        let answer = match answer {
            Err(problem) if problem.code().contains("NotFound") => continue, // it is very new
            answer => answer?,
        };
        let blocks = answer.vpcs.into_iter().flatten().flat_map(|vpc| vpc.ipv6_cidr_block_association_set);
        let ready = blocks.flatten().find(|block| {
            let state = block.ipv6_cidr_block_state.as_ref().and_then(|state| state.state.as_ref());
            state == Some(&VpcCidrBlockStateCode::Associated)
        });
        if let Some(block) = ready.and_then(|block| block.ipv6_cidr_block) {
            let subnet = cidr::ipv6_subnet(&block, number);
            return subnet
                .map(Into::into)
                .ok_or_else(|| not_sent(&format!("the network's IPv6 block {block} is too small")));
        }
    }
    Err(not_sent(&format!("the network {vpc} has no IPv6 block after {} looks: run again", LOOKS.len())))
}

/// One call that swaps the table, so that there is no moment on the main one.
async fn route_by(job: &mut Job<'_, Client>, id: &RemoteId, turn: Turn<String>) -> Result<(), CallError> {
    let raw: RawSubnet = job.raw();
    match (turn.to, raw.table) {
        (Some(table), None) => {
            let request = job.pen.client.associate_route_table().subnet_id(id.as_str()).route_table_id(table);
            send!(job, ASSOCIATE, YOUNG, request).map(drop)
        }
        (Some(table), Some(association)) => {
            let request = job.pen.client.replace_route_table_association();
            let request = request.association_id(association).route_table_id(table);
            send!(job, REPLACE, YOUNG, request).map(drop)
        }
        (None, Some(association)) => {
            let request = job.pen.client.disassociate_route_table().association_id(association);
            or_gone(send!(job, DISASSOCIATE, YOUNG, request))
        }
        (None, None) => Ok(()),
    }
}
