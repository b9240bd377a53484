//! Plans as plain data; their JSON is the contract of cli.md.
//!
//! What each before/after pair means: create: `null` -> the managed fields. update: the managed
//! fields as seen -> as wished. replace: the same, and the object gets a new id. delete: the whole
//! object as seen -> `null`. adopt and move: the fields as seen on both sides, only marks and ledger
//! change. release: as seen -> `null`, the object stays. What a container brought along has
//! `{"createdWith": <address>}` before while the container is yet to come.

use crate::address::Address;
use crate::digest::Digest;
use crate::fields::{FieldPath, Sight, WantedFields, Wish};
use crate::finding::Finding;
use crate::name::{CommitId, RemoteId, RunId, SourceName, TypeName};
use crate::origin::Origin;
use crate::reference::ReferenceUse;
use crate::scope::Scope;
use crate::types::Risk;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

mod words;
pub use words::{Action, Before, HeldBy, Reason};

/// The version of the plan's format.
pub const FORMAT_VERSION: u32 = 1;

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Where.
    pub path: FieldPath,
    /// As seen; `null` where the field is not there.
    pub before: Sight,
    /// As wished.
    pub after: Wish,
    /// Why.
    pub reason: Reason,
}

/// One change of one address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The address.
    pub address: Address,
    /// Where.
    pub scope: Scope,
    /// The type.
    #[serde(rename = "type")]
    pub type_name: TypeName,
    /// The remote id, where it exists.
    pub id: Option<RemoteId>,
    /// The natural key.
    pub key: Option<SmolStr>,
    /// What is done.
    pub action: Action,
    /// How risky.
    pub risk: Risk,
    /// What the risk means.
    pub risk_notes: Vec<String>,
    /// Fields of which the notes tell in sentences all that the change means: people need not be shown
    /// the values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<FieldPath>,
    /// The effect digest: what an approval names.
    pub digest: Digest,
    /// Changes of one group are approved, applied and refused together.
    pub group: Option<SmolStr>,
    /// Of a replace: the new object is made before the old one goes.
    pub create_first: bool,
    /// Of a replace: what is there never came about, and exactly the same is asked for again. Such a change is
    /// covered by an approval of the first asking, see [`Change::first_asking`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// The state before.
    pub before: Before,
    /// The state after; `null` after a delete or release.
    pub after: Option<WantedFields>,
    /// The fields that differ.
    pub fields: Vec<FieldChange>,
    /// The strongest reason of the fields.
    pub reason: Reason,
    /// The references in `after`, and the container.
    pub references: Vec<ReferenceUse>,
    /// Changes of this plan that must be done first.
    pub depends_on: Vec<Address>,
    /// What holds it back.
    pub held_by: Option<HeldBy>,
    /// By how many different people it must be approved. More than one enters the effect digest, so that
    /// an approval of the same effect on usual terms counts for nothing here.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub approvals_needed: u32,
    /// Whether it is part of taking down a tenant that leaves. Enters the effect digest: once the tenant
    /// stays, the approvals of the teardown count for nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub departs: bool,
    /// The Environments of its tenant that its manifest is, or names, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<SmolStr>,
    /// Those that it was recorded in and names no longer: rules for them hold for this change as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub was_in: Vec<SmolStr>,
    /// Where it was written.
    pub origins: Vec<Origin>,
    /// The address it had before, of a move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<Address>,
    /// When it shall go by itself; approving this approves that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The source it comes from.
    pub source: SourceName,
    /// When this drift was first seen (`drift` only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
}

const fn one() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_one(number: &u32) -> bool {
    *number == 1
}

/// A source as shown in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSource {
    /// Its name.
    pub name: SourceName,
    /// Its path or address.
    pub path: String,
    /// Its commit.
    pub commit: Option<CommitId>,
    /// Whether it was read in full.
    pub complete: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
}

/// An object that exists and that nobody manages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unmanaged {
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: TypeName,
    /// Its remote id.
    pub id: RemoteId,
    /// Its natural key, where that says more.
    pub key: Option<SmolStr>,
    /// Where, in words.
    #[serde(rename = "in")]
    pub within: String,
    /// What else there is to say, e.g. that it carries our mark without a record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What could not be seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unverifiable {
    /// Where.
    pub scope: Scope,
    /// Of which types.
    pub types: Vec<TypeName>,
    /// Of which resource, where it is one.
    pub address: Option<Address>,
    /// Which fields, where it is some.
    pub fields: Vec<FieldPath>,
    /// Why.
    pub why: String,
}

