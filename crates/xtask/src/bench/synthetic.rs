//! Worlds made up in memory for the planner: one where everything that is wished exists and was applied by
//! us, and one where nothing does. Deliberately absent: any call; what AWS really answers is for the tests.

use anyhow::{Context as _, Result};
use aplomo_core::fields::{SeenFields, WantedFields};
use aplomo_core::ledger::{LedgerEntry, Memory};
use aplomo_core::observation::OwnerMark;
use aplomo_core::{
    Account, Address, Coverage, Datum, Desired, DesiredState, Installation, Observation, Observed, Provider,
    Reference, RemoteId, Scope, Sight, Timestamp, TypeName, Wish,
};
use aplomo_resources::route53::{HEALTH_CHECK, HOSTED_ZONE, RECORD_SET};
use std::collections::BTreeMap;

/// What the planner is given beside the wishes.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) observation: Observation,
    pub(crate) memory: Memory,
}

/// The account all benchmarks happen in.
pub(crate) fn account() -> Account {
    Account::known("123456789012")
}

/// An account that was read in full and holds nothing.
pub(crate) fn nothing() -> World {
    let mut world = World::default();
    cover(&mut world, [HOSTED_ZONE, HEALTH_CHECK].map(|name| (name, scope())));
    settle(&mut world);
    world
}

/// Everything that is wished, as applied by `installation` and read in full.
pub(crate) fn everything(
    desired: &DesiredState,
    installation: &Installation,
    at: Timestamp,
) -> Result<World> {
    let ids = ids(desired)?;
    let mut world = World::default();
    cover(&mut world, [HOSTED_ZONE, HEALTH_CHECK].map(|name| (name, scope())));
    let zones = desired.resources.values().filter(|want| want.type_name == HOSTED_ZONE);
    let insides: Vec<_> =
        zones.map(|zone| (RECORD_SET, scope().within(ids[&zone.address].clone()))).collect();
    cover(&mut world, insides);
    for want in desired.resources.values() {
        let entry = entry(want, &ids, at);
        if want.scope.provider.as_str() != "aplomo" {
            world.observation.objects.push(object(want, &entry, &ids, installation));
        }
        world.memory.ledger.insert(want.address.clone(), entry);
    }
    settle(&mut world);
    Ok(world)
}

fn scope() -> Scope {
    Scope::account(Provider::known("aws"), account())
}

fn cover(world: &mut World, what: impl IntoIterator<Item = (TypeName, Scope)>) {
    world.observation.coverage.extend(what.into_iter().map(|key| (key, Coverage::Complete)));
}

/// Our own settings are observed from the ledger, as the engine does it.
fn settle(world: &mut World) {
    let own = aplomo_resources::aplomo::observe(&world.memory);
    world.observation.merge(own);
}

/// A remote id for each wish: the natural key where there is one, as for record sets.
fn ids(desired: &DesiredState) -> Result<BTreeMap<Address, RemoteId>> {
    let id = |(number, want): (usize, &Desired)| {
        let own = want.scope.provider.as_str() == "aplomo";
        let text = match &want.key {
            _ if own => want.address.to_string(),
            Some(key) if want.type_name == RECORD_SET => key.to_string(),
            _ => format!("Z{number:08}"),
        };
        let id = RemoteId::new(text).with_context(|| format!("no remote id for {}", want.address))?;
        Ok((want.address.clone(), id))
    };
    desired.resources.values().enumerate().map(id).collect()
}

fn concrete(want: &Desired, ids: &BTreeMap<Address, RemoteId>) -> Scope {
    let container = want.scope.container_of.as_ref().and_then(|zone| ids.get(zone)).cloned();
    Scope { container, ..want.scope.concrete() }
}

fn entry(want: &Desired, ids: &BTreeMap<Address, RemoteId>, at: Timestamp) -> LedgerEntry {
    let resolved = want.wanted.references().map(|(path, to)| (path.clone(), value(to, ids))).collect();
    LedgerEntry {
        type_name: want.type_name.clone(),
        scope: Scope { container_of: want.scope.container_of.clone(), ..concrete(want, ids) },
        id: ids[&want.address].clone(),
        key: want.key.clone(),
        applied: want.wanted.clone(),
        resolved,
        source: want.source.clone(),
        commit: None,
        version: "0.1.0".into(),
        run: None,
        at,
        brought_along: false,
        until: None,
        environments: Vec::new(),
    }
}

fn object(
    want: &Desired,
    entry: &LedgerEntry,
    ids: &BTreeMap<Address, RemoteId>,
    installation: &Installation,
) -> Observed {
    let mark = match want.type_name == RECORD_SET {
        true => OwnerMark::None,
        false => OwnerMark::Marked {
            installation: installation.as_str().into(),
            tenant: want.address.tenant().into(),
            address: want.address.as_str().into(),
        },
    };
    Observed {
        type_name: want.type_name.clone(),
        scope: concrete(want, ids),
        id: entry.id.clone(),
        key: want.key.clone(),
        mark,
        created_by: None,
        fields: seen(&want.wanted, ids),
        outputs: BTreeMap::new(),
        brought_along: false,
        raw: None,
        waiting: None,
    }
}

fn seen(wanted: &WantedFields, ids: &BTreeMap<Address, RemoteId>) -> SeenFields {
    let sight = |(path, wish): (&aplomo_core::FieldPath, &Wish)| {
        let sight = match wish {
            Wish::Value(value) => Sight::Value(value.clone()),
            Wish::Reference(to) => Sight::Value(value(to, ids)),
            Wish::Absent => Sight::Absent,
            Wish::LeftAlone | Wish::Secret(_) => return None,
        };
        Some((path.clone(), sight))
    };
    wanted.iter().filter_map(sight).collect()
}

/// What a reference to an id resolves to.
fn value(to: &Reference, ids: &BTreeMap<Address, RemoteId>) -> Datum {
    Datum::from(ids.get(&to.to).map_or("", RemoteId::as_str))
}
