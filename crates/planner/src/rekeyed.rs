//! Secrets whose fingerprints were recorded under an earlier key: as long as that key is configured it is
//! known that they hold the same, and the wish is said in the record's words. So another key changes nothing
//! by itself, and each secret comes under it when its value changes.
//!
//! Deliberately absent: keys that are gone. What was recorded under one of those compares with nothing, and
//! the diff lets it be written once.

use aplomo_core::fields::{Fingerprint, WantedFields};
use aplomo_core::ledger::Memory;
use aplomo_core::{DesiredState, FieldPath, Wish};
use std::collections::BTreeMap;

/// Says wishes for secrets as they were recorded. `formerly`: fingerprints under earlier keys, with that of
/// the same value under the key in use.
pub fn rekeyed(desired: &mut DesiredState, memory: &Memory, formerly: &BTreeMap<Fingerprint, Fingerprint>) {
    if formerly.is_empty() {
        return;
    }
    for want in desired.resources.values_mut() {
        let mut addresses = std::iter::once(&want.address).chain(&want.previous);
        if let Some(entry) = addresses.find_map(|address| memory.ledger.get(address)) {
            for (path, mark) in same(&want.wanted, &entry.applied, formerly) {
                want.wanted.set(path, Wish::Secret(mark));
            }
        }
    }
}

fn same(
    wanted: &WantedFields,
    applied: &WantedFields,
    formerly: &BTreeMap<Fingerprint, Fingerprint>,
) -> Vec<(FieldPath, Fingerprint)> {
    let recorded = |(path, wish): (&FieldPath, &Wish)| match (wish, applied.get(path.as_str())) {
        (Wish::Secret(now), Some(Wish::Secret(before))) if formerly.get(before) == Some(now) => {
            Some((path.clone(), before.clone()))
        }
        _ => None,
    };
    wanted.iter().filter_map(recorded).collect()
}
