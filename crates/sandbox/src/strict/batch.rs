//! A change batch, and the checks AWS makes on it: limits, conflicts, exact deletes. Pure: it turns the record sets of
//! a zone before into those after, or into complaints. Deliberately absent: the network, and syntax of record data.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{plain, within};
use crate::record::RecordSet;
use crate::xml::{all, child, child_text, parse};

const MAX_RECORDS: usize = 1000;
const MAX_CHARACTERS: usize = 32_000;

/// Name, type and set identifier.
pub(super) type Key = (String, String, Option<String>);
/// The record sets of a zone.
pub(super) type Records = BTreeMap<Key, RecordSet>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Create,
    Upsert,
    Delete,
}

#[derive(Debug)]
pub(super) struct Change {
    pub(super) verb: Verb,
    pub(super) set: RecordSet,
}

/// The zone a batch is for.
pub(super) struct Zone<'a> {
    pub(super) id: &'a str,
    /// In plain form.
    pub(super) name: &'a str,
}

pub(super) fn key(set: &RecordSet) -> Key {
    (set.name.clone(), set.kind.clone(), set.set_id.clone())
}

/// Names in plain form, so that what moto stores compares.
pub(super) fn tidy(mut set: RecordSet) -> RecordSet {
    set.name = plain(&set.name);
    if let Some(alias) = &mut set.alias {
        alias.name = plain(&alias.name);
    }
    set
}

/// Reads the body of a ChangeResourceRecordSets call.
pub(super) fn read(body: &str) -> Result<Vec<Change>, String> {
    let document = parse(body)?;
    all(document.root_element(), "Change")
        .map(|node| {
            let verb = match child_text(node, "Action").as_deref() {
                Some("CREATE") => Verb::Create,
                Some("UPSERT") => Verb::Upsert,
                Some("DELETE") => Verb::Delete,
                other => return Err(format!("unknown action {other:?}")),
            };
            let set = child(node, "ResourceRecordSet").ok_or("a change without a record set")?;
            Ok(Change { verb, set: tidy(RecordSet::read(set)) })
        })
        .collect()
}

/// The record sets after the batch, or every complaint.
pub(super) fn apply(zone: &Zone<'_>, before: &Records, batch: &[Change]) -> Result<Records, Vec<String>> {
    let mut problems = limits(batch);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut state = State::new(zone, before);
    for change in batch {
        problems.extend(state.step(change).err());
    }
    problems.extend(batch.iter().filter_map(|change| state.alias_problem(change)));
    if problems.is_empty() { Ok(state.records) } else { Err(problems) }
}

/// An UPSERT counts twice in both limits.
fn limits(batch: &[Change]) -> Vec<String> {
    let weight = |change: &Change| if change.verb == Verb::Upsert { 2 } else { 1 };
    let records: usize = batch.iter().map(|c| weight(c) * c.set.values.len()).sum();
    let length = |c: &Change| c.set.values.iter().map(|v| v.chars().count()).sum::<usize>();
    let characters: usize = batch.iter().map(|c| weight(c) * length(c)).sum();
    let mut problems = Vec::new();
    if records > MAX_RECORDS {
        problems.push(format!("Number of records limit of {MAX_RECORDS} exceeded."));
    }
    if characters > MAX_CHARACTERS {
        problems.push(format!("Number of characters limit of {MAX_CHARACTERS} exceeded."));
    }
    problems
}

/// The zone while the batch is worked through; changes take effect in their order.
struct State<'a> {
    zone: &'a Zone<'a>,
    records: Records,
    /// Type and set identifier per name, for conflicts.
    names: BTreeMap<String, BTreeSet<(String, Option<String>)>>,
}

impl<'a> State<'a> {
    fn new(zone: &'a Zone<'a>, before: &Records) -> Self {
        let mut names: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
        for (name, kind, id) in before.keys() {
            names.entry(name.clone()).or_default().insert((kind.clone(), id.clone()));
        }
        Self { zone, records: before.clone(), names }
    }

