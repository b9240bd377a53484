//! The role that lets flow logs be written into their log group.
//!
//! It is wished by field, and brought into normal form by its type in the registry: what a policy
//! document looks like is that type's own business.

use super::flow;
use super::place::{Place, output};
use super::spec::Destination;
use aplomo_core::digest::Digest;
use aplomo_core::fields::WantedFields;
use aplomo_core::resource::Desired;
use aplomo_core::{Account, Datum, FieldPath, Finding, Region, Scope, TypeName, Wish};
use serde_json::json;
use smol_str::{SmolStr, format_smolstr};

/// The type of roles.
const ROLE: TypeName = TypeName::known("aws.iam.Role");
/// The longest name of a role.
const LONGEST: usize = 64;

/// The role's ARN as the flow log refers to it.
pub(super) fn arn<T>(place: &Place<'_>) -> Wish<T> {
    if known() {
        output(&place.address(&ROLE, &["flow"]), SmolStr::new_static("arn"))
    } else {
        Wish::LeftAlone
    }
}

fn known() -> bool {
    aplomo_resources::registry().get(ROLE.as_str()).is_some()
}

/// The role, where logs go to CloudWatch and the type is in the registry.
pub(super) fn expand(place: &Place<'_>, findings: &mut Vec<Finding>) -> Option<Desired> {
    let logs = place.spec.network.flow_logs.as_ref()?;
    if logs.destination != Destination::Cloudwatch || logs.role.is_some() {
        return None;
    }
    match aplomo_resources::registry().get(ROLE.as_str())?.normalise(&fields(place)) {
        Ok(fields) => {
            let scope = Scope { region: None, ..place.scope.clone() };
            Some(place.tagged(&ROLE, &["flow"], scope, fields, "/spec/network/flowLogs"))
        }
        Err(wrong) => {
            let at = |finding| place.manifest.finding_at(finding, "/spec/network/flowLogs");
            findings.extend(wrong.into_iter().map(at));
            None
        }
    }
}

fn fields(place: &Place<'_>) -> WantedFields {
    let text =
        |path: &'static str, text: String| (FieldPath::known(path), Wish::Value(Datum::Text(text.into())));
    [
        text("/name", name(place).into()),
        text("/path", "/aplomo/".into()),
        text("/trust", trust(place).to_string()),
        text("/inline/write-flow-logs", policy(place).to_string()),
    ]
    .into_iter()
    .collect()
}

/// Unique in the account: by tenant and environment, and not longer than IAM takes.
fn name(place: &Place<'_>) -> SmolStr {
    let reference = &place.manifest.reference;
    let name = format_smolstr!("{}-{}-flow", reference.tenant, reference.name);
    if name.len() <= LONGEST {
        return name;
    }
    let hash = Digest::of_bytes(name.as_bytes()).short(12);
    format_smolstr!("{}-{hash}", &name[..LONGEST - 13])
}

/// The service itself, and only for this account: others cannot use it through the service.
fn trust(place: &Place<'_>) -> serde_json::Value {
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
        "Action": "sts:AssumeRole",
    });
    if let Some(account) = &place.scope.account {
        statement["Condition"] = json!({"StringEquals": {"aws:SourceAccount": account.as_str()}});
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn policy(place: &Place<'_>) -> serde_json::Value {
    let region = place.scope.region.as_ref().map_or("*", Region::as_str);
    let account = place.scope.account.as_ref().map_or("*", Account::as_str);
    let partition = match region {
        r if r.starts_with("cn-") => "aws-cn",
        r if r.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    let group =
        format!("arn:{partition}:logs:{region}:{account}:log-group:{}:*", flow::log_group_name(place));
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"],
        "Resource": group,
    }]})
}
