//! A repository with its own settings.

use aplomo_core::model;
use smol_str::SmolStr;
use std::collections::BTreeSet;

model! {
    /// A repository.
    pub struct Repository {
        leaves {
            /// Its name as written; unique in the organisation in any case. Changing it renames it.
            name: SmolStr = "/name",
            /// What it is; absent where empty.
            description: String = "/description",
            /// Its home page; absent where empty.
            homepage: String = "/homepage",
            /// Its topics in lower case.
            topics: BTreeSet<SmolStr> = "/topics",
            /// `public`, `internal`, `private`.
            visibility: SmolStr = "/visibility",
            /// The name of the default branch. Absent in an empty repository.
            default_branch: SmolStr = "/defaultBranch",
            /// Whether it is archived.
            archived: bool = "/archived",
            /// `owner/name` it is made from; sent with a create only (`Desired::defaults`).
            template: SmolStr = "/template",
            /// Whether others may be made from it.
            is_template: bool = "/isTemplate",
            /// Issues.
            issues: bool = "/features/issues",
            /// The wiki.
            wiki: bool = "/features/wiki",
            /// Projects.
            projects: bool = "/features/projects",
            /// Discussions.
            discussions: bool = "/features/discussions",
            /// Whether members may fork a private one.
            forking: bool = "/features/forking",
            /// GitHub Pages: absent where off; `workflow`, or `<branch>:<path>`, e.g. `main:/docs`.
            pages: SmolStr = "/features/pages",
            /// `merge`, `rebase`, `squash`: the ways pull requests may be merged.
            merge_methods: BTreeSet<SmolStr> = "/merge/methods",
            /// Whether a pull request may merge itself when it is ready.
            auto_merge: bool = "/merge/autoMerge",
            /// Whether head branches go with the merge.
            delete_branch: bool = "/merge/deleteBranchOnMerge",
            /// Whether branches that are behind may be updated by button.
            update_branch: bool = "/merge/updateBranch",
            /// `PR_TITLE` or `COMMIT_OR_PR_TITLE`.
            squash_title: SmolStr = "/merge/titles/squash",
            /// `PR_BODY`, `COMMIT_MESSAGES` or `BLANK`.
            squash_message: SmolStr = "/merge/messages/squash",
            /// `PR_TITLE` or `MERGE_MESSAGE`.
            merge_title: SmolStr = "/merge/titles/merge",
            /// `PR_BODY`, `PR_TITLE` or `BLANK`.
            merge_message: SmolStr = "/merge/messages/merge",
            /// Whether commits on the web must be signed off.
            sign_off: bool = "/merge/signOff",
            /// Secret scanning.
            secret_scanning: bool = "/security/secretScanning",
            /// Pushes with secrets are refused.
            push_protection: bool = "/security/pushProtection",
            /// Alerts about vulnerable dependencies.
            dependabot_alerts: bool = "/security/dependabotAlerts",
            /// Pull requests that mend them.
            dependabot_updates: bool = "/security/dependabotUpdates",
            /// Vulnerabilities may be reported in private.
            private_reporting: bool = "/security/privateVulnerabilityReporting",
        }
    }
}
