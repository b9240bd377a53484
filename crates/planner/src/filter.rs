//! Showing part of a plan. No change is changed by it.

use crate::assemble::conclude;
use aplomo_core::address::AddressPattern;
use aplomo_core::plan::Plan;
use aplomo_core::{Address, TenantName};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Keeps the changes of these tenants and targets, with what they cannot be done without; an empty
/// list lets all through. Findings and unverifiable resources of others go too; what belongs to nobody
/// in particular stays. Summary, verdicts and the plan's digest follow; `complete` never gets better
/// by looking away.
#[must_use]
pub fn filter(mut plan: Plan, tenants: &[TenantName], targets: &[AddressPattern]) -> Plan {
    if tenants.is_empty() && targets.is_empty() {
        return plan;
    }
    let of_tenant = |tenant: &str| tenants.is_empty() || tenants.iter().any(|t| t.as_str() == tenant);
    let wanted = |address: &Address| {
        of_tenant(address.tenant())
            && (targets.is_empty() || targets.iter().any(|target| target.matches(address)))
    };
    let complete = plan.complete;
    let kept = together(&plan, wanted);
    plan.narrowed = true;
    // What exists is nobody's in particular, so a part of a plan has no share of it.
    plan.coverage = None;
    plan.changes.retain(|change| kept.contains(&change.address));
    plan.findings.retain(|finding| finding.tenant.as_deref().is_none_or(of_tenant));
    plan.unverifiable.retain(|entry| entry.address.as_ref().is_none_or(wanted));
    conclude(&mut plan);
    if plan.complete != complete {
        plan.complete = complete;
        crate::seal::seal(&mut plan);
    }
    plan
}

/// What was asked for, with what it cannot be done without: the rest of its groups, what comes first,
/// and for a replacement that is made first, what must move on to it.
fn together(plan: &Plan, wanted: impl Fn(&Address) -> bool) -> BTreeSet<Address> {
    let mut near: BTreeMap<&Address, BTreeSet<&Address>> = BTreeMap::new();
    let mut groups: BTreeMap<&SmolStr, Vec<&Address>> = BTreeMap::new();
    let replaced: BTreeSet<&Address> =
        plan.changes.iter().filter(|c| c.create_first).map(|c| &c.address).collect();
    for change in &plan.changes {
        near.entry(&change.address).or_default().extend(&change.depends_on);
        for first in change.depends_on.iter().filter(|first| replaced.contains(first)) {
            near.entry(first).or_default().insert(&change.address);
        }
        if let Some(group) = &change.group {
            groups.entry(group).or_default().push(&change.address);
        }
    }
    for members in groups.values() {
        members.iter().for_each(|member| near.entry(member).or_default().extend(members));
    }
    let mut open: Vec<&Address> = plan.changes.iter().map(|c| &c.address).filter(|a| wanted(a)).collect();
    let mut kept: BTreeSet<Address> = BTreeSet::new();
    while let Some(address) = open.pop() {
        if kept.insert(address.clone()) {
            open.extend(near.get(address).into_iter().flatten());
        }
    }
    kept
}
