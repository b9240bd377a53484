//! Tenants that go: `leaving` takes down what is theirs, `released` lets it go and forgets them. What
//! counts is the state that was recorded, and only while the wish says nothing else: whoever writes
//! another state stops this at once, as everything that tightens does.
//!
//! Here only the wishes are taken out. What follows is the way of everything that nobody wishes any
//! more (`removal`), with its proofs: complete sources, valid manifests, the ledger, the marks.
//!
//! Deliberately absent: who approves (`core::approval` counts people), and our own tenant, `platform`.

use aplomo_core::ledger::Memory;
use aplomo_core::safety::{Recorded, TenantState};
use aplomo_core::{Address, Desired, DesiredState, Finding, TenantName};
use std::collections::{BTreeMap, BTreeSet};

/// How a tenant goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Departure {
    /// Its objects are taken down.
    Leaving,
    /// Its objects stay and are no longer ours.
    Released,
}

/// By how many different people each change of a teardown must be approved.
pub(crate) const PEOPLE: u32 = 2;

/// Whether a tenant goes, and how.
pub(crate) fn departure(recorded: &Recorded, desired: &DesiredState, tenant: &str) -> Option<Departure> {
    let state = recorded.policies.get(tenant)?.state;
    let agreed = desired.tenants.get(tenant).is_none_or(|wish| wish.state == state);
    match state {
        _ if !agreed || tenant == TenantName::PLATFORM => None,
        TenantState::Leaving => Some(Departure::Leaving),
        TenantState::Released => Some(Departure::Released),
        TenantState::Active | TenantState::Frozen => None,
    }
}

/// Takes the wishes of tenants that go out of the desired state. A leaving tenant's own settings stay
/// wished; of a released one nothing is. What somebody who stays still needs stays as well.
pub fn depart(desired: &mut DesiredState, recorded: &Recorded, memory: &Memory) {
    let going = going(desired, recorded, memory);
    if going.is_empty() {
        return;
    }
    drop_contributions(desired, &going);
    let kept = still_needed(desired, &going);
    desired.resources.retain(|address, want| !goes(&going, want) || kept.contains_key(address));
    let left: BTreeSet<&Address> = desired.resources.keys().collect();
    desired.collections.retain(|c| left.contains(&c.container));
    desired.findings.extend(going.iter().map(|(tenant, how)| said(tenant, *how)));
    desired.findings.extend(kept.into_iter().map(|(address, user)| {
        let message = format!("its tenant goes, and it stays because {user} needs it");
        let finding = Finding::warning("still-needed", message).of(address.as_str());
        finding.help("take that reference out first; then it goes as well")
    }));
}

/// What happens to the wishes of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Going {
    Teardown,
    Release,
    /// Nothing of it is recorded any more, so nothing is wished either.
    Forgotten,
}

fn going(desired: &DesiredState, recorded: &Recorded, memory: &Memory) -> BTreeMap<TenantName, Going> {
    let mut going = BTreeMap::new();
    for tenant in recorded.policies.keys() {
        match departure(recorded, desired, tenant.as_str()) {
            Some(Departure::Leaving) => going.insert(tenant.clone(), Going::Teardown),
            Some(Departure::Released) => going.insert(tenant.clone(), Going::Release),
            None => None,
        };
    }
    for (tenant, wish) in desired.tenants.iter().filter(|(_, wish)| wish.state == TenantState::Released) {
        let known = recorded.policies.contains_key(&wish.name)
            || memory.ledger.keys().any(|address| address.tenant() == tenant.as_str());
        if !known && tenant.as_str() != TenantName::PLATFORM {
            going.insert(tenant.clone(), Going::Forgotten);
        }
    }
    going
}

/// Whether a wish is one of those that are taken out.
fn goes(going: &BTreeMap<TenantName, Going>, want: &Desired) -> bool {
    match going.get(want.address.tenant()) {
        Some(Going::Teardown) => !crate::place::is_own(&want.scope),
        Some(Going::Release | Going::Forgotten) => true,
        None => false,
    }
}

/// What a tenant that goes contributed to somebody else's manifest goes with what it refers to.
fn drop_contributions(desired: &mut DesiredState, going: &BTreeMap<TenantName, Going>) {
    let theirs = |want: &Desired| {
        let abroad = |to: &Address| to.tenant() != want.address.tenant() && going.contains_key(to.tenant());
        want.contribution && want.wanted.references().any(|(_, reference)| abroad(&reference.to))
    };
    desired.resources.retain(|_, want| goes(going, want) || !theirs(want));
}

/// Of what would be taken out: what somebody who stays needs, by way of others too, and who.
fn still_needed(desired: &DesiredState, going: &BTreeMap<TenantName, Going>) -> BTreeMap<Address, Address> {
    let stay = desired.resources.values().filter(|want| !goes(going, want));
    let mut open: Vec<(&Desired, &Address)> = stay.map(|want| (want, &want.address)).collect();
    let mut kept: BTreeMap<Address, Address> = BTreeMap::new();
    while let Some((want, user)) = open.pop() {
        for need in crate::order::needs(want) {
            let Some(needed) = desired.resources.get(need).filter(|needed| goes(going, needed)) else {
                continue;
            };
            if kept.insert(need.clone(), user.clone()).is_none() {
                open.push((needed, user));
            }
        }
    }
    kept
}

fn said(tenant: &TenantName, how: Going) -> Finding {
    let (message, help) = match how {
        Going::Teardown => (
            format!(
                "`{tenant}` leaves: what is ours there is taken down, past protection and the limits on removals; each change needs approvals by {PEOPLE} different people"
            ),
            "`state: active` or `frozen` in its Tenant manifest stops it at once",
        ),
        Going::Release => (
            format!("`{tenant}` is released: its objects stay and are no longer ours, then it is forgotten"),
            "`state: active` or `frozen` in its Tenant manifest stops it at once",
        ),
        Going::Forgotten => (
            format!("`{tenant}` is released and nothing of it is recorded: nothing is planned for it"),
            "its manifests may be removed; `state: active` makes them count again",
        ),
    };
    let mut finding = Finding::info("departure", message).help(help);
    finding.tenant = Some(tenant.as_str().into());
    finding
}
