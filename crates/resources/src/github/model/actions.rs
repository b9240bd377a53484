//! What runs: environments, variables, secrets, and what Actions may do.

use aplomo_core::model;
use smol_str::SmolStr;
use std::collections::BTreeSet;

model! {
    /// A deployment environment.
    pub struct Environment {
        leaves {
            /// Its name; its identity in the repository in any case.
            name: SmolStr = "/name",
            /// Who must let a deployment pass: `team:<slug>`, `user:<login>`.
            reviewers: BTreeSet<SmolStr> = "/reviewers",
            /// Whether who started a deployment may not be the one to let it pass.
            prevent_self_review: bool = "/preventSelfReview",
            /// Minutes a deployment waits; absent where none.
            wait_minutes: u32 = "/waitMinutes",
            /// Which branches may deploy: `all`, `protected`, `selected`.
            branches: SmolStr = "/branches/policy",
            /// Of `selected`: `branch:<pattern>`, `tag:<pattern>`.
            patterns: BTreeSet<SmolStr> = "/branches/patterns",
            /// Whether administrators may pass by its protection.
            admin_bypass: bool = "/adminBypass",
        }
        maps {
            /// The numeric id behind each of `reviewers`; wished as references.
            reviewer_ids: SmolStr = "/reviewerIds",
        }
    }
}

model! {
    /// An Actions variable of a repository or of one of its environments.
    pub struct Variable {
        leaves {
            /// Its name in upper case.
            name: SmolStr = "/name",
            /// The environment it belongs to; absent: the repository itself.
            environment: SmolStr = "/environment",
            /// Its value.
            value: String = "/value",
        }
    }
}

model! {
    /// An Actions secret of a repository or of one of its environments. When it was written is its
    /// output `updatedAt`.
    pub struct Secret {
        leaves {
            /// Its name in upper case.
            name: SmolStr = "/name",
            /// The environment it belongs to; absent: the repository itself.
            environment: SmolStr = "/environment",
            /// Wished as a fingerprint; always seen as hidden.
            value: SmolStr = "/value",
        }
    }
}

model! {
    /// What Actions may do in a repository.
    pub struct ActionsSettings {
        leaves {
            /// Whether workflows run at all.
            enabled: bool = "/enabled",
            /// `all`, `local`, `selected`. Absent where Actions are off.
            allowed: SmolStr = "/allowed/actions",
            /// Of `selected`: those of GitHub's own.
            github_owned: bool = "/allowed/githubOwned",
            /// Of `selected`: those of verified creators.
            verified: bool = "/allowed/verified",
            /// Of `selected`: `owner/name@ref` patterns.
            patterns: BTreeSet<SmolStr> = "/allowed/patterns",
            /// Whether actions must be named by commit.
            pinned: bool = "/allowed/pinned",
            /// `read` or `write`: what a workflow's token may do unless it asks for less.
            workflow_permissions: SmolStr = "/workflow/permissions",
            /// Whether workflows may approve pull requests.
            can_approve: bool = "/workflow/canApprovePullRequests",
        }
    }
}
