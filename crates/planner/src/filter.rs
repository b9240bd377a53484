//! Showing part of a plan. No change is changed by it.

use crate::assemble::conclude;
use aplomo_core::address::AddressPattern;
use aplomo_core::plan::Plan;
use aplomo_core::{Address, TenantName};

/// Keeps the changes of these tenants and targets; an empty list lets all through. Findings and
/// unverifiable resources of others go too; what belongs to nobody in particular stays. Summary,
/// verdicts and the plan's digest follow; `complete` never gets better by looking away.
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
    plan.changes.retain(|change| wanted(&change.address));
    plan.findings.retain(|finding| finding.tenant.as_deref().is_none_or(of_tenant));
    plan.unverifiable.retain(|entry| entry.address.as_ref().is_none_or(wanted));
    conclude(&mut plan);
    if plan.complete != complete {
        plan.complete = complete;
        crate::seal::seal(&mut plan);
    }
    plan
}
