//! Repositories.

use super::access::collaborators;
use super::parts;
use super::protection;
use super::resolve::{Cx, text};
use super::rules::rulesets;
use super::val::{Args, Val};
use crate::clock::show as time;
use crate::ids::{Id, Sort};
use crate::route::Level;
use crate::world::{Repo, Role};

/// Fields that are switches of REST under another name.
const SWITCHES: [(&str, &str); 14] = [
    ("hasIssuesEnabled", "has_issues"),
    ("hasProjectsEnabled", "has_projects"),
    ("hasWikiEnabled", "has_wiki"),
    ("hasDiscussionsEnabled", "has_discussions"),
    ("forkingAllowed", "allow_forking"),
    ("mergeCommitAllowed", "allow_merge_commit"),
    ("squashMergeAllowed", "allow_squash_merge"),
    ("rebaseMergeAllowed", "allow_rebase_merge"),
    ("autoMergeAllowed", "allow_auto_merge"),
    ("allowUpdateBranch", "allow_update_branch"),
    ("deleteBranchOnMerge", "delete_branch_on_merge"),
    ("squashPrTitleUsedAsDefault", "use_squash_pr_title_as_default"),
    ("webCommitSignoffRequired", "web_commit_signoff_required"),
    ("isTemplate", "is_template"),
];

/// Fields that are words of REST under another name.
const WORDS: [(&str, &str); 4] = [
    ("squashMergeCommitTitle", "squash_merge_commit_title"),
    ("squashMergeCommitMessage", "squash_merge_commit_message"),
    ("mergeCommitTitle", "merge_commit_title"),
    ("mergeCommitMessage", "merge_commit_message"),
];

fn listed(list: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    list.iter().find(|(field, _)| *field == name).map(|(_, setting)| *setting)
}

pub(super) fn field(cx: &Cx, id: Id, name: &str, args: &Args) -> Val {
    let Some(repo) = cx.world.repos.get(&id) else { return Val::NULL };
    if let Some(setting) = listed(&SWITCHES, name) {
        return Val::json(repo.on(setting));
    }
    if let Some(setting) = listed(&WORDS, name) {
        return Val::json(repo.text(setting));
    }
    plain(cx, repo, name).unwrap_or_else(|| related(cx, repo, name, args))
}

fn plain(cx: &Cx, repo: &Repo, name: &str) -> Option<Val> {
    let full = cx.world.full_name(repo);
    Some(match name {
        "id" => cx.id(Sort::Repository, repo.id),
        "databaseId" => Val::json(repo.id),
        "name" => Val::json(repo.name.clone()),
        "nameWithOwner" => Val::json(full),
        "owner" => Val::of("Organization", repo.owner),
        "description" => Val::Json(repo.settings.get("description").cloned().unwrap_or_default()),
        "homepageUrl" => Val::Json(repo.settings.get("homepage").cloned().unwrap_or_default()),
        "url" => cx.url(&full),
        "resourcePath" => Val::json(format!("/{full}")),
        "sshUrl" => Val::json(format!("git@127.0.0.1:{full}.git")),
        "createdAt" | "pushedAt" => Val::json(time(repo.created_at)),
        "updatedAt" => Val::json(time(repo.updated_at)),
        "archivedAt" => Val::json(repo.archived.then(|| time(repo.updated_at))),
        "isArchived" => Val::json(repo.archived),
        "isEmpty" => Val::json(repo.branches.is_empty()),
        "isDisabled" | "isFork" | "isLocked" | "isMirror" => Val::json(false),
        "isInOrganization" => Val::json(true),
        "isPrivate" => Val::json(repo.visibility != "public"),
        "visibility" => Val::json(repo.visibility.to_uppercase()),
        "hasVulnerabilityAlertsEnabled" => Val::json(repo.vulnerability_alerts && !repo.archived),
        "forkCount" => Val::json(0),
        "viewerCanAdminister" => Val::json(viewer(cx, repo) == Some(Role::Admin)),
        "viewerPermission" => Val::json(viewer(cx, repo).map(|role| role.name().to_uppercase())),
        _ => return None,
    })
}

fn viewer(cx: &Cx, repo: &Repo) -> Option<Role> {
    cx.caller.person().and_then(|person| cx.world.role(repo, person))
}

fn related(cx: &Cx, repo: &Repo, name: &str, args: &Args) -> Val {
    let administers = cx.may(repo, "administration", Level::Read);
    match name {
        "defaultBranchRef" => parts::branch(cx, repo, repo.text("default_branch")),
        "ref" => parts::branch(cx, repo, text(args, "qualifiedName").trim_start_matches("refs/heads/")),
        "refs" => Val::conn(repo.branches.keys().map(|name| parts::branch(cx, repo, name))),
        "branchProtectionRules" if administers => {
            Val::conn(repo.protections.values().map(|one| protection::rule(cx, repo, one)))
        }
        "branchProtectionRules" => Val::HiddenConn,
        // Whoever may not push is not told who else may.
        "collaborators" if may_list(cx, repo) => collaborators(cx, repo, args),
        "collaborators" => Val::hidden(),
        "deployKeys" if administers => parts::keys(cx, repo),
        "deployKeys" => Val::HiddenConn,
        "environment" => {
            let found =
                repo.environments.values().find(|one| one.name.eq_ignore_ascii_case(text(args, "name")));
            Val::or_null(found.map(|one| parts::environment(cx, one)))
        }
        "environments" if cx.may(repo, "actions", Level::Read) => {
            Val::conn(repo.environments.values().map(|one| parts::environment(cx, one)))
        }
        "environments" => Val::HiddenConn,
        "label" => {
            let found = repo.labels.values().find(|one| one.name.eq_ignore_ascii_case(text(args, "name")));
            Val::or_null(found.map(|one| parts::label(cx, repo, one)))
        }
        "labels" => Val::conn(repo.labels.values().map(|one| parts::label(cx, repo, one))),
        "repositoryTopics" => Val::conn(repo.topics.iter().map(|topic| parts::topic(cx, repo, topic))),
        "ruleset" | "rulesets" => rulesets(cx, cx.world.orgs.get(&repo.owner), Some(repo), name, args),
        _ => Val::NULL,
    }
}

fn may_list(cx: &Cx, repo: &Repo) -> bool {
    match cx.caller.person() {
        Some(person) => cx.world.role(repo, person) >= Some(Role::Push),
        None => cx.may(repo, "metadata", Level::Read),
    }
}
