//! Branches, as far as protection and the default branch need them.

use serde_json::{Value, json};

use super::{commits, protection};
use crate::answer::{Said, created, invalid, not_found, ok};
use crate::call::Call;
use crate::git::facts;
use crate::page;
use crate::route::{Route, get, write};

pub(super) const ROUTES: &[Route] = &[
    get("/repos/{owner}/{repo}/branches", "contents", list),
    get("/repos/{owner}/{repo}/branches/{branch}", "contents", one),
    write("POST", "/repos/{owner}/{repo}/branches/{branch}/rename", "administration", rename),
    get("/repos/{owner}/{repo}/rules/branches/{branch}", "metadata", |call| {
        let all = super::rules::of_branch(call, call.value("branch"))?;
        page::list(call, all)
    }),
];

fn list(call: &mut Call<'_>) -> Said {
    let only = call.query.get("protected").map(|text| text == "true");
    let repo = call.repo()?;
    let mut shown: Vec<Value> = Vec::new();
    for (name, commit) in &repo.branches {
        let protected = protection::matching(repo, name).is_some();
        if only.is_none_or(|only| only == protected) {
            let url = call.repo_url();
            shown.push(json!({
                "name": name, "protected": protected,
                "commit": {"sha": commit, "url": format!("{url}/commits/{commit}")},
            }));
        }
    }
    if shown.is_empty() { ok(json!([])) } else { page::list(call, shown) }
}

/// One, with its commit; of a repository without git the commit is only a name.
fn one(call: &mut Call<'_>) -> Said {
    let (name, url) = (call.value("branch").to_owned(), call.repo_url());
    let repo = call.repo()?;
    let sha = repo.branches.get(&name).ok_or_else(not_found)?;
    let protected = protection::matching(repo, &name).is_some();
    let found = call.bare().ok().and_then(|bare| facts::commit(&bare, sha));
    let commit = found.map_or_else(|| whole_commit(&url, sha), |found| commits::whole(call, &found));
    ok(json!({
        "name": name, "commit": commit, "protected": protected,
        "protection": {"enabled": protected, "required_status_checks": {"enforcement_level": "off", "contexts": [], "checks": []}},
        "_links": {"html": format!("{url}/tree/{name}"), "self": format!("{url}/branches/{name}")},
        "protection_url": format!("{url}/branches/{name}/protection"),
    }))
}

/// The default branch stays the default one under its new name.
fn rename(call: &mut Call<'_>) -> Said {
    let (from, url) = (call.value("branch").to_owned(), call.repo_url());
    let to = call.body.get("new_name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let repo = call.repo_mut()?;
    if to.is_empty() || repo.branches.contains_key(&to) {
        return Err(invalid("Branch", "new_name", "invalid", "New branch already exists"));
    }
    let commit = repo.branches.remove(&from).ok_or_else(not_found)?;
    repo.branches.insert(to.clone(), commit.clone());
    if repo.text("default_branch") == from {
        repo.settings.insert("default_branch".to_owned(), json!(to));
    }
    let links = json!({"html": format!("{url}/tree/{to}"), "self": format!("{url}/branches/{to}")});
    created(json!({
        "name": to, "protected": false, "commit": whole_commit(&url, &commit), "_links": links, "protection": {}, "protection_url": format!("{url}/branches/{to}/protection"),
    }))
}

/// A commit with all that GitHub always tells of one; its author is nobody's account.
fn whole_commit(url: &str, commit: &str) -> Value {
    let here = format!("{url}/commits/{commit}");
    let person = json!({"name": "Somebody", "email": "somebody@example.com", "date": "2026-01-01T00:00:00Z"});
    json!({
        "sha": commit, "node_id": format!("C_{commit}"), "url": here, "html_url": here,
        "comments_url": format!("{here}/comments"), "author": null, "committer": null, "parents": [],
        "commit": {
            "url": here, "message": "Initial commit", "comment_count": 0, "author": person, "committer": person,
            "tree": {"sha": commit, "url": here},
        },
    })
}
