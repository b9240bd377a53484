//! From the wire to what the planner compares, keeping the exact form where it would be lost.

use super::overlay::overlay;
use super::wire::{Proximity, Wire};
use aplomo_core::fields::{SeenFields, WantedFields, Wish};
use aplomo_core::observation::OwnerMark;
use aplomo_core::types::Type;
use aplomo_core::{Model, Observed, RemoteId, Scope};
use aplomo_resources::route53::record_set::Records;
use aplomo_resources::route53::{RECORD_SET, SeenRecord, seen_record};
use std::collections::BTreeMap;

/// One record set as seen. `raw` holds the wire form only where the normal form does not give it back.
///
/// # Errors
/// In words, where its name cannot even be an id of ours (control characters).
pub(crate) fn observed(wire: &Wire, scope: &Scope) -> Result<Observed, String> {
    let model = seen_record(service_form(wire));
    let key = Records::identity(&model);
    let id = RemoteId::new(key.as_deref().unwrap_or(&wire.name)).map_err(|bad| bad.to_string())?;
    let fields = model.to_fields();
    let lost = rebuild(&fields).as_ref() != Some(wire);
    let raw =
        if lost { Some(serde_json::to_string(wire).map_err(|bad| bad.to_string())?.into()) } else { None };
    Ok(Observed {
        type_name: RECORD_SET,
        scope: scope.concrete(),
        id,
        key,
        mark: OwnerMark::None,
        created_by: None,
        fields,
        outputs: BTreeMap::new(),
        brought_along: false,
        raw,
        waiting: None,
    })
}

/// The record set exactly as it was read, for a delete.
///
/// # Errors
/// In words, where it was made up from fields that do not fit.
pub(crate) fn exact(observed: &Observed) -> Result<Wire, String> {
    match &observed.raw {
        Some(raw) => {
            serde_json::from_str(raw).map_err(|bad| format!("the record set as read is damaged: {bad}"))
        }
        None => rebuild(&observed.fields).ok_or_else(|| "the record set as read is incomplete".to_owned()),
    }
}

/// The wire form that the normal form gives.
fn rebuild(fields: &SeenFields) -> Option<Wire> {
    let wish =
        fields.iter().filter_map(|(path, seen)| Some((path.clone(), Wish::Value(seen.value()?.clone()))));
    overlay(Wire::default(), None, &wish.collect::<WantedFields>()).ok()
}

fn service_form(wire: &Wire) -> SeenRecord {
    let alias = wire.alias.as_ref();
    let geo = wire.geo.clone().unwrap_or_default();
    SeenRecord {
        name: wire.name.clone(),
        record_type: wire.record_type.clone(),
        set_identifier: wire.set_identifier.clone(),
        ttl: wire.ttl,
        values: wire.values.clone().unwrap_or_default(),
        alias_target: alias.map(|a| a.name.clone()),
        alias_zone: alias.map(|a| a.zone.clone()),
        alias_evaluate: alias.map(|a| a.evaluate),
        weight: wire.weight,
        region: wire.region.clone(),
        failover: wire.failover.clone(),
        continent: geo.continent,
        country: geo.country,
        subdivision: geo.subdivision,
        multivalue: wire.multivalue,
        other: other_routing(wire),
        health_check: wire.health_check.clone(),
    }
}

/// A routing policy that we do not write, in words that name all of it.
fn other_routing(wire: &Wire) -> Option<String> {
    let proximity = wire.proximity.as_ref().map(proximity_words);
    let cidr =
        wire.cidr.as_ref().map(|c| format!("cidr collection {} location {}", c.collection, c.location));
    let policy = wire.traffic_policy.as_ref().map(|id| format!("traffic policy instance {id}"));
    let all: Vec<String> = [proximity, cidr, policy].into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn proximity_words(place: &Proximity) -> String {
    let coordinates =
        place.coordinates.as_ref().map(|(latitude, longitude)| format!("{latitude}/{longitude}"));
    let at =
        place.region.clone().or_else(|| place.local_zone_group.clone()).or(coordinates).unwrap_or_default();
    format!("geoproximity {at} bias {}", place.bias.unwrap_or(0))
}
