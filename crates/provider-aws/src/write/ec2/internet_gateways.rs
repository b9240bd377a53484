//! Internet gateways and their attachment.

use super::{CREATE_TAGS, DELETE_TAGS, SETTLE, birth, holders, tagged};
use crate::wanted::text;
use crate::write::craft::{Craft, Job, send};
use crate::write::patience::{HELD, ONCE, YOUNG, or_gone};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{RemoteId, TypeName};
use aplomo_resources::ec2;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::ResourceType;
use std::time::Duration;

const CREATE: &str = "ec2:CreateInternetGateway";
const DELETE: &str = "ec2:DeleteInternetGateway";
const ATTACH: &str = "ec2:AttachInternetGateway";
const DETACH: &str = "ec2:DetachInternetGateway";

const USES: holders::Uses =
    holders::Uses { interfaces: "vpc-id", groups: &[], subnets: None, gateways: None };

/// Makes and changes internet gateways.
pub(crate) struct InternetGateways;

impl Craft for InternetGateways {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::INTERNET_GATEWAY];
    const WHAT: &'static str = "the internet gateway";
    const CALLS: &'static [&'static str] =
        &[CREATE, ATTACH, DETACH, DELETE, CREATE_TAGS, DELETE_TAGS, holders::INTERFACES];
    const SETTLE: Duration = SETTLE;

    async fn make(job: &mut Job<'_, Client>, _: &WantedFields) -> Result<(), CallError> {
        let tags = birth(job, ResourceType::InternetGateway)?;
        let answer =
            send!(job, CREATE, ONCE, job.pen.client.create_internet_gateway().tag_specifications(tags))?;
        let gateway = answer.internet_gateway.as_ref();
        job.born(CREATE, gateway.and_then(|gateway| gateway.internet_gateway_id.as_deref()))
    }

    async fn shape(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
        let Some(turn) = job.turn(after, "/vpc", text, None)? else { return Ok(()) };
        let id = job.id()?;
        if let Some(from) = turn.from {
            detach(job, &id, &from).await?;
        }
        let Some(to) = turn.to else { return Ok(()) };
        let request = job.pen.client.attach_internet_gateway().internet_gateway_id(id.as_str()).vpc_id(to);
        send!(job, ATTACH, YOUNG, request).map(drop)
    }

    async fn unmake(job: &mut Job<'_, Client>, id: &RemoteId) -> Result<(), CallError> {
        if let Some(vpc) = job.seen("/vpc").and_then(text) {
            detach(job, id, &vpc).await?;
        }
        let request = job.pen.client.delete_internet_gateway().internet_gateway_id(id.as_str());
        or_gone(send!(job, DELETE, HELD, request))
    }

    tagged!();
}

/// Refused while anything in the network has a public address; `Gateway.NotAttached` is as wished.
async fn detach(job: &mut Job<'_, Client>, id: &RemoteId, vpc: &str) -> Result<(), CallError> {
    let request = job.pen.client.detach_internet_gateway().internet_gateway_id(id.as_str()).vpc_id(vpc);
    let result = match or_gone(send!(job, DETACH, HELD, request)) {
        Err(CallError::Refused { code, .. }) if code == "Gateway.NotAttached" => Ok(()),
        result => result,
    };
    holders::explained(job, result, vpc, USES).await
}
