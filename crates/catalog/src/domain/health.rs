//! From a record's health check to a resource of its own.

use super::record::Record;
use super::spec::HealthCheckWish;
use super::wanted::id_of;
use super::zone::Zone;
use aplomo_core::origin::Origin;
use aplomo_core::resource::Desired;
use aplomo_core::{Finding, Model, Type as _, Wanted, Wish};
use aplomo_resources::route53::HEALTH_CHECK;
use aplomo_resources::route53::health_check::Check;
use aplomo_resources::route53::model::HealthCheck;
use smol_str::SmolStr;
use std::sync::Arc;

/// What the record says of its health check, the check itself where it is ours, and what is wrong with it.
pub(super) fn expand(zone: &Zone<'_>, record: &Record<'_>) -> (Wish<SmolStr>, Option<Desired>, Vec<Finding>) {
    let Some(wish) = &record.spec.health_check else { return (Wish::Absent, None, Vec::new()) };
    if let Some(id) = &wish.id {
        return (Wish::Value(id.clone()), None, by_id(zone, record, wish));
    }
    let mut findings = incomplete(zone, record, wish);
    match Check::normalise(model(wish)) {
        Err(wrong) => {
            // The messages begin with the field's name.
            let place = |f: Finding| {
                let field = f.message.split(':').next().unwrap_or_default();
                let pointer = record.pointer(&format!("/healthCheck/{field}"));
                zone.manifest.finding_at(f, &pointer)
            };
            findings.extend(wrong.into_iter().map(place));
            (Wish::LeftAlone, None, findings)
        }
        Ok(model) => {
            let check = resource(zone, record, &model);
            (Wish::Reference(Box::new(id_of(&check.address))), Some(check), findings)
        }
    }
}

fn by_id(zone: &Zone<'_>, record: &Record<'_>, wish: &HealthCheckWish) -> Vec<Finding> {
    let alone = HealthCheckWish { id: wish.id.clone(), ..HealthCheckWish::default() };
    if *wish == alone {
        return Vec::new();
    }
    let finding = Finding::error("health-check", "a health check named by its `id` is not ours to change")
        .help("leave the other fields out, or leave `id` out to have a check of our own");
    vec![zone.manifest.finding_at(finding, &record.pointer("/healthCheck"))]
}

fn incomplete(zone: &Zone<'_>, record: &Record<'_>, wish: &HealthCheckWish) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut tell = |message: &str| {
        let finding = Finding::error("health-check", message);
        findings.push(zone.manifest.finding_at(finding, &record.pointer("/healthCheck")));
    };
    let Some(check_type) = wish.check_type else {
        tell("a health check of our own has a `type`, e.g. `HTTPS`");
        return findings;
    };
    if wish.fqdn.is_none() && wish.ip.is_none() {
        tell("a health check asks somebody: set `fqdn`, `ip` or both");
    }
    let word = check_type.word();
    if word == "TCP" && wish.port.is_none() {
        tell("a TCP health check needs a `port`");
    }
    if word.ends_with("_STR_MATCH") && wish.search_string.is_none() {
        tell("a health check of this type looks for a `searchString`");
    }
    findings
}

fn resource(zone: &Zone<'_>, record: &Record<'_>, model: &HealthCheck<Wanted>) -> Desired {
    let mut fields = model.to_fields();
    for (path, wish) in zone.tags.iter() {
        fields.set(path.clone(), wish.clone());
    }
    let mut check = zone.manifest.desired(&HEALTH_CHECK, &record.key(), zone.scope.clone(), fields);
    let mark = zone.manifest.place(&record.pointer("/healthCheck"));
    check.origins = vec![Origin { file: Arc::clone(&zone.manifest.file), line: mark.line }];
    check
}

fn model(wish: &HealthCheckWish) -> HealthCheck<Wanted> {
    HealthCheck {
        check_type: or_alone(wish.check_type.map(|t| SmolStr::new_static(t.word()))),
        fqdn: or_alone(wish.fqdn.clone()),
        ip: or_alone(wish.ip.clone()),
        port: or_alone(wish.port),
        path: or_alone(wish.path.as_ref().map(SmolStr::to_string)),
        search_string: or_alone(wish.search_string.as_ref().map(SmolStr::to_string)),
        interval: or_alone(wish.interval),
        failure_threshold: or_alone(wish.failure_threshold),
        measure_latency: or_alone(wish.measure_latency),
        inverted: or_alone(wish.inverted),
        disabled: or_alone(wish.disabled),
        enable_sni: or_alone(wish.enable_sni),
        regions: or_alone(Some(wish.regions.clone()).filter(|regions| !regions.is_empty())),
        ..HealthCheck::default()
    }
}

fn or_alone<T>(value: Option<T>) -> Wish<T> {
    value.map_or(Wish::LeftAlone, Wish::Value)
}
