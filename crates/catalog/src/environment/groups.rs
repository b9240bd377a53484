//! Security groups, and prefix lists.

use super::place::Place;
use super::rule::Rule;
use super::spec::{Group, List};
use aplomo_core::resource::{Collection, Desired};
use aplomo_core::{Finding, Model as _, Type as _, Wanted, Wish};
use aplomo_resources::ec2::model::{PrefixList, SecurityGroup};
use aplomo_resources::ec2::{self, PrefixLists, SecurityGroups};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// Resources and collections for groups, rules and lists. Of equal names and rules the first counts; the
/// checks tell the others.
pub(super) fn expand(place: &Place<'_>, rules: &[Rule<'_>], out: &mut crate::kind::Expansion) {
    let mut taken = BTreeSet::new();
    let mut keep = |desired: Desired, out: &mut Vec<Desired>| {
        if taken.insert(desired.address.clone()) {
            out.push(desired);
        }
    };
    for (index, list) in place.spec.prefix_lists.iter().enumerate() {
        let found = prefix_list(place, index, list, &mut out.findings);
        found.into_iter().for_each(|list| keep(list, &mut out.resources));
    }
    for (index, group) in place.spec.security_groups.iter().enumerate() {
        let found = security_group(place, index, group, rules, &mut out.findings);
        found.into_iter().for_each(|group| keep(group, &mut out.resources));
        out.collections.push(collection(place, group));
    }
    for rule in rules {
        keep(rule.resource(place), &mut out.resources);
    }
}

/// A finding of a type's own normal form, in the field that its message begins with.
pub(super) fn placed(place: &Place<'_>, finding: Finding, pointer: &str) -> Finding {
    let field = finding.message.split([':', '|']).next().unwrap_or_default();
    let pointer = format!("{pointer}/{field}");
    place.manifest.finding_at(finding, &pointer)
}

fn security_group(
    place: &Place<'_>,
    index: usize,
    group: &Group,
    rules: &[Rule<'_>],
    findings: &mut Vec<Finding>,
) -> Option<Desired> {
    let pointer = format!("/spec/securityGroups/{index}");
    let model = SecurityGroup::<Wanted> {
        name: Wish::Value(group.name.clone()),
        description: Wish::Value(group.description.to_string()),
        ..SecurityGroup::default()
    };
    match SecurityGroups::normalise(model) {
        Ok(model) => {
            let key = [group.name.as_str()];
            let mut desired =
                place.tagged(&ec2::SECURITY_GROUP, &key, place.inside(), model.to_fields(), &pointer);
            for (path, wish) in born(group, rules).to_fields().iter() {
                desired.defaults.set(path.clone(), wish.clone());
            }
            Some(desired)
        }
        Err(wrong) => {
            findings.extend(wrong.into_iter().map(|finding| placed(place, finding, &pointer)));
            None
        }
    }
}

/// What a new group keeps of the rules that it brings along: those that are wished just so.
fn born(group: &Group, rules: &[Rule<'_>]) -> SecurityGroup<Wanted> {
    let own = rules.iter().filter(|rule| rule.group.name == group.name);
    let kept = own.filter_map(Rule::comes_along).collect();
    SecurityGroup::<Wanted> { lets_all_out: Wish::Value(kept), ..SecurityGroup::default() }
}

fn collection(place: &Place<'_>, group: &Group) -> Collection {
    Collection {
        container: place.address(&ec2::SECURITY_GROUP, &[&group.name]),
        member: ec2::SECURITY_GROUP_RULE,
        ownership: place.spec.ownership.into(),
        ignore: Vec::new(),
    }
}

fn prefix_list(place: &Place<'_>, index: usize, list: &List, findings: &mut Vec<Finding>) -> Option<Desired> {
    let pointer = format!("/spec/prefixLists/{index}");
    let six = list.entries.first().is_some_and(|entry| entry.cidr.contains(':'));
    let entry = |entry: &super::spec::ListEntry| {
        (entry.cidr.to_string(), Wish::Value(entry.description.clone().unwrap_or_default().to_string()))
    };
    let model = PrefixList::<Wanted> {
        name: Wish::Value(list.name.clone()),
        max_entries: Wish::Value(list.max_entries),
        address_family: Wish::Value(SmolStr::new_static(if six { "IPv6" } else { "IPv4" })),
        entries: list.entries.iter().map(entry).collect(),
        ..PrefixList::default()
    };
    match PrefixLists::normalise(model) {
        Ok(model) => {
            let key = [list.name.as_str()];
            Some(place.tagged(&ec2::PREFIX_LIST, &key, place.scope.clone(), model.to_fields(), &pointer))
        }
        Err(wrong) => {
            findings.extend(wrong.into_iter().map(|finding| placed(place, finding, &pointer)));
            None
        }
    }
}
