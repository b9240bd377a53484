//! What a pull request touches: the addresses that its merge wishes otherwise than its base, with the containers they
//! are in, all that is in those, and what any of it needs.
//!
//! The whole content of a container is taken along: it is read as a whole, and a member that nobody speaks of would
//! look foreign.

use aplomo_core::ledger::Memory;
use aplomo_core::{Address, Desired, DesiredState, Provider, Scope, TenantName};
use std::collections::{BTreeMap, BTreeSet};

/// See the module.
pub(super) struct Touched {
    /// Where the wishes differ.
    differing: BTreeSet<Address>,
    /// These, and what is read with them.
    all: BTreeSet<Address>,
    providers: BTreeSet<Provider>,
}

impl Touched {
    pub(super) fn new(merge: &DesiredState, base: &DesiredState, memory: &Memory) -> Self {
        let differing = differing(merge, base);
        let mut all = BTreeSet::new();
        let mut open: Vec<Address> = differing.iter().cloned().collect();
        open.extend(collections(merge, base));
        let members = members(merge, base, memory);
        while let Some(address) = open.pop() {
            if !all.insert(address.clone()) {
                continue;
            }
            open.extend(members.get(&address).into_iter().flatten().map(|member| (*member).clone()));
            let wishes = [merge, base].into_iter().filter_map(|wish| wish.resources.get(&address));
            open.extend(wishes.flat_map(Desired::needs));
            let recorded = memory.ledger.get(&address).and_then(|entry| entry.scope.container_of.clone());
            // What else is in a container comes along once, with the container itself.
            open.extend(container_of(&address, merge, base).into_iter().chain(recorded));
        }
        let scope = |address: &Address| {
            let wished =
                [merge, base].into_iter().find_map(|wish| wish.resources.get(address)).map(|d| &d.scope);
            wished.or_else(|| memory.ledger.get(address).map(|entry| &entry.scope))
        };
        let own = Scope::own().provider;
        let providers = all.iter().filter_map(scope).map(|scope| scope.provider.clone());
        let providers = providers.filter(|provider| *provider != own).collect();
        Self { differing, all, providers }
    }

    /// The providers that have to be asked.
    pub(super) fn providers(&self) -> BTreeSet<Provider> {
        self.providers.clone()
    }

    /// The tenants of which something differs.
    pub(super) fn tenants(&self) -> BTreeSet<TenantName> {
        self.differing.iter().filter_map(|address| TenantName::new(address.tenant()).ok()).collect()
    }

    /// Everything that is read.
    pub(super) const fn addresses(&self) -> &BTreeSet<Address> {
        &self.all
    }

    /// The wishes of both, as far as they are touched: what is read follows from them.
    pub(super) fn narrowed(&self, merge: &DesiredState, base: &DesiredState) -> DesiredState {
        let mut near = DesiredState::default();
        for wish in [base, merge] {
            let mine = wish.resources.iter().filter(|(address, _)| self.all.contains(*address));
            near.resources.extend(mine.map(|(address, want)| (address.clone(), want.clone())));
        }
        let inside = merge.collections.iter().filter(|c| self.all.contains(&c.container));
        near.collections = inside.cloned().collect();
        let tenants: BTreeSet<&str> = self.all.iter().map(Address::tenant).collect();
        let policies = merge.tenants.iter().chain(&base.tenants);
        let policies = policies.filter(|(name, _)| tenants.contains(name.as_str()));
        near.tenants = policies.map(|(name, policy)| (name.clone(), policy.clone())).collect();
        near
    }

    /// What is remembered of it.
    pub(super) fn remembered(&self, memory: &Memory) -> Memory {
        let mine = memory.ledger.iter().filter(|(address, _)| self.all.contains(*address));
        Memory {
            ledger: mine.map(|(address, entry)| (address.clone(), entry.clone())).collect(),
            ..memory.clone()
        }
    }
}

fn differing(merge: &DesiredState, base: &DesiredState) -> BTreeSet<Address> {
    let addresses = merge.resources.keys().chain(base.resources.keys());
    let differs = |address: &&Address| match (merge.resources.get(*address), base.resources.get(*address)) {
        (Some(a), Some(b)) => !alike(a, b),
        _ => true,
    };
    addresses.filter(differs).cloned().collect()
}

/// Containers whose content shall be owned otherwise.
fn collections(merge: &DesiredState, base: &DesiredState) -> Vec<Address> {
    let [one, other] = [(merge, base), (base, merge)].map(|(a, b)| {
        let differing = a.collections.iter().filter(|c| !b.collections.contains(c));
        differing.map(|c| c.container.clone()).collect::<Vec<_>>()
    });
    [one, other].concat()
}

/// Whether two wishes are the same, wherever in the files they stand.
fn alike(a: &Desired, b: &Desired) -> bool {
    let timeless = |d: &Desired| Desired { origins: Vec::new(), ..d.clone() };
    timeless(a) == timeless(b)
}

fn container_of(address: &Address, merge: &DesiredState, base: &DesiredState) -> Vec<Address> {
    let wishes = [merge, base].into_iter().filter_map(|wish| wish.resources.get(address));
    wishes.filter_map(|want| want.scope.container_of.clone()).collect()
}

/// What is in each container, as wished and as recorded.
fn members<'a>(
    merge: &'a DesiredState,
    base: &'a DesiredState,
    memory: &'a Memory,
) -> BTreeMap<Address, BTreeSet<&'a Address>> {
    let mut members: BTreeMap<Address, BTreeSet<&Address>> = BTreeMap::new();
    let wished = [merge, base].into_iter().flat_map(|wish| &wish.resources);
    let wished = wished.filter_map(|(address, want)| Some((want.scope.container_of.clone()?, address)));
    let recorded = memory.ledger.iter();
    let recorded = recorded.filter_map(|(address, entry)| Some((entry.scope.container_of.clone()?, address)));
    for (container, member) in wished.chain(recorded) {
        members.entry(container).or_default().insert(member);
    }
    members
}
