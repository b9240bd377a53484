//! Wishes laid over a record set: what is managed is set, all else stays exactly as it was read.

use super::wire::{Alias, Geo, Wire};
use crate::wanted::{Want, datum, int, text, texts, truth};
use aplomo_core::Datum;
use aplomo_core::fields::{SeenFields, WantedFields};
use aplomo_resources::route53::dns::{RecordType, to_service};

/// The record set that shall be there: `base` (as read, or empty for a new one) with the wishes laid
/// over. A field that is as wished already keeps the very text it was read with.
///
/// # Errors
/// In words, where a wish is not resolved or not of its field's shape.
pub(crate) fn overlay(base: Wire, seen: Option<&SeenFields>, wanted: &WantedFields) -> Result<Wire, String> {
    let mut wire = base;
    if let Some(kind) = wanted.text("/type") {
        wire.record_type = kind.to_owned();
    }
    for (path, wish) in wanted.iter() {
        let path = path.as_str();
        match datum(path, Some(wish))? {
            Want::Leave => {}
            Want::Clear => put(&mut wire, path, None)?,
            Want::Set(value) if seen.and_then(|s| s.value(path)) == Some(value) => {}
            Want::Set(value) => put(&mut wire, path, Some(value))?,
        }
    }
    Ok(one_or_the_other(wire, wanted))
}

fn put(wire: &mut Wire, path: &str, value: Option<&Datum>) -> Result<(), String> {
    let alias = |wire: &mut Wire, set: fn(&mut Alias, String), value: Option<&Datum>| {
        if value.is_some() || wire.alias.is_some() {
            set(wire.alias.get_or_insert_default(), as_text(path, value)?.unwrap_or_default());
        }
        Ok::<(), String>(())
    };
    match path {
        "/name" => wire.name = as_text(path, value)?.unwrap_or_default(),
        "/type" => wire.record_type = as_text(path, value)?.unwrap_or_default(),
        "/setIdentifier" => wire.set_identifier = as_text(path, value)?,
        "/ttl" => wire.ttl = read(path, value, int)?,
        "/values" => wire.values = read(path, value, texts)?.map(|all| to_wire(&wire.record_type, all)),
        "/alias/target" => alias(wire, |a, text| a.name = text, value)?,
        "/alias/zoneId" => alias(wire, |a, text| a.zone = text, value)?,
        "/alias/evaluateTargetHealth" => {
            if let Some(evaluate) = read(path, value, truth)? {
                wire.alias.get_or_insert_default().evaluate = evaluate;
            }
        }
        "/healthCheckId" => wire.health_check = as_text(path, value)?,
        other => return put_routing(wire, other, value),
    }
    Ok(())
}

fn put_routing(wire: &mut Wire, path: &str, value: Option<&Datum>) -> Result<(), String> {
    let geo = |wire: &mut Wire, set: fn(&mut Geo, Option<String>)| {
        set(wire.geo.get_or_insert_default(), as_text(path, value)?);
        Ok::<(), String>(())
    };
    match path {
        "/routing/weight" => wire.weight = read(path, value, int)?,
        "/routing/region" => wire.region = as_text(path, value)?,
        "/routing/failover" => wire.failover = as_text(path, value)?,
        "/routing/geo/continent" => geo(wire, |g, text| g.continent = text)?,
        "/routing/geo/country" => geo(wire, |g, text| g.country = text)?,
        "/routing/geo/subdivision" => geo(wire, |g, text| g.subdivision = text)?,
        "/routing/multivalue" => wire.multivalue = read(path, value, truth)?,
        "/routing/other" if value.is_none() => {
            (wire.proximity, wire.cidr, wire.traffic_policy) = (None, None, None);
        }
        other => return Err(format!("{other} is not a field that can be written")),
    }
    Ok(())
}

/// An alias has neither TTL nor values, and what has values is no alias: the wish decides.
fn one_or_the_other(mut wire: Wire, wanted: &WantedFields) -> Wire {
    if wanted.value("/alias/target").is_some() {
        (wire.ttl, wire.values) = (None, None);
    } else if wanted.value("/values").is_some() {
        wire.alias = None;
    }
    wire.alias = wire.alias.filter(|alias| !alias.name.is_empty());
    wire.geo = wire.geo.filter(|geo| *geo != Geo::default());
    wire
}

fn to_wire(record_type: &str, values: Vec<String>) -> Vec<String> {
    match record_type.parse::<RecordType>() {
        Ok(kind) => values.iter().map(|value| to_service(kind, value)).collect(),
        Err(_) => values,
    }
}

fn as_text(path: &str, value: Option<&Datum>) -> Result<Option<String>, String> {
    read(path, value, text)
}

fn read<T>(path: &str, value: Option<&Datum>, read: fn(&Datum) -> Option<T>) -> Result<Option<T>, String> {
    let read = |value| read(value).ok_or_else(|| format!("{path} cannot be `{value}`"));
    value.map(read).transpose()
}
