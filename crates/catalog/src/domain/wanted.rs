//! From a resolved record to the model that the planner compares.
//!
//! A record set is wished as a whole: alias, policy and health check that are not written are
//! absent. Only the time to live is left alone where it is not written.

use super::record::Record;
use super::spec::{Alias, Geo, Routing};
use super::zone::Zone;
use aplomo_core::fields::WantedFields;
use aplomo_core::{Address, FieldPath, Reference, Wanted, Wish};
use aplomo_resources::route53::dns::{Name, alias_target, zone_id};
use aplomo_resources::route53::model::RecordSet;
use smol_str::SmolStr;

/// What a new record gets where the manifest names no time to live.
pub(crate) const DEFAULT_TTL: i64 = 300;
/// What a new delegation gets: what registries use, for name servers rarely change.
pub(super) const DELEGATION_TTL: i64 = 172_800;

/// Values that only a create sends.
pub(crate) fn default_of(path: &'static str, value: impl Into<aplomo_core::Datum>) -> WantedFields {
    [(FieldPath::known(path), Wish::Value(value.into()))].into_iter().collect()
}

/// A reference to another resource's id.
pub(super) fn id_of(to: &Address) -> Reference {
    Reference { to: to.clone(), output: SmolStr::new_static("id"), constraint: Default::default() }
}

/// The model of a record. `check` is the health check, by id or reference.
pub(super) fn record_set(zone: &Zone<'_>, record: &Record<'_>, check: Wish<SmolStr>) -> RecordSet<Wanted> {
    let mut model = RecordSet {
        name: Wish::Value(record.name.clone().into()),
        record_type: Wish::Value(SmolStr::new_static(record.record_type.word())),
        ..RecordSet::default()
    };
    if record.comes_with_zone() {
        tuned(&mut model, record);
        return model;
    }
    match &record.spec.alias {
        Some(alias) => aliased(&mut model, zone, alias),
        None => valued(&mut model, record),
    }
    if let Some(routing) = &record.spec.routing {
        routed(&mut model, routing);
    }
    model.health_check = check;
    model
}

/// What comes with the zone is left alone but for what is written.
fn tuned(model: &mut RecordSet<Wanted>, record: &Record<'_>) {
    if let Some(ttl) = record.spec.ttl {
        model.ttl = Wish::Value(ttl.0);
    }
    if !record.values.is_empty() {
        model.values = Wish::Value(record.values.clone());
    }
    if !record.values.is_empty() {
        no_alias(model);
    }
}

fn valued(model: &mut RecordSet<Wanted>, record: &Record<'_>) {
    model.ttl = record.spec.ttl.map_or(Wish::LeftAlone, |ttl| Wish::Value(ttl.0));
    model.values = Wish::Value(record.values.clone());
    no_alias(model);
}

fn no_alias(model: &mut RecordSet<Wanted>) {
    model.alias_target = Wish::Absent;
    model.alias_zone = Wish::Absent;
    model.alias_evaluate = Wish::Absent;
}

fn aliased(model: &mut RecordSet<Wanted>, zone: &Zone<'_>, alias: &Alias) {
    model.ttl = Wish::Absent;
    model.values = Wish::Absent;
    model.alias_evaluate = alias.evaluate_target_health.map_or(Wish::LeftAlone, Wish::Value);
    if let Some(target) = alias.record.as_ref().and_then(|r| Name::absolute(r, &zone.name).ok()) {
        model.alias_target = Wish::Value(target.into());
        model.alias_zone = Wish::Reference(Box::new(id_of(&zone.address)));
    } else if let (Some(target), Some(id)) = (&alias.target, &alias.zone_id) {
        model.alias_target = alias_target(target).map_or(Wish::LeftAlone, Wish::Value);
        model.alias_zone = Wish::Value(zone_id(id));
    }
}

fn routed(model: &mut RecordSet<Wanted>, routing: &Routing) {
    let geo = routing.geo.clone().unwrap_or_default();
    let Geo { continent, country, subdivision } = geo;
    let upper = |text: SmolStr| SmolStr::from(text.to_ascii_uppercase());
    model.set_identifier = Wish::Value(routing.id.clone());
    model.weight = or_absent(routing.weight);
    model.region = or_absent(routing.region.as_ref().map(|r| r.to_ascii_lowercase().into()));
    model.failover = or_absent(routing.failover.map(|f| SmolStr::new_static(f.word())));
    model.continent = or_absent(continent.map(|c| SmolStr::new_static(c.word())));
    model.country = or_absent(country.map(upper));
    model.subdivision = or_absent(subdivision.map(upper));
    model.multivalue = or_absent(routing.multivalue.filter(|on| *on));
}

fn or_absent<T>(value: Option<T>) -> Wish<T> {
    value.map_or(Wish::Absent, Wish::Value)
}
