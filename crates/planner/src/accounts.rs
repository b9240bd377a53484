//! Tenants whose account changes. Until the change of the tenant's settings is applied nothing is planned
//! in the new account; that change is the acceptance, and it says what it means: objects do not move, so
//! all is made anew there, and what is in the old account is left to itself.

use crate::PlanInput;
use crate::draft::Draft;
use aplomo_core::ledger::Memory;
use aplomo_core::safety::{Recorded, TenantPolicy};
use aplomo_core::{Account, DesiredState, Finding, Risk, Scope};
use smol_str::SmolStr;
use std::collections::BTreeMap;

type Accounts = BTreeMap<SmolStr, Account>;

/// The accounts as applied and as wished, where they differ.
fn change<'a>(
    recorded: &'a Recorded,
    desired: &'a DesiredState,
    tenant: &str,
) -> Option<(&'a Accounts, &'a Accounts)> {
    let accounts = |policy: Option<&'a TenantPolicy>| policy.map(|policy| &policy.accounts);
    let (old, new) = (accounts(recorded.policies.get(tenant))?, accounts(desired.tenants.get(tenant))?);
    (old != new).then_some((old, new))
}

/// Whether a tenant's account is another one than was applied, and nobody accepted that yet.
pub(crate) fn is_pending(recorded: &Recorded, desired: &DesiredState, tenant: &str) -> bool {
    change(recorded, desired, tenant).is_some()
}

/// Whether something recorded is in an account that the tenant has left for good.
pub(crate) fn is_left(recorded: &Recorded, desired: &DesiredState, tenant: &str, scope: &Scope) -> bool {
    let now = recorded.policies.get(tenant).and_then(|p| p.accounts.get(scope.provider.as_str()));
    now.is_some() && now != scope.account.as_ref() && !is_pending(recorded, desired, tenant)
}

/// Says on the change of the settings what accepting it means, and tells that everything waits for it.
pub(crate) fn note(input: &PlanInput<'_>, drafts: &mut [Draft]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for draft in drafts.iter_mut().filter(|draft| draft.is_settings() && !draft.goes()) {
        let tenant = draft.change.address.tenant().to_owned();
        let Some((old, new)) = change(input.recorded, input.desired, &tenant) else { continue };
        let (old, new) = (named(old), named(new));
        let left = count(input.memory, &tenant);
        draft.risk(
            Risk::Sensitive,
            format!(
                "the move from {old} to {new} is accepted with it: from the next plan on everything is made \
                 anew there; the {left} objects that are recorded now stay where they are, and nobody looks \
                 after them any more"
            ),
        );
        let message = format!("its account changes from {old} to {new}: nothing is planned there yet");
        findings.push(
            Finding::warning("account-changed", message)
                .of(draft.change.address.manifest())
                .origin(&draft.change.origins)
                .help("approve the change of its settings to accept the move, or take it back"),
        );
    }
    findings
}

fn named(accounts: &Accounts) -> String {
    let all: Vec<String> =
        accounts.iter().map(|(provider, account)| format!("{provider} {account}")).collect();
    if all.is_empty() { "the account of our own credentials".to_owned() } else { all.join(", ") }
}

/// Recorded objects of a tenant in accounts.
fn count(memory: &Memory, tenant: &str) -> usize {
    let of = memory.ledger.iter().filter(|(address, _)| address.tenant() == tenant);
    of.filter(|(_, entry)| entry.scope.account.is_some()).count()
}
