//! The kind RepositoryType: what repositories of a type are called, have and may not change. The
//! operator's own: taken from the operator's source only.
//!
//! It makes nothing by itself; Repository manifests that follow it do.

pub(crate) mod naming;
mod spec;

pub use spec::*;

use crate::estate::Estate;
use crate::kind::{Expansion, Kind, Manifest};
use crate::offboard::{Mentions, Person};
use crate::repository::Settings;
use crate::suggest;
use aplomo_core::{Finding, KindName, ManifestName, TenantName};
use serde_json::Value;

/// The kind RepositoryType.
#[derive(Debug, Clone, Copy)]
pub struct RepositoryType;

impl Kind for RepositoryType {
    const NAME: KindName = KindName::known("RepositoryType");
    const EXAMPLE: &'static str = include_str!("example.yaml");
    const OPERATOR_ONLY: bool = true;
    type Spec = RepositoryTypeSpec;
    fn expand(manifest: &Manifest<'_, RepositoryTypeSpec>, _: &Estate<'_>) -> Expansion {
        let mut findings = Vec::new();
        locked(manifest, &mut findings);
        findings.extend(naming::own(manifest));
        for (n, protection) in manifest.spec.branch_protections.iter().enumerate() {
            let at = format!("/spec/branchProtections/{n}");
            crate::branch_protection::check_rules(manifest.head, &protection.rules(), &at, &mut findings);
        }
        Expansion { findings, ..Expansion::default() }
    }
    fn people(manifest: &Manifest<'_, RepositoryTypeSpec>, who: &Person, _: &Estate<'_>) -> Mentions {
        let (mut found, spec) = (Mentions::default(), manifest.spec);
        let settings = (&spec.defaults.access.users, spec.defaults.environments.as_slice());
        crate::repository::in_settings(who, settings, "/spec/defaults", &mut found);
        for (n, protection) in spec.branch_protections.iter().enumerate() {
            let at = format!("/spec/branchProtections/{n}");
            crate::branch_protection::in_rules(who, &protection.rules(), &at, &mut found);
        }
        found
    }
}

/// The type of a name: the tenant's own, else the platform's.
pub(crate) fn type_of<'e>(
    estate: &'e Estate<'_>,
    tenant: &TenantName,
    name: &str,
) -> Option<Manifest<'e, RepositoryTypeSpec>> {
    let name = ManifestName::new(name).ok()?;
    let platform = TenantName::known(TenantName::PLATFORM);
    estate.get::<RepositoryType>(tenant, &name).or_else(|| estate.get::<RepositoryType>(&platform, &name))
}

/// Whether there is a type of this name, be it broken: what is wrong with it is told there.
fn is_described(estate: &Estate<'_>, tenant: &TenantName, name: &str) -> bool {
    let platform = TenantName::known(TenantName::PLATFORM);
    let knows = |name: ManifestName| {
        estate.knows::<RepositoryType>(tenant, &name) || estate.knows::<RepositoryType>(&platform, &name)
    };
    ManifestName::new(name).is_ok_and(knows)
}

/// `unknown-repository-type`, where nobody describes it.
pub(crate) fn unknown(estate: &Estate<'_>, tenant: &TenantName, name: &str) -> Option<Finding> {
    if is_described(estate, tenant, name) {
        return None;
    }
    let platform = TenantName::known(TenantName::PLATFORM);
    let known: Vec<&str> = estate.names::<RepositoryType>(&platform).collect();
    let help = match known.is_empty() {
        true => "the operator describes the types: give the manifests of `platform` to this command as well"
            .into(),
        false => suggest::or_list(name, known, "the types are"),
    };
    let message = format!("there is no RepositoryType `{}`", name.escape_debug());
    Some(Finding::error("unknown-repository-type", message).help(help))
}

/// `unknown-field` of `locked`.
fn locked(manifest: &Manifest<'_, RepositoryTypeSpec>, findings: &mut Vec<Finding>) {
    let Ok(fields) = serde_json::to_value(Settings::default()) else { return };
    for (n, path) in manifest.spec.locked.iter().enumerate() {
        let mut here = Some(&fields);
        for part in path.split('.') {
            let Some(Value::Object(map)) = here else {
                // Below a list or a free mapping anything may stand.
                break;
            };
            if map.is_empty() || map.contains_key(part) {
                here = map.get(part);
                continue;
            }
            let message = format!("`{}` is no field of a repository", path.escape_debug());
            let help = suggest::or_list(part, map.keys().map(String::as_str), "the fields are");
            let finding = Finding::error("unknown-field", message).help(help);
            findings.push(manifest.finding_at(finding, &format!("/spec/locked/{n}")));
            break;
        }
    }
}
