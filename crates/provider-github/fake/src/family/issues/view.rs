//! Issues and comments as REST and webhooks show them.

use serde_json::{Value, json};

use crate::call::Call;
use crate::clock::show as time;
use crate::family::labels;
use crate::family::pulls::page;
use crate::family::show::{app, association, author, reactions};
use crate::ids::Sort;
use crate::world::{Author, Comment, Issue};

/// The App that wrote it, if it was one.
fn through(call: &Call<'_>, one: Author) -> Option<Value> {
    match one {
        Author::Person(_) => None,
        Author::App(id) => call.world.apps.get(&id).map(|found| app(call, found)),
    }
}

/// Where people look at it.
fn html(call: &Call<'_>, one: &Issue) -> String {
    let page = page(call, one.number);
    if one.pull.is_some() { page } else { page.replace("/pull/", "/issues/") }
}

pub(super) fn issue(call: &Call<'_>, one: &Issue) -> Value {
    let (repo, number, html) = (call.repo_url(), one.number, html(call, one));
    let url = format!("{repo}/issues/{number}");
    let comments = call.repo().map(|repo| repo.comments.values().filter(|c| c.number == number).count());
    let mut shown = json!({
        "id": one.id, "node_id": call.node(Sort::Other, one.id), "number": number, "url": url,
        "repository_url": repo, "labels_url": format!("{url}/labels{{/name}}"),
        "comments_url": format!("{url}/comments"), "events_url": format!("{url}/events"), "html_url": html,
        "state": if one.open { "open" } else { "closed" },
        "state_reason": if one.open { Value::Null } else { "completed".into() }, "title": one.title,
        "body": one.body, "user": author(call, one.author), "labels": labels::shown(call, &one.labels),
        "assignee": null, "assignees": [], "milestone": null, "locked": false, "active_lock_reason": null,
        "comments": comments.unwrap_or_default(), "created_at": time(one.created_at),
        "updated_at": time(one.updated_at), "closed_at": one.closed.map(|(at, _)| time(at)),
        "author_association": association(call, one.author), "reactions": reactions(&url),
        "timeline_url": format!("{url}/timeline"), "performed_via_github_app": through(call, one.author),
    });
    if let Some(pull) = &one.pull {
        shown["pull_request"] = json!({
            "url": format!("{repo}/pulls/{number}"), "html_url": html, "diff_url": format!("{html}.diff"),
            "patch_url": format!("{html}.patch"), "merged_at": pull.merged.as_ref().map(|merged| time(merged.at)),
        });
    }
    shown
}

pub(super) fn comment(call: &Call<'_>, one: &Comment) -> Value {
    let repo = call.repo_url();
    let url = format!("{repo}/issues/comments/{}", one.id);
    let page = call.repo().ok().and_then(|repo| repo.issues.get(&one.number)).map(|issue| html(call, issue));
    json!({
        "id": one.id, "node_id": call.node(Sort::Other, one.id), "url": url,
        "html_url": format!("{}#issuecomment-{}", page.unwrap_or_default(), one.id), "body": one.body,
        "user": author(call, one.author), "created_at": time(one.created_at), "updated_at": time(one.updated_at),
        "issue_url": format!("{repo}/issues/{}", one.number), "author_association": association(call, one.author),
        "reactions": reactions(&url), "performed_via_github_app": through(call, one.author),
    })
}
