//! A repository's own settings, and the small things in it: labels, deploy keys.

use crate::read::sweep::node::{flag, id, items, lower, must, sight, text, word};
use crate::read::{Find, Haul, seen_of, some_words};
use aplomo_core::fields::Sight;
use aplomo_core::{Coverage, Seen};
use aplomo_resources::github::model::{DeployKey, Label, Repository};
use aplomo_resources::github::names::{self, output};
use serde_json::Value;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The fields as GraphQL tells them. What it does not tell is hidden, until `extras` has asked.
pub(super) fn fields(node: &Value) -> Repository<Seen> {
    Repository {
        name: word(node, "name"),
        description: text(node, "description"),
        homepage: text(node, "homepageUrl"),
        topics: topics(node),
        visibility: lower(node, "visibility"),
        default_branch: sight(node, "defaultBranchRef", |branch| must(branch, "name").map(SmolStr::new)),
        archived: flag(node, "isArchived"),
        template: Sight::Hidden,
        is_template: flag(node, "isTemplate"),
        issues: flag(node, "hasIssuesEnabled"),
        wiki: flag(node, "hasWikiEnabled"),
        projects: flag(node, "hasProjectsEnabled"),
        discussions: flag(node, "hasDiscussionsEnabled"),
        forking: flag(node, "forkingAllowed"),
        pages: Sight::Hidden,
        merge_methods: methods(node),
        auto_merge: flag(node, "autoMergeAllowed"),
        delete_branch: flag(node, "deleteBranchOnMerge"),
        update_branch: flag(node, "allowUpdateBranch"),
        squash_title: word(node, "squashMergeCommitTitle"),
        squash_message: word(node, "squashMergeCommitMessage"),
        merge_title: word(node, "mergeCommitTitle"),
        merge_message: word(node, "mergeCommitMessage"),
        sign_off: flag(node, "webCommitSignoffRequired"),
        secret_scanning: Sight::Hidden,
        push_protection: Sight::Hidden,
        dependabot_alerts: flag(node, "hasVulnerabilityAlertsEnabled"),
        dependabot_updates: Sight::Hidden,
        private_reporting: Sight::Hidden,
    }
}

fn topics(node: &Value) -> Sight<BTreeSet<SmolStr>> {
    match items(node, "repositoryTopics") {
        Ok((all, true)) => some_words(all.iter().filter_map(|t| must(&t["topic"], "name"))),
        _ => Sight::Hidden,
    }
}

/// The ways to merge; hidden where one of them is.
fn methods(node: &Value) -> Sight<BTreeSet<SmolStr>> {
    let ways =
        [("merge", "mergeCommitAllowed"), ("rebase", "rebaseMergeAllowed"), ("squash", "squashMergeAllowed")];
    let mut allowed = BTreeSet::new();
    for (way, key) in ways {
        match flag(node, key) {
            Sight::Value(true) => drop(allowed.insert(SmolStr::new_static(way))),
            Sight::Value(false) => {}
            Sight::Absent | Sight::Hidden => return Sight::Hidden,
        }
    }
    Sight::Value(allowed)
}

/// What is there to say of a repository beside its fields.
pub(super) fn find(node: &Value) -> Option<Find<'static>> {
    let id = id(node, "databaseId")?;
    let find = Find::new(&*id).with(output::NODE_ID, must(node, "id")).with(output::NAME, must(node, "name"));
    Some(find)
}

pub(super) fn labels(haul: &mut Haul<'_>, repository: &str, node: &Value) {
    match items(node, "labels") {
        Err(why) => haul.cover(&names::LABEL, Some(repository), Coverage::Failed(why)),
        Ok((all, complete)) => {
            if !complete {
                haul.cover(&names::LABEL, Some(repository), seen_of(false, "labels"));
            }
            for label in all {
                let Some(id) = must(label, "id") else {
                    haul.cover(&names::LABEL, Some(repository), seen_of(false, "labels"));
                    continue;
                };
                let fields = Label::<Seen> {
                    name: word(label, "name"),
                    color: lower(label, "color"),
                    description: text(label, "description"),
                };
                haul.take(&names::LABEL, Find::new(id).within(repository), &fields);
            }
        }
    }
}

/// GraphQL tells no number of a deploy key, so its key is what it is called by.
pub(super) fn deploy_keys(haul: &mut Haul<'_>, repository: &str, node: &Value) {
    match items(node, "deployKeys") {
        Err(why) => haul.cover(&names::DEPLOY_KEY, Some(repository), Coverage::Failed(why)),
        Ok((all, complete)) => {
            if !complete {
                haul.cover(&names::DEPLOY_KEY, Some(repository), seen_of(false, "deploy keys"));
            }
            for key in all {
                let Some(material) = must(key, "key").map(bare_key) else {
                    haul.cover(&names::DEPLOY_KEY, Some(repository), seen_of(false, "deploy keys"));
                    continue;
                };
                let fields = DeployKey::<Seen> {
                    title: text(key, "title"),
                    key: Sight::Value(material.clone()),
                    read_only: flag(key, "readOnly"),
                };
                haul.take(&names::DEPLOY_KEY, Find::new(material).within(repository), &fields);
            }
        }
    }
}

/// A public key without its comment, which GitHub drops.
pub(crate) fn bare_key(key: &str) -> String {
    key.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}
