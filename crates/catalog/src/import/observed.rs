//! A Domain manifest for a hosted zone and its records as they were seen.

use super::draft::{Draft, RecordDraft};
use super::yaml::scalar;
use super::{Imported, Options};
use aplomo_core::{Model as _, Observed, Seen, Sight};
use aplomo_resources::route53::dns::{Name, RecordType, normalise_value};
use aplomo_resources::route53::model::{HostedZone, RecordSet};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// Writes a Domain manifest for a zone. What it cannot express is noted and put under `ignore`.
#[must_use]
pub fn domain_manifest(zone: &Observed, records: &[&Observed], options: &Options) -> Imported {
    let model = HostedZone::<Seen>::from_fields(&zone.fields).unwrap_or_default();
    let written = model.name.value().map_or("", SmolStr::as_str);
    let mut draft = Draft { zone: written.trim_end_matches('.').to_owned(), ..Draft::default() };
    draft.adopt = options.adopt.then(|| zone.id.to_string());
    if model.private == Sight::Value(true) {
        let pairs = model.networks.keys().filter_map(|key| key.split_once(':'));
        draft.networks = Some(pairs.map(|(region, id)| (region.to_owned(), id.to_owned())).collect());
    }
    match Name::zone(written) {
        Ok(name) => all(&Source { zone: name, id: zone.id.as_str(), records }, &mut draft),
        Err(error) => draft.notes.push(format!("the records were left out: {error}")),
    }
    let heading = format!("Imported from the hosted zone {}.", zone.id);
    draft.finish(options, &heading)
}

struct Source<'a> {
    zone: Name,
    id: &'a str,
    records: &'a [&'a Observed],
}

/// Drafts the records; all of a name and type go together, for they share one policy.
fn all(source: &Source<'_>, draft: &mut Draft) {
    let models: Vec<RecordSet<Seen>> =
        source.records.iter().filter_map(|record| RecordSet::from_fields(&record.fields).ok()).collect();
    let lost = source.records.len() - models.len();
    if lost > 0 {
        draft.notes.push(format!("{lost} records have a form that is not known here and were left out"));
    }
    let mut ignored = BTreeSet::new();
    for model in &models {
        if let Err(why) = one(source, &models, model) {
            let (name, record_type) = owner(source, model);
            draft.notes.push(format!("`{name} {record_type}` was put under `ignore`: {why}"));
            ignored.insert((name, record_type));
        }
    }
    for model in models.iter().filter(|model| !ignored.contains(&owner(source, model))) {
        draft.records.extend(one(source, &models, model).ok().flatten());
    }
    draft.ignore.extend(ignored);
}

/// Name inside the zone and type, as far as they can be written.
fn owner(source: &Source<'_>, model: &RecordSet<Seen>) -> (SmolStr, SmolStr) {
    let written = model.name.value().cloned().unwrap_or_default();
    let relative = Name::from_service(&written).ok().and_then(|name| name.relative_to(&source.zone));
    (relative.unwrap_or(written), model.record_type.value().cloned().unwrap_or_default())
}

/// One record; `None` for those that come with the zone, or why it cannot be expressed.
fn one(
    source: &Source<'_>,
    all: &[RecordSet<Seen>],
    model: &RecordSet<Seen>,
) -> Result<Option<RecordDraft>, String> {
    let (name, word) = owner(source, model);
    let record_type: RecordType = word.parse().map_err(|_| format!("the type `{word}` is not known here"))?;
    if name == "@" && matches!(record_type, RecordType::Ns | RecordType::Soa) {
        return Ok(None);
    }
    Name::absolute(&name, &source.zone).map_err(|error| error.to_string())?;
    if let Sight::Value(policy) = &model.other {
        return Err(format!("its routing ({policy}) is not written here"));
    }
    let values: Vec<SmolStr> = model.values.value().into_iter().flatten().cloned().collect();
    for value in &values {
        let again = normalise_value(record_type, value, &source.zone)?;
        if again != *value {
            return Err(format!("the value `{value}` would be read as `{again}`"));
        }
    }
    let more = [alias(source, all, model), routing(model), health_check(model)];
    let more = more.into_iter().flatten().collect();
    Ok(Some(RecordDraft { name, record_type, ttl: model.ttl.value().copied(), values, more }))
}

fn alias(source: &Source<'_>, all: &[RecordSet<Seen>], model: &RecordSet<Seen>) -> Option<String> {
    let target = model.alias_target.value()?;
    let zone = model.alias_zone.value().cloned().unwrap_or_default();
    let here =
        all.iter().any(|other| other.name.value() == Some(target) && other.record_type == model.record_type);
    let inside = Name::from_service(target).ok().and_then(|name| name.relative_to(&source.zone));
    let mut parts = match inside.filter(|_| here && zone == source.id) {
        Some(relative) => vec![format!("record: {}", scalar(&relative))],
        None => vec![format!("target: {}", scalar(target)), format!("zoneId: {}", scalar(&zone))],
    };
    parts.extend(model.alias_evaluate.value().map(|on| format!("evaluateTargetHealth: {on}")));
    Some(format!("alias: {{{}}}", parts.join(", ")))
}

fn routing(model: &RecordSet<Seen>) -> Option<String> {
    let mut parts = vec![format!("id: {}", scalar(model.set_identifier.value()?))];
    parts.extend(model.weight.value().map(|weight| format!("weight: {weight}")));
    parts.extend(model.region.value().map(|region| format!("region: {}", scalar(region))));
    parts.extend(model.failover.value().map(|role| format!("failover: {}", role.to_lowercase())));
    let geo =
        [("continent", &model.continent), ("country", &model.country), ("subdivision", &model.subdivision)];
    let geo: Vec<String> = geo
        .into_iter()
        .filter_map(|(name, sight)| Some(format!("{name}: {}", scalar(sight.value()?))))
        .collect();
    if !geo.is_empty() {
        parts.push(format!("geo: {{{}}}", geo.join(", ")));
    }
    parts.extend(model.multivalue.value().filter(|on| **on).map(|_| "multivalue: true".to_owned()));
    Some(format!("routing: {{{}}}", parts.join(", ")))
}

fn health_check(model: &RecordSet<Seen>) -> Option<String> {
    model.health_check.value().map(|id| format!("healthCheck: {{id: {}}}", scalar(id)))
}
