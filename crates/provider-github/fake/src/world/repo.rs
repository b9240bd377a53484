//! Repositories and what hangs on them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::{Activity, CheckRun, CheckSuite, Comment, Issue, Map, Pull, Role};
use crate::ids::Id;

/// A repository.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Repo {
    pub id: Id,
    /// The organisation.
    pub owner: Id,
    pub name: String,
    /// `public`, `private` or `internal`.
    pub visibility: String,
    pub archived: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// What `PATCH /repos/{owner}/{repo}` sets, by its REST name.
    pub settings: Map,
    /// Status by key of `security_and_analysis`.
    pub security: BTreeMap<String, String>,
    pub vulnerability_alerts: bool,
    pub automated_security_fixes: bool,
    pub private_vulnerability_reporting: bool,
    pub topics: Vec<String>,
    pub direct: BTreeMap<Id, Role>,
    pub invitations: BTreeMap<Id, RepoInvitation>,
    pub rulesets: BTreeMap<Id, Ruleset>,
    /// By pattern.
    pub protections: BTreeMap<String, Protection>,
    pub environments: BTreeMap<String, Environment>,
    pub variables: BTreeMap<String, Variable>,
    pub secrets: BTreeMap<String, Secret>,
    pub hooks: BTreeMap<Id, Hook>,
    pub keys: BTreeMap<Id, DeployKey>,
    pub autolinks: BTreeMap<Id, Autolink>,
    pub labels: BTreeMap<Id, Label>,
    pub properties: BTreeMap<String, Value>,
    pub actions: Map,
    /// The settings of its site, if it publishes one.
    pub pages: Option<Map>,
    /// Commit by branch.
    pub branches: BTreeMap<String, String>,
    /// Which App last reported a check of this name.
    pub reported_checks: BTreeMap<String, Id>,
    /// Issues and pull requests by number.
    pub issues: BTreeMap<u64, Issue>,
    pub comments: BTreeMap<Id, Comment>,
    pub check_runs: BTreeMap<Id, CheckRun>,
    pub check_suites: BTreeMap<Id, CheckSuite>,
    /// What happened to its branches, oldest first.
    pub activity: Vec<Activity>,
}

impl Repo {
    /// A setting that is on or off.
    #[must_use]
    pub fn on(&self, name: &str) -> bool {
        self.settings.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The pull request of this number.
    #[must_use]
    pub fn pull(&self, number: u64) -> Option<&Pull> {
        self.issues.get(&number)?.pull.as_ref()
    }

    /// A setting that is text.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.settings.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Somebody from outside is asked to become a collaborator.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct RepoInvitation {
    pub id: Id,
    pub invitee: Id,
    pub inviter: Id,
    pub role: Role,
    pub created_at: Timestamp,
}

/// A ruleset of a repository or an organisation.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Ruleset {
    pub id: Id,
    pub name: String,
    pub target: String,
    pub enforcement: String,
    pub conditions: Value,
    pub rules: Vec<Value>,
    pub bypass_actors: Vec<Value>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Who is named in a classic protection.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "ids of what they say")]
pub struct Actors {
    pub users: BTreeSet<Id>,
    pub teams: BTreeSet<Id>,
    pub apps: BTreeSet<Id>,
}

/// A classic branch protection.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Protection {
    pub id: Id,
    pub pattern: String,
    /// The switches, by their REST name.
    pub flags: BTreeMap<&'static str, bool>,
    /// `strict`, and the App that must report each check, if any.
    pub checks: Option<(bool, BTreeMap<String, Option<Id>>)>,
    pub reviews: Option<Reviews>,
    pub restrictions: Option<Actors>,
    /// Only GraphQL shows and sets these.
    pub force_pushers: Actors,
    /// Environments that a commit must have been deployed to. Only GraphQL shows and sets these.
    pub deployments: Option<BTreeSet<String>>,
    pub resting: Resting,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What GitHub keeps of a part that is switched off; only GraphQL shows it.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "as in the parts")]
pub struct Resting {
    pub reviews: Reviews,
    pub strict: bool,
}

/// The part of a classic protection that asks for reviews.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Reviews {
    pub dismiss_stale_reviews: bool,
    pub require_code_owner_reviews: bool,
    pub require_last_push_approval: bool,
    pub required_approving_review_count: u64,
    pub dismissal_restrictions: Option<Actors>,
    pub bypass_allowances: Actors,
}

/// A deployment environment.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Environment {
    pub id: Id,
    pub name: String,
    pub wait_timer: u64,
    pub prevent_self_review: bool,
    /// Not in GitHub's description, and yet answered and taken: google/go-github#2725.
    pub can_admins_bypass: bool,
    /// Whether a team, and its or the user's id.
    pub reviewers: Vec<(bool, Id)>,
    /// `protected_branches`; `false` means patterns of its own.
    pub protected_branches: Option<bool>,
    /// Name and `branch` or `tag`.
    pub patterns: BTreeMap<Id, (String, String)>,
    pub variables: BTreeMap<String, Variable>,
    pub secrets: BTreeMap<String, Secret>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A variable of Actions.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Variable {
    pub value: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A secret of Actions. What was sealed is kept for tests; no answer ever holds it.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Secret {
    pub opened: Vec<u8>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A webhook.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Hook {
    pub id: Id,
    pub url: String,
    pub content_type: String,
    pub insecure_ssl: String,
    pub secret: Option<String>,
    pub events: Vec<String>,
    pub active: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A deploy key, without its comment.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct DeployKey {
    pub id: Id,
    pub title: String,
    pub key: String,
    pub read_only: bool,
    pub created_at: Timestamp,
    /// Whose token made it: an installation sees its own keys only.
    pub made_by: String,
}

/// An autolink.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Autolink {
    pub id: Id,
    pub key_prefix: String,
    pub url_template: String,
    pub is_alphanumeric: bool,
}

/// A label.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Label {
    pub id: Id,
    pub name: String,
    pub color: String,
    pub description: Option<String>,
}
