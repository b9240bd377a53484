//! Which services are spoken of where: what wishes and ledger name decides what is read, so that an
//! account without networks costs no call of EC2.
//!
//! A service is the part of a type's name before its last dot (`aws.ec2`). Deliberately absent: any
//! service by name.

use crate::connect::Connection;
use aplomo_core::ledger::Memory;
use aplomo_core::ports::{Reach, Reader};
use aplomo_core::resource::Desired;
use aplomo_core::{DesiredState, Region, Scope, TypeName};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// The regions in which each service is spoken of; `None` for what has no region.
#[derive(Debug, Default)]
pub(super) struct Spoken<'a>(BTreeMap<&'a str, BTreeSet<Option<&'a Region>>>);

/// What wishes and ledger speak of in an account.
pub(super) fn spoken_of<'a>(desired: &'a DesiredState, memory: &'a Memory, around: &Scope) -> Spoken<'a> {
    let wished = desired.resources.values().map(|want| (&want.type_name, &want.scope));
    let recorded = memory.ledger.values().map(|entry| (&entry.type_name, &entry.scope));
    let mut spoken = Spoken::default();
    for (type_name, scope) in wished.chain(recorded) {
        if scope.provider == around.provider && scope.account == around.account {
            spoken.0.entry(service(type_name)).or_default().insert(scope.region.as_ref());
        }
    }
    spoken
}

/// Natural keys of what is wished in an account, by what its readers say costs a call each.
pub(super) fn costly(
    desired: &DesiredState,
    connection: &dyn Connection,
    around: &Scope,
) -> BTreeMap<(TypeName, &'static str), BTreeSet<SmolStr>> {
    let costs: Vec<&(TypeName, &'static str)> =
        connection.readers().iter().flat_map(|reader| reader.costly()).collect();
    let mut keys: BTreeMap<(TypeName, &'static str), BTreeSet<SmolStr>> = BTreeMap::new();
    if costs.is_empty() {
        return keys;
    }
    let here = |want: &&Desired| {
        want.scope.provider == around.provider && want.scope.account == around.account && want.key.is_some()
    };
    for want in desired.resources.values().filter(here) {
        for (type_name, path) in costs.iter().filter(|(type_name, _)| *type_name == want.type_name) {
            if path.is_empty() || want.wanted.get(path).is_some() {
                let known = keys.entry((type_name.clone(), path)).or_default();
                known.extend(want.key.clone());
            }
        }
    }
    keys
}

fn service(type_name: &TypeName) -> &str {
    let name = type_name.as_str();
    name.rsplit_once('.').map_or(name, |(service, _)| service)
}

impl Spoken<'_> {
    /// The scopes that a reader is to be asked for; none for readers of containers, which come after.
    pub(super) fn scopes(&self, reader: &dyn Reader, around: &Scope) -> Vec<Scope> {
        let services: BTreeSet<&str> = reader.feeds().iter().map(service).collect();
        let regions: BTreeSet<_> = services.into_iter().filter_map(|s| self.0.get(s)).flatten().collect();
        match reader.reach() {
            Reach::Container => Vec::new(),
            Reach::Account if regions.is_empty() => Vec::new(),
            Reach::Account => vec![around.clone()],
            Reach::Region => {
                let named = regions.into_iter().filter_map(|region| region.cloned());
                named.map(|region| Scope { region: Some(region), ..around.clone() }).collect()
            }
        }
    }
}
