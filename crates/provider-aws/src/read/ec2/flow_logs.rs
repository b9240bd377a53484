//! Flow logs.

use super::{PAGE, mark, tags};
use crate::read::regional::{Catch, Find, Survey, View, fields_of, paged, sight, word};
use aplomo_core::{Seen, TypeName};
use aplomo_resources::ec2::{self, model};
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{FlowLog, LogDestinationType};

const LIST: &str = "ec2:DescribeFlowLogs";

/// Lists flow logs.
pub(crate) struct FlowLogs;

impl Survey for FlowLogs {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::FLOW_LOG];
    const CALLS: &'static [&'static str] = &[LIST];

    async fn look(view: &View<'_, Client>) -> Vec<Catch> {
        let request = view.client.describe_flow_logs().max_results(PAGE);
        let (logs, coverage) = paged!(view, LIST, "flow logs", request.clone(), flow_logs);
        let mut catch = Catch::new(ec2::FLOW_LOG, coverage);
        for log in &logs {
            take(view, &mut catch, log);
        }
        vec![catch]
    }
}

fn take(view: &View<'_, Client>, catch: &mut Catch, log: &FlowLog) {
    let Some(id) = log.flow_log_id.as_deref() else { return catch.lacks("flow log") };
    let tags = tags(log.tags.as_deref());
    let kind = log.log_destination_type.as_ref().unwrap_or(&LogDestinationType::CloudWatchLogs);
    let group = *kind == LogDestinationType::CloudWatchLogs;
    let destination = log.log_destination.as_deref();
    let named = destination.and_then(|arn| arn.split(":log-group:").nth(1)).map(|n| n.trim_end_matches(":*"));
    let fields = model::FlowLog::<Seen> {
        resource: word(log.resource_id.as_deref()),
        traffic_type: word(log.traffic_type.as_ref().map(|traffic| traffic.as_str())),
        destination_type: word(Some(kind.as_str())),
        log_group: word(log.log_group_name.as_deref().or(named).filter(|_| group)),
        bucket: word(destination.filter(|_| *kind == LogDestinationType::S3)),
        role: word(log.deliver_logs_permission_arn.as_deref()),
        aggregation: sight(log.max_aggregation_interval.and_then(|n| u32::try_from(n).ok())),
        tags: fields_of(&tags),
    };
    catch.take::<ec2::FlowLogs>(view.scope, Find::new(id, mark(&tags)), &fields);
}
