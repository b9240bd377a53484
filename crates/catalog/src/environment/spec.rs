//! What an Environment manifest says. The doc comments are the documentation of its fields.

use super::by_hand::{Gateway, Subnet, Table};
use super::words::{Peer, Ports};
use crate::envelope::OwnershipWish;
use crate::windows::WindowWish;
use aplomo_core::RemoteId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A network in AWS with its subnets, gateways, routes, security groups and prefix lists.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnvironmentSpec {
    /// What it is for: production is checked more strictly.
    #[serde(rename = "type")]
    pub environment_type: EnvironmentType,
    /// The region, e.g. `eu-west-1`; the tenant's own unless set. An environment does not move to another.
    pub region: Option<SmolStr>,
    /// The network.
    pub network: Network,
    /// The security groups. What they do not list is refused.
    #[serde(default)]
    pub security_groups: Vec<Group>,
    /// Lists of address ranges that rules can name, e.g. those of an external firewall.
    #[serde(default)]
    pub prefix_lists: Vec<List>,
    /// Who owns the rules of the security groups. With `exclusive` a rule that nobody lists is
    /// deleted; with `observe` nothing of the environment is written at all.
    #[serde(default)]
    pub ownership: OwnershipWish,
    /// When changes of it, and of what names it, are applied. Unset: at any time. Each change waits for a window of its
    /// tenant as well, where that has some.
    #[serde(default)]
    pub windows: Vec<WindowWish>,
    /// Tags on everything in it, beside the tenant's; of the same key these count.
    #[serde(default)]
    pub tags: BTreeMap<SmolStr, SmolStr>,
    /// Existing objects to take over beside the network itself (which is `lifecycle.adopt`): the end of the
    /// object's address (`NatGateway/0`, `RouteTable/public`, `PrefixList/waf`) to its id.
    #[serde(default)]
    #[schemars(with = "BTreeMap<SmolStr, SmolStr>")]
    pub existing: BTreeMap<SmolStr, RemoteId>,
    /// Whether what is taken over by its id keeps the tags that it has: then only `tags` are put on it, no `Name` and
    /// none of the tenant's. `import` sets it.
    #[serde(default)]
    pub keep_tags: bool,
}

/// What an environment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EnvironmentType {
    /// Serves the client's users.
    Production,
    /// Where the client accepts a change before production.
    Certification,
    /// Where changes are tried.
    Staging,
}

impl From<EnvironmentType> for aplomo_core::safety::EnvironmentType {
    fn from(written: EnvironmentType) -> Self {
        match written {
            EnvironmentType::Production => Self::Production,
            EnvironmentType::Certification => Self::Certification,
            EnvironmentType::Staging => Self::Staging,
        }
    }
}

/// The network of an environment.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Network {
    /// The IPv4 block, e.g. `10.20.0.0/16`. Another block is another network.
    pub cidr: SmolStr,
    /// In how many availability zones each tier has a subnet.
    #[serde(default = "two")]
    #[schemars(range(min = 1, max = 6))]
    pub zones: u8,
    /// The names of the zones in the order that subnets are numbered, e.g. `eu-west-1a`. Unless set they are the
    /// account's zones in the order of their ids, looked up. Moving a subnet to another zone makes another subnet.
    #[serde(default)]
    pub availability_zones: Vec<SmolStr>,
    /// The tiers: each has one subnet in every zone.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// How the tiers with `exposure: egress` reach the internet.
    #[serde(default)]
    pub nat: Nat,
    /// NAT gateways in places of their own, for networks that were made by hand; `nat` is `none` then.
    #[serde(default)]
    pub nat_gateways: Vec<Gateway>,
    /// Route tables beside those that the tiers bring, for subnets that name one. One called `public` or `isolated`
    /// takes the place of the table of those tiers.
    #[serde(default)]
    pub route_tables: Vec<Table>,
    /// Logs of the traffic.
    pub flow_logs: Option<FlowLogs>,
    /// Whether the group that the network brings along is emptied, so that nothing gets access by forgetting a group.
    #[serde(default = "yes")]
    pub lock_default_security_group: bool,
    /// Whether the network has an IPv6 block of Amazon's, and every subnet a part of it.
    #[serde(default)]
    pub ipv6: bool,
}

const fn two() -> u8 {
    2
}
const fn yes() -> bool {
    true
}

