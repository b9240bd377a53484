//! How much of what exists is looked after: objects that are managed, that are not, and that could not
//! be verified, and how many readings were complete.
//!
//! What counts: every object that was seen where wishes and records are, each once. What does not:
//! what a container brings along and no manifest speaks of (apex NS and SOA, main route tables), look-ups
//! of which nothing is managed, objects that a collection is told to ignore, and our own settings.

use crate::matching::{Item, Matches, Standing, Whose};
use crate::place::{Place, is_own};
use crate::removal::Removals;
use crate::world::{Looked, World};
use aplomo_core::plan::{Covered, Unverifiable};
use aplomo_core::{Address, Observation};
use std::collections::HashSet;

/// Counts. `unmanaged` are the objects that nobody accounts for.
pub(crate) fn count(
    observation: &Observation,
    world: &World<'_>,
    matches: &Matches<'_>,
    (removals, unmanaged): (&Removals<'_>, usize),
    unverifiable: &[Unverifiable],
) -> Covered {
    let doubted: HashSet<&Address> =
        unverifiable.iter().filter(|u| !is_own(&u.scope)).filter_map(|u| u.address.as_ref()).collect();
    let mut out =
        Covered { unverifiable: doubted.len() as u64, unmanaged: unmanaged as u64, ..Covered::default() };
    for item in matches.items.iter().filter(|item| counts(item) && !doubted.contains(&item.want.address)) {
        if matches!(item.whose, Whose::Ours | Whose::Moving) || item.want.observe {
            out.managed += 1;
        } else {
            out.unmanaged += 1;
        }
    }
    // Recorded, wished no longer and still there: looked after until it went.
    let claimed = |at: &u32| matches.claimed[*at as usize].is_some();
    let going = removals.known.iter().filter(|at| !claimed(at) && world.is_first(**at));
    out.managed += going.filter(|at| !is_own(&world.object(**at).scope)).count() as u64;
    for (type_name, scope) in observation.coverage.keys().filter(|(_, scope)| !is_own(scope)) {
        let looked = world.shelf(type_name.as_str(), Place::of(scope)).map(|shelf| &shelf.looked);
        out.reads += 1;
        out.reads_complete += u64::from(looked == Some(&Looked::Complete));
    }
    out
}

/// Whether an item is an object that exists and of which something is managed.
fn counts(item: &Item<'_>) -> bool {
    let looked_up = item.want.observe && item.want.wanted.is_empty();
    matches!(item.standing, Standing::Here(_)) && !is_own(&item.want.scope) && !looked_up
}
