//! What the engine asks around a plan: whose contents to read, and what may be forgotten.

use crate::PlanInput;
use crate::assemble::{basis, moved};
use crate::matching::{Basis, Standing, find_all};
use crate::removal::{Certainty, Fate, fate};
use crate::world::World;
use aplomo_core::ledger::Memory;
use aplomo_core::safety::Recorded;
use aplomo_core::{Address, DesiredState, Installation, Observation, RemoteId, Timestamp, Types};
use std::collections::{BTreeMap, HashSet};

/// The remote id of every container that is wished or known to the ledger and was found: the
/// containers whose contents must be read. `observation` need hold no more than the containers.
#[must_use]
pub fn containers(
    desired: &DesiredState,
    observation: &Observation,
    memory: &Memory,
    installation: &Installation,
    types: &Types,
) -> BTreeMap<Address, RemoteId> {
    let names = names(desired, memory);
    let world = World::new(observation, memory, installation.as_str(), types);
    let recorded = Recorded::default();
    let basis = Basis {
        desired,
        memory,
        recorded: &recorded,
        types,
        installation: installation.as_str(),
        as_of: Timestamp::MIN,
    };
    let matches = find_all(basis, &world, |address| names.contains(address));
    let mut found = BTreeMap::new();
    for address in names.into_iter().filter(|a| matches.item(a).is_none()) {
        if let Some(at) = memory.ledger.get(address).and_then(|entry| world.of_entry(entry)) {
            found.insert(address.clone(), world.object(at).id.clone());
        }
    }
    for item in &matches.items {
        if let Standing::Here(at) = item.standing {
            found.insert(item.want.address.clone(), world.object(at).id.clone());
        }
    }
    found
}

fn names<'a>(desired: &'a DesiredState, memory: &'a Memory) -> HashSet<&'a Address> {
    let wished = desired.resources.values().filter_map(|want| want.scope.container_of.as_ref());
    let collections = desired.collections.iter().map(|collection| &collection.container);
    let recorded = memory.ledger.values().filter_map(|entry| entry.scope.container_of.as_ref());
    wished.chain(collections).chain(recorded).collect()
}

/// Ledger entries that nobody wishes any more and whose object is proven to be gone, or was brought
/// along by its container: the store may drop them without any write.
#[must_use]
pub fn forgotten(input: &PlanInput<'_>) -> Vec<Address> {
    let world = World::new(input.observation, input.memory, input.installation.as_str(), input.types);
    let matches = find_all(basis(input), &world, |_| true);
    let (certainty, moved) = (Certainty::new(&input.desired.findings), moved(&matches));
    let gone = |spot: &(&Address, &aplomo_core::ledger::LedgerEntry)| {
        matches!(fate(input, &world, &matches, &certainty, &moved, *spot), Fate::Forget | Fate::ForgetForeign)
    };
    input.memory.ledger.iter().filter(|(a, e)| gone(&(a, e))).map(|(address, _)| address.clone()).collect()
}