/// A layer of the network: one subnet in every zone, or those that it lists.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tier {
    /// The name, e.g. `app`.
    pub name: SmolStr,
    /// The size of each of its subnets, e.g. 24.
    #[schemars(range(min = 16, max = 28))]
    pub prefix: Option<u8>,
    /// Who can reach it, and what it can reach.
    pub exposure: Exposure,
    /// Which part of the network it has. A slot has room for eight subnets of the tier's size, one per zone, and slots
    /// are counted from the network's first address in that unit: with prefix 24 slot 0 begins at the first address
    /// and slot 1 2,048 addresses later. So no tier or zone that comes or goes renumbers another. `validate` proposes
    /// the next free one.
    pub slot: Option<u32>,
    /// Its subnets by their blocks in the place of `prefix` and `slot`, for networks that were made by hand: at most
    /// one in a zone, which `availabilityZones` names.
    #[serde(default)]
    pub subnets: Vec<Subnet>,
}

/// Who can reach a tier, and what it can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Exposure {
    /// Reached from the internet, where a group allows it.
    Public,
    /// Reaches the internet through NAT, and is not reached from there.
    Egress,
    /// Reaches nothing outside the network.
    Isolated,
}

/// How many NAT gateways there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Nat {
    /// None.
    #[default]
    None,
    /// One for all zones: cheaper, and when its zone fails nothing gets out.
    Single,
    /// One in every zone.
    PerZone,
}

/// Logs of the network's traffic.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FlowLogs {
    /// Where they go.
    pub destination: Destination,
    /// How many days CloudWatch keeps them; for ever unless set.
    pub retention_days: Option<u32>,
    /// The name of a log group that exists, in the place of one of their own. With `role`.
    pub log_group: Option<SmolStr>,
    /// The ARN of a role that exists and may write that log group.
    pub role: Option<SmolStr>,
    /// The ARN of the bucket, perhaps with a folder, e.g. `arn:aws:s3:::acme-flow-logs`. For `s3`.
    pub bucket: Option<SmolStr>,
    /// Which traffic.
    #[serde(default)]
    pub traffic: Traffic,
    /// The longest time, in seconds, that packets are gathered for one entry: 60 or 600.
    #[serde(default = "ten_minutes")]
    pub aggregation: u32,
}

const fn ten_minutes() -> u32 {
    600
}

/// Where flow logs go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Destination {
    /// A log group of their own, with the role that may write it.
    Cloudwatch,
    /// A bucket that exists.
    S3,
}

/// Which traffic is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Traffic {
    /// All of it.
    #[default]
    All,
    /// What was let through.
    Accept,
    /// What was refused.
    Reject,
}

/// A security group with its rules.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Group {
    /// The name, unique in the network. Another name is another group.
    pub name: SmolStr,
    /// What it is for. Another description is another group, for AWS cannot change it.
    pub description: SmolStr,
    /// What may come in.
    #[serde(default)]
    pub ingress: Vec<Ingress>,
    /// What may go out; everything unless set, nothing with an empty list.
    pub egress: Option<Vec<Egress>>,
}

/// What may come in: one rule for each source.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ingress {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, `all`, or the number of a protocol.
    #[serde(default = "tcp")]
    pub protocol: SmolStr,
    /// A port, a range or `all`: `443`, `8000-8100`. For ICMP the type, or type and code as `3/4`.
    pub ports: Option<Ports>,
    /// From where: blocks, `self`, `{securityGroup: name}` or `{prefixList: name}`. Ids (`sg-…`, `pl-…`) name what is
    /// not in this manifest.
    pub from: Vec<Peer>,
    /// What it is for.
    pub description: Option<SmolStr>,
}

/// What may go out: one rule for each destination.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Egress {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, `all`, or the number of a protocol.
    #[serde(default = "tcp")]
    pub protocol: SmolStr,
    /// A port, a range or `all`: `443`, `8000-8100`. For ICMP the type, or type and code as `3/4`.
    pub ports: Option<Ports>,
    /// To where: blocks, `self`, `{securityGroup: name}` or `{prefixList: name}`. Ids (`sg-…`, `pl-…`) name what is
    /// not in this manifest.
    pub to: Vec<Peer>,
    /// What it is for.
    pub description: Option<SmolStr>,
}

const fn tcp() -> SmolStr {
    SmolStr::new_static("tcp")
}

/// A list of address ranges.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct List {
    /// The name.
    pub name: SmolStr,
    /// How many entries it has room for. Wherever the list is used it counts as so many rules.
    #[schemars(range(min = 1, max = 1000))]
    pub max_entries: u32,
    /// The entries, all IPv4 or all IPv6.
    #[serde(default)]
    pub entries: Vec<ListEntry>,
}

/// An address range.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListEntry {
    /// The block.
    pub cidr: SmolStr,
    /// Whose it is.
    pub description: Option<SmolStr>,
}
