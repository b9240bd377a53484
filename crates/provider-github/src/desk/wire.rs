//! What GitHub says of pull requests and people, as far as it matters. Wire structs of our own: what is left out is
//! unknown and never a default.

use aplomo_core::Timestamp;
use serde::{Deserialize, Serialize};

/// An account. The id never changes; the login may, and may then be somebody else's.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Person {
    /// The immutable id.
    pub id: u64,
    /// The login of now.
    pub login: String,
    /// `User`, `Bot` or `Organization`.
    #[serde(rename = "type", default)]
    pub sort: String,
}

/// One side of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Side {
    /// The commit.
    pub sha: String,
    /// The branch.
    #[serde(rename = "ref")]
    pub branch: String,
    /// The repository; `None` where a fork was deleted.
    pub repo: Option<RepoRef>,
}

/// A repository by name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RepoRef {
    /// `owner/name`.
    pub full_name: String,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// `open` or `closed`.
    pub state: String,
    /// Who opened it; `None` where the account is gone.
    pub user: Option<Person>,
    /// What is to be merged.
    pub head: Side,
    /// Into what.
    pub base: Side,
    /// When it was merged; `None` where it was not.
    pub merged_at: Option<Timestamp>,
    /// The commit of the merge, once it was merged.
    pub merge_commit_sha: Option<String>,
    /// When anything of it last changed.
    pub updated_at: Timestamp,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Review {
    /// Its id.
    pub id: u64,
    /// Whose; `None` where the account is gone.
    pub user: Option<Person>,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED` or `PENDING`.
    pub state: String,
    /// The commit that was reviewed; `None` where it is gone.
    pub commit_id: Option<String>,
    /// When.
    #[serde(default)]
    pub submitted_at: Option<Timestamp>,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Comment {
    /// Its id.
    pub id: u64,
    /// Whose; `None` where the account is gone.
    pub user: Option<Person>,
    /// The text.
    #[serde(default)]
    pub body: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last edited; the same where it never was.
    pub updated_at: Timestamp,
    /// The App that wrote it.
    #[serde(default)]
    pub performed_via_github_app: Option<AppRef>,
}

impl Comment {
    /// Whether it is other than it was written.
    #[must_use]
    pub fn edited(&self) -> bool {
        self.updated_at > self.created_at
    }

    /// Whether this App wrote it.
    #[must_use]
    pub fn is_of(&self, app: u64) -> bool {
        self.performed_via_github_app.as_ref().is_some_and(|by| by.id == app)
    }
}

/// An App by id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AppRef {
    /// The id.
    pub id: u64,
}

/// A push, a force-push or the making of a branch, with who did it: GitHub vouches for that, and not for the
/// author that stands in a commit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Push {
    /// Who; `None` where the account is gone.
    pub actor: Option<Person>,
    /// The commit after it.
    pub after: String,
    /// The commit before it.
    pub before: String,
    /// When.
    pub timestamp: Timestamp,
    /// `push`, `force_push`, `branch_creation`, `branch_deletion`, `pr_merge`, `merge_queue_merge`.
    pub activity_type: String,
}

/// Whether somebody belongs to a team.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Membership {
    /// `active`, or `pending` where the invitation is not accepted.
    pub state: String,
}

/// An issue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Issue {
    /// Its number.
    pub number: u64,
    /// `open` or `closed`.
    pub state: String,
    /// The text.
    #[serde(default)]
    pub body: Option<String>,
    /// The App that wrote it.
    #[serde(default)]
    pub performed_via_github_app: Option<AppRef>,
}

/// A check run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CheckRun {
    /// Its id.
    pub id: u64,
    /// The name.
    pub name: String,
    /// The commit that is checked.
    pub head_sha: String,
}

/// What a check run says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckOutput {
    /// `success`, `failure`, `action_required` or `neutral`; `None` while it runs.
    pub conclusion: Option<&'static str>,
    /// The headline.
    pub title: String,
    /// Markdown, at most 65,535 characters.
    pub summary: String,
    /// By line; sent 50 at a time.
    pub annotations: Vec<Annotation>,
    /// Where the whole is.
    pub details_url: Option<String>,
}

/// A word at lines of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annotation {
    /// The file below the root of the repository.
    pub path: String,
    /// The first line, from 1.
    pub start_line: u32,
    /// The last.
    pub end_line: u32,
    /// `notice`, `warning` or `failure`.
    pub annotation_level: &'static str,
    /// The headline, at most 255 characters.
    pub title: String,
    /// The text, at most 64 KB.
    pub message: String,
}

/// A delivery of a webhook as the App's own list tells it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Delivery {
    /// The id to ask for it again by.
    pub id: u64,
    /// What the delivery itself carried as `X-GitHub-Delivery`; a redelivery has the same.
    pub guid: String,
    /// When it was sent.
    pub delivered_at: Timestamp,
    /// The HTTP status of our answer; 0 where there was none.
    pub status_code: i64,
}
