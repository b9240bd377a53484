//! What protects branches and tags: rulesets and classic rules, in the words of the manifest, so that
//! both compare alike.

use aplomo_core::model;
use smol_str::SmolStr;
use std::collections::BTreeSet;

model! {
    /// A ruleset of a repository or, without container, of an organisation.
    pub struct Ruleset {
        leaves {
            /// Its name; its identity where it lives, in any case.
            name: SmolStr = "/name",
            /// `branch`, `tag`, `push`.
            target: SmolStr = "/target",
            /// `active`, `evaluate`, `disabled`.
            enforcement: SmolStr = "/enforcement",
            /// The refs it covers, as GitHub writes them: `~DEFAULT_BRANCH`, `~ALL`, `refs/heads/release/*`.
            include: BTreeSet<SmolStr> = "/refs/include",
            /// The refs it leaves out.
            exclude: BTreeSet<SmolStr> = "/refs/exclude",
            /// Of an organisation's: patterns of repository names, `~ALL`. Absent where picked otherwise.
            repositories: BTreeSet<SmolStr> = "/repositories/include",
            /// Of an organisation's: names left out.
            repositories_not: BTreeSet<SmolStr> = "/repositories/exclude",
            /// Of an organisation's: numeric ids of repositories picked one by one.
            repository_ids: BTreeSet<SmolStr> = "/repositories/ids",
            /// Of an organisation's: `property=value` of custom properties that pick repositories.
            repository_properties: BTreeSet<SmolStr> = "/repositories/properties",
            /// Of an organisation's: `property=value` that leave out.
            repository_properties_not: BTreeSet<SmolStr> = "/repositories/propertiesNot",
            /// Who may pass by it, and how: `<who>:always|pullRequest|exempt`, where who is `team:<slug>`,
            /// `user:<login>`, `app:<slug>`, `role:<name>` (a repository role), `organizationAdmin`,
            /// `deployKey`. Hidden from who may not write the ruleset.
            bypass: BTreeSet<SmolStr> = "/bypass",
            /// Reviews a pull request needs; absent: no pull request is needed.
            approvals: u32 = "/requires/approvals",
            /// One of them by a code owner.
            code_owners: bool = "/requires/codeOwners",
            /// New pushes take approvals away.
            dismiss_stale: bool = "/requires/dismissStale",
            /// The last push must be approved by another person.
            last_push: bool = "/requires/lastPushApproval",
            /// Conversations must be resolved.
            resolved_threads: bool = "/requires/resolvedThreads",
            /// The ways a pull request may be merged; absent: as the repository says.
            merge_methods: BTreeSet<SmolStr> = "/requires/mergeMethods",
            /// The contexts that must pass; absent: none.
            checks: BTreeSet<SmolStr> = "/requires/statusChecks",
            /// Checks must have run on the newest base.
            up_to_date: bool = "/requires/upToDate",
            /// Checks are not asked of a ref that is being created.
            not_on_creation: bool = "/requires/checksNotOnCreation",
            /// Signed commits.
            signed: bool = "/requires/signedCommits",
            /// No merge commits.
            linear: bool = "/requires/linearHistory",
            /// Environments a commit must have been deployed to; absent: none.
            deployments: BTreeSet<SmolStr> = "/requires/deployments",
            /// Code scanning: `<tool>:<alerts>:<security alerts>`, thresholds in GitHub's words; absent: none.
            code_scanning: BTreeSet<SmolStr> = "/requires/codeScanning",
            /// Merge queue: `merge`, `rebase`, `squash`; absent: no queue.
            queue_method: SmolStr = "/requires/mergeQueue/method",
            /// `ALLGREEN` or `HEADGREEN`.
            queue_grouping: SmolStr = "/requires/mergeQueue/grouping",
            /// Pull requests built at once.
            queue_build: u32 = "/requires/mergeQueue/maxToBuild",
            /// Fewest merged together.
            queue_least: u32 = "/requires/mergeQueue/minToMerge",
            /// Most merged together.
            queue_most: u32 = "/requires/mergeQueue/maxToMerge",
            /// Minutes to wait for the fewest.
            queue_wait: u32 = "/requires/mergeQueue/minWaitMinutes",
            /// Minutes until a check counts as failed.
            queue_timeout: u32 = "/requires/mergeQueue/checkTimeoutMinutes",
            /// No force pushes.
            no_force_push: bool = "/forbids/forcePush",
            /// No deletion.
            no_deletion: bool = "/forbids/deletion",
            /// No creation but by who may pass by.
            no_creation: bool = "/forbids/creation",
            /// No update but by who may pass by.
            no_update: bool = "/forbids/update",
        }
        maps {
            /// The id of the app a check must come from, by context. GitHub fills in what is not asked for.
            check_apps: SmolStr = "/requires/checkApps",
            /// The numeric id behind each who of `bypass`; wished as references. None where `bypass` is hidden.
            bypass_ids: SmolStr = "/bypassIds",
            /// Rules that we know nothing of: canonical JSON of their parameters by rule type.
            others: String = "/others",
        }
    }
}

model! {
    /// A classic branch protection rule.
    pub struct BranchProtectionRule {
        leaves {
            /// The branches, by GitHub's fnmatch; its identity in the repository.
            pattern: SmolStr = "/pattern",
            /// Reviews a pull request needs; absent: no pull request is needed.
            approvals: u32 = "/requires/approvals",
            /// One of them by a code owner.
            code_owners: bool = "/requires/codeOwners",
            /// New pushes take approvals away.
            dismiss_stale: bool = "/requires/dismissStale",
            /// The last push must be approved by another person.
            last_push: bool = "/requires/lastPushApproval",
            /// Conversations must be resolved.
            resolved_threads: bool = "/requires/resolvedThreads",
            /// The contexts that must pass; absent: none.
            checks: BTreeSet<SmolStr> = "/requires/statusChecks",
            /// Checks must have run on the newest base.
            up_to_date: bool = "/requires/upToDate",
            /// Signed commits.
            signed: bool = "/requires/signedCommits",
            /// No merge commits.
            linear: bool = "/requires/linearHistory",
            /// Environments a commit must have been deployed to; absent: none.
            deployments: BTreeSet<SmolStr> = "/requires/deployments",
            /// No force pushes (GitHub: the contrary of "allows force pushes").
            no_force_push: bool = "/forbids/forcePush",
            /// No deletion (GitHub: the contrary of "allows deletions").
            no_deletion: bool = "/forbids/deletion",
            /// No creation of matching branches but by `pushers`.
            no_creation: bool = "/forbids/creation",
            /// Read only (GitHub: locked).
            no_update: bool = "/forbids/update",
            /// It binds administrators too.
            admins_too: bool = "/adminsToo",
            /// Who alone may push: `team:`, `user:`, `app:`; absent: whoever may write.
            pushers: BTreeSet<SmolStr> = "/allowsPush",
            /// Who may merge without the pull request's reviews. Absent: nobody.
            bypass: BTreeSet<SmolStr> = "/bypass",
            /// Who may force push all the same. Absent: nobody.
            force_pushers: BTreeSet<SmolStr> = "/allowsForcePush",
            /// Who alone may dismiss reviews; absent: whoever may write.
            dismissers: BTreeSet<SmolStr> = "/allowsDismissal",
        }
        maps {
            /// The id of the app a check must come from, by context. GitHub fills in what is not asked for.
            check_apps: SmolStr = "/requires/checkApps",
            /// The numeric id behind each who of the four sets; wished as references.
            actor_ids: SmolStr = "/actorIds",
        }
    }
}
