//! A pull request as REST and webhooks show it.

use serde_json::{Value, json};

use crate::call::Call;
use crate::clock::show as time;
use crate::family::labels;
use crate::family::repos::plain;
use crate::family::show::{association, author, object, owner};
use crate::git::facts;
use crate::ids::Sort;
use crate::world::{Issue, Map, Pull, Repo, Review};

/// Addresses: name, and what follows the pull request's own, or the issue's.
const LINKS: [(&str, &str, &str); 8] = [
    ("self", "pulls", ""),
    ("html", "pulls", ""),
    ("issue", "issues", ""),
    ("comments", "issues", "/comments"),
    ("review_comments", "pulls", "/comments"),
    ("review_comment", "pulls", "/comments{/number}"),
    ("commits", "pulls", "/commits"),
    ("statuses", "statuses", ""),
];

/// Where people look at it.
pub(crate) fn page(call: &Call<'_>, number: u64) -> String {
    let name = call.repo().map(|repo| call.world.full_name(repo)).unwrap_or_default();
    call.url(&format!("{name}/pull/{number}"))
}

/// One side: a branch of a repository.
fn side(call: &Call<'_>, repo: Option<&Repo>, (branch, sha): &(String, String)) -> Value {
    let login = repo.and_then(|repo| call.world.orgs.get(&repo.owner)).map_or("unknown", |org| &org.login);
    json!({
        "label": format!("{login}:{branch}"), "ref": branch, "sha": sha,
        "repo": repo.map(|repo| Value::Object(plain(call, repo))), "user": repo.map(|repo| owner(call, repo.owner)),
    })
}

fn links(call: &Call<'_>, number: u64, head: &str) -> Map {
    let url = call.repo_url();
    let link = |(name, family, rest): &(&str, &str, &str)| {
        let href = match *name {
            "html" => page(call, number),
            "statuses" => format!("{url}/statuses/{head}"),
            _ => format!("{url}/{family}/{number}{rest}"),
        };
        ((*name).to_owned(), json!({"href": href}))
    };
    LINKS.iter().map(link).collect()
}

/// As in lists.
pub(super) fn simple(call: &Call<'_>, one: &Issue, pull: &Pull) -> Map {
    let Ok(repo) = call.repo() else { return Map::new() };
    let url = call.repo_url();
    let (number, html) = (one.number, page(call, one.number));
    let (own, issue) = (format!("{url}/pulls/{number}"), format!("{url}/issues/{number}"));
    let head = match pull.fork {
        Some(fork) => call.world.repos.get(&fork),
        None => Some(repo),
    };
    let merged = pull.merged.as_ref();
    let commit = merged.map(|merged| &merged.commit).or(pull.trial.as_ref());
    object(json!({
        "id": pull.id, "node_id": call.node(Sort::Other, pull.id), "number": number, "url": own, "html_url": html,
        "diff_url": format!("{html}.diff"), "patch_url": format!("{html}.patch"), "issue_url": issue,
        "commits_url": format!("{own}/commits"), "review_comments_url": format!("{own}/comments"),
        "review_comment_url": format!("{url}/pulls/comments{{/number}}"), "comments_url": format!("{issue}/comments"),
        "statuses_url": format!("{url}/statuses/{}", pull.head.1), "state": if one.open { "open" } else { "closed" },
        "locked": false, "active_lock_reason": null, "title": one.title, "body": one.body,
        "user": author(call, one.author), "labels": labels::shown(call, &one.labels), "milestone": null,
        "created_at": time(one.created_at), "updated_at": time(one.updated_at),
        "closed_at": one.closed.map(|(at, _)| time(at)), "merged_at": merged.map(|merged| time(merged.at)),
        "merge_commit_sha": commit, "assignee": null, "assignees": [], "requested_reviewers": [],
        "requested_teams": [], "head": side(call, head, &pull.head), "base": side(call, Some(repo), &pull.base),
        "_links": links(call, number, &pull.head.1), "author_association": association(call, one.author),
        "auto_merge": null, "draft": pull.draft,
    }))
}

/// As by itself.
pub(crate) fn full(call: &Call<'_>, number: u64) -> Value {
    let Some((one, pull)) = call
        .repo()
        .ok()
        .and_then(|repo| repo.issues.get(&number))
        .and_then(|one| Some((one, one.pull.as_ref()?)))
    else {
        return Value::Null;
    };
    let mut shown = simple(call, one, pull);
    let comments = call.repo().map(|repo| repo.comments.values().filter(|c| c.number == number).count());
    let bare = call.bare().ok();
    let files = bare.as_ref().and_then(|bare| facts::changed(bare, &pull.base.1, &pull.head.1).ok());
    let files = files.unwrap_or_default();
    let commits = bare.as_ref().and_then(|bare| facts::between(bare, Some(&pull.base.1), &pull.head.1).ok());
    let mergeable = (one.open && bare.is_some()).then_some(pull.trial.is_some());
    let state = match mergeable {
        Some(true) => "clean",
        Some(false) => "dirty",
        None => "unknown",
    };
    shown.extend(object(json!({
        "merged": pull.merged.is_some(), "mergeable": mergeable, "rebaseable": mergeable, "mergeable_state": state,
        "merged_by": pull.merged.as_ref().map(|merged| author(call, merged.by)),
        "comments": comments.unwrap_or_default(), "review_comments": 0, "maintainer_can_modify": false,
        "commits": commits.map_or(0, |all| all.len()), "changed_files": files.len(),
        "additions": files.iter().map(|file| file.added).sum::<u64>(),
        "deletions": files.iter().map(|file| file.removed).sum::<u64>(),
    })));
    Value::Object(shown)
}

/// As the events of reviews carry it.
pub(super) fn short(call: &Call<'_>, number: u64) -> Value {
    let found = call.repo().ok().and_then(|repo| repo.issues.get(&number));
    let found = found.and_then(|one| Some((one, one.pull.as_ref()?)));
    found.map_or(Value::Null, |(one, pull)| Value::Object(simple(call, one, pull)))
}

/// A review.
pub(super) fn review(call: &Call<'_>, number: u64, one: &Review) -> Value {
    let html = format!("{}#pullrequestreview-{}", page(call, number), one.id);
    let pull = format!("{}/pulls/{number}", call.repo_url());
    json!({
        "id": one.id, "node_id": call.node(Sort::Other, one.id), "user": author(call, one.author), "body": one.body,
        "state": one.state, "html_url": html, "pull_request_url": pull, "commit_id": one.commit,
        "_links": {"html": {"href": html}, "pull_request": {"href": pull}},
        "author_association": association(call, one.author), "submitted_at": time(one.submitted_at),
    })
}