/// How much of what exists is looked after, counted; `aplomo drift` tells it as shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Covered {
    /// Objects that are ours, or that manifests observe, and that were seen in full.
    pub managed: u64,
    /// Objects that were seen and that are nobody's, or not ours.
    pub unmanaged: u64,
    /// Resources that manifests or records speak of and that could not be seen, or not in full.
    pub unverifiable: u64,
    /// Readings: one per type and place.
    pub reads: u64,
    /// Those that saw everything.
    pub reads_complete: u64,
}

/// What is no part of a plan's identity.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    /// Calls by `service:Action`.
    pub api_calls: BTreeMap<String, u64>,
    /// The version of Aplomo.
    pub version: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// A plan. Immutable: a new reading makes a new plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// See [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The digest of everything but `meta` and itself.
    pub digest: Digest,
    /// The moment it is a plan for.
    pub as_of: Timestamp,
    /// When time alone may change it.
    pub wake: Option<Timestamp>,
    /// Where the wishes came from.
    pub sources: Vec<PlanSource>,
    /// Whether all wishes and all of the world they touch were seen.
    pub complete: bool,
    /// False where an error finding stands, or nothing may be applied.
    pub applyable: bool,
    /// Whether only part of it is here (`--tenant`, `--target`): what is missing was not looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub narrowed: bool,
    /// Of a way back: the run whose changes it takes back. What it puts back is held until the manifests agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverts: Option<RunId>,
    /// Changes by action; every action is listed.
    pub summary: BTreeMap<Action, u32>,
    /// The changes, in the order of their addresses.
    pub changes: Vec<Change>,
    /// What checks say.
    pub findings: Vec<Finding>,
    /// What nobody manages.
    pub unmanaged: Vec<Unmanaged>,
    /// What could not be seen.
    pub unverifiable: Vec<Unverifiable>,
    /// How much of what exists is looked after; only of a whole plan, never of a narrowed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Covered>,
    /// No part of the identity.
    pub meta: Meta,
}

impl Plan {
    /// The digest as it must be: over everything but `meta` and the digest itself.
    ///
    /// # Errors
    /// Never for plans that were read or made here; JSON could in theory fail to be written.
    pub fn recompute_digest(&self) -> Result<Digest, serde_json::Error> {
        let mut json = serde_json::to_value(self)?;
        if let Some(map) = json.as_object_mut() {
            map.remove("meta");
            map.remove("digest");
        }
        Digest::of_json(&json)
    }
}

/// What an approver agrees to: the content of an effect digest (rules.md, Change, digest, approval).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Effect<'a> {
    format_version: u32,
    address: &'a Address,
    scope: Scope,
    id: &'a Option<RemoteId>,
    #[serde(rename = "type")]
    type_name: &'a TypeName,
    action: Action,
    create_first: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    again: bool,
    before: &'a Before,
    after: &'a Option<WantedFields>,
    moved_from: &'a Option<Address>,
    until: &'a Option<Timestamp>,
    #[serde(skip_serializing_if = "is_one")]
    approvals_needed: u32,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    departs: bool,
}

impl Change {
    /// The effect digest as it must be.
    ///
    /// # Errors
    /// Never for changes that were read or made here; JSON could in theory fail to be written.
    pub fn recompute_digest(&self) -> Result<Digest, serde_json::Error> {
        Digest::of_json(&Effect {
            format_version: FORMAT_VERSION,
            address: &self.address,
            scope: self.scope.symbolic(),
            id: &self.id,
            type_name: &self.type_name,
            action: self.action,
            create_first: self.create_first,
            again: self.again,
            before: &self.before,
            after: &self.after,
            moved_from: &self.moved_from,
            until: &self.until,
            approvals_needed: self.approvals_needed,
            departs: self.departs,
        })
    }

    /// Of a change that asks again: the effect digest of the first asking, the creation of exactly the same
    /// at this address. It follows from this change alone, so no approval of anything else can match.
    #[must_use]
    pub fn first_asking(&self) -> Option<Digest> {
        if !self.again || self.action != Action::Replace {
            return None;
        }
        let digest = Digest::of_json(&Effect {
            format_version: FORMAT_VERSION,
            address: &self.address,
            scope: self.scope.symbolic(),
            id: &None,
            type_name: &self.type_name,
            action: Action::Create,
            create_first: false,
            again: false,
            before: &Before::Absent,
            after: &self.after,
            moved_from: &None,
            until: &self.until,
            approvals_needed: self.approvals_needed,
            departs: self.departs,
        });
        digest.ok()
    }

    /// Whether it takes something away for good or from our care.
    #[must_use]
    pub const fn is_removal(&self) -> bool {
        matches!(self.action, Action::Delete | Action::Replace)
    }
}
