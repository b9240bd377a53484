//! Which services are spoken of where: what wishes and ledger name decides what is read, so that an
//! account without networks costs no call of EC2.
//!
//! A service is the part of a type's name before its last dot (`aws.ec2`). Deliberately absent: any
//! service by name.

use aplomo_core::ledger::Memory;
use aplomo_core::ports::{Reach, Reader};
use aplomo_core::{DesiredState, Region, Scope, TypeName};
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
