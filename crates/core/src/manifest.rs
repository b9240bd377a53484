//! What arrives from a source: documents with their places, before any kind has looked at them.
//!
//! Deliberately absent: reading files or git (`source`), checking fields (`catalog`).

use crate::finding::Finding;
use crate::name::{CommitId, SourceName, TenantName};
use crate::node::Node;
use std::collections::BTreeSet;
use std::sync::Arc;

/// `apiVersion` that this version of Aplomo reads.
pub const API_VERSION: &str = "aplomo/v1";

/// One YAML document and where it came from.
#[derive(Debug, Clone)]
pub struct RawManifest {
    /// The source it belongs to.
    pub source: SourceName,
    /// Path below the root of the source.
    pub file: Arc<str>,
    /// The document.
    pub root: Node,
}

/// Everything read from one source at one moment: what could be parsed, and every problem.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Name of the source.
    pub name: SourceName,
    /// Path or address as the user gave it.
    pub path: String,
    /// The commit, where the source is a git repository with a clean work tree or a remote.
    pub commit: Option<CommitId>,
    /// Whether the whole configured tree was read at one commit: only then absence means anything.
    pub complete: bool,
    /// Why it is not complete, in words.
    pub incomplete_because: Vec<String>,
    /// Tenants it may speak for; `None` for a directory given by hand, which speaks for all it names.
    pub tenants: Option<BTreeSet<TenantName>>,
    /// Whether this is the operator's own source (Tenant manifests are only taken from there).
    pub operator: bool,
    /// The documents that could be parsed.
    pub manifests: Vec<RawManifest>,
    /// The problems of those that could not.
    pub problems: Vec<Finding>,
}
