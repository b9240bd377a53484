//! Security groups and their rules: DescribeSecurityGroups and DescribeSecurityGroupRules in one reading,
//! since a default group holds its rules as one field.

use super::{PAGE, mark, tags};
use crate::marks::Tags;
use crate::read::regional::{Catch, Find, Survey, View, fields_of, paged, sight, word};
use aplomo_core::fields::Sight;
use aplomo_core::observation::OwnerMark;
use aplomo_core::types::Type as _;
use aplomo_core::{Seen, TypeName};
use aplomo_resources::ec2::{self, SeenRule, model};
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{SecurityGroup, SecurityGroupRule};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

const GROUPS: &str = "ec2:DescribeSecurityGroups";
const RULES: &str = "ec2:DescribeSecurityGroupRules";

/// The ids of a default group's rules: its fields only tell what they let through.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct RawRules {
    pub(crate) ingress: Vec<String>,
    pub(crate) egress: Vec<String>,
}

/// Lists groups and rules.
pub(crate) struct Groups;

impl Survey for Groups {
    type Client = Client;
    const FEEDS: &'static [TypeName] =
        &[ec2::SECURITY_GROUP, ec2::DEFAULT_SECURITY_GROUP, ec2::SECURITY_GROUP_RULE];
    const CALLS: &'static [&'static str] = &[GROUPS, RULES];

    async fn look(view: &View<'_, Client>) -> Vec<Catch> {
        let request = view.client.describe_security_groups().max_results(PAGE);
        let (groups, seen) = paged!(view, GROUPS, "security groups", request.clone(), security_groups);
        let request = view.client.describe_security_group_rules().max_results(PAGE);
        let (rules, all) = paged!(view, RULES, "rules", request.clone(), security_group_rules);
        let mut by_group: BTreeMap<&str, Vec<&SecurityGroupRule>> = BTreeMap::new();
        for rule in &rules {
            by_group.entry(rule.group_id.as_deref().unwrap_or_default()).or_default().push(rule);
        }
        let mut named = Catch::new(ec2::SECURITY_GROUP, seen.clone());
        let mut standard = Catch::new(ec2::DEFAULT_SECURITY_GROUP, seen.clone());
        let mut single = Catch::new(ec2::SECURITY_GROUP_RULE, all.clone().and(seen));
        for group in &groups {
            let (Some(id), Some(vpc)) = (group.group_id.as_deref(), group.vpc_id.as_deref()) else {
                named.lacks("security group");
                continue;
            };
            let inside = by_group.remove(id).unwrap_or_default();
            let tags = tags(group.tags.as_deref());
            let mark = view.stranger(group.owner_id.as_deref()).unwrap_or_else(|| mark(&tags));
            if group.group_name.as_deref() == Some("default") {
                let rules = all.is_complete().then_some(inside.as_slice());
                let find = Find { within: Some(vpc), brought_along: true, ..Find::new(id, mark) };
                take_default(view, &mut standard, find, (rules, &tags));
                continue;
            }
            let ours = matches!(mark, OwnerMark::Marked { .. });
            let open = match all.is_complete() {
                true => Sight::Value(inside.iter().filter_map(|rule| everywhere(rule)).collect()),
                false => Sight::Hidden,
            };
            let find = Find { within: Some(vpc), ..Find::new(id, mark) };
            take_group(view, &mut named, find, (group, &tags, open));
            for rule in inside {
                take_rule(view, &mut single, id, rule, ours);
            }
        }
        vec![named, standard, single]
    }
}

fn take_group(
    view: &View<'_, Client>,
    catch: &mut Catch,
    find: Find<'_>,
    (group, tags, lets_all_out): (&SecurityGroup, &Tags, Sight<BTreeSet<SmolStr>>),
) {
    let fields = model::SecurityGroup::<Seen> {
        name: word(group.group_name.as_deref()),
        description: sight(group.description.clone()),
        lets_all_out,
        tags: fields_of(tags),
    };
    catch.take::<ec2::SecurityGroups>(view.scope, find, &fields);
}

/// The group that came with a network, its rules by what they let through.
fn take_default(
    view: &View<'_, Client>,
    catch: &mut Catch,
    find: Find<'_>,
    (rules, tags): (Option<&[&SecurityGroupRule]>, &Tags),
) {
    let mut raw = RawRules::default();
    let atoms = rules.map(|rules| {
        for rule in rules {
            let ids = if rule.is_egress == Some(true) { &mut raw.egress } else { &mut raw.ingress };
            ids.extend(rule.security_group_rule_id.clone());
        }
        let atoms = rules.iter().map(|rule| ec2::SecurityGroupRules::identity(&seen_rule_of(rule)));
        atoms.flatten().collect::<BTreeSet<_>>()
    });
    let fields = model::DefaultSecurityGroup::<Seen> {
        rules: atoms.map_or(Sight::Hidden, Sight::Value),
        tags: fields_of(tags),
    };
    let find = Find { raw: serde_json::to_string(&raw).ok(), ..find };
    catch.take::<ec2::DefaultSecurityGroups>(view.scope, find, &fields);
}

/// Rules carry no marks of ours (see the writer); those of other tools count.
fn take_rule(
    view: &View<'_, Client>,
    catch: &mut Catch,
    group: &str,
    rule: &SecurityGroupRule,
    in_ours: bool,
) {
    let Some(id) = rule.security_group_rule_id.as_deref() else { return catch.lacks("rule") };
    let mark = match mark(&tags(rule.tags.as_deref())) {
        tool @ OwnerMark::OtherTool(_) => tool,
        _ => OwnerMark::None,
    };
    // In a group of ours it was taken away when the group was made, so there it is somebody's rule.
    let came_along = !in_ours && lets_all_out(rule);
    let find = Find { within: Some(group), brought_along: came_along, ..Find::new(id, mark) };
    catch.take::<ec2::SecurityGroupRules>(view.scope, find, &seen_rule_of(rule));
}

/// Whether it is a rule that every new group has.
fn lets_all_out(rule: &SecurityGroupRule) -> bool {
    everywhere(rule).is_some()
}

/// The block of such a rule.
fn everywhere(rule: &SecurityGroupRule) -> Option<SmolStr> {
    let block = rule.cidr_ipv4.as_deref().or(rule.cidr_ipv6.as_deref())?;
    let world = ["0.0.0.0/0", "::/0"].contains(&block);
    let plain = rule.description.as_deref().is_none_or(str::is_empty);
    let all = rule.is_egress == Some(true) && rule.ip_protocol.as_deref() == Some("-1");
    (all && world && plain).then(|| SmolStr::new(block))
}

/// A rule in normal form.
pub(crate) fn seen_rule_of(rule: &SecurityGroupRule) -> model::SecurityGroupRule<Seen> {
    let tags = tags(rule.tags.as_deref());
    let plain = crate::marks::plain_tags(&tags);
    ec2::seen_rule(SeenRule {
        group_id: rule.group_id.clone().unwrap_or_default(),
        egress: rule.is_egress == Some(true),
        protocol: rule.ip_protocol.clone().unwrap_or_default(),
        from_port: rule.from_port,
        to_port: rule.to_port,
        cidr4: rule.cidr_ipv4.clone(),
        cidr6: rule.cidr_ipv6.clone(),
        referenced_group: rule.referenced_group_info.as_ref().and_then(|other| other.group_id.clone()),
        prefix_list: rule.prefix_list_id.clone(),
        description: rule.description.clone(),
        tags: plain.map(|(key, value)| (key.clone(), value.clone())).collect(),
    })
}
