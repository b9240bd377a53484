//! From a ChangeFreeze manifest to its record and its place in the calendar.

use super::spec::{ChangeFreezeSpec, ExceptionWish};
use crate::environment::Environment;
use crate::estate::Estate;
use crate::kind::{Expansion, Kind as _, Manifest};
use crate::suggest;
use crate::tenant::Tenant;
use aplomo_core::approval::risk_word;
use aplomo_core::safety::freeze::Exception;
use aplomo_core::safety::{EnvironmentType, Freeze};
use aplomo_core::{Finding, Model as _, Scope, SignedDuration, TenantName, Wanted, Wish};
use aplomo_resources::aplomo::{FREEZE, model};
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeSet;

/// A freeze that is longer is told: most likely a year was mistyped.
const LONG: SignedDuration = SignedDuration::from_hours(90 * 24);

pub(super) fn expand(manifest: &Manifest<'_, ChangeFreezeSpec>, estate: &Estate<'_>) -> Expansion {
    let spec = manifest.spec;
    let freeze = Freeze {
        manifest: format_smolstr!("{}", manifest.reference),
        tenants: spec.tenants.clone(),
        environments: spec.environments.clone(),
        from: spec.from.0,
        until: spec.until.0,
        reason: spec.reason.to_string(),
        except: spec.except.iter().map(exception).collect(),
    };
    let mut findings = times(manifest);
    findings.extend(targets(manifest, estate));
    findings.extend(exceptions(manifest));
    let record = manifest.desired(&FREEZE, &[], Scope::own(), record(&freeze).to_fields());
    Expansion { resources: vec![record], freezes: vec![freeze], findings, ..Expansion::default() }
}

fn exception(written: &ExceptionWish) -> Exception {
    let risk = written.risk.map(|risk| SmolStr::new_static(risk_word(risk.into())));
    Exception { risk, kind: written.kind.clone() }
}

/// What is left out is absent, not left alone, as in all of our own settings.
fn record(freeze: &Freeze) -> model::Freeze<Wanted> {
    let set = |all: &BTreeSet<SmolStr>| match all.is_empty() {
        true => Wish::Absent,
        false => Wish::Value(all.clone()),
    };
    model::Freeze {
        tenants: set(&freeze.tenants),
        environments: set(&freeze.environments),
        from: Wish::Value(format_smolstr!("{}", freeze.from)),
        until: Wish::Value(format_smolstr!("{}", freeze.until)),
        reason: Wish::Value(freeze.reason.clone()),
        except: set(&freeze.except.iter().map(|one| SmolStr::new(one.line())).collect()),
    }
}

/// `bad-freeze`, `long-freeze`.
fn times(manifest: &Manifest<'_, ChangeFreezeSpec>) -> Vec<Finding> {
    let (from, until) = (manifest.spec.from.0, manifest.spec.until.0);
    let mut findings = Vec::new();
    if until <= from {
        let message = format!("the freeze ends ({until}) before it begins ({from})");
        findings.push(manifest.finding_at(Finding::error("bad-freeze", message), "/spec/until"));
    } else if until.duration_since(from) > LONG {
        let days = until.duration_since(from).as_hours() / 24;
        let finding = Finding::warning("long-freeze", format!("nothing is applied for {days} days"))
            .help("look at the years; a freeze of more than 90 days is unusual");
        findings.push(manifest.finding_at(finding, "/spec/until"));
    }
    if manifest.spec.reason.trim().is_empty() {
        let finding = Finding::error("bad-freeze", "the reason says nothing");
        findings.push(
            manifest.finding_at(finding.help("say why, for people whose changes wait"), "/spec/reason"),
        );
    }
    findings
}

/// `bad-freeze`, `unknown-tenant`, `unknown-environment`: what it is about. Where no Tenant is described at all
/// nobody knows which there are.
fn targets(manifest: &Manifest<'_, ChangeFreezeSpec>, estate: &Estate<'_>) -> Vec<Finding> {
    let spec = manifest.spec;
    if spec.tenants.is_empty() && spec.environments.is_empty() {
        let finding = Finding::error("bad-freeze", "it says neither `tenants` nor `environments`")
            .help("name what is frozen; `tenants: [\"*\"]` is everything");
        return vec![manifest.finding_at(finding, "/spec")];
    }
    let mut findings = Vec::new();
    let described = || estate.entries.keys().chain(&estate.broken);
    let tenants: BTreeSet<&str> =
        described().filter(|r| r.kind == Tenant::NAME).map(|r| r.name.as_str()).collect();
    let known = |name: &str| name == "*" || name == TenantName::PLATFORM || tenants.contains(name);
    for (index, name) in spec.tenants.iter().enumerate() {
        if !tenants.is_empty() && !known(name) {
            let message =
                format!("no Tenant describes `{}`, so nothing is frozen by that", name.escape_debug());
            let finding = Finding::warning("unknown-tenant", message);
            let finding = finding.help(suggest::or_list(name, tenants.iter().copied(), "there are"));
            findings.push(manifest.finding_at(finding, &format!("/spec/tenants/{index}")));
        }
    }
    let environments: BTreeSet<&str> =
        described().filter(|r| r.kind == Environment::NAME).map(|r| r.name.as_str()).collect();
    for (index, name) in spec.environments.iter().enumerate() {
        if EnvironmentType::of(name).is_none()
            && !environments.is_empty()
            && !environments.contains(name.as_str())
        {
            let message = format!("no Environment is called `{}`, and no type of them", name.escape_debug());
            let mut words: Vec<&str> = environments.iter().copied().collect();
            words.extend(EnvironmentType::ALL.iter().map(|kind| kind.word()));
            let finding = Finding::warning("unknown-environment", message);
            let finding = finding.help(suggest::or_list(name, words, "there are"));
            findings.push(manifest.finding_at(finding, &format!("/spec/environments/{index}")));
        }
    }
    findings
}

/// `bad-freeze`, `unknown-kind`.
fn exceptions(manifest: &Manifest<'_, ChangeFreezeSpec>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, written) in manifest.spec.except.iter().enumerate() {
        let pointer = format!("/spec/except/{index}");
        if written.risk.is_none() && written.kind.is_none() {
            let finding = Finding::error("bad-freeze", "an exception names neither `risk` nor `kind`")
                .help("an exception for everything would be no freeze: take it out");
            findings.push(manifest.finding_at(finding, &pointer));
        }
        if let Some(kind) = written.kind.as_ref().filter(|kind| crate::kind(kind).is_none()) {
            findings
                .push(manifest.finding_at(crate::registry::unknown_kind(kind), &format!("{pointer}/kind")));
        }
    }
    findings
}
