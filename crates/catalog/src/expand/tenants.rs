//! Every manifest belongs to a tenant that somebody described.

use super::Notes;
use crate::estate::Estate;
use crate::kind::Kind as _;
use crate::suggest;
use crate::tenant::Tenant;
use aplomo_core::manifest::Snapshot;
use aplomo_core::{Finding, ManifestRef, Severity, TenantName};
use std::collections::BTreeSet;

/// `unknown-tenant`: an error where tenants are described and this is none of them, so that a
/// misspelt name is found; a warning where none is described at all, as in a client's own
/// directory: such a tenant has the safe defaults.
pub(super) fn check(snapshots: &[Snapshot], estate: &Estate<'_>, notes: &mut Notes) {
    let described: BTreeSet<&str> =
        all(estate).filter(|r| r.kind == Tenant::NAME).map(|r| r.name.as_str()).collect();
    let strict = !described.is_empty() || snapshots.iter().any(|s| s.operator && s.tenants.is_some());
    let mut told = BTreeSet::new();
    for (reference, entry) in &estate.entries {
        let tenant = reference.tenant.as_str();
        let known =
            tenant == TenantName::PLATFORM || reference.kind == Tenant::NAME || described.contains(tenant);
        if known || !told.insert(tenant) {
            continue;
        }
        let severity = if strict { Severity::Error } else { Severity::Warning };
        let help = match suggest::nearest(tenant, described.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "add a Tenant of this name to the operator's source; until then the safe defaults hold"
                .to_owned(),
        };
        let finding =
            Finding::new(severity, "unknown-tenant", format!("no Tenant describes `{tenant}`")).help(help);
        notes.add(&entry.head.source, entry.head.finding_at(finding, "/metadata/tenant"));
    }
}

fn all<'e>(estate: &'e Estate<'_>) -> impl Iterator<Item = &'e ManifestRef> {
    estate.entries.keys().chain(&estate.broken)
}
