//! A record set as the service returns it, brought into normal form.

use crate::route53::dns::{Name, RecordType, alias_target, from_service, zone_id};
use crate::route53::model::RecordSet;
use aplomo_core::{Seen, Sight};
use smol_str::SmolStr;

/// A record set in the service's own form. What the service does not return is `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeenRecord {
    /// The name, with octal escapes.
    pub name: String,
    /// The type, e.g. `A`.
    pub record_type: String,
    /// The set identifier.
    pub set_identifier: Option<String>,
    /// Seconds.
    pub ttl: Option<i64>,
    /// The values, TXT as quoted strings.
    pub values: Vec<String>,
    /// The alias's target name.
    pub alias_target: Option<String>,
    /// The id of the zone that the alias's target is in.
    pub alias_zone: Option<String>,
    /// Whether the alias follows its target's health.
    pub alias_evaluate: Option<bool>,
    /// Weight.
    pub weight: Option<i64>,
    /// Region.
    pub region: Option<String>,
    /// `PRIMARY` or `SECONDARY`.
    pub failover: Option<String>,
    /// Continent code.
    pub continent: Option<String>,
    /// Country code, or `*`.
    pub country: Option<String>,
    /// Subdivision code.
    pub subdivision: Option<String>,
    /// Multivalue answer routing.
    pub multivalue: Option<bool>,
    /// A routing policy we do not write, as text.
    pub other: Option<String>,
    /// The id of a health check.
    pub health_check: Option<String>,
}

/// The record set in normal form. What has no normal form is kept as it is, so that it is seen and
/// differs, rather than being missed.
#[must_use]
pub fn seen_record(seen: SeenRecord) -> RecordSet<Seen> {
    let record_type = seen.record_type.parse::<RecordType>().ok();
    let values = seen.values.iter().map(|value| {
        let normal = record_type.and_then(|t| from_service(t, value).ok());
        normal.unwrap_or_else(|| value.trim().into())
    });
    RecordSet {
        name: Sight::Value(Name::from_service(&seen.name).map_or_else(|_| seen.name.into(), SmolStr::from)),
        record_type: Sight::Value(record_type.map_or_else(|| seen.record_type.into(), |t| t.word().into())),
        set_identifier: text(seen.set_identifier),
        ttl: sight(seen.ttl.and_then(|ttl| u32::try_from(ttl).ok())),
        values: sight(Some(values.collect()).filter(|_| !seen.values.is_empty())),
        alias_target: sight(seen.alias_target.map(|t| alias_target(&t).unwrap_or_else(|_| t.into()))),
        alias_zone: sight(seen.alias_zone.map(|id| zone_id(&id))),
        alias_evaluate: sight(seen.alias_evaluate),
        weight: sight(seen.weight),
        region: text(seen.region.map(|r| r.to_ascii_lowercase())),
        failover: upper(seen.failover),
        continent: upper(seen.continent),
        country: upper(seen.country),
        subdivision: upper(seen.subdivision),
        multivalue: sight(seen.multivalue.filter(|on| *on)),
        other: sight(seen.other),
        health_check: text(seen.health_check),
    }
}

fn sight<T>(value: Option<T>) -> Sight<T> {
    value.map_or(Sight::Absent, Sight::Value)
}

fn text(value: Option<String>) -> Sight<SmolStr> {
    sight(value.filter(|v| !v.is_empty()).map(SmolStr::from))
}

fn upper(value: Option<String>) -> Sight<SmolStr> {
    text(value.map(|v| v.to_ascii_uppercase()))
}
