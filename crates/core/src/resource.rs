//! Desired resources: what the manifests, expanded, wish to exist.

use crate::address::{Address, ManifestRef};
use crate::datum::Datum;
use crate::fields::{FieldPath, WantedFields};
use crate::finding::Finding;
use crate::name::{RemoteId, SourceName, TenantName, TypeName};
use crate::origin::Origin;
use crate::safety::{Calendar, Deletion, Ownership, TenantPolicy};
use crate::scope::Scope;
use jiff::Timestamp;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Which existing object a resource may take over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Adopt {
    /// None: an existing object that is not ours stays so.
    #[default]
    No,
    /// The object with this remote id.
    Id(RemoteId),
    /// Whatever matches by its natural key inside a container that was adopted by id.
    InContainer,
}

/// One remote object as wished. `wanted` is in the type's normal form.
#[derive(Debug, Clone, PartialEq)]
pub struct Desired {
    /// Its address.
    pub address: Address,
    /// Its type.
    pub type_name: TypeName,
    /// Where it shall live; a managed container is named by `container_of`.
    pub scope: Scope,
    /// The managed fields.
    pub wanted: WantedFields,
    /// Further values that a create must send; wanted only then.
    pub defaults: WantedFields,
    /// What identifies it in its scope without our marks (a record's name and type); as `Type::identity`.
    pub key: Option<SmolStr>,
    /// Addresses it had before (`previousNames`).
    pub previous: Vec<Address>,
    /// What it may take over.
    pub adopt: Adopt,
    /// Report only, never write.
    pub observe: bool,
    /// The resource that brings it along (apex NS and SOA come with the zone): it is never created or deleted.
    pub created_with: Option<Address>,
    /// Resources that must be there first, beyond references and container.
    pub depends_on: BTreeSet<Address>,
    /// When it shall go by itself.
    pub until: Option<Timestamp>,
    /// Whether it is one of several agreeing contributions, so that a second claim is no conflict.
    pub contribution: bool,
    /// What happens to it when its manifest goes; as wished, see `safety` for what counts.
    pub deletion: Deletion,
    /// What the manifest says about watching it (when to warn, who completes it). Never written, compared
    /// or part of a digest; its type's `notices` reads it.
    pub hints: BTreeMap<SmolStr, Datum>,
    /// Every place that speaks of it.
    pub origins: Vec<Origin>,
    /// The source that speaks of it.
    pub source: SourceName,
}

impl Desired {
    /// A resource with the usual settings; the rest is set by field.
    #[must_use]
    pub fn new(
        address: Address,
        type_name: TypeName,
        scope: Scope,
        wanted: WantedFields,
        source: SourceName,
    ) -> Self {
        Self {
            address,
            type_name,
            scope,
            wanted,
            defaults: WantedFields::default(),
            key: None,
            previous: Vec::new(),
            adopt: Adopt::No,
            observe: false,
            created_with: None,
            depends_on: BTreeSet::new(),
            until: None,
            contribution: false,
            deletion: Deletion::default(),
            hints: BTreeMap::new(),
            origins: Vec::new(),
            source,
        }
    }

    /// Everything that must exist before this: references, the container, and what is named.
    #[must_use]
    pub fn needs(&self) -> BTreeSet<Address> {
        let references = self.wanted.references().map(|(_, r)| r.to.clone());
        references.chain(self.scope.container_of.clone()).chain(self.depends_on.iter().cloned()).collect()
    }
}

/// A container whose content we look after as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Collection {
    /// The container.
    pub container: Address,
    /// The type of its members.
    pub member: TypeName,
    /// Who owns the members, as wished.
    pub ownership: Ownership,
    /// Globs over the members' natural keys: matching members are not ours to judge.
    pub ignore: Vec<SmolStr>,
}

/// Whether the wishes of a tenant are known in full.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completeness {
    /// Sources read in full at one commit: only absence from one of these plans a delete.
    pub complete_sources: BTreeSet<SourceName>,
    /// Why some are not, in words.
    pub because: BTreeSet<String>,
}

/// The whole wish: what all manifests of a plan expand into.
#[derive(Debug, Clone, Default)]
pub struct DesiredState {
    /// The resources.
    pub resources: BTreeMap<Address, Desired>,
    /// The collections.
    pub collections: Vec<Collection>,
    /// The tenants that manifests speak of.
    pub tenants: BTreeMap<TenantName, TenantPolicy>,
    /// The manifests, with their deletion wish.
    pub manifests: BTreeMap<ManifestRef, Deletion>,
    /// The Environments of its tenant that a manifest (`tenant/Kind/name`) is, or names, by name. Those of
    /// which the manifest says nothing are not listed.
    pub environments: BTreeMap<SmolStr, BTreeSet<SmolStr>>,
    /// Freezes and windows.
    pub calendar: Calendar,
    /// What the checks say. An error blocks applying for its tenant.
    pub findings: Vec<Finding>,
    /// Whether absence means anything.
    pub completeness: Completeness,
}

/// The container path used in [`crate::reference::ReferenceUse`].
pub const CONTAINER_PATH: FieldPath = FieldPath::known("/$container");
