//! A rule as the service returns it, brought into normal form.

use super::normalise::{ports, protocol};
use crate::ec2::cidr;
use crate::ec2::model::SecurityGroupRule;
use aplomo_core::{Seen, Sight};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A rule in the service's own form. What the service does not return is `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeenRule {
    /// The group the rule belongs to.
    pub group_id: String,
    /// Whether it is an egress rule.
    pub egress: bool,
    /// The protocol, by name or number.
    pub protocol: String,
    /// The first port or ICMP type.
    pub from_port: Option<i32>,
    /// The last port or ICMP code.
    pub to_port: Option<i32>,
    /// An IPv4 block.
    pub cidr4: Option<String>,
    /// An IPv6 block.
    pub cidr6: Option<String>,
    /// The id of a referenced group.
    pub referenced_group: Option<String>,
    /// The id of a prefix list.
    pub prefix_list: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// Tags but for marks and `aws:`.
    pub tags: BTreeMap<String, String>,
}

/// The rule in normal form. What has no normal form is kept as it is, so that it is seen and differs.
#[must_use]
pub fn seen_rule(seen: SeenRule) -> SecurityGroupRule<Seen> {
    let protocol = protocol(&seen.protocol).unwrap_or_else(|_| seen.protocol.as_str().into());
    let (from, to) = ports(&protocol, seen.from_port, seen.to_port);
    let own = seen.referenced_group.as_deref() == Some(seen.group_id.as_str());
    let masked = |block: Option<String>| block.map(|b| cidr::any(&b).unwrap_or_else(|_| b.into()));
    SecurityGroupRule {
        direction: Sight::Value(SmolStr::new_static(if seen.egress { "egress" } else { "ingress" })),
        protocol: Sight::Value(protocol),
        from_port: sight(from),
        to_port: sight(to),
        cidr4: sight(masked(seen.cidr4)),
        cidr6: sight(masked(seen.cidr6)),
        group: sight(seen.referenced_group.filter(|_| !own).map(SmolStr::from)),
        prefix_list: sight(seen.prefix_list.map(SmolStr::from)),
        own_group: sight(own.then_some(true)),
        description: sight(seen.description.filter(|text| !text.is_empty())),
        tags: seen.tags.into_iter().map(|(key, value)| (key, Sight::Value(value))).collect(),
    }
}

fn sight<T>(value: Option<T>) -> Sight<T> {
    value.map_or(Sight::Absent, Sight::Value)
}
