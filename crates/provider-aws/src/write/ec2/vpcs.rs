//! Networks. A new one answers names and gives none; what is wished otherwise is a call each.

use super::holders::{GATEWAYS, GROUPS, INTERFACES, SUBNETS, Uses, explained};
use super::{CREATE_TAGS, DELETE_TAGS, SETTLE, birth, switch, tagged};
use crate::read::ec2::RawVpc;
use crate::wanted::{text, truth};
use crate::write::craft::{Craft, Job, send};
use crate::write::not_sent;
use crate::write::patience::{HELD, ONCE, YOUNG, or_gone};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{RemoteId, TypeName};
use aplomo_resources::ec2;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::ResourceType;
use std::time::Duration;

const CREATE: &str = "ec2:CreateVpc";
const DELETE: &str = "ec2:DeleteVpc";
const MODIFY: &str = "ec2:ModifyVpcAttribute";
const ASSOCIATE: &str = "ec2:AssociateVpcCidrBlock";
const DISASSOCIATE: &str = "ec2:DisassociateVpcCidrBlock";

const USES: Uses = Uses {
    interfaces: "vpc-id",
    groups: &["vpc-id"],
    subnets: Some("vpc-id"),
    gateways: Some("attachment.vpc-id"),
};

/// Makes and changes networks.
pub(crate) struct Vpcs;

impl Craft for Vpcs {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::VPC];
    const WHAT: &'static str = "the network";
    const CALLS: &'static [&'static str] = &[
        CREATE,
        MODIFY,
        ASSOCIATE,
        DISASSOCIATE,
        DELETE,
        CREATE_TAGS,
        DELETE_TAGS,
        INTERFACES,
        GROUPS,
        SUBNETS,
        GATEWAYS,
    ];
    const SETTLE: Duration = SETTLE;

    async fn make(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
        let request = job
            .pen
            .client
            .create_vpc()
            .cidr_block(job.need(after, "/cidr", text)?)
            .set_amazon_provided_ipv6_cidr_block(
                job.wish(after, "/amazonProvidedIpv6", truth)?.filter(|six| *six),
            )
            .tag_specifications(birth(job, ResourceType::Vpc)?);
        let answer = send!(job, CREATE, ONCE, request)?;
        job.born(CREATE, answer.vpc.as_ref().and_then(|vpc| vpc.vpc_id.as_deref()))
    }

    async fn shape(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
        let support = job.turns(after, "/dnsSupport", true)?;
        let names = job.turns(after, "/dnsHostnames", false)?;
        // Names are given only where they are answered, so these two go last and come first.
        if names == Some(false) {
            set_names(job, false).await?;
        }
        if let Some(on) = support {
            let id = job.id()?;
            let request =
                job.pen.client.modify_vpc_attribute().vpc_id(id.as_str()).enable_dns_support(switch(on));
            send!(job, MODIFY, YOUNG, request)?;
        }
        if names == Some(true) {
            set_names(job, true).await?;
        }
        match job.turns(after, "/amazonProvidedIpv6", false)?.filter(|_| !job.made) {
            Some(true) => associate(job).await,
            Some(false) => disassociate(job).await,
            None => Ok(()),
        }
    }

    async fn unmake(job: &mut Job<'_, Client>, id: &RemoteId) -> Result<(), CallError> {
        let result = send!(job, DELETE, HELD, job.pen.client.delete_vpc().vpc_id(id.as_str()));
        explained(job, or_gone(result), id.as_str(), USES).await
    }

    tagged!();
}

async fn set_names(job: &mut Job<'_, Client>, on: bool) -> Result<(), CallError> {
    let id = job.id()?;
    let request = job.pen.client.modify_vpc_attribute().vpc_id(id.as_str()).enable_dns_hostnames(switch(on));
    send!(job, MODIFY, YOUNG, request).map(drop)
}

async fn associate(job: &mut Job<'_, Client>) -> Result<(), CallError> {
    let id = job.id()?;
    let request =
        job.pen.client.associate_vpc_cidr_block().vpc_id(id.as_str()).amazon_provided_ipv6_cidr_block(true);
    send!(job, ASSOCIATE, YOUNG, request).map(drop)
}

async fn disassociate(job: &mut Job<'_, Client>) -> Result<(), CallError> {
    let raw: RawVpc = job.raw();
    let association = raw.ipv6.ok_or_else(|| not_sent("its IPv6 block is not known: plan again"))?;
    let request = job.pen.client.disassociate_vpc_cidr_block().association_id(association);
    or_gone(send!(job, DISASSOCIATE, HELD, request))
}
