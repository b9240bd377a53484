//! Tenants whose account changes. Until the change of the tenant's settings is applied nothing is planned
//! in the new account; that change is the acceptance, and it says what it means: objects do not move, so
//! all is made anew there, and what is in the old account is left to itself.

use crate::PlanInput;
use crate::draft::Draft;
use aplomo_core::ledger::Memory;
use aplomo_core::safety::{Recorded, TenantPolicy};
use aplomo_core::{Account, DesiredState, Finding, Provider, Risk, Scope};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// Where a tenant lives at one provider, as applied and as wished; `None` is the account of our own
/// credentials, or none at all.
struct Shift<'a> {
    provider: &'a SmolStr,
    old: Option<&'a Account>,
    new: Option<&'a Account>,
}

/// The providers at which a tenant's account is another one than was applied.
fn shifts<'a>(recorded: &'a Recorded, desired: &'a DesiredState, tenant: &str) -> Vec<Shift<'a>> {
    let policies = (recorded.policies.get(tenant), desired.tenants.get(tenant));
    let (Some(old), Some(new)) = policies else { return Vec::new() };
    let providers: BTreeSet<&SmolStr> = old.accounts.keys().chain(new.accounts.keys()).collect();
    let at = |policy: &'a TenantPolicy, provider: &SmolStr| policy.accounts.get(provider);
    let all = providers.into_iter().map(|provider| Shift {
        provider,
        old: at(old, provider),
        new: at(new, provider),
    });
    all.filter(|shift| shift.old != shift.new).collect()
}

/// Whether a tenant's account at the provider is another one than was applied, and nobody accepted that
/// yet. What is recorded in our own store waits for a move, and not for a place that is only added.
pub(crate) fn is_pending(
    recorded: &Recorded,
    desired: &DesiredState,
    tenant: &str,
    provider: &Provider,
) -> bool {
    let own = Scope::own().provider == *provider;
    let counts =
        |shift: &Shift<'_>| shift.provider.as_str() == provider.as_str() || (own && shift.old.is_some());
    shifts(recorded, desired, tenant).iter().any(counts)
}

/// Whether something recorded is in an account that the tenant has left for good.
pub(crate) fn is_left(recorded: &Recorded, desired: &DesiredState, tenant: &str, scope: &Scope) -> bool {
    let now = recorded.policies.get(tenant).and_then(|p| p.accounts.get(scope.provider.as_str()));
    now.is_some() && now != scope.account.as_ref() && !is_pending(recorded, desired, tenant, &scope.provider)
}

/// Says on the change of the settings what accepting it means, and tells that everything waits for it.
pub(crate) fn note(input: &PlanInput<'_>, drafts: &mut [Draft]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for draft in drafts.iter_mut().filter(|draft| draft.is_settings() && !draft.goes()) {
        let tenant = draft.change.address.tenant().to_owned();
        for shift in shifts(input.recorded, input.desired, &tenant) {
            let left = count(input.memory, &tenant, shift.provider);
            let (what, accepted) = shift.words(left);
            draft.risk(Risk::Sensitive, accepted);
            findings.push(
                Finding::warning("account-changed", format!("{what}: nothing is planned there yet"))
                    .of(draft.change.address.manifest())
                    .origin(&draft.change.origins)
                    .help("approve the change of its settings to accept it, or take it back"),
            );
        }
    }
    findings
}

impl Shift<'_> {
    /// What changes, and what accepting it means for the objects that are recorded there.
    fn words(&self, left: usize) -> (String, String) {
        let named = |account: Option<&Account>| match account {
            Some(account) => format!("{} {account}", self.provider),
            None => format!("the account of our own credentials at {}", self.provider),
        };
        let (old, new) = (named(self.old), named(self.new));
        if self.old.is_none() && left == 0 {
            let accepted = format!("from the next plan on its things are made in {new}");
            return (format!("it gets a place, {new}"), accepted);
        }
        let accepted = format!(
            "the move from {old} to {new} is accepted with it: from the next plan on everything is made \
             anew there; the {left} objects that are recorded now stay where they are, and nobody looks \
             after them any more"
        );
        (format!("its account changes from {old} to {new}"), accepted)
    }
}

/// Recorded objects of a tenant at a provider.
fn count(memory: &Memory, tenant: &str, provider: &str) -> usize {
    let of = memory.ledger.iter().filter(|(address, _)| address.tenant() == tenant);
    of.filter(|(_, entry)| entry.scope.provider.as_str() == provider).count()
}
