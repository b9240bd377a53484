//! What wishes, collections and the ledger name in each container, so that readers that cost a call for
//! each container are asked only where their answer matters. Indexed once: there may be thousands of containers.

use aplomo_core::ledger::{LedgerEntry, Memory};
use aplomo_core::ports::{Priority, Reader};
use aplomo_core::resource::{Collection, Desired};
use aplomo_core::safety::Ownership;
use aplomo_core::{Address, DesiredState, Observation, RemoteId, TypeName};
use std::collections::{HashMap, HashSet};

/// See the module.
pub(super) struct Inside<'a> {
    wished: HashMap<&'a Address, Vec<&'a Desired>>,
    recorded: HashMap<&'a Address, Vec<&'a LedgerEntry>>,
    collections: HashMap<&'a Address, Vec<&'a Collection>>,
    keys: HashSet<(&'a TypeName, &'a RemoteId, &'a str)>,
    ids: HashSet<(&'a TypeName, &'a RemoteId)>,
}

impl<'a> Inside<'a> {
    pub(super) fn new(desired: &'a DesiredState, memory: &'a Memory, seen: &'a Observation) -> Self {
        let mut inside = Self {
            wished: HashMap::new(),
            recorded: HashMap::new(),
            collections: HashMap::new(),
            keys: seen
                .objects
                .iter()
                .filter_map(|o| Some((&o.type_name, o.scope.container.as_ref()?, o.key.as_deref()?)))
                .collect(),
            ids: seen.objects.iter().map(|o| (&o.type_name, &o.id)).collect(),
        };
        for want in desired.resources.values() {
            if let Some(container) = &want.scope.container_of {
                inside.wished.entry(container).or_default().push(want);
            }
        }
        for entry in memory.ledger.values() {
            if let Some(container) = &entry.scope.container_of {
                inside.recorded.entry(container).or_default().push(entry);
            }
        }
        for collection in &desired.collections {
            inside.collections.entry(&collection.container).or_default().push(collection);
        }
        inside
    }

    /// Whether a reader is to be asked about a container.
    pub(super) fn asks(
        &self,
        reader: &dyn Reader,
        container: (&Address, &RemoteId),
        priority: Priority,
    ) -> bool {
        let types = reader.feeds();
        (!reader.only_where_named() || self.names(container.0, types))
            && (!reader.only_where_missing()
                || priority == Priority::Drift
                || self.owns_all(container.0, types)
                || self.misses(container, types))
    }

    /// Whether something of these types is wished, held or recorded there.
    fn names(&self, container: &Address, types: &[TypeName]) -> bool {
        self.wished(container, types).next().is_some()
            || self.recorded(container, types).next().is_some()
            || self.collections(container, types).next().is_some()
    }

    /// Whether everything of these types there is ours to judge.
    fn owns_all(&self, container: &Address, types: &[TypeName]) -> bool {
        self.collections(container, types).any(|collection| collection.ownership == Ownership::Exclusive)
    }

    /// Whether something of these types that is wished or recorded there was not seen yet.
    fn misses(&self, (container, id): (&Address, &RemoteId), types: &[TypeName]) -> bool {
        let seen = |want: &Desired| {
            want.key.as_deref().is_some_and(|key| self.keys.contains(&(&want.type_name, id, key)))
        };
        self.wished(container, types).any(|want| !seen(want))
            || self.recorded(container, types).any(|entry| !self.ids.contains(&(&entry.type_name, &entry.id)))
    }

    fn wished(&self, container: &Address, types: &[TypeName]) -> impl Iterator<Item = &'a Desired> {
        let of = self.wished.get(container).into_iter().flatten().copied();
        of.filter(|want| types.contains(&want.type_name))
    }

    fn recorded(&self, container: &Address, types: &[TypeName]) -> impl Iterator<Item = &'a LedgerEntry> {
        let of = self.recorded.get(container).into_iter().flatten().copied();
        of.filter(|entry| types.contains(&entry.type_name))
    }

    fn collections(&self, container: &Address, types: &[TypeName]) -> impl Iterator<Item = &'a Collection> {
        let of = self.collections.get(container).into_iter().flatten().copied();
        of.filter(|collection| types.contains(&collection.member))
    }
}
