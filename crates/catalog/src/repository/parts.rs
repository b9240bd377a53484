//! The parts of a repository's settings. What is unset is left alone.

use crate::envelope::OwnershipWish;
use crate::iam_profile::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Who may see a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Every member of the enterprise.
    Internal,
    /// Who was given access.
    Private,
}

/// A way to merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MergeMethod {
    /// With a merge commit.
    Merge,
    /// Commit by commit on top.
    Rebase,
    /// As one commit.
    Squash,
}

/// Which actions may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AllowedActions {
    /// Anybody's.
    All,
    /// Those of the organisation itself.
    Local,
    /// Those named below, beside the organisation's own.
    Selected,
}

/// What a workflow's token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TokenPermissions {
    /// Read.
    Read,
    /// Read and write.
    Write,
}

macro_rules! words {
    ($($name:ident { $($variant:ident = $word:literal),* })*) => {$(
        impl $name {
            /// As GitHub writes it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    )*};
}
words! {
    Visibility { Public = "public", Internal = "internal", Private = "private" }
    MergeMethod { Merge = "merge", Rebase = "rebase", Squash = "squash" }
    AllowedActions { All = "all", Local = "local", Selected = "selected" }
    TokenPermissions { Read = "read", Write = "write" }
}

/// Declares structures that are read, written and described alike.
macro_rules! part {
    ($($(#[$meta:meta])* pub struct $name:ident { $($(#[$fm:meta])* pub $field:ident : $type:ty,)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $name { $($(#[$fm])* pub $field: $type,)* }
    )*};
}

part! {
    /// What a repository offers beside code.
    pub struct Features {
        /// Issues.
        pub issues: Option<bool>,
        /// The wiki.
        pub wiki: Option<bool>,
        /// Projects.
        pub projects: Option<bool>,
        /// Discussions.
        pub discussions: Option<bool>,
        /// Whether a private one may be forked.
        pub forking: Option<bool>,
        /// GitHub Pages: `off`, `workflow`, or a branch with its folder, e.g. `main:/docs`.
        pub pages: Option<SmolStr>,
    }

    /// How pull requests are merged.
    pub struct Merge {
        /// The ways that are open; the others are closed.
        pub methods: Option<Vec<MergeMethod>>,
        /// Whether a pull request may merge itself when it is ready.
        pub auto_merge: Option<bool>,
        /// Whether head branches go with the merge.
        pub delete_branch_on_merge: Option<bool>,
        /// Whether branches that are behind may be updated by button.
        pub update_branch: Option<bool>,
        /// Whether commits on the web must be signed off.
        pub sign_off: Option<bool>,
        /// What titles and messages of merges are made of.
        #[serde(default)]
        pub titles: Titles,
    }

    /// What titles and messages of merges are made of.
    pub struct Titles {
        /// Title of a squash: `PR_TITLE` or `COMMIT_OR_PR_TITLE`.
        pub squash: Option<SmolStr>,
        /// Message of a squash: `PR_BODY`, `COMMIT_MESSAGES` or `BLANK`.
        pub squash_message: Option<SmolStr>,
        /// Title of a merge: `PR_TITLE` or `MERGE_MESSAGE`.
        pub merge: Option<SmolStr>,
        /// Message of a merge: `PR_BODY`, `PR_TITLE` or `BLANK`.
        pub merge_message: Option<SmolStr>,
    }

    /// What looks after a repository's security. Switching any of it off is sensitive.
    pub struct Security {
        /// Secrets in the code are looked for.
        pub secret_scanning: Option<bool>,
        /// Pushes with secrets are refused.
        pub push_protection: Option<bool>,
        /// Vulnerable dependencies are reported.
        pub dependabot_alerts: Option<bool>,
        /// Vulnerable dependencies are mended by pull request.
        pub dependabot_updates: Option<bool>,
        /// Vulnerabilities may be reported in private.
        pub private_vulnerability_reporting: Option<bool>,
    }

    /// Who may reach a repository, beside what the organisation gives.
    pub struct Access {
        /// Whether others that have access keep it. `exclusive` takes it away, from the plan after it was applied.
        #[serde(default)]
        pub ownership: OwnershipWish,
        /// Permissions of teams by slug: `read`, `triage`, `write`, `maintain`, `admin`, or a custom role.
        #[serde(default)]
        pub teams: BTreeMap<SmolStr, SmolStr>,
        /// Permissions of people by login. Who is outside of the organisation becomes an outside collaborator.
        #[serde(default)]
        pub users: BTreeMap<SmolStr, UserAccess>,
    }

    /// What a person may do, and until when.
    pub struct UserAccess {
        /// `read`, `triage`, `write`, `maintain`, `admin`, or a custom role.
        pub permission: SmolStr,
        /// When the access ends, with its zone, e.g. `2027-03-31T22:00:00Z`. After it the access is planned away,
        /// approved together with the change that set it.
        #[schemars(with = "Option<SmolStr>")]
        pub expires_at: Option<Moment>,
    }

    /// What GitHub Actions may do in a repository.
    pub struct Actions {
        /// Whether workflows run.
        pub enabled: Option<bool>,
        /// Which actions they may use.
        pub allowed: Option<AllowedActions>,
        /// Of `selected`: `owner/name@ref`, with `*`.
        pub allowed_actions: Option<Vec<SmolStr>>,
        /// Of `selected`: GitHub's own.
        pub github_owned: Option<bool>,
        /// Of `selected`: those of verified creators.
        pub verified_creators: Option<bool>,
        /// Whether actions must be named by commit.
        pub pinned: Option<bool>,
        /// What the token of a workflow may do unless it asks for less.
        pub workflow_permissions: Option<TokenPermissions>,
        /// Whether workflows may approve pull requests.
        pub can_approve_pull_requests: Option<bool>,
        /// Variables by name.
        #[serde(default)]
        pub variables: BTreeMap<SmolStr, SmolStr>,
        /// Secrets by name: which secret of the tenant each holds. Never the secret itself.
        #[serde(default)]
        pub secrets: BTreeMap<SmolStr, SmolStr>,
    }

    /// A deployment environment.
    pub struct EnvironmentWish {
        /// Its name.
        pub name: SmolStr,
        /// Who must let a deployment pass, at most six: `team:<slug>`, `user:<login>`. Set, they are all.
        pub reviewers: Option<Vec<SmolStr>>,
        /// Minutes that a deployment waits.
        #[schemars(range(max = 43_200))]
        pub wait_minutes: Option<u32>,
        /// Whether who started a deployment may not let it pass.
        pub prevent_self_review: Option<bool>,
        /// Whether administrators may pass by its protection.
        pub admin_bypass: Option<bool>,
        /// Which branches may deploy: `all`, `protected`, or patterns as `branch:main`, `tag:v*`.
        pub branches: Option<Vec<SmolStr>>,
        /// Variables by name.
        #[serde(default)]
        pub variables: BTreeMap<SmolStr, SmolStr>,
        /// Secrets by name: which secret of the tenant each holds.
        #[serde(default)]
        pub secrets: BTreeMap<SmolStr, SmolStr>,
    }

    /// A webhook.
    pub struct WebhookWish {
        /// Where deliveries go.
        pub url: SmolStr,
        /// The events, in GitHub's words; `push` unless set.
        #[serde(default)]
        pub events: Vec<SmolStr>,
        /// `json` (unless set) or `form`.
        pub content_type: Option<SmolStr>,
        /// Whether it delivers; true unless set.
        pub active: Option<bool>,
        /// The name of the secret that signs deliveries.
        pub secret: Option<SmolStr>,
    }

    /// A deploy key. Changing any of it makes another.
    pub struct DeployKey {
        /// What it is called.
        pub title: SmolStr,
        /// The public key. A comment is dropped.
        pub key: String,
        /// Whether it may write; false unless set.
        #[serde(default)]
        pub write: bool,
    }

    /// An autolink reference. Changing any of it makes another.
    pub struct Autolink {
        /// The prefix, e.g. `TICKET-`.
        pub prefix: SmolStr,
        /// Where it leads, with `<num>` for what follows the prefix.
        pub url: String,
        /// Whether what follows may hold letters; true unless set.
        pub alphanumeric: Option<bool>,
    }

    /// Labels of issues and pull requests.
    pub struct Labels {
        /// Whether other labels stay. `exclusive` deletes them, from the plan after it was applied.
        #[serde(default)]
        pub ownership: OwnershipWish,
        /// The labels.
        #[serde(default)]
        pub items: Vec<LabelWish>,
    }

    /// A label.
    pub struct LabelWish {
        /// Its name.
        pub name: SmolStr,
        /// Six hexadecimal digits.
        pub color: Option<SmolStr>,
        /// What it means.
        pub description: Option<String>,
    }
}
