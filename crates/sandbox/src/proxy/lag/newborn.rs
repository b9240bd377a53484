//! One new object: how to find it in the answer that created it, in lists, and in calls that name it.

use serde_json::Value;

use super::super::action::{Action, region};
use super::super::{Answer, AwsError, Inbound};
use crate::form::Form;
use crate::xml::{all, child_text, parse, remove};

/// How one sort of object is created and listed.
struct Sort {
    /// The creating operation; a final `*` matches any rest.
    action: &'static str,
    /// The element or field with the id, in the answer and in lists.
    id: &'static str,
    /// The list; empty if the id's field is enough.
    list: &'static str,
    /// A field of the request that names the object too, and calls by it.
    name: &'static str,
    /// The error for one that does not exist.
    missing: (u16, &'static str),
}

const fn ec2(action: &'static str, id: &'static str, list: &'static str, missing: &'static str) -> Sort {
    Sort { action, id, list, name: "", missing: (400, missing) }
}

const fn iam(action: &'static str, id: &'static str, name: &'static str) -> Sort {
    Sort { action, id, list: "", name, missing: (404, "NoSuchEntity") }
}

const NO_RESOURCE: (u16, &str) = (400, "ResourceNotFoundException");

const SORTS: &[Sort] = &[
    ec2("ec2:CreateVpc", "vpcId", "vpcSet", "InvalidVpcID.NotFound"),
    ec2("ec2:CreateSubnet", "subnetId", "subnetSet", "InvalidSubnetID.NotFound"),
    ec2(
        "ec2:CreateInternetGateway",
        "internetGatewayId",
        "internetGatewaySet",
        "InvalidInternetGatewayID.NotFound",
    ),
    ec2("ec2:CreateNatGateway", "natGatewayId", "natGatewaySet", "NatGatewayNotFound"),
    ec2("ec2:CreateRouteTable", "routeTableId", "routeTableSet", "InvalidRouteTableID.NotFound"),
    ec2("ec2:CreateSecurityGroup", "groupId", "securityGroupInfo", "InvalidGroup.NotFound"),
    ec2(
        "ec2:AuthorizeSecurityGroup*",
        "securityGroupRuleId",
        "securityGroupRuleSet",
        "InvalidSecurityGroupRuleId.NotFound",
    ),
    ec2("ec2:AllocateAddress", "allocationId", "addressesSet", "InvalidAllocationID.NotFound"),
    ec2("ec2:CreateManagedPrefixList", "prefixListId", "prefixListSet", "InvalidPrefixListID.NotFound"),
    ec2("ec2:CreateFlowLogs", "flowLogId", "flowLogSet", "InvalidFlowLogId.NotFound"),
    iam("iam:CreateRole", "Arn", "RoleName"),
    iam("iam:CreatePolicy", "Arn", ""),
    iam("iam:CreateInstanceProfile", "Arn", "InstanceProfileName"),
    iam("iam:CreateOpenIDConnectProvider", "OpenIDConnectProviderArn", ""),
    iam("iam:CreateSAMLProvider", "SAMLProviderArn", ""),
    Sort {
        action: "acm:RequestCertificate",
        id: "CertificateArn",
        list: "CertificateSummaryList",
        name: "",
        missing: NO_RESOURCE,
    },
    Sort {
        action: "logs:CreateLogGroup",
        id: "logGroupName",
        list: "logGroups",
        name: "logGroupName",
        missing: NO_RESOURCE,
    },
    Sort {
        action: "route53:CreateHostedZone",
        id: "Id",
        list: "HostedZones",
        name: "",
        missing: (404, "NoSuchHostedZone"),
    },
];

/// A new object and how often it is still unknown.
pub(super) struct Newborn {
    sort: &'static Sort,
    id: String,
    /// A name beside the id, with the field that carries it; names are not unique over accounts and regions.
    name: String,
    place: [String; 2],
    reads: usize,
    uses: usize,
}

impl std::fmt::Debug for Newborn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Newborn({}, {} reads, {} uses)", self.id, self.reads, self.uses)
    }
}

/// What a successful call created.
pub(super) fn born(
    action: &Action,
    call: &Inbound,
    answer: &Answer,
    reads: usize,
    uses: usize,
) -> Vec<Newborn> {
    let sort = SORTS.iter().find(|sort| super::super::rule::matches_pattern(sort.action, &action.name));
    let Some(sort) = sort else { return Vec::new() };
    let name = request_field(call, sort.name);
    let mut ids = answered(sort, answer);
    if ids.is_empty() && !name.is_empty() {
        ids.push(name.clone());
    }
    let new = ids.into_iter();
    new.map(|id| Newborn { sort, id, name: name.clone(), place: place(action, call), reads, uses }).collect()
}

