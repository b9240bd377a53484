//! The ledger and the rest of what only the store remembers, as plain data for the planner.

use crate::address::{Address, AddressPattern};
use crate::approval::Actor;
use crate::datum::Datum;
use crate::digest::Digest;
use crate::fields::{FieldPath, WantedFields};
use crate::name::{CommitId, RemoteId, RunId, SourceName, TenantName, TypeName};
use crate::reverted::Reverted;
use crate::safety::BreakGlass;
use crate::scope::Scope;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// What was last applied at one address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerEntry {
    /// The type.
    pub type_name: TypeName,
    /// The concrete scope, with the container's address beside its id.
    pub scope: Scope,
    /// The remote id.
    pub id: RemoteId,
    /// The natural key.
    pub key: Option<SmolStr>,
    /// The managed fields as applied, references still symbolic.
    pub applied: WantedFields,
    /// What the references resolved to, by path.
    pub resolved: BTreeMap<FieldPath, Datum>,
    /// The source whose wish it was: absence from another source means nothing.
    pub source: SourceName,
    /// The commit, where there was one.
    pub commit: Option<CommitId>,
    /// The version of Aplomo that applied it.
    pub version: SmolStr,
    /// The run.
    pub run: Option<RunId>,
    /// When.
    pub at: Timestamp,
    /// The container brought it along: it is let go, never deleted.
    #[serde(default)]
    pub brought_along: bool,
    /// When it shall go by itself, as approved: its removal then needs no new approval.
    pub until: Option<Timestamp>,
    /// The Environments of its tenant that its manifest was in, by name: what is left of that when the
    /// manifest is gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<SmolStr>,
}

/// A removal within the last 24 hours, for the guards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// The tenant.
    pub tenant: TenantName,
    /// The type.
    pub type_name: TypeName,
    /// The container, for types counted per container.
    pub container: Option<RemoteId>,
    /// When.
    pub at: Timestamp,
}

/// Writes are stopped for a tenant or an address pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    /// What is held: a tenant, an address or a glob.
    pub what: AddressPattern,
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: Actor,
    /// Since when.
    pub at: Timestamp,
}

/// A change that did not converge: not written again until a person or a new commit releases it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quarantine {
    /// The address.
    pub address: Address,
    /// The field that would not stay, where one did.
    pub field: Option<FieldPath>,
    /// Why, in words.
    pub why: String,
    /// The commit under which it happened: a plan of another one releases it.
    pub commit: Option<CommitId>,
    /// The effect that failed.
    pub digest: Digest,
    /// Since when.
    pub at: Timestamp,
}

/// What was last seen in a scope, to notice a sudden absence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Baseline {
    /// The type.
    pub type_name: TypeName,
    /// The concrete scope.
    pub scope: Scope,
    /// How many were seen at the last complete and accepted reading.
    pub count: u64,
}

/// What only the store knows, as far as a plan needs it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Memory {
    /// The ledger.
    pub ledger: BTreeMap<Address, LedgerEntry>,
    /// Removals of the last 24 hours.
    pub removals: Vec<Removal>,
    /// Holds in force or expired.
    pub holds: Vec<Hold>,
    /// The quarantine.
    pub quarantine: Vec<Quarantine>,
    /// What was put back against what the manifests say.
    pub reverted: BTreeMap<Address, Reverted>,
    /// Baselines.
    pub baselines: Vec<Baseline>,
    /// When drift at an address was first seen.
    pub first_seen: BTreeMap<Address, Timestamp>,
    /// Freezes and windows that somebody broke open, in force or expired.
    pub glass: Vec<BreakGlass>,
}

/// What the ledger remembers of one object, for readers that need not ask again what never changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Remembered {
    /// The values that were applied, references resolved.
    pub values: BTreeMap<FieldPath, Datum>,
    /// The outputs that others took their values from.
    pub outputs: BTreeMap<SmolStr, Datum>,
}

impl Memory {
    /// What is remembered of the objects of a type, by their id.
    #[must_use]
    pub fn remembered(&self, type_name: &TypeName) -> BTreeMap<RemoteId, Remembered> {
        let mut found: BTreeMap<RemoteId, Remembered> = BTreeMap::new();
        for entry in self.ledger.values().filter(|entry| entry.type_name == *type_name) {
            let literal =
                entry.applied.iter().filter_map(|(p, wish)| Some((p.clone(), wish.value()?.clone())));
            let values = literal.chain(entry.resolved.clone());
            found.entry(entry.id.clone()).or_default().values.extend(values);
        }
        if found.is_empty() {
            return found;
        }
        for entry in self.ledger.values() {
            for (path, reference) in entry.applied.references() {
                if reference.to.type_name() != type_name.as_str() {
                    continue;
                }
                let target = self.ledger.get(&reference.to).and_then(|to| found.get_mut(&to.id));
                if let Some((target, value)) = target.zip(entry.resolved.get(path)) {
                    target.outputs.insert(reference.output.clone(), value.clone());
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Wish;
    use crate::reference::Reference;

    fn entry(type_name: &'static str, id: &'static str, applied: WantedFields) -> LedgerEntry {
        LedgerEntry {
            type_name: TypeName::known(type_name),
            scope: Scope::own(),
            id: RemoteId::known(id),
            key: None,
            applied,
            resolved: BTreeMap::new(),
            source: SourceName::known("s"),
            commit: None,
            version: "1".into(),
            run: None,
            at: Timestamp::UNIX_EPOCH,
            brought_along: false,
            until: None,
            environments: Vec::new(),
        }
    }

    #[test]
    fn outputs_that_others_took_are_remembered_with_what_was_applied() {
        let to: Address = "t/K/a:p.s.Made/x".parse().unwrap();
        let name = (FieldPath::known("/name"), Wish::Value("a".into()));
        let reference = Reference { to: to.clone(), output: "proof".into(), constraint: Default::default() };
        let used = (FieldPath::known("/value"), Wish::Reference(Box::new(reference)));
        let mut user = entry("p.s.User", "u", [used].into_iter().collect());
        user.resolved.insert(FieldPath::known("/value"), "p1".into());
        let mut memory = Memory::default();
        memory.ledger.insert(to, entry("p.s.Made", "m", [name].into_iter().collect()));
        memory.ledger.insert("t/K/b:p.s.User/y".parse().unwrap(), user);
        let found = memory.remembered(&TypeName::known("p.s.Made"));
        let made = &found[&RemoteId::known("m")];
        assert_eq!(made.outputs.get("proof"), Some(&"p1".into()));
        assert_eq!(made.values.get(&FieldPath::known("/name")), Some(&"a".into()));
        assert!(memory.remembered(&TypeName::known("p.s.Other")).is_empty());
    }
}
