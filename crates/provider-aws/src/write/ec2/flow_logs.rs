//! Flow logs. Both calls may succeed as calls and fail for the one thing they are about.

use super::{CREATE_TAGS, DELETE_TAGS, SETTLE, birth, tagged};
use crate::wanted::{int32, text};
use crate::write::craft::{Craft, Job, send};
use crate::write::patience::{ONCE, Patience, or_gone};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{RemoteId, TypeName};
use aplomo_resources::ec2;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{
    FlowLogsResourceType, LogDestinationType, ResourceType, TrafficType, UnsuccessfulItem,
};
use std::time::Duration;

const CREATE: &str = "ec2:CreateFlowLogs";
const DELETE: &str = "ec2:DeleteFlowLogs";

/// A role that was just made is not accepted at once: 6 attempts in half a minute.
const NEW_ROLE: Patience = Patience {
    again: |code, message| code.contains("NotFound") || message.contains("assume given IAM role"),
    pauses: &[2, 4, 6, 8, 10],
};

/// Makes and deletes flow logs; nothing of them can be changed.
pub(crate) struct FlowLogs;

impl Craft for FlowLogs {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::FLOW_LOG];
    const WHAT: &'static str = "the flow log";
    const CALLS: &'static [&'static str] = &[CREATE, DELETE, CREATE_TAGS, DELETE_TAGS];
    const SETTLE: Duration = SETTLE;

    async fn make(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
        let resource = job.need(after, "/resource", text)?;
        let destination = job.wish(after, "/destinationType", text)?;
        let request = job
            .pen
            .client
            .create_flow_logs()
            .resource_type(kind(&resource))
            .resource_ids(resource)
            .traffic_type(TrafficType::from(job.need(after, "/trafficType", text)?.as_str()))
            .set_log_destination_type(destination.as_deref().map(LogDestinationType::from))
            .set_log_group_name(job.wish(after, "/logGroup", text)?)
            .set_log_destination(job.wish(after, "/bucket", text)?)
            .set_deliver_logs_permission_arn(job.wish(after, "/role", text)?)
            .set_max_aggregation_interval(job.wish(after, "/maxAggregationInterval", int32)?)
            .client_token(job.step.key.as_str())
            .tag_specifications(birth(job, ResourceType::VpcFlowLog)?);
        let answer = send!(job, CREATE, NEW_ROLE, request)?;
        succeeded(answer.unsuccessful.unwrap_or_default())?;
        job.born(CREATE, answer.flow_log_ids.unwrap_or_default().first().map(String::as_str))
    }

    async fn shape(_: &mut Job<'_, Client>, _: &WantedFields) -> Result<(), CallError> {
        Ok(())
    }

    async fn unmake(job: &mut Job<'_, Client>, id: &RemoteId) -> Result<(), CallError> {
        let request = job.pen.client.delete_flow_logs().flow_log_ids(id.as_str());
        let sent = send!(job, DELETE, ONCE, request);
        or_gone(sent.and_then(|answer| succeeded(answer.unsuccessful.unwrap_or_default())))
    }

    tagged!();
}

fn kind(resource: &str) -> FlowLogsResourceType {
    match resource.split_once('-').map_or("", |(kind, _)| kind) {
        "subnet" => FlowLogsResourceType::Subnet,
        "eni" => FlowLogsResourceType::NetworkInterface,
        "tgw" => FlowLogsResourceType::TransitGateway,
        _ => FlowLogsResourceType::Vpc,
    }
}

/// What the answer says of the one thing that was asked for.
fn succeeded(failures: Vec<UnsuccessfulItem>) -> Result<(), CallError> {
    let Some(item) = failures.into_iter().next() else { return Ok(()) };
    let (code, message) = item.error.map_or((None, None), |error| (error.code, error.message));
    Err(CallError::Refused {
        code: code.unwrap_or_else(|| "Unsuccessful".to_owned()),
        message: message.unwrap_or_else(|| "AWS gives no reason".to_owned()),
        request_id: None,
    })
}
