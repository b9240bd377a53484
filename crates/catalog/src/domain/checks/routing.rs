//! Routing policies: one for each record, the same for all of a name and type.

use super::Cx;
use crate::domain::record::Record;
use crate::domain::spec::{Failover, Routing};
use crate::suggest;
use aplomo_core::Finding;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// The most characters of a set identifier.
const LONGEST_ID: usize = 128;

/// The policies that a record names.
fn named(routing: &Routing) -> Vec<&'static str> {
    let policies = [
        ("weight", routing.weight.is_some()),
        ("region", routing.region.is_some()),
        ("failover", routing.failover.is_some()),
        ("geo", routing.geo.is_some()),
        ("multivalue", routing.multivalue == Some(true)),
    ];
    policies.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name).collect()
}

fn policy(record: &Record<'_>) -> Option<&'static str> {
    record.spec.routing.as_ref().and_then(|routing| named(routing).first().copied())
}

/// `routing-policy`: exactly one policy, well formed.
pub(super) fn policies(cx: &mut Cx<'_>) {
    for record in &cx.records.all {
        let Some(routing) = &record.spec.routing else {
            useless_check(cx, record);
            continue;
        };
        let names = named(routing);
        if names.len() != 1 {
            let message = if names.is_empty() {
                format!("the routing of `{}` says no policy", record.label())
            } else {
                format!("the routing of `{}` has {}; one is possible", record.label(), suggest::list(names))
            };
            let help = "set one of `weight`, `region`, `failover`, `geo`, `multivalue`";
            cx.tell(Finding::error("routing-policy", message).help(help), record, "/routing");
        }
        if let Some(why) = malformed(record, routing) {
            cx.tell(Finding::error("routing-policy", why), record, "/routing");
        }
    }
}

fn malformed(record: &Record<'_>, routing: &Routing) -> Option<String> {
    if routing.id.is_empty() || routing.id.chars().count() > LONGEST_ID {
        return Some(format!("the `id` of a routing has 1 to {LONGEST_ID} characters"));
    }
    if routing.multivalue == Some(true) && record.spec.alias.is_some() {
        return Some("an alias cannot be one of several answers (`multivalue`)".to_owned());
    }
    let geo = routing.geo.as_ref()?;
    let code = |text: &SmolStr, most| {
        (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    match (&geo.continent, &geo.country, &geo.subdivision) {
        (Some(_), None, None) => None,
        (None, Some(country), _) if country != "*" && (!code(country, 2) || country.len() != 2) => {
            Some(format!("`{country}` is no country: two letters, or `*` for everything not listed"))
        }
        (None, Some(country), Some(part))
            if !code(part, 3) || !["US", "UA"].contains(&country.to_uppercase().as_str()) =>
        {
            Some(format!(
                "`{part}` is no part of `{country}` that Route 53 knows: it knows those of US and UA"
            ))
        }
        (None, Some(_), _) => None,
        _ => {
            Some("`geo` has either a `continent`, or a `country` with or without a `subdivision`".to_owned())
        }
    }
}

/// `health-check-alone`: with one record there is nothing to choose.
fn useless_check(cx: &mut Cx<'_>, record: &Record<'_>) {
    if record.spec.health_check.is_some() && !record.comes_with_zone() {
        let message = format!("`{}` is answered whether its health check is well or not", record.label());
        let help = "a health check counts between several records with a `routing`";
        cx.tell(Finding::warning("health-check-alone", message).help(help), record, "/healthCheck");
    }
}

/// `mixed-routing`: simple beside routed, or two policies.
pub(super) fn mixed(cx: &mut Cx<'_>) {
    for group in cx.records.groups().filter(|group| group.len() > 1) {
        let first = group[0];
        // Several simple ones are duplicates and told as such.
        let Some(other) = group.iter().find(|record| policy(record) != policy(first)) else { continue };
        let word = |record: &Record<'_>| policy(record).unwrap_or("no routing");
        let (mine, theirs) = (word(other), word(first));
        let message = format!("`{}` has {mine}, and in line {} {theirs}", other.label(), first.at.line);
        let help = "all records of a name and type have the same policy, each with its own `id`";
        cx.tell(Finding::error("mixed-routing", message).help(help), other, "/routing");
    }
}

/// `weights-all-zero`, `weighted-ttl`.
pub(super) fn weights(cx: &mut Cx<'_>) {
    for group in cx.records.groups().filter(|group| policy(group[0]) == Some("weight")) {
        let weight = |record: &&Record<'_>| record.spec.routing.as_ref().and_then(|r| r.weight) == Some(0);
        if group.iter().all(weight) {
            let message = format!(
                "all weights of `{}` are 0: each is answered as often as the others",
                group[0].label()
            );
            let help = "give the one that shall be answered a weight above 0";
            cx.tell(Finding::warning("weights-all-zero", message).help(help), group[0], "/routing/weight");
        }
        let ttls: BTreeSet<_> = group.iter().filter(|r| r.spec.alias.is_none()).map(|r| r.spec.ttl).collect();
        if ttls.len() > 1 {
            let message = format!("the weighted records of `{}` differ in TTL", group[0].label());
            cx.tell(
                Finding::error("weighted-ttl", message).help("give all of them the same `ttl`"),
                group[0],
                "/ttl",
            );
        }
    }
}

/// `routing-twice`: two records for the same region or part of the world.
pub(super) fn places(cx: &mut Cx<'_>) {
    for group in cx.records.groups().filter(|group| group.len() > 1) {
        let mut seen = BTreeMap::new();
        for record in group {
            let Some(place) = record.spec.routing.as_deref().and_then(place) else { continue };
            if let Some(line) = seen.insert(place.clone(), record.at.line) {
                let message = format!("`{}` for {place} is already listed in line {line}", record.label());
                cx.tell(Finding::error("routing-twice", message), record, "/routing");
            }
        }
    }
}

/// The region or part of the world of a record, in words.
fn place(routing: &Routing) -> Option<String> {
    if let Some(region) = &routing.region {
        return Some(format!("the region {}", region.to_lowercase()));
    }
    let geo = routing.geo.as_ref()?;
    let parts =
        [geo.continent.map(|c| SmolStr::new_static(c.word())), geo.country.clone(), geo.subdivision.clone()];
    let words: Vec<String> = parts.into_iter().flatten().map(|part| part.to_uppercase()).collect();
    Some(words.join("-"))
}

/// `failover-twice`, `failover-unchecked`.
pub(super) fn failovers(cx: &mut Cx<'_>) {
    for group in cx.records.groups() {
        for role in [Failover::Primary, Failover::Secondary] {
            let has_role =
                |record: &&Record<'_>| record.spec.routing.as_ref().and_then(|r| r.failover) == Some(role);
            let mut of_role = group.iter().copied().filter(has_role);
            let Some(first) = of_role.next() else { continue };
            for second in of_role {
                let word = role.word().to_lowercase();
                let message = format!(
                    "`{}` has a second {word}; the first is in line {}",
                    second.label(),
                    first.at.line
                );
                cx.tell(Finding::error("failover-twice", message), second, "/routing/failover");
            }
            let follows =
                first.spec.alias.as_ref().is_some_and(|alias| alias.evaluate_target_health == Some(true));
            if role == Failover::Primary && first.spec.health_check.is_none() && !follows {
                let message =
                    format!("the primary of `{}` has no health check and never fails over", first.label());
                let help = "add `healthCheck`, or `evaluateTargetHealth: true` to its alias";
                cx.tell(
                    Finding::warning("failover-unchecked", message).help(help),
                    first,
                    "/routing/failover",
                );
            }
        }
    }
}