/// Account and region; IAM and Route53 are the same in every region.
fn place(action: &Action, call: &Inbound) -> [String; 2] {
    let global = action.name.starts_with("iam:") || action.name.starts_with("route53:");
    let region = if global { "" } else { region(&call.headers).unwrap_or_default() };
    [call.account().unwrap_or_default(), region].map(str::to_owned)
}

fn request_field(call: &Inbound, name: &str) -> String {
    let body = call.text();
    match serde_json::from_str::<Value>(&body) {
        Ok(json) => json[name].as_str().unwrap_or_default().to_owned(),
        Err(_) => Form::parse(&body).text(name).to_owned(),
    }
}

/// The ids in the answer: the first of its field, or all of them where a call makes several.
fn answered(sort: &Sort, answer: &Answer) -> Vec<String> {
    if let Ok(json) = serde_json::from_str::<Value>(&answer.body) {
        return json[sort.id].as_str().map(str::to_owned).into_iter().collect();
    }
    let Ok(document) = parse(&answer.body) else { return Vec::new() };
    let texts = |tag| {
        all(document.root_element(), tag).filter_map(|n| n.text().map(str::to_owned)).collect::<Vec<_>>()
    };
    match sort.id {
        "flowLogId" => texts("item"),
        "securityGroupRuleId" => texts(sort.id),
        _ => texts(sort.id).into_iter().take(1).collect(),
    }
}

impl Newborn {
    pub(super) fn left(&self, write: bool) -> usize {
        if write { self.uses } else { self.reads }
    }

    pub(super) fn spend(&mut self, write: bool) {
        let left = if write { &mut self.uses } else { &mut self.reads };
        *left = left.saturating_sub(1);
    }

    pub(super) fn not_found(&self) -> AwsError {
        let (status, code) = self.sort.missing;
        AwsError::new(status, code, format!("'{}' does not exist", self.id))
    }

    fn is_of(&self, action: &Action, call: &Inbound) -> bool {
        let service = |name: &'_ str| name.split(':').next().map(str::to_owned);
        service(self.sort.action) == service(&action.name) && self.place == place(action, call)
    }

    /// Whether a call is about this object; a filter is only a filter.
    pub(super) fn named_by(&self, action: &Action, call: &Inbound) -> bool {
        if !self.is_of(action, call) || action.name == self.sort.action {
            return false;
        }
        let body = call.text();
        if let Ok(json) = serde_json::from_str::<Value>(&body) {
            return [self.sort.id, "logGroupIdentifier", "resourceArn"]
                .iter()
                .any(|key| json[*key].as_str() == Some(&self.id));
        }
        let by_path = self.sort.id == "Id" && call.path().contains(self.id.trim_start_matches('/'));
        let form = Form::parse(&body);
        by_path
            || form.fields().any(|(key, value)| {
                let named = !self.name.is_empty() && key == self.sort.name && value == self.name;
                !key.starts_with("Filter.") && (named || value == self.id)
            })
    }

    /// Takes the object out of a list that shows it.
    pub(super) fn hide(&mut self, action: &Action, call: &Inbound, answer: &mut Answer) {
        if self.reads == 0 || !self.is_of(action, call) {
            return;
        }
        let without = self.without(&answer.body);
        if without != answer.body {
            answer.body = without;
            self.reads -= 1;
        }
    }

    fn without(&self, body: &str) -> String {
        if let Ok(mut json) = serde_json::from_str::<Value>(body) {
            let list = json.get_mut(self.sort.list).and_then(Value::as_array_mut);
            let Some(list) = list else { return body.to_owned() };
            let before = list.len();
            list.retain(|entry| entry[self.sort.id].as_str() != Some(&self.id));
            return if list.len() == before { body.to_owned() } else { json.to_string() };
        }
        // Lists of IAM carry the ARN as `Arn`, whatever the creating call named it.
        let tag = if self.sort.action.starts_with("iam:") { "Arn" } else { self.sort.id };
        remove(body, |node| {
            let list = node.parent().map(|p| p.tag_name().name().to_owned()).unwrap_or_default();
            let listed = matches!(node.tag_name().name(), "item" | "member" | "HostedZone");
            let here = self.sort.list.is_empty() || list == self.sort.list;
            listed && here && child_text(node, tag).as_deref() == Some(&self.id)
        })
    }
}
