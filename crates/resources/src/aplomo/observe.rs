//! Our own settings as observed objects: the ledger is their remote system.

use super::{FREEZE, SAFETY, TENANT_SETTINGS};
use aplomo_core::fields::{Fields, SeenFields};
use aplomo_core::ledger::{LedgerEntry, Memory};
use aplomo_core::observation::OwnerMark;
use aplomo_core::{Address, Coverage, Observation, Observed, RemoteId, Scope, Sight, Wish};
use std::collections::BTreeMap;

/// Every recorded setting, complete by nature. The remote id is the address; there are no marks, for
/// the ledger itself says whose it is.
#[must_use]
pub fn observe(memory: &Memory) -> Observation {
    let types = [SAFETY, TENANT_SETTINGS, FREEZE];
    let ours = |entry: &LedgerEntry| types.contains(&entry.type_name);
    let entries = memory.ledger.iter().filter(|(_, entry)| ours(entry));
    Observation {
        objects: entries.map(|(address, entry)| object(address, entry)).collect(),
        coverage: types.iter().map(|name| ((name.clone(), Scope::own()), Coverage::Complete)).collect(),
        skew_seconds: None,
        at: None,
    }
}

fn object(address: &Address, entry: &LedgerEntry) -> Observed {
    Observed {
        type_name: entry.type_name.clone(),
        scope: Scope::own(),
        // An address holds only visible characters, fewer than a remote id may have.
        id: RemoteId::new(address.as_str()).unwrap_or_else(|_| entry.id.clone()),
        key: None,
        mark: OwnerMark::None,
        created_by: None,
        fields: fields(entry),
        outputs: BTreeMap::new(),
        brought_along: false,
        raw: None,
        waiting: None,
    }
}

fn fields(entry: &LedgerEntry) -> SeenFields {
    let seen = entry.applied.iter().filter_map(|(path, wish)| {
        let sight = match wish {
            Wish::Value(value) => Sight::Value(value.clone()),
            Wish::Absent => Sight::Absent,
            Wish::Reference(_) => Sight::Value(entry.resolved.get(path)?.clone()),
            Wish::LeftAlone | Wish::Secret(_) => return None,
        };
        Some((path.clone(), sight))
    });
    seen.collect::<Fields<Sight>>()
}
