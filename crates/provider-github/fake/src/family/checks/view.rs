//! Check runs and suites as REST and webhooks show them.

use serde_json::{Value, json};

use crate::call::Call;
use crate::clock::show as time;
use crate::family::repos::minimal;
use crate::family::show::app;
use crate::git::facts;
use crate::ids::{Id, Sort};
use crate::world::{CheckRun, CheckSuite, Issue, Map, Pull};

/// Open pull requests whose head this is.
fn pulls(call: &Call<'_>, sha: &str) -> Vec<Value> {
    let Ok(repo) = call.repo() else { return Vec::new() };
    let url = call.repo_url();
    let short = json!({"id": repo.id, "url": url, "name": repo.name});
    let side = |(branch, sha): &(String, String)| json!({"ref": branch, "sha": sha, "repo": short});
    let open = repo.issues.values().filter(|one| one.is_open_pull());
    let with = open.filter_map(|one: &Issue| Some((one.number, one.pull.as_ref()?)));
    let show = |(number, pull): (u64, &Pull)| {
        json!({"id": pull.id, "number": number, "url": format!("{url}/pulls/{number}"), "head": side(&pull.head),
            "base": side(&pull.base)})
    };
    with.filter(|(_, pull)| pull.fork.is_none() && pull.head.1 == sha).map(show).collect()
}

fn of_app(call: &Call<'_>, id: Id) -> Option<Value> {
    call.world.apps.get(&id).map(|found| app(call, found))
}

/// Where people look at it: on the pages of the repository.
fn html(call: &Call<'_>, rest: &str) -> String {
    let name = call.repo().map(|repo| call.world.full_name(repo)).unwrap_or_default();
    call.url(&format!("{name}/{rest}"))
}

fn plain(call: &Call<'_>, one: &CheckRun) -> Value {
    let url = format!("{}/check-runs/{}", call.repo_url(), one.id);
    let page = html(call, &format!("runs/{}", one.id));
    json!({
        "id": one.id, "node_id": call.node(Sort::Other, one.id), "name": one.name, "head_sha": one.head_sha,
        "external_id": one.external_id, "url": url, "html_url": page,
        "details_url": one.details_url.as_ref().unwrap_or(&page), "status": one.status,
        "conclusion": one.conclusion, "started_at": time(one.started_at),
        "completed_at": one.completed_at.map(time), "app": of_app(call, one.app),
        "pull_requests": pulls(call, &one.head_sha),
        "output": {
            "title": one.title, "summary": one.summary, "text": one.text,
            "annotations_count": one.annotations.len(), "annotations_url": format!("{url}/annotations"),
        },
    })
}

/// As REST shows it.
pub(super) fn run(call: &Call<'_>, one: &CheckRun) -> Value {
    let mut shown = plain(call, one);
    shown["check_suite"] = json!({"id": one.suite});
    shown
}

/// As webhooks tell of it.
pub(super) fn told(call: &Call<'_>, one: &CheckRun) -> Value {
    let mut shown = plain(call, one);
    let suite = call.repo().ok().and_then(|repo| repo.check_suites.get(&one.suite));
    shown["check_suite"] = suite.map_or(Value::Null, |suite| Value::Object(suite_plain(call, suite)));
    shown
}

/// What a suite comes to, as far as its runs have ended: none, or the worst.
fn conclusion(runs: &[&CheckRun]) -> Option<String> {
    if runs.is_empty() || runs.iter().any(|one| one.status != "completed") {
        return None;
    }
    let worst = ["failure", "timed_out", "cancelled", "action_required", "neutral", "success"];
    let has = |wanted: &&str| runs.iter().any(|one| one.conclusion.as_deref() == Some(*wanted));
    worst.iter().find(|wanted| has(wanted)).map(|found| (*found).to_owned())
}

fn suite_plain(call: &Call<'_>, one: &CheckSuite) -> Map {
    let runs = call.repo().map(|repo| repo.check_runs.values().filter(|run| run.suite == one.id).collect());
    let runs: Vec<&CheckRun> = runs.unwrap_or_default();
    let url = format!("{}/check-suites/{}", call.repo_url(), one.id);
    let conclusion = conclusion(&runs);
    let status = if conclusion.is_some() { "completed" } else { "queued" };
    crate::family::show::object(json!({
        "id": one.id, "node_id": call.node(Sort::Other, one.id), "head_branch": one.head_branch,
        "head_sha": one.head_sha, "status": status, "conclusion": conclusion, "url": url, "before": null,
        "after": one.head_sha, "pull_requests": pulls(call, &one.head_sha), "app": of_app(call, one.app),
        "created_at": time(one.created_at), "updated_at": time(one.updated_at),
    }))
}

fn suite_full(call: &Call<'_>, one: &CheckSuite) -> Map {
    let mut shown = suite_plain(call, one);
    let runs = call.repo().map(|repo| repo.check_runs.values().filter(|run| run.suite == one.id).count());
    let commit = call.bare().ok().and_then(|bare| facts::commit(&bare, &one.head_sha));
    let person = |one: &crate::git::Signature| json!({"name": one.name, "email": one.email});
    let commit = commit.map_or_else(
        || {
            let nobody = json!({"name": "ghost", "email": "ghost@example.com"});
            json!({"id": one.head_sha, "tree_id": one.head_sha, "message": "", "timestamp": time(one.created_at),
                "author": nobody, "committer": nobody})
        },
        |found| {
            json!({"id": found.sha, "tree_id": found.tree, "message": found.message,
                "timestamp": time(found.committer.at), "author": person(&found.author),
                "committer": person(&found.committer)})
        },
    );
    let url = format!("{}/check-suites/{}/check-runs", call.repo_url(), one.id);
    shown.extend(crate::family::show::object(json!({
        "head_commit": commit, "latest_check_runs_count": runs.unwrap_or_default(), "check_runs_url": url,
        "rerequestable": true, "runs_rerequestable": true,
    })));
    shown
}

/// As REST shows it.
pub(super) fn suite(call: &Call<'_>, one: &CheckSuite) -> Value {
    let mut shown = suite_full(call, one);
    if let Ok(repo) = call.repo() {
        shown.insert("repository".to_owned(), minimal(call, repo));
    }
    Value::Object(shown)
}

/// As webhooks tell of it.
pub(super) fn suite_told(call: &Call<'_>, one: &CheckSuite) -> Value {
    Value::Object(suite_full(call, one))
}

/// With everything that may be left out.
pub(super) fn annotation(call: &Call<'_>, one: &Value) -> Value {
    let field = |name: &str| one.get(name).cloned().unwrap_or_default();
    json!({
        "path": field("path"), "start_line": field("start_line"), "end_line": field("end_line"),
        "start_column": field("start_column"), "end_column": field("end_column"),
        "annotation_level": field("annotation_level"), "title": field("title"), "message": field("message"),
        "raw_details": field("raw_details"), "blob_href": html(call, "blob"),
    })
}
