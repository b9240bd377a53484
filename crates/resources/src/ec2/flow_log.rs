//! `aws.ec2.FlowLog`.

use super::model::FlowLog;
use super::names::FLOW_LOG;
use crate::change::{Notes, delta};
use crate::normal::{Normal, absent_if, is_set};
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted};
use smol_str::SmolStr;

/// The type of flow logs. They have no identity without marks.
pub struct FlowLogs;

impl Type for FlowLogs {
    const NAME: TypeName = FLOW_LOG;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = FlowLog<M>;

    fn normalise(mut model: FlowLog<Wanted>) -> Result<FlowLog<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("flow-log");
        normal.word("trafficType", &mut model.traffic_type, &["ALL", "ACCEPT", "REJECT"]);
        normal.word("destinationType", &mut model.destination_type, &["cloud-watch-logs", "s3"]);
        absent_if(&mut model.log_group, SmolStr::is_empty);
        absent_if(&mut model.bucket, SmolStr::is_empty);
        absent_if(&mut model.role, SmolStr::is_empty);
        if is_set(&model.log_group) && is_set(&model.bucket) {
            normal.wrong("destination", "a flow log goes to a log group or to a bucket");
        }
        if model.bucket.value().is_some_and(|arn| !arn.starts_with("arn:") || !arn.contains(":s3:::")) {
            normal.wrong("bucket", "it is no ARN of a bucket, e.g. `arn:aws:s3:::flow-logs`");
        }
        if model.aggregation.value().is_some_and(|seconds| ![60, 600].contains(seconds)) {
            normal.wrong("maxAggregationInterval", "it is 60 or 600 seconds");
        }
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(_: &FlowLog<Wanted>) -> Option<SmolStr> {
        None
    }

    fn identity(_: &FlowLog<Seen>) -> Option<SmolStr> {
        None
    }

    fn turnover(path: &FieldPath) -> Turnover {
        match path.as_str() {
            "/resource" | "/trafficType" | "/destinationType" | "/logGroup" | "/bucket" => {
                Turnover::CreateFirst
            }
            // The service takes no second one for the same network, traffic and destination.
            "/role" | "/maxAggregationInterval" => Turnover::DestroyFirst,
            _ => Turnover::InPlace,
        }
    }

    fn assess(before: Option<&FlowLog<Seen>>, after: Option<&FlowLog<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let resource = delta!(before, after, resource);
        let watched = resource.before.map_or("the network", SmolStr::as_str);
        if before.is_some() && after.is_none() {
            notes.add(Risk::Sensitive, format!("the traffic of {watched} is no longer logged"));
        }
        let traffic = delta!(before, after, traffic_type);
        if after.is_some() && traffic.before.is_some_and(|was| was == "ALL") && traffic.changes() {
            notes.add(Risk::Sensitive, format!("less of the traffic of {watched} is logged"));
        }
        notes.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::{Sight, Wish};

    #[test]
    fn losing_sight_of_traffic_is_sensitive() {
        let before = FlowLog::<Seen> {
            resource: Sight::Value("vpc-1".into()),
            traffic_type: Sight::Value("ALL".into()),
            ..Default::default()
        };
        let told = FlowLogs::assess(Some(&before), None);
        assert_eq!(
            (told.risk, told.notes.join("").as_str()),
            (Risk::Sensitive, "the traffic of vpc-1 is no longer logged")
        );
        let less = FlowLog::<Wanted> { traffic_type: Wish::Value("REJECT".into()), ..Default::default() };
        assert_eq!(FlowLogs::assess(Some(&before), Some(&less)).risk, Risk::Sensitive);
    }

    #[test]
    fn a_destination_is_one_of_two() {
        let wrong = FlowLog::<Wanted> {
            bucket: Wish::Value("flow-logs".into()),
            log_group: Wish::Value("/x".into()),
            aggregation: Wish::Value(61),
            ..Default::default()
        };
        assert_eq!(FlowLogs::normalise(wrong).unwrap_err().len(), 3);
    }
}