    fn step(&mut self, change: &Change) -> Result<(), String> {
        let set = &change.set;
        if change.verb == Verb::Delete {
            return self.delete(set);
        }
        if change.verb == Verb::Create && self.records.contains_key(&key(set)) {
            return Err(format!(
                "Tried to create resource record set [{}] but it already exists",
                describe(set)
            ));
        }
        self.well_formed(set)?;
        self.no_conflict(set)?;
        self.names.entry(set.name.clone()).or_default().insert((set.kind.clone(), set.set_id.clone()));
        self.records.insert(key(set), set.clone());
        Ok(())
    }

    fn delete(&mut self, set: &RecordSet) -> Result<(), String> {
        let tried = format!("Tried to delete resource record set [{}]", describe(set));
        let Some(present) = self.records.get(&key(set)) else {
            return Err(format!("{tried} but it was not found"));
        };
        if set.name == self.zone.name && matches!(set.kind.as_str(), "NS" | "SOA") {
            return Err(format!(
                "A HostedZone must contain at least one {} record for the zone itself.",
                set.kind
            ));
        }
        if !same(present, set) {
            return Err(format!("{tried} but the values provided do not match the current values"));
        }
        self.records.remove(&key(set));
        if let Some(there) = self.names.get_mut(&set.name) {
            there.remove(&(set.kind.clone(), set.set_id.clone()));
        }
        Ok(())
    }

    fn well_formed(&self, set: &RecordSet) -> Result<(), String> {
        let (name, kind, zone) = (&set.name, &set.kind, self.zone.name);
        if !within(name, zone) {
            return Err(format!("RRSet with DNS name {name} is not permitted in zone {zone}"));
        }
        if set.alias.is_some() == (set.ttl.is_some() && !set.values.is_empty()) {
            return Err(format!(
                "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId] in Change with [{}]",
                describe(set)
            ));
        }
        if set.values.iter().collect::<BTreeSet<_>>().len() != set.values.len() {
            return Err(format!("Duplicate Resource Record in [{}]", describe(set)));
        }
        if kind == "CNAME" && name == zone {
            return Err(format!(
                "RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone}"
            ));
        }
        if kind == "CNAME" && set.values.len() > 1 {
            return Err(format!("InvalidRRSet: a CNAME has exactly one value, in [{}]", describe(set)));
        }
        Ok(())
    }

    /// A CNAME stands alone, and simple and routed sets of one name and type exclude each other.
    fn no_conflict(&self, set: &RecordSet) -> Result<(), String> {
        for (kind, id) in self.names.get(&set.name).into_iter().flatten() {
            if *kind != set.kind && (kind == "CNAME" || set.kind == "CNAME") {
                return Err(format!(
                    "RRSet of type {} with DNS name {} is not permitted because a conflicting RRSet of type {kind} with the same DNS name already exists in zone {}",
                    set.kind, set.name, self.zone.name
                ));
            }
            if *kind == set.kind && id.is_some() != set.set_id.is_some() {
                return Err(format!(
                    "RRSet with DNS name {}, type {}, SetIdentifier {} cannot be created as a set with another routing policy exists with the same name and type",
                    set.name,
                    set.kind,
                    set.set_id.as_deref().unwrap_or("null")
                ));
            }
        }
        Ok(())
    }

    /// An alias into its own zone needs its target there once the whole batch is done.
    fn alias_problem(&self, change: &Change) -> Option<String> {
        let alias = change.set.alias.as_ref().filter(|_| change.verb != Verb::Delete)?;
        if alias.zone != self.zone.id {
            return None;
        }
        let wanted = |(kind, _): &(String, Option<String>)| *kind == change.set.kind;
        if self.names.get(&alias.name).is_some_and(|there| there.iter().any(wanted)) {
            return None;
        }
        Some(format!(
            "Tried to create an alias that targets {}, type {} in zone {}, but that target was not found",
            alias.name, change.set.kind, alias.zone
        ))
    }
}

/// All values that were given at creation must be given again; their order does not matter.
fn same(a: &RecordSet, b: &RecordSet) -> bool {
    let sorted = |set: &RecordSet| {
        let mut set = set.clone();
        set.values.sort();
        set
    };
    sorted(a) == sorted(b)
}

fn describe(set: &RecordSet) -> String {
    let id = set.set_id.as_ref().map(|id| format!(", set-identifier='{id}'")).unwrap_or_default();
    format!("name='{}', type='{}'{id}", set.name, set.kind)
}
