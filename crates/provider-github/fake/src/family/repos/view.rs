//! A repository as REST shows it: short in lists, whole by itself, and with what the caller may not see left out.

use serde_json::{Value, json};

use crate::call::Call;
use crate::clock::show as time;
use crate::family::show::{object, owner, permissions};
use crate::ids::Sort;
use crate::route::Level;
use crate::world::{Map, Repo, Role};

/// The addresses that a repository carries: name in the answer, and what follows its own.
const URLS: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

/// Shown in lists as well as whole.
const SHORT: [&str; 13] = [
    "description",
    "homepage",
    "default_branch",
    "is_template",
    "has_issues",
    "has_projects",
    "has_wiki",
    "has_discussions",
    "has_pull_requests",
    "pull_request_creation_policy",
    "allow_forking",
    "web_commit_signoff_required",
    "delete_branch_on_merge",
];

/// Shown only to those who may write contents.
const MERGE: [&str; 9] = [
    "allow_squash_merge",
    "allow_merge_commit",
    "allow_rebase_merge",
    "allow_auto_merge",
    "allow_update_branch",
    "use_squash_pr_title_as_default",
    "squash_merge_commit_title",
    "squash_merge_commit_message",
    "merge_commit_title",
];

/// What all views share, which is the whole of the description's `repository`.
pub(crate) fn plain(call: &Call<'_>, repo: &Repo) -> Map {
    let name = call.world.full_name(repo);
    let url = call.url(&format!("repos/{name}"));
    let html = call.url(&name);
    let mut shown = object(json!({
        "id": repo.id, "node_id": call.node(Sort::Repository, repo.id), "name": repo.name, "full_name": name,
        "owner": owner(call, repo.owner), "private": repo.visibility != "public", "html_url": html, "fork": false,
        "git_url": format!("git://127.0.0.1/{name}.git"), "ssh_url": format!("git@127.0.0.1:{name}.git"),
        "clone_url": format!("{html}.git"), "svn_url": html, "mirror_url": null, "language": null, "license": null,
        "forks_count": 0, "stargazers_count": 0, "watchers_count": 0, "size": 0, "open_issues_count": 0, "forks": 0,
        "open_issues": 0, "watchers": 0, "has_pages": repo.pages.is_some(), "has_downloads": true, "disabled": false,
        "topics": repo.topics, "archived": repo.archived, "visibility": repo.visibility,
        "pushed_at": time(repo.created_at), "created_at": time(repo.created_at),
        "updated_at": time(repo.updated_at), "permissions": permissions(callers_role(call, repo)),
    }));
    shown.extend(URLS.iter().map(|(key, rest)| ((*key).to_owned(), Value::from(format!("{url}{rest}")))));
    copy(&mut shown, repo, &SHORT);
    shown
}

fn copy(shown: &mut Map, repo: &Repo, names: &[&str]) {
    let found = names.iter().filter_map(|name| Some(((*name).to_owned(), repo.settings.get(*name)?.clone())));
    shown.extend(found);
}

/// As in lists: without merge settings.
pub(crate) fn minimal(call: &Call<'_>, repo: &Repo) -> Value {
    let mut shown = plain(call, repo);
    shown.remove("delete_branch_on_merge");
    guarded(call, repo, &mut shown);
    Value::Object(shown)
}

/// As by itself.
pub(crate) fn full(call: &Call<'_>, repo: &Repo) -> Value {
    let mut shown = plain(call, repo);
    shown.extend(object(json!({
        "subscribers_count": 0, "network_count": 0, "organization": owner(call, repo.owner),
        "custom_properties": set_properties(repo),
    })));
    if call.caller.may(call.world, repo, "contents", Level::Write) {
        copy(&mut shown, repo, &MERGE);
        copy(&mut shown, repo, &["merge_commit_message"]);
    } else {
        shown.remove("delete_branch_on_merge");
    }
    guarded(call, repo, &mut shown);
    Value::Object(shown)
}

fn set_properties(repo: &Repo) -> Map {
    repo.properties.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Security settings are for administrators.
fn guarded(call: &Call<'_>, repo: &Repo, shown: &mut Map) {
    if call.caller.may(call.world, repo, "administration", Level::Read) {
        let status = |key: &str| repo.security.get(key).map_or("disabled", String::as_str);
        let keys =
            ["secret_scanning", "secret_scanning_push_protection", "secret_scanning_non_provider_patterns"];
        let mut all: Map =
            keys.iter().map(|key| ((*key).to_owned(), json!({"status": status(key)}))).collect();
        all.extend(repo.security.keys().map(|key| (key.clone(), json!({"status": status(key)}))));
        let fixes = if repo.automated_security_fixes { "enabled" } else { "disabled" };
        all.insert("dependabot_security_updates".to_owned(), json!({"status": fixes}));
        shown.insert("security_and_analysis".to_owned(), Value::Object(all));
    }
}

/// What the caller itself may do; an App is shown what its permissions come to.
fn callers_role(call: &Call<'_>, repo: &Repo) -> Option<Role> {
    if let Some(person) = call.caller.person() {
        return call.world.role(repo, person);
    }
    let may = |permission, level| call.caller.may(call.world, repo, permission, level);
    if may("administration", Level::Write) {
        Some(Role::Admin)
    } else if may("contents", Level::Write) {
        Some(Role::Push)
    } else {
        may("metadata", Level::Read).then_some(Role::Pull)
    }
}
