//! A Certificate manifest for a certificate as it was seen.

use super::yaml::{flow_list, scalar};
use super::{Imported, Options};
use aplomo_core::{Datum, Model as _, Observed, Region, Seen, Sight};
use aplomo_resources::acm::model::Certificate;
use aplomo_resources::acm::names::{ISSUED_ALGORITHMS, validated};
use aplomo_resources::acm::output;
use aplomo_resources::route53::dns::Name;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// How many names need no word about quotas.
const USUAL_NAMES: usize = 10;

/// Writes a Certificate manifest. `domains` are the Domains that may hold its validation records, by
/// manifest name and zone: where they reach all names the records are ours to keep, else somebody
/// else's. What the manifest cannot express is noted.
#[must_use]
pub fn certificate_manifest(
    certificate: &Observed,
    domains: &[(SmolStr, SmolStr)],
    options: &Options,
) -> Imported {
    let model = Certificate::<Seen>::from_fields(&certificate.fields).unwrap_or_default();
    let mut notes = notes(certificate, &model);
    let heading = format!("Imported from the certificate {}.", certificate.id);
    let mut out = format!("# {heading}\napiVersion: aplomo/v1\nkind: Certificate\nmetadata:\n");
    // Writing to a String does not fail.
    let _ = writeln!(
        out,
        "  name: {}\n  tenant: {}",
        scalar(options.name.as_str()),
        scalar(options.tenant.as_str())
    );
    if options.adopt {
        let _ = writeln!(out, "lifecycle:\n  adopt: {}", scalar(certificate.id.as_str()));
    }
    out.push_str("spec:\n");
    names(&model, &mut out);
    validation(&model, domains, &mut out, &mut notes);
    settings(certificate, &model, &mut out, &mut notes);
    Imported { yaml: out, notes, ..Imported::default() }
}

fn all_names(model: &Certificate<Seen>) -> BTreeSet<SmolStr> {
    let others = model.alternative_names.value().into_iter().flatten();
    model.domain_name.value().into_iter().chain(others).cloned().collect()
}

fn names(model: &Certificate<Seen>, out: &mut String) {
    let common = model.domain_name.value().map_or("", SmolStr::as_str);
    let _ = writeln!(out, "  domainName: {}", scalar(common));
    if let Some(others) = model.alternative_names.value().filter(|others| !others.is_empty()) {
        let others: Vec<&SmolStr> = others.iter().collect();
        let _ = writeln!(out, "  alternativeNames: {}", flow_list(&others));
    }
    let count = all_names(model).len();
    if count > USUAL_NAMES {
        let _ = writeln!(out, "  maxNames: {count}");
    }
}

/// By Domains where they reach all names.
fn validation(
    model: &Certificate<Seen>,
    domains: &[(SmolStr, SmolStr)],
    out: &mut String,
    notes: &mut Vec<String>,
) {
    let zones: Vec<(&SmolStr, Name)> =
        domains.iter().filter_map(|(name, zone)| Some((name, Name::zone(zone).ok()?))).collect();
    let mut used = BTreeSet::new();
    let mut beyond = Vec::new();
    for name in all_names(model) {
        let proven = Name::zone(validated(&name)).ok();
        let holding = zones.iter().filter(|(_, zone)| proven.as_ref().is_some_and(|n| n.is_within(zone)));
        match holding.max_by_key(|(_, zone)| zone.labels().count()) {
            Some((domain, _)) => drop(used.insert((*domain).clone())),
            None => beyond.push(name),
        }
    }
    if beyond.is_empty() && !used.is_empty() {
        let used: Vec<SmolStr> = used.into_iter().collect();
        let _ = writeln!(out, "  validation: {{domains: {}}}", flow_list(&used));
        return;
    }
    if !used.is_empty() {
        notes.push(format!(
            "no Domain holds {}, so all records are left to whoever looks after them; make two certificates to have some of them written",
            beyond.join(", ")
        ));
    }
    out.push_str("  validation: external\n");
}

fn settings(certificate: &Observed, model: &Certificate<Seen>, out: &mut String, notes: &mut Vec<String>) {
    match model.key_algorithm.value() {
        Some(algorithm) if ISSUED_ALGORITHMS.contains(&algorithm.as_str()) => {
            let _ = writeln!(out, "  keyAlgorithm: {algorithm}");
        }
        Some(other) => {
            notes.push(format!("the key algorithm {other} is not one that ACM issues; it was left out"))
        }
        None => {}
    }
    if let Some(region) = certificate.scope.region.as_ref().map(Region::as_str) {
        let _ = writeln!(out, "  regions: {}", flow_list(&[region]));
    }
    let tags: Vec<_> = model.tags.iter().filter_map(|(k, v)| Some((k, v.value()?))).collect();
    if !tags.is_empty() {
        out.push_str("  tags:\n");
    }
    for (key, value) in tags {
        let _ = writeln!(out, "    {}: {}", scalar(key), scalar(value));
    }
}

/// What a manifest cannot say.
fn notes(certificate: &Observed, model: &Certificate<Seen>) -> Vec<String> {
    let mut notes = Vec::new();
    let made_by = certificate.outputs.get(output::TYPE).and_then(Datum::as_text);
    if let Some(other) = made_by.filter(|made_by| *made_by != "AMAZON_ISSUED") {
        notes
            .push(format!("it is {other}, not issued by ACM: Aplomo would ask for another one in its place"));
    }
    if model.validation.value().is_some_and(|method| method == "EMAIL") {
        notes.push("it was validated by mail: Aplomo would ask for another one, validated by DNS".to_owned());
    }
    if model.valid == Sight::Value(false) {
        notes.push("it is no longer good: Aplomo would ask for another one in its place".to_owned());
    }
    if model.transparency == Sight::Value(false) {
        notes.push(
            "it is kept out of transparency logs, which AWS no longer offers: that is left alone".to_owned(),
        );
    }
    if model.alternative_names == Sight::Hidden {
        notes.push("not all of its names could be seen: complete `alternativeNames` by hand".to_owned());
    }
    notes
}
