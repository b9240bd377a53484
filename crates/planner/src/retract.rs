//! Entries of maps that were applied and are wished no longer: a tag, a network, a contact. Of a map
//! we own what we applied, so taking an entry out of a manifest wishes it absent; fields that are
//! not entries of a map are left alone when they are left out (rules.md, Knowing what exists).

use aplomo_core::ledger::{LedgerEntry, Memory};
use aplomo_core::{Desired, DesiredState, FieldPath, TenantName, Types, Wish};

/// Adds the wish that such entries be absent.
pub fn retract(desired: &mut DesiredState, memory: &Memory, types: &Types) {
    let (tenants, complete) = (&desired.tenants, &desired.completeness.complete_sources);
    for want in desired.resources.values_mut() {
        // Some entries come from the Tenant manifest (its tags): where that was not read, or not all of
        // a source, an entry that is not wished may only be out of sight.
        let tenant = want.address.tenant();
        let known = tenants.contains_key(tenant) || tenant == TenantName::PLATFORM;
        if !known || !complete.contains(&want.source) {
            continue;
        }
        let Some(maps) =
            types.get(want.type_name.as_str()).map(|kind| kind.maps()).filter(|maps| !maps.is_empty())
        else {
            continue;
        };
        let mut addresses = std::iter::once(&want.address).chain(&want.previous);
        if let Some(entry) = addresses.find_map(|address| memory.ledger.get(address)) {
            retract_one(want, entry, maps);
        }
    }
}

fn retract_one(want: &mut Desired, entry: &LedgerEntry, maps: &[&'static str]) {
    let is_entry = |path: &FieldPath| maps.iter().any(|map| path.is_below(&FieldPath::known(map)));
    let gone: Vec<FieldPath> = entry
        .applied
        .iter()
        .filter(|(path, wish)| is_entry(path) && !matches!(wish, Wish::Absent | Wish::LeftAlone))
        .filter(|(path, _)| want.wanted.get(path.as_str()).is_none())
        // What a create sends besides is left alone from then on.
        .filter(|(path, _)| want.defaults.get(path.as_str()).is_none())
        .map(|(path, _)| path.clone())
        .collect();
    for path in gone {
        want.wanted.set(path, Wish::Absent);
    }
}
