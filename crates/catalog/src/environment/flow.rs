//! Flow logs: into a log group with the role that may write it, or into a bucket.

use super::place::{Place, id};
use super::spec::{Destination, FlowLogs, Traffic};
use aplomo_core::resource::Desired;
use aplomo_core::{Finding, Model as _, Type as _, Wanted, Wish};
use aplomo_resources::ec2::model::FlowLog;
use aplomo_resources::ec2::{self, FlowLogs as FlowLogType};
use aplomo_resources::logs::model::LogGroup;
use aplomo_resources::logs::{Groups, LOG_GROUP};
use smol_str::{SmolStr, format_smolstr};

const POINTER: &str = "/spec/network/flowLogs";

pub(super) fn expand(place: &Place<'_>, out: &mut crate::kind::Expansion) {
    let Some(wish) = &place.spec.network.flow_logs else { return };
    if wish.destination == Destination::Cloudwatch && wish.log_group.is_none() {
        out.resources.extend(log_group(place, wish, &mut out.findings));
    }
    match FlowLogType::normalise(model(place, wish)) {
        Ok(model) => {
            out.resources.push(place.tagged(
                &ec2::FLOW_LOG,
                &[],
                place.scope.clone(),
                model.to_fields(),
                POINTER,
            ));
        }
        Err(wrong) => {
            out.findings.extend(wrong.into_iter().map(|finding| place.manifest.finding_at(finding, POINTER)));
        }
    }
}

fn model(place: &Place<'_>, wish: &FlowLogs) -> FlowLog<Wanted> {
    let traffic = match wish.traffic {
        Traffic::All => "ALL",
        Traffic::Accept => "ACCEPT",
        Traffic::Reject => "REJECT",
    };
    let mut model = FlowLog::<Wanted> {
        resource: id(&place.vpc),
        traffic_type: Wish::Value(SmolStr::new_static(traffic)),
        aggregation: Wish::Value(wish.aggregation),
        log_group: Wish::Absent,
        bucket: Wish::Absent,
        role: Wish::Absent,
        ..FlowLog::default()
    };
    match wish.destination {
        Destination::Cloudwatch => {
            model.destination_type = Wish::Value(SmolStr::new_static("cloud-watch-logs"));
            let theirs = |name: &SmolStr| Wish::Value(name.clone());
            let group = || id(&place.address(&LOG_GROUP, &["flow"]));
            model.log_group = wish.log_group.as_ref().map_or_else(group, theirs);
            model.role = wish.role.as_ref().map_or_else(|| super::role::arn(place), theirs);
        }
        Destination::S3 => {
            model.destination_type = Wish::Value(SmolStr::new_static("s3"));
            model.bucket = wish.bucket.clone().map_or(Wish::Absent, Wish::Value);
        }
    }
    model
}

/// The name of the log group: the same for every environment of this tenant and name, in any region.
pub(super) fn log_group_name(place: &Place<'_>) -> SmolStr {
    let reference = &place.manifest.reference;
    format_smolstr!("/aplomo/flow/{}/{}", reference.tenant, reference.name)
}

fn log_group(place: &Place<'_>, wish: &FlowLogs, findings: &mut Vec<Finding>) -> Option<Desired> {
    let model = LogGroup::<Wanted> {
        name: Wish::Value(log_group_name(place)),
        retention_days: wish.retention_days.map_or(Wish::Absent, Wish::Value),
        ..LogGroup::default()
    };
    match Groups::normalise(model) {
        Ok(model) => {
            let fields = model.to_fields();
            Some(place.tagged(&LOG_GROUP, &["flow"], place.scope.clone(), fields, POINTER))
        }
        Err(wrong) => {
            let pointer = format!("{POINTER}/retentionDays");
            findings.extend(wrong.into_iter().map(|finding| place.manifest.finding_at(finding, &pointer)));
            None
        }
    }
}
