//! What Apps say of commits, and what happened to branches.

use jiff::Timestamp;
use serde_json::Value;

use super::Author;
use crate::ids::Id;

/// A check run.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct CheckRun {
    pub id: Id,
    pub suite: Id,
    /// Whose: only this App may change it.
    pub app: Id,
    pub name: String,
    pub head_sha: String,
    pub external_id: String,
    pub details_url: Option<String>,
    /// `queued`, `in_progress` or `completed`.
    pub status: String,
    pub conclusion: Option<String>,
    pub started_at: Timestamp,
    pub completed_at: Option<Timestamp>,
    pub title: Option<String>,
    pub summary: Option<String>,
    pub text: Option<String>,
    /// As REST writes them.
    pub annotations: Vec<Value>,
}

/// What one App says of one commit.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct CheckSuite {
    pub id: Id,
    pub app: Id,
    pub head_sha: String,
    pub head_branch: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A branch was made, moved or removed, and by whom.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Activity {
    pub id: Id,
    pub actor: Author,
    /// Without `refs/heads/`.
    pub branch: String,
    pub before: String,
    pub after: String,
    /// `push`, `force_push`, `branch_creation`, `branch_deletion` or `pr_merge`.
    pub kind: &'static str,
    pub at: Timestamp,
}
