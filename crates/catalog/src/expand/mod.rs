//! From snapshots of sources to the whole wish: every manifest checked and expanded, every rule on
//! who may say what applied.
//!
//! Whatever is wrong with a manifest keeps its resources out or blocks its tenant, and makes its
//! source incomplete: what a broken manifest no longer says must not look like a wish to delete.

pub(crate) mod gather;
mod safety;
mod sources;
mod tenants;
mod unite;

use crate::estate::{Accounts, Entry};
use crate::kind::Expansion;
use aplomo_core::manifest::Snapshot;
use aplomo_core::resource::DesiredState;
use aplomo_core::{Finding, ManifestRef, Severity, SourceName};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Checks and expands all manifests of the snapshots.
///
/// Errors are findings of the result; each names its tenant where that is known, so that it blocks
/// this tenant alone.
#[must_use]
pub fn expand(snapshots: &[Snapshot], accounts: &Accounts) -> DesiredState {
    let mut notes = Notes::default();
    for snapshot in snapshots {
        sources::note_problems(snapshot, &mut notes);
    }
    let estate = gather::estate(snapshots, accounts, &mut notes);
    tenants::check(snapshots, &estate, &mut notes);
    let mut state = DesiredState::default();
    let mut claims = unite::Claims::default();
    for (reference, entry) in &estate.entries {
        let expansion = entry.expand(&estate);
        notes.extend(&entry.head.source, expansion.findings.iter().cloned());
        state.manifests.insert(reference.clone(), entry.head.lifecycle.deletion.into());
        take(entry, expansion, &mut state, &mut claims);
    }
    state.resources = claims.unite(&estate, &mut notes);
    state.completeness = sources::completeness(snapshots, &notes);
    state.findings = notes.finish();
    state
}

/// Files away what one manifest expanded into.
fn take(entry: &Entry<'_>, expansion: Expansion, state: &mut DesiredState, claims: &mut unite::Claims) {
    let reference = &entry.head.reference;
    claims.consent(reference, &expansion.consents);
    let safety = safety::resource(entry, &expansion);
    if !expansion.environments.is_empty() {
        state.environments.insert(label(reference), expansion.environments);
    }
    for resource in expansion.resources.into_iter().chain(safety) {
        claims.add(reference, resource);
    }
    if !expansion.windows.is_empty() {
        state.calendar.windows.insert(label(reference), expansion.windows);
    }
    state.calendar.freezes.extend(expansion.freezes);
    state.collections.extend(expansion.collections);
    state.tenants.extend(expansion.policies.into_iter().map(|policy| (policy.name.clone(), policy)));
}

/// Findings as they come, with the sources that they make incomplete.
#[derive(Default)]
pub(crate) struct Notes {
    findings: Vec<Finding>,
    /// Why a source is not complete, in words.
    broken: BTreeMap<SourceName, BTreeSet<String>>,
}

impl Notes {
    /// A finding about something in a source.
    fn add(&mut self, source: &SourceName, finding: Finding) {
        if finding.severity == Severity::Error {
            let what = finding.address.as_deref().or(finding.file.as_deref()).unwrap_or("a manifest");
            self.broken.entry(source.clone()).or_default().insert(format!("{what} has errors"));
        }
        self.findings.push(finding);
    }

    fn extend(&mut self, source: &SourceName, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|finding| self.add(source, finding));
    }

    /// All findings in the order of their places, each once.
    fn finish(mut self) -> Vec<Finding> {
        let place = |f: &Finding| (f.file.clone(), f.line, f.column);
        self.findings.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.cmp(b)));
        self.findings.dedup();
        self.findings
    }
}

/// `tenant/Kind/name` as an address text.
fn label(reference: &ManifestRef) -> SmolStr {
    smol_str::format_smolstr!("{reference}")
}
