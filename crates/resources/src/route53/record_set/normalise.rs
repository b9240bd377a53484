//! Bringing a wished record set into normal form.

use crate::normal::{Normal, absent_if, fill_absent, is_set};
use crate::route53::dns::{Name, RecordType, alias_target, canonical, zone_id};
use crate::route53::model::RecordSet;
use aplomo_core::{Finding, Wanted, Wish};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The longest time to live, in seconds.
pub const MAX_TTL: u32 = 2_147_483_647;
/// Continents of geographic routing.
const CONTINENTS: [&str; 7] = ["AF", "AN", "AS", "EU", "NA", "OC", "SA"];

pub(super) fn record(mut model: RecordSet<Wanted>) -> Result<RecordSet<Wanted>, Vec<Finding>> {
    let mut normal = Normal::new("record-set");
    key(&mut model, &mut normal);
    values(&mut model, &mut normal);
    normal.within("ttl", &model.ttl, 0, MAX_TTL);
    alias(&mut model, &mut normal);
    routing(&mut model, &mut normal);
    policies(&mut model, &mut normal);
    absent_if(&mut model.health_check, SmolStr::is_empty);
    normal.done(model)
}

fn key(model: &mut RecordSet<Wanted>, normal: &mut Normal) {
    normal.value("name", &mut model.name, |text| Name::owner(text).map(SmolStr::from));
    normal.value("type", &mut model.record_type, |text| {
        text.parse::<RecordType>().map(|t| SmolStr::new_static(t.word()))
    });
    absent_if(&mut model.set_identifier, SmolStr::is_empty);
    if model.set_identifier.value().is_some_and(|set| set.chars().count() > 128) {
        normal.wrong("setIdentifier", "it has more than 128 characters");
    }
}

fn values(model: &mut RecordSet<Wanted>, normal: &mut Normal) {
    // Without a known type its finding says enough.
    let Some(record_type) = model.record_type.value().and_then(|t| t.parse::<RecordType>().ok()) else {
        return;
    };
    let Wish::Value(values) = &mut model.values else { return };
    if values.is_empty() {
        normal.wrong("values", "there is none");
    }
    let mut done = BTreeSet::new();
    for value in std::mem::take(values) {
        match canonical(record_type, &value) {
            Ok(value) => drop(done.insert(value)),
            Err(why) => normal.wrong("values", why),
        }
    }
    if record_type == RecordType::Cname && done.len() > 1 {
        normal.wrong("values", "a CNAME has one value");
    }
    *values = done;
}

/// A record set has values and a time to live, or an alias, never both: the other side is absent.
fn alias(model: &mut RecordSet<Wanted>, normal: &mut Normal) {
    normal.value("alias/target", &mut model.alias_target, |text| alias_target(text));
    normal.value("alias/zoneId", &mut model.alias_zone, |text| Ok::<_, &str>(zone_id(text)));
    let alias = is_set(&model.alias_target);
    if alias && (is_set(&model.values) || is_set(&model.ttl)) {
        normal.wrong("alias", "an alias has neither values nor a time to live of its own");
    } else if alias {
        fill_absent(&mut model.values);
        fill_absent(&mut model.ttl);
    } else if is_set(&model.alias_zone) || is_set(&model.alias_evaluate) {
        normal.wrong("alias", "an alias has a target");
    } else if is_set(&model.values) {
        fill_absent(&mut model.alias_target);
        fill_absent(&mut model.alias_zone);
        fill_absent(&mut model.alias_evaluate);
    }
}

fn routing(model: &mut RecordSet<Wanted>, normal: &mut Normal) {
    normal.within("routing/weight", &model.weight, 0, 255);
    normal.value("routing/region", &mut model.region, |text| Ok::<_, &str>(lower(text)));
    normal.word("routing/failover", &mut model.failover, &["PRIMARY", "SECONDARY"]);
    normal.word("routing/geo/continent", &mut model.continent, &CONTINENTS);
    normal.value("routing/geo/country", &mut model.country, |text| code(text, 2));
    normal.value("routing/geo/subdivision", &mut model.subdivision, |text| code(text, 3));
    absent_if(&mut model.multivalue, |wanted| !wanted);
    if is_set(&model.continent) && (is_set(&model.country) || is_set(&model.subdivision)) {
        normal.wrong("routing/geo", "it names a continent or a country, not both");
    }
    if is_set(&model.subdivision) && !is_set(&model.country) {
        normal.wrong("routing/geo", "a subdivision goes with its country");
    }
    if is_set(&model.other) {
        normal
            .wrong("routing/other", "geoproximity, CIDR routing and traffic policies are read, not written");
    }
}

/// At most one policy; one policy goes with a set identifier, and a set identifier with one policy.
fn policies(model: &mut RecordSet<Wanted>, normal: &mut Normal) {
    let geo = is_set(&model.continent) || is_set(&model.country) || is_set(&model.subdivision);
    let policies = [
        ("weight", is_set(&model.weight)),
        ("region", is_set(&model.region)),
        ("failover", is_set(&model.failover)),
        ("geo", geo),
        ("multivalue", is_set(&model.multivalue)),
    ];
    let named: Vec<&str> = policies.iter().filter(|(_, set)| *set).map(|(name, _)| *name).collect();
    match (named.len(), is_set(&model.set_identifier)) {
        (0, false) => return,
        (0, true) => normal.wrong("routing", "a set identifier goes with a routing policy"),
        (1, false) => normal.wrong("routing", format!("`{}` needs a set identifier (`id`)", named[0])),
        (1, true) => {}
        _ => normal
            .wrong("routing", format!("`{}` do not mix; a record set has one policy", named.join("`, `"))),
    }
    if is_set(&model.multivalue) && is_set(&model.alias_target) {
        normal.wrong("routing", "an alias has no multivalue answer");
    }
    absent_policies(model);
}

/// The record set has exactly the policy wished.
fn absent_policies(model: &mut RecordSet<Wanted>) {
    fill_absent(&mut model.weight);
    fill_absent(&mut model.region);
    fill_absent(&mut model.failover);
    fill_absent(&mut model.continent);
    fill_absent(&mut model.country);
    fill_absent(&mut model.subdivision);
    fill_absent(&mut model.multivalue);
}

fn lower(text: &str) -> SmolStr {
    text.trim().to_ascii_lowercase().into()
}

fn code(text: &str, most: usize) -> Result<SmolStr, String> {
    let code = text.trim().to_ascii_uppercase();
    let fits = (1..=most).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
    if code == "*" || fits {
        Ok(code.into())
    } else {
        Err(format!("`{}` is no code of at most {most} letters or digits", text.escape_debug()))
    }
}

#[cfg(test)]
mod tests;
