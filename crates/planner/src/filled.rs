//! Values that a create filled in: from then on they are wanted like what a manifest says (rules.md,
//! Knowing what exists), so a change of them by hand is drift.
//!
//! Deliberately absent: what was adopted, into which nothing was filled, and values that this version
//! fills in otherwise than the one that created the object: both are left alone.

use aplomo_core::ledger::{LedgerEntry, Memory};
use aplomo_core::{Desired, DesiredState, FieldPath, Wish};

/// Adds such values to the wishes that leave them alone.
pub fn filled(desired: &mut DesiredState, memory: &Memory) {
    for want in desired.resources.values_mut().filter(|want| !want.defaults.is_empty()) {
        let mut addresses = std::iter::once(&want.address).chain(&want.previous);
        if let Some(entry) = addresses.find_map(|address| memory.ledger.get(address)) {
            fill(want, entry);
        }
    }
}

fn fill(want: &mut Desired, entry: &LedgerEntry) {
    let open = |path: &FieldPath| matches!(want.wanted.get(path.as_str()), None | Some(Wish::LeftAlone));
    let applied = want.defaults.iter().filter(|(path, wish)| entry.applied.get(path.as_str()) == Some(wish));
    let kept: Vec<_> =
        applied.filter(|(path, _)| open(path)).map(|(path, wish)| (path.clone(), wish.clone())).collect();
    for (path, wish) in kept {
        want.wanted.set(path, wish);
    }
}
