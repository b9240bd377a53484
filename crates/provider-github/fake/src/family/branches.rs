//! Branches, as far as protection and the default branch need them.

use serde_json::{Value, json};

use super::protection;
use crate::answer::{Said, ok};
use crate::call::Call;
use crate::page;
use crate::route::{Route, get};

pub(super) const ROUTES: &[Route] = &[
    get("/repos/{owner}/{repo}/branches", "contents", list),
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
