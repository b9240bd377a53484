//! What a BranchProtection manifest says. The doc comments are the documentation of its fields.

use schemars::JsonSchema;
use serde::Deserialize;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Declares a structure that has the rules of a protection beside its own fields, and gives them out.
macro_rules! rules {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident : $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, default)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
            /// How it is done: as a ruleset, or as a classic rule for what rulesets do not know.
            pub mechanism: $crate::branch_protection::Mechanism,
            /// Whether it is about branches or tags.
            pub target: $crate::branch_protection::Target,
            /// What it covers: names or patterns as GitHub's fnmatch, `~DEFAULT_BRANCH`, `~ALL`. The default branch unless
            /// set; of tags all.
            pub patterns: Vec<smol_str::SmolStr>,
            /// What it leaves out. Rulesets only.
            pub exclude: Vec<smol_str::SmolStr>,
            /// What a change needs.
            pub requires: $crate::branch_protection::Requires,
            /// What nobody may do.
            pub forbids: $crate::branch_protection::Forbids,
            /// Who alone may push: `team:<slug>`, `user:<login>`, `app:<slug>`. Classic rules only; left alone unless set.
            pub allows_push: Option<Vec<smol_str::SmolStr>>,
            /// Who may pass by it. Set, they are all: an empty list lets nobody. Left alone unless set.
            pub bypass: Option<Vec<$crate::branch_protection::Bypass>>,
            /// Whether it holds; `evaluate` only tries it out and tells what it would refuse.
            pub enforcement: $crate::branch_protection::Enforcement,
            /// Whether it binds administrators too. Classic rules only; true unless set.
            pub admins_too: Option<bool>,
        }
        impl $name {
            /// The rules alone.
            #[must_use]
            pub fn rules(&self) -> $crate::branch_protection::Rules<'_> {
                $crate::branch_protection::Rules {
                    mechanism: self.mechanism,
                    target: self.target,
                    patterns: &self.patterns,
                    exclude: &self.exclude,
                    requires: &self.requires,
                    forbids: &self.forbids,
                    allows_push: self.allows_push.as_deref(),
                    bypass: self.bypass.as_deref(),
                    enforcement: self.enforcement,
                    admins_too: self.admins_too,
                }
            }
        }
    };
}
pub(crate) use rules;

/// The rules of a protection, whoever says them.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// How it is done.
    pub mechanism: Mechanism,
    /// What it is about.
    pub target: Target,
    /// What it covers.
    pub patterns: &'a [SmolStr],
    /// What it leaves out.
    pub exclude: &'a [SmolStr],
    /// What a change needs.
    pub requires: &'a Requires,
    /// What nobody may do.
    pub forbids: &'a Forbids,
    /// Who alone may push.
    pub allows_push: Option<&'a [SmolStr]>,
    /// Who may pass by it.
    pub bypass: Option<&'a [Bypass]>,
    /// Whether it holds.
    pub enforcement: Enforcement,
    /// Whether it binds administrators too.
    pub admins_too: Option<bool>,
}

rules! {
    /// What protects branches or tags of repositories. A plan says in words what a change of it weakens, and that is
    /// sensitive.
    pub struct BranchProtectionSpec {
        /// Its name on GitHub; the manifest's name unless set. Rulesets only: another name renames it.
        pub name: Option<SmolStr>,
        /// The Repositories it is for, by the names of their manifests.
        pub repositories: Vec<SmolStr>,
        /// Picks Repositories in the place of naming them: what it says must all be so.
        pub selector: Option<Selector>,
    }
}

/// Picks Repositories.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Selector {
    /// Their type.
    pub r#type: Option<SmolStr>,
    /// Topics that they have.
    pub topics: Vec<SmolStr>,
    /// Labels of their manifests (`metadata.labels`).
    pub labels: BTreeMap<SmolStr, SmolStr>,
}

/// How a protection is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mechanism {
    /// As a ruleset.
    #[default]
    Ruleset,
    /// As a classic branch protection rule.
    Classic,
}

/// What a protection is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// Branches.
    #[default]
    Branch,
    /// Tags.
    Tag,
}

