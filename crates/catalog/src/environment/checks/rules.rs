//! Groups and lists by name, and how many rules there are.

use super::Cx;
use crate::environment::words::Peer;
use crate::suggest;
use aplomo_core::{Finding, Wish};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What AWS grants per group and direction unless asked for more.
const MOST_RULES: usize = 60;

/// `duplicate-group`, `duplicate-list`, `duplicate-entry`.
pub(super) fn names(cx: &mut Cx<'_>) {
    let mut seen = BTreeSet::new();
    for (index, group) in cx.place.spec.security_groups.iter().enumerate() {
        if !seen.insert(group.name.to_lowercase()) {
            let finding = Finding::error(
                "duplicate-group",
                format!("the security group `{}` is listed twice", group.name),
            );
            cx.tell(finding.help("put its rules together"), &format!("/spec/securityGroups/{index}/name"));
        }
    }
    let mut seen = BTreeSet::new();
    for (index, list) in cx.place.spec.prefix_lists.iter().enumerate() {
        let pointer = format!("/spec/prefixLists/{index}");
        if !seen.insert(&list.name) {
            let finding =
                Finding::error("duplicate-list", format!("the prefix list `{}` is listed twice", list.name));
            cx.tell(finding.help("put its entries together"), &format!("{pointer}/name"));
        }
        let mut entries = BTreeSet::new();
        for (e, entry) in list.entries.iter().enumerate() {
            let block = aplomo_resources::ec2::cidr::any(&entry.cidr).unwrap_or_else(|_| entry.cidr.clone());
            if !entries.insert(block.clone()) {
                let finding = Finding::error("duplicate-entry", format!("`{block}` is listed twice"));
                cx.tell(finding.help("a block has one entry"), &format!("{pointer}/entries/{e}"));
            }
        }
    }
}

/// `unknown-group`, `unknown-list`.
pub(super) fn references(cx: &mut Cx<'_>) {
    for (g, group) in cx.place.spec.security_groups.iter().enumerate() {
        let here = format!("/spec/securityGroups/{g}");
        for (r, rule) in group.ingress.iter().enumerate() {
            rule.from
                .iter()
                .enumerate()
                .for_each(|(p, peer)| known(cx, peer, &format!("{here}/ingress/{r}/from/{p}")));
        }
        for (r, rule) in group.egress.iter().flatten().enumerate() {
            rule.to
                .iter()
                .enumerate()
                .for_each(|(p, peer)| known(cx, peer, &format!("{here}/egress/{r}/to/{p}")));
        }
    }
}

fn known(cx: &mut Cx<'_>, peer: &Peer, pointer: &str) {
    let groups = cx.place.spec.security_groups.iter().map(|group| group.name.as_str());
    let lists = cx.place.spec.prefix_lists.iter().map(|list| list.name.as_str());
    let finding = match peer {
        Peer::Group(g)
            if !g.security_group.starts_with("sg-") && !groups.clone().any(|n| n == g.security_group) =>
        {
            let help = suggest::or_list(&g.security_group, groups, "there are:");
            Finding::error("unknown-group", format!("there is no security group `{}` here", g.security_group))
                .help(help)
        }
        Peer::List(l) if !l.prefix_list.starts_with("pl-") && !lists.clone().any(|n| n == l.prefix_list) => {
            let help = suggest::or_list(&l.prefix_list, lists, "there are:");
            Finding::error("unknown-list", format!("there is no prefix list `{}` here", l.prefix_list))
                .help(help)
        }
        _ => return,
    };
    cx.tell(finding, pointer);
}

/// `duplicate-rule`: the same atom twice in a group.
pub(super) fn duplicates(cx: &mut Cx<'_>) {
    let mut first: HashMap<(&SmolStr, [SmolStr; 4]), &str> = HashMap::new();
    let mut found = Vec::new();
    for rule in cx.rules {
        if first.insert((&rule.group.name, rule.key()), &rule.pointer).is_some() {
            let [direction, protocol, ports, peer] = rule.key();
            let message =
                format!("`{}` lists {direction} of {protocol} {ports} for {peer} twice", rule.group.name);
            let finding =
                Finding::error("duplicate-rule", message).help("AWS keeps a rule once: remove one of them");
            found.push((finding, rule.pointer.clone()));
        }
    }
    found.into_iter().for_each(|(finding, pointer)| cx.tell(finding, &pointer));
}

/// `too-many-rules`: IPv4 and IPv6 count apart; a prefix list counts with all it has room for.
pub(super) fn limits(cx: &mut Cx<'_>) {
    let mut counts: BTreeMap<(&str, bool), (usize, usize)> = BTreeMap::new();
    for rule in cx.rules {
        let list = rule.list.and_then(|name| cx.place.spec.prefix_lists.iter().find(|l| l.name == *name));
        let weight = list.map_or(1, |list| list.max_entries as usize);
        let entry = counts.entry((rule.group.name.as_str(), rule.ingress())).or_default();
        let set = |wish: &Wish<SmolStr>| wish.value().is_some();
        entry.0 += if set(&rule.model.cidr6) { 0 } else { weight };
        entry.1 += if set(&rule.model.cidr4) { 0 } else { weight };
    }
    let mut found = Vec::new();
    for (index, group) in cx.place.spec.security_groups.iter().enumerate() {
        for (ingress, word) in [(true, "ingress"), (false, "egress")] {
            let most = counts.get(&(group.name.as_str(), ingress)).map_or(0, |(four, six)| *four.max(six));
            if most > MOST_RULES {
                let message =
                    format!("`{}` has {most} {word} rules, and AWS grants {MOST_RULES}", group.name);
                let help =
                    "a prefix list counts with its `maxEntries`; put blocks together, or use two groups";
                let pointer = format!("/spec/securityGroups/{index}/{word}");
                found.push((Finding::error("too-many-rules", message).help(help), pointer));
            }
        }
    }
    found.into_iter().for_each(|(finding, pointer)| cx.tell(finding, &pointer));
}
