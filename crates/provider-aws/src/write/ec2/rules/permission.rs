//! Rules as the service takes them: several in one permission where protocol and ports are the same.

use aplomo_core::fields::{SeenFields, WantedFields, Wish};
use aplomo_core::plan::Before;
use aplomo_core::ports::ApprovedStep;
use aplomo_core::types::Type as _;
use aplomo_core::{FieldPath, Model as _, Wanted};
use aplomo_resources::ec2::{self, model};
use aws_sdk_ec2::types::{
    IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroupRuleRequest, UserIdGroupPair,
};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// What a rule lets through, and from or to whom.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) egress: bool,
    /// Its natural key.
    pub(super) atom: SmolStr,
    protocol: String,
    ports: (Option<i32>, Option<i32>),
    peer: Peer,
    description: Option<String>,
}

#[derive(Debug, Clone)]
enum Peer {
    Four(String),
    Six(String),
    Group(String),
    List(String),
}

impl Rule {
    /// The rule that a step wishes.
    pub(super) fn of(step: &ApprovedStep<'_>) -> Result<Self, String> {
        let after = step.after.as_ref().ok_or("the step says nothing about what shall be")?;
        let group = step.scope.container.as_ref().ok_or("the group is not known")?.as_str();
        Self::read(&with_seen(after, step.fresh.as_ref().map(|fresh| &fresh.fields)), group)
    }

    fn read(fields: &WantedFields, group: &str) -> Result<Self, String> {
        let mut rule = model::SecurityGroupRule::<Wanted>::from_fields(fields).map_err(|m| m.to_string())?;
        if rule.group.value().is_some_and(|other| other == group) {
            (rule.group, rule.own_group) = (Wish::Absent, Wish::Value(true));
        }
        let text = |wish: &Wish<SmolStr>| wish.value().map(ToString::to_string);
        let own = rule.own_group.value().filter(|own| **own).map(|_| Peer::Group(group.to_owned()));
        let peer = text(&rule.cidr4).map(Peer::Four);
        let peer = peer.or_else(|| text(&rule.cidr6).map(Peer::Six));
        let peer = peer.or_else(|| text(&rule.group).map(Peer::Group));
        let peer = peer.or_else(|| text(&rule.prefix_list).map(Peer::List)).or(own);
        Ok(Self {
            egress: rule.direction.value().ok_or("it has no direction")? == "egress",
            atom: ec2::SecurityGroupRules::identity_wanted(&rule).ok_or("it is no whole rule")?,
            protocol: text(&rule.protocol).ok_or("it has no protocol")?,
            ports: (rule.from_port.value().copied(), rule.to_port.value().copied()),
            peer: peer.ok_or("it has no source or destination")?,
            description: rule.description.value().cloned(),
        })
    }

    /// Whether the rule as seen has another description.
    pub(super) fn describes_anew(&self, step: &ApprovedStep<'_>) -> bool {
        let wished = step.after.as_ref().and_then(|after| after.get("/description"));
        let seen = step.fresh.as_ref().and_then(|fresh| fresh.fields.text("/description"));
        matches!(wished, Some(Wish::Value(_) | Wish::Absent)) && self.description.as_deref() != seen
    }
}

/// What a wish leaves alone is as it was seen: a changed rule is sent whole.
fn with_seen(after: &WantedFields, seen: Option<&SeenFields>) -> WantedFields {
    let mut whole = after.clone();
    for (path, sight) in seen.into_iter().flat_map(SeenFields::iter) {
        if let (None | Some(Wish::LeftAlone), Some(value)) = (after.get(path.as_str()), sight.value()) {
            whole.set(FieldPath::new(path.as_str()), Wish::Value(value.clone()));
        }
    }
    whole
}

/// Whether a step is about an egress rule, as it is now or shall be.
pub(super) fn is_egress(step: &ApprovedStep<'_>) -> bool {
    let fresh = step.fresh.as_ref().and_then(|fresh| fresh.fields.text("/direction"));
    let before = match &step.change.before {
        Before::Seen(fields) => fields.text("/direction"),
        _ => None,
    };
    let after = step.after.as_ref().and_then(|after| after.text("/direction"));
    fresh.or(before).or(after) == Some("egress")
}

/// Protocol, first and last port: rules that share them go into one permission.
type Through<'r> = (&'r str, (Option<i32>, Option<i32>));

/// Permissions of all rules.
pub(super) fn permissions<'r>(rules: impl Iterator<Item = &'r Rule>) -> Vec<IpPermission> {
    let mut alike: BTreeMap<Through<'_>, Vec<&Rule>> = BTreeMap::new();
    for rule in rules {
        alike.entry((&rule.protocol, rule.ports)).or_default().push(rule);
    }
    let one = |((protocol, (from, to)), rules): (Through<'_>, Vec<&Rule>)| {
        let start = IpPermission::builder().ip_protocol(protocol).set_from_port(from).set_to_port(to);
        rules.into_iter().fold(start, |permission, rule| {
            let words = rule.description.clone();
            match rule.peer.clone() {
                Peer::Four(cidr) => {
                    permission.ip_ranges(IpRange::builder().cidr_ip(cidr).set_description(words).build())
                }
                Peer::Six(cidr) => permission
                    .ipv6_ranges(Ipv6Range::builder().cidr_ipv6(cidr).set_description(words).build()),
                Peer::Group(id) => permission.user_id_group_pairs(
                    UserIdGroupPair::builder().group_id(id).set_description(words).build(),
                ),
                Peer::List(id) => permission.prefix_list_ids(
                    PrefixListId::builder().prefix_list_id(id).set_description(words).build(),
                ),
            }
        })
    };
    alike.into_iter().map(|alike| one(alike).build()).collect()
}

/// A rule whole, as a change of its description asks for.
pub(super) fn request_of_rule(rule: &Rule) -> SecurityGroupRuleRequest {
    let request = SecurityGroupRuleRequest::builder()
        .ip_protocol(&rule.protocol)
        .from_port(rule.ports.0.unwrap_or(-1))
        .to_port(rule.ports.1.unwrap_or(-1))
        .set_description(rule.description.clone());
    match rule.peer.clone() {
        Peer::Four(cidr) => request.cidr_ipv4(cidr),
        Peer::Six(cidr) => request.cidr_ipv6(cidr),
        Peer::Group(id) => request.referenced_group_id(id),
        Peer::List(id) => request.prefix_list_id(id),
    }
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// moto drops it (its model of a rule keeps the list's id alone), so only what is sent can be looked at.
    #[test]
    fn the_description_of_a_rule_for_a_prefix_list_is_sent() {
        let rule = Rule {
            egress: false,
            atom: "ingress|tcp|443|443|pl-1".into(),
            protocol: "tcp".into(),
            ports: (Some(443), Some(443)),
            peer: Peer::List("pl-1".into()),
            description: Some("the office".into()),
        };
        let sent = permissions([&rule].into_iter());
        let list = sent[0].prefix_list_ids().first().unwrap();
        assert_eq!((list.prefix_list_id(), list.description()), (Some("pl-1"), Some("the office")));
    }
}
