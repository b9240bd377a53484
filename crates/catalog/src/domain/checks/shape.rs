//! What a single record consists of, and that there is one of each.

use super::Cx;
use aplomo_core::Finding;
use aplomo_resources::route53::dns::RecordType;
use std::collections::HashMap;

/// More than this keeps a mistake alive for longer than a week.
const LONG_TTL: u32 = 604_800;

/// `no-values`, `values-and-alias`, `ttl-with-alias`.
pub(super) fn values_or_alias(cx: &mut Cx<'_>) {
    for record in &cx.records.all {
        let (some, alias) = (!record.values.is_empty(), record.spec.alias.is_some());
        if some && alias {
            let message = format!("`{}` has both values and an alias", record.label());
            cx.tell(Finding::error("values-and-alias", message).help("remove one of them"), record, "/alias");
        } else if !some && !alias && !record.comes_with_zone() {
            let message = format!("`{}` has neither values nor an alias", record.label());
            let help = format!("add `values`: {}", record.record_type.form());
            cx.tell(Finding::error("no-values", message).help(help), record, "/values");
        }
        if alias && record.spec.ttl.is_some() {
            let message = format!("`{}` is an alias and takes its target's TTL", record.label());
            cx.tell(Finding::error("ttl-with-alias", message).help("remove `ttl`"), record, "/ttl");
        }
    }
}

/// `apex-authority`: of the zone's own NS and SOA only the TTL and the SOA's value are ours to set.
pub(super) fn comes_with_zone(cx: &mut Cx<'_>) {
    for record in &cx.records.all {
        let soa = record.record_type == RecordType::Soa;
        let message = if soa && !record.comes_with_zone() {
            "only the zone itself (`@`) has an SOA".to_owned()
        } else if !record.comes_with_zone() {
            continue;
        } else if record.spec.alias.is_some()
            || record.spec.routing.is_some()
            || record.spec.health_check.is_some()
        {
            format!("`{}` comes with the zone: it has no alias, routing or health check", record.label())
        } else if !soa && !record.values.is_empty() {
            "the zone's name servers are the service's own and cannot be chosen".to_owned()
        } else if soa && record.values.len() > 1 {
            "a zone has one SOA value".to_owned()
        } else if record.values.is_empty() && record.spec.ttl.is_none() {
            format!("`{}` comes with the zone and nothing is set here", record.label())
        } else {
            continue;
        };
        let help = if soa { "set `ttl`, or one value" } else { "set `ttl` and nothing else" };
        cx.tell(Finding::error("apex-authority", message).help(help), record, "");
    }
}

/// `ttl-bounds`: allowed, and most likely not meant.
pub(super) fn ttl(cx: &mut Cx<'_>) {
    for record in &cx.records.all {
        let Some(ttl) = record.spec.ttl else { continue };
        let message = if ttl.0 == 0 {
            format!("no answer for `{}` is ever kept: every question comes to the zone", record.label())
        } else if ttl.0 > LONG_TTL {
            format!("an answer for `{}` is kept for {} days, a wrong one too", record.label(), ttl.0 / 86_400)
        } else {
            continue;
        };
        cx.tell(Finding::warning("ttl-bounds", message).help("60 to 86400 is usual"), record, "/ttl");
    }
}

/// `repeats-zone`: `www.example.com` without its final dot inside `example.com`.
pub(super) fn names_that_repeat_the_zone(cx: &mut Cx<'_>) {
    let zone = cx.zone.name.as_str().trim_end_matches('.').to_owned();
    for record in &cx.records.all {
        let below = record.relative.strip_suffix(zone.as_str());
        if below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.')) {
            let message = format!("the name is `{}`: the zone's name stands in it twice", record.name);
            let help = format!("end it with a dot (`{}.`), or leave the zone's name out", record.relative);
            cx.tell(Finding::warning("repeats-zone", message).help(help), record, "/name");
        }
    }
}

/// `duplicate-record`: the same name, type and set identifier twice.
pub(super) fn duplicates(cx: &mut Cx<'_>) {
    let mut first = HashMap::new();
    for record in &cx.records.all {
        let Some(earlier) = first.insert((&record.name, record.record_type, record.set()), record.at) else {
            continue;
        };
        first.insert((&record.name, record.record_type, record.set()), earlier);
        let set = record.set().map(|id| format!(" with the id `{id}`")).unwrap_or_default();
        let message = format!("`{}`{set} is already listed in line {}", record.label(), earlier.line);
        let help = "list all values in one record, or give each a `routing` with its own `id`";
        cx.tell(Finding::error("duplicate-record", message).help(help), record, "");
    }
}