/// Whether a protection holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Enforcement {
    /// It holds.
    #[default]
    Active,
    /// It refuses nothing and tells what it would refuse.
    Evaluate,
    /// It is off.
    Disabled,
}

/// How far somebody may pass by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum BypassMode {
    /// In every way.
    #[default]
    Always,
    /// By merging a pull request.
    PullRequest,
}

/// Somebody who may pass by. One of `team`, `user`, `app`, `role` is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Bypass {
    /// A team by its slug.
    pub team: Option<SmolStr>,
    /// A person by login.
    pub user: Option<SmolStr>,
    /// A GitHub App by its slug.
    pub app: Option<SmolStr>,
    /// A role in the repository (`maintain`, `admin`, `write`), `organizationAdmin` or `deployKey`.
    pub role: Option<SmolStr>,
    /// How far.
    pub mode: BypassMode,
}

/// What a change needs. What is unset is left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Requires {
    /// Approvals of a pull request. 0 asks for a pull request and no approval.
    #[schemars(range(max = 10))]
    pub approvals: Option<u32>,
    /// One of them by a code owner.
    pub code_owners: Option<bool>,
    /// New pushes take approvals away.
    pub dismiss_stale: Option<bool>,
    /// The last push is approved by another than who pushed it.
    pub last_push_approval: Option<bool>,
    /// Conversations are resolved.
    pub resolved_threads: Option<bool>,
    /// Checks that pass. Set, they are all.
    pub status_checks: Option<Vec<StatusCheck>>,
    /// Checks ran on the newest base.
    pub up_to_date: Option<bool>,
    /// Commits are signed.
    pub signed_commits: Option<bool>,
    /// There are no merge commits.
    pub linear_history: Option<bool>,
    /// Environments that it was deployed to. Set, they are all.
    pub deployments: Option<Vec<SmolStr>>,
    /// Merges go through a queue. Rulesets only.
    pub merge_queue: Option<MergeQueue>,
    /// Tools of code scanning that pass. Rulesets only. Set, they are all.
    pub code_scanning: Option<Vec<CodeScanning>>,
}

/// A check that passes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatusCheck {
    /// Its name.
    pub context: SmolStr,
    /// The numeric id of the GitHub App that reports it; any unless set.
    pub app: Option<u32>,
}

/// A merge queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MergeQueue {
    /// How it merges; `squash` unless set.
    pub method: Option<crate::repository::MergeMethod>,
    /// Whether every one of a group must pass (`ALLGREEN`) or the last (`HEADGREEN`).
    pub grouping: Option<SmolStr>,
    /// Most that are built at once.
    #[schemars(range(max = 100))]
    pub max_to_build: Option<u32>,
    /// Fewest that are merged together.
    #[schemars(range(max = 100))]
    pub min_to_merge: Option<u32>,
    /// Most that are merged together.
    #[schemars(range(max = 100))]
    pub max_to_merge: Option<u32>,
    /// Minutes to wait for the fewest.
    #[schemars(range(max = 360))]
    pub min_wait_minutes: Option<u32>,
    /// Minutes until a check counts as failed.
    #[schemars(range(max = 360))]
    pub check_timeout_minutes: Option<u32>,
}

/// A tool of code scanning that passes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CodeScanning {
    /// The tool, e.g. `CodeQL`.
    pub tool: SmolStr,
    /// From which alerts on it fails: `none`, `errors`, `errors_and_warnings`, `all`; `errors` unless set.
    pub alerts: Option<SmolStr>,
    /// From which security alerts on it fails: `none`, `critical`, `high_or_higher`, `medium_or_higher`, `all`;
    /// `high_or_higher` unless set.
    pub security_alerts: Option<SmolStr>,
}

/// What nobody may do but who passes by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Forbids {
    /// Push by force; true unless set.
    pub force_push: Option<bool>,
    /// Delete it; true unless set.
    pub deletion: Option<bool>,
    /// Create what it covers.
    pub creation: Option<bool>,
    /// Update it.
    pub update: Option<bool>,
}
