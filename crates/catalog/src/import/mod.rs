//! Manifests for what already exists, such that planning them changes nothing.
//!
//! Deliberately absent: reading the world or files; the caller hands in what was seen or read.

mod certificate;
mod draft;
mod environment;
mod github;
mod importers;
mod naming;
mod observed;
mod profile;
mod scan;
mod tree;
mod whole;
mod yaml;
mod zonefile;

pub use certificate::certificate_manifest;
pub use environment::environment_manifest;
pub use importers::{Importer, importers};
pub use naming::manifest_name;
pub use observed::domain_manifest;
pub use profile::iam_profile_manifest;
pub use whole::{Inside, Ours, Whole, Written, held_name, inside, recorded, somebodys, whole};
pub use zonefile::from_zonefile;

use aplomo_core::{ManifestName, RemoteId, TenantName, TypeName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How the manifest shall be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whose it is.
    pub tenant: TenantName,
    /// Its name.
    pub name: ManifestName,
    /// Whether it takes over the zone that it was read from.
    pub adopt: bool,
    /// The names of manifests that describe other objects, by what those are.
    pub others: Arc<Others>,
}

/// Names of manifests, by the object that each is about.
pub type Others = BTreeMap<(TypeName, RemoteId), ManifestName>;

impl Options {
    /// The manifest of the repository with this id.
    fn holder(&self, id: &RemoteId) -> Option<&ManifestName> {
        self.others.get(&(aplomo_resources::github::REPOSITORY, id.clone()))
    }
}

/// A manifest and what a person must know of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// The manifest.
    pub yaml: String,
    /// What was left out or changed, a sentence each.
    pub notes: Vec<String>,
    /// What it takes over beside the object that it is about.
    pub takes: BTreeSet<RemoteId>,
}
