//! What a source may say, and whether its silence means anything.

use super::Notes;
use crate::kind::{AnyKind, Head};
use aplomo_core::manifest::Snapshot;
use aplomo_core::resource::Completeness;
use aplomo_core::{Finding, Severity, TenantName};
use smol_str::SmolStr;

/// Takes over the problems of what could not be parsed.
pub(super) fn note_problems(snapshot: &Snapshot, notes: &mut Notes) {
    for problem in &snapshot.problems {
        notes.add(&snapshot.name, for_tenant(problem.clone(), snapshot, None));
    }
}

/// The finding with its tenant: the one it names, else the only one that its source speaks for.
pub(super) fn for_tenant(mut finding: Finding, snapshot: &Snapshot, named: Option<TenantName>) -> Finding {
    if finding.tenant.is_none() {
        finding.tenant =
            named.filter(|tenant| may_speak(snapshot, tenant)).or_else(|| only(snapshot)).map(SmolStr::from);
    }
    finding
}

fn may_speak(snapshot: &Snapshot, tenant: &TenantName) -> bool {
    snapshot.tenants.as_ref().is_none_or(|tenants| tenants.contains(tenant))
}

fn only(snapshot: &Snapshot) -> Option<TenantName> {
    let tenants = snapshot.tenants.as_ref()?;
    tenants.first().filter(|_| tenants.len() == 1).cloned()
}

/// Why a manifest must not come from this source. `bound`: some source is bound to tenants.
/// The finding blocks the tenants of the source, never the one that it has no business with.
pub(super) fn forbidden(
    head: &Head<'_>,
    kind: &dyn AnyKind,
    snapshot: &Snapshot,
    bound: bool,
) -> Option<Finding> {
    let tenant = &head.reference.tenant;
    if !may_speak(snapshot, tenant) {
        let message = format!("the source `{}` may not speak for the tenant `{tenant}`", snapshot.name);
        let allowed: Vec<String> = snapshot.tenants.iter().flatten().map(|t| format!("`{t}`")).collect();
        let help = format!(
            "it may speak for {}",
            if allowed.is_empty() { "none".into() } else { allowed.join(", ") }
        );
        let mut finding =
            head.finding_at(Finding::error("foreign-tenant", message).help(help), "/metadata/tenant");
        finding.tenant =
            snapshot.tenants.as_ref().and_then(|tenants| tenants.first()).cloned().map(SmolStr::from);
        return Some(finding);
    }
    if kind.operator_only() && !snapshot.operator && (bound || snapshot.tenants.is_some()) {
        let message = format!(
            "a {} is only taken from the operator's own source, and `{}` is not",
            kind.name(),
            snapshot.name
        );
        let finding = Finding::error("operator-only", message).help("ask the operator to change it");
        return Some(head.finding_at(finding, "/kind"));
    }
    None
}

/// Which sources are complete, and why the others are not.
pub(super) fn completeness(snapshots: &[Snapshot], notes: &Notes) -> Completeness {
    let mut completeness = Completeness::default();
    for snapshot in snapshots {
        let said = snapshot.incomplete_because.iter().cloned();
        let broken = notes.broken.get(&snapshot.name).into_iter().flatten().cloned();
        let mut why: Vec<String> =
            said.chain(broken).map(|why| format!("{}: {why}", snapshot.name)).collect();
        let unparsed = snapshot.problems.iter().any(|problem| problem.severity == Severity::Error);
        if why.is_empty() && (unparsed || !snapshot.complete) {
            why.push(format!("{}: not all of it was read", snapshot.name));
        }
        if why.is_empty() {
            completeness.complete_sources.insert(snapshot.name.clone());
        }
        completeness.because.extend(why);
    }
    completeness
}
