//! The ledger and the rest of what only the store remembers, as plain data for the planner.

use crate::address::{Address, AddressPattern};
use crate::approval::Actor;
use crate::datum::Datum;
use crate::digest::Digest;
use crate::fields::{FieldPath, WantedFields};
use crate::name::{CommitId, RemoteId, RunId, SourceName, TenantName, TypeName};
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
    /// Baselines.
    pub baselines: Vec<Baseline>,
    /// When drift at an address was first seen.
    pub first_seen: BTreeMap<Address, Timestamp>,
}
