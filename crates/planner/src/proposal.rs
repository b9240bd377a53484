//! What a pull request would do: the effects of a plan of the merge that a plan of the base has not, over the same
//! observation. What differed before is no part of it.
//!
//! Deliberately absent: making the two plans.

use crate::assemble::conclude;
use aplomo_core::plan::Plan;
use aplomo_core::{Address, Change, Digest, Finding, SourceName};
use std::collections::{BTreeMap, BTreeSet};

/// What a pull request would do.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Its effects, with findings and what could not be seen of what it touches. Narrowed.
    pub plan: Plan,
    /// What differed before: changes of the same source and the same tenants that both plans have.
    pub before: Vec<Change>,
}

/// Takes the difference. `touched` are the addresses that the pull request speaks of, `source` where it would be merged.
#[must_use]
pub fn proposal(mut merge: Plan, base: &Plan, touched: &BTreeSet<Address>, source: &SourceName) -> Proposal {
    let had: BTreeMap<&Address, Digest> = base.changes.iter().map(|c| (&c.address, c.digest)).collect();
    let (before, effects): (Vec<Change>, Vec<Change>) = std::mem::take(&mut merge.changes)
        .into_iter()
        .filter(|change| change.source == *source)
        .partition(|change| had.get(&change.address) == Some(&change.digest));
    let tenants: BTreeSet<String> = touched.iter().map(|a| a.tenant().to_owned()).collect();
    let named = |finding: &Finding| base.findings.iter().any(|known| same(known, finding));
    let far = |u: &aplomo_core::plan::Unverifiable| match &u.address {
        Some(address) => !touched.contains(address),
        None => !touched_by(&effects, u),
    };
    merge.unverifiable.retain(|u| !far(u));
    merge.findings.retain(|finding| !named(finding));
    merge.unmanaged.clear();
    merge.coverage = None;
    merge.narrowed = true;
    merge.sources.retain(|s| s.name == *source);
    merge.changes = effects;
    conclude(&mut merge);
    let before = before.into_iter().filter(|c| tenants.contains(c.address.tenant())).collect();
    Proposal { plan: merge, before }
}

/// The same finding, wherever its line moved to.
fn same(a: &Finding, b: &Finding) -> bool {
    (&a.rule, &a.address, &a.message, &a.file) == (&b.rule, &b.address, &b.message, &b.file)
}

/// Whether a place that could not be read is one that an effect is in.
fn touched_by(effects: &[Change], unseen: &aplomo_core::plan::Unverifiable) -> bool {
    effects.iter().any(|c| unseen.types.contains(&c.type_name) && c.scope.account == unseen.scope.account)
}
