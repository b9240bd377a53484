//! The Environments that a profile reaches, looked up by the name of their kind alone.

use super::spec::IamProfileSpec;
use crate::estate::Estate;
use crate::kind::Manifest;
use crate::suggest;
use aplomo_core::{Finding, KindName, ManifestName, ManifestRef};

const ENVIRONMENT: KindName = KindName::known("Environment");

/// Whether one of them is a production. One that cannot be read is taken for one.
pub(super) fn reaches_production(manifest: &Manifest<'_, IamProfileSpec>, estate: &Estate<'_>) -> bool {
    let named = manifest.spec.environments.iter().filter_map(|name| reference(manifest, name));
    named.into_iter().any(|reference| match estate.entries.get(&reference) {
        Some(entry) => {
            let written = entry.head.node.get("spec").and_then(|spec| spec.get("type"));
            written.and_then(|node| node.as_text()) == Some("production")
        }
        None => estate.broken.contains(&reference),
    })
}

/// `unknown-environment`.
pub(super) fn check(manifest: &Manifest<'_, IamProfileSpec>, estate: &Estate<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, name) in manifest.spec.environments.iter().enumerate() {
        let known = reference(manifest, name)
            .is_some_and(|r| estate.entries.contains_key(&r) || estate.broken.contains(&r));
        if known {
            continue;
        }
        let tenant = &manifest.reference.tenant;
        let of_tenant = |r: &&ManifestRef| r.kind == ENVIRONMENT && r.tenant == *tenant;
        let names: Vec<&str> = estate.entries.keys().filter(of_tenant).map(|r| r.name.as_str()).collect();
        let message = format!("there is no Environment `{}` of `{tenant}`", name.escape_debug());
        let finding = Finding::error("unknown-environment", message);
        let finding = match names.is_empty() {
            true => finding.help("name Environments of the same tenant, or leave `environments` out"),
            false => finding.help(suggest::or_list(name, names.iter().copied(), "its Environments are")),
        };
        findings.push(manifest.finding_at(finding, &format!("/spec/environments/{index}")));
    }
    findings
}

fn reference(manifest: &Manifest<'_, IamProfileSpec>, name: &str) -> Option<ManifestRef> {
    let name = ManifestName::new(name).ok()?;
    Some(ManifestRef { tenant: manifest.reference.tenant.clone(), kind: ENVIRONMENT, name })
}
