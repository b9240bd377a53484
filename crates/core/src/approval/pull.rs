//! The pull request that an approval is for: nothing of it counts before it is merged.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::fmt;

/// A pull request, e.g. `acme/manifests#7`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PullRef {
    /// The repository, `owner/name`.
    pub repository: SmolStr,
    /// Its number there.
    pub number: u64,
}

impl fmt::Display for PullRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.repository, self.number)
    }
}

/// What ties an approval to a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForPull {
    /// The pull request.
    pub pull: PullRef,
    /// What was said and where, e.g. `review 80 of 3f2a91c0`: an approval ends when that ends.
    pub evidence: SmolStr,
    /// Whether it was merged: what was not merged is not wished, and its approvals serve nobody else.
    pub merged: bool,
}
