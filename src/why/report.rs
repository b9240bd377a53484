//! The answer, as JSON.

use super::find::Answer;
use aplomo_core::approval::Actor;
use aplomo_core::{Address, CommitId, Digest, Origin, RemoteId, Scope, SourceName, Timestamp};
use aplomo_source::LineAuthor;
use serde::Serialize;
use std::sync::Arc;

/// The whole answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What was asked.
    pub query: String,
    /// The addresses.
    pub found: Vec<Found>,
    /// Lines of manifests that name the query as a person.
    pub people: Vec<Person>,
    /// How many more addresses there are.
    pub left_out: usize,
    /// Where was looked.
    pub searched: Searched,
}

/// Where was looked.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Searched {
    /// Entries of the ledger.
    pub ledger: usize,
    /// The newest plan.
    pub plan: Option<Digest>,
    /// Paths and addresses of the manifests.
    pub manifests: Vec<String>,
    /// Sources that could not be read as they are now.
    pub trouble: Vec<String>,
}

/// One address.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The address.
    pub address: Address,
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Where it is.
    pub scope: Scope,
    /// Its remote id, where it is known to exist.
    pub id: Option<RemoteId>,
    /// Its natural key.
    pub key: Option<String>,
    /// By which of its names it was found: `address`, `id`, `ARN` or `name`.
    #[serde(rename = "is")]
    pub by: Option<&'static str>,
    /// Else the field that names what was asked for.
    pub names: Option<String>,
    /// Whether a manifest that was read wishes it.
    pub wished: bool,
    /// The lines of manifests.
    pub manifest: Vec<Line>,
    /// How it came to be as it is.
    pub applied: Option<Applied>,
    /// Its drift.
    pub drift: Option<Drift>,
    /// What holds it.
    pub held_by: Vec<String>,
}

/// A line of a manifest.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The source.
    pub source: SourceName,
    /// The file below its root.
    pub file: Arc<str>,
    /// The line.
    pub line: u32,
    /// The commit that was read.
    pub commit: Option<CommitId>,
    /// Who wrote it.
    pub asked_by: Option<AskedBy>,
}

/// Who wrote a line, as its commit says: nobody has checked that.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AskedBy {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The commit.
    pub commit: CommitId,
    /// When.
    pub at: Timestamp,
    /// The first line of its message.
    pub summary: String,
    /// How the name is known.
    pub how: &'static str,
}

/// A change that was applied.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Applied {
    /// When.
    pub at: String,
    /// The run.
    pub run: Option<String>,
    /// What was done.
    pub action: Option<String>,
    /// The effect.
    pub digest: Option<String>,
    /// The approval that was spent.
    pub approval: Option<String>,
    /// The pull request that it was approved for.
    pub pull_request: Option<String>,
    /// Who opened that and pushed to it, by login: GitHub vouched for it.
    pub requested_by: Vec<String>,
    /// Who approved.
    pub approved_by: Vec<Actor>,
    /// The service's request ids.
    pub request_ids: Vec<String>,
    /// The entry of the audit log.
    pub audit: String,
}

/// Drift of an address.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// Since when it is there now; `null` where there is none.
    pub first_seen: Option<Timestamp>,
    /// Who did it, where a service's own log told.
    pub attributed_to: Option<String>,
    /// The last time that drift was undone.
    pub last_undone: Option<Undone>,
}

/// Drift that was undone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Undone {
    /// When.
    pub at: String,
    /// The run.
    pub run: Option<String>,
}

/// A line that names a person.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The manifest.
    pub manifest: String,
    /// The source.
    pub source: SourceName,
    /// The file below its root.
    pub file: Arc<str>,
    /// The line.
    pub line: u32,
    /// What they are there.
    pub what: String,
}

impl Person {
    pub(super) fn of(named: &aplomo_catalog::offboard::Named) -> Self {
        Self {
            manifest: named.manifest.to_string(),
            source: named.source.clone(),
            file: Arc::clone(&named.file),
            line: named.at.line,
            what: named.mention.what.clone(),
        }
    }

    /// The tenant of the manifest.
    #[must_use]
    pub fn tenant(&self) -> &str {
        self.manifest.split('/').next().unwrap_or_default()
    }
}

impl Line {
    pub(super) fn new(source: &SourceName, origin: &Origin) -> Self {
        Self {
            source: source.clone(),
            file: Arc::clone(&origin.file),
            line: origin.line,
            commit: None,
            asked_by: None,
        }
    }
}

impl From<LineAuthor> for AskedBy {
    fn from(author: LineAuthor) -> Self {
        let LineAuthor { name, email, commit, at, summary } = author;
        Self { name, email, commit, at, summary, how: "claimed" }
    }
}

impl Found {
    pub(super) fn new(
        address: Address,
        scope: &Scope,
        (id, key): (Option<RemoteId>, Option<String>),
        answer: Answer,
        wished: bool,
        manifest: Vec<Line>,
    ) -> Self {
        let (by, names) = match answer {
            Answer::Is(by) => (Some(by), None),
            Answer::Names(path) => (None, Some(path)),
        };
        let type_name = address.type_name().to_owned();
        Self {
            address,
            type_name,
            scope: scope.clone(),
            id,
            key,
            by,
            names,
            wished,
            manifest,
            applied: None,
            drift: None,
            held_by: Vec::new(),
        }
    }
}
