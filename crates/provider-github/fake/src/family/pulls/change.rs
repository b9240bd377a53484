//! `PATCH /repos/{owner}/{repo}/pulls/{pull_number}`: title, body, base, closing and opening again.

use serde_json::{Value, json};

use super::{announce, close, found, found_mut, full, number, refresh};
use crate::answer::{Answer, Said, invalid, ok};
use crate::call::Call;
use crate::family::issues::{own_or, text_fits};
use crate::world::{Map, Role};

fn wrong(field: &str, text: &str) -> Answer {
    invalid("PullRequest", field, "invalid", text)
}

pub(super) fn change(call: &mut Call<'_>) -> Said {
    let number = number(call)?;
    own_or(call, found(call, number)?.0.author, Role::Push)?;
    text_fits("PullRequest", call.text("body"))?;
    let state = call.text("state").map(str::to_owned);
    let (open, was_merged) = {
        let (one, pull) = found(call, number)?;
        (one.open, pull.merged.is_some())
    };
    if state.as_deref() == Some("open") && !open {
        reopen(call, number, was_merged)?;
    }
    words(call, number)?;
    if state.as_deref() == Some("closed") && open {
        close(call, number);
    }
    ok(full(call, number))
}

/// Its branch must be there still; it goes on from where that is.
fn reopen(call: &mut Call<'_>, number: u64, merged: bool) -> Result<(), Answer> {
    let (_, pull) = found(call, number)?;
    let repo = match pull.fork {
        Some(fork) => call.world.repos.get(&fork),
        None => call.repo().ok(),
    };
    let head = repo.and_then(|repo| repo.branches.get(&pull.head.0)).cloned();
    let head = head.filter(|_| !merged);
    let head = head.ok_or_else(|| wrong("state", "state cannot be changed."))?;
    let now = call.world.now;
    let one = found_mut(call, number)?;
    (one.open, one.closed, one.updated_at) = (true, None, now);
    if let Some(pull) = one.pull.as_mut().filter(|pull| pull.head.1 != head) {
        pull.heads.push(head.clone());
        pull.head.1 = head;
    }
    refresh(call, number);
    announce(call, number, "reopened", json!({}));
    Ok(())
}

/// What is edited, with one event for all of it.
fn words(call: &mut Call<'_>, number: u64) -> Result<(), Answer> {
    let (title, now) = (call.text("title").map(str::to_owned), call.world.now);
    let (body, base) = (call.text("body").map(str::to_owned), base(call, number)?);
    let one = found_mut(call, number)?;
    let mut changes = Map::new();
    if let Some(title) = title.filter(|title| *title != one.title) {
        changes.insert("title".to_owned(), json!({"from": one.title}));
        one.title = title;
    }
    if let Some(body) = body.filter(|body| Some(body) != one.body.as_ref()) {
        changes.insert("body".to_owned(), json!({"from": one.body.clone().unwrap_or_default()}));
        one.body = Some(body);
    }
    if let (Some(base), Some(pull)) = (base, one.pull.as_mut()) {
        let from = json!({"ref": {"from": pull.base.0}, "sha": {"from": pull.base.1}});
        changes.insert("base".to_owned(), from);
        pull.base = base;
    }
    if changes.is_empty() {
        return Ok(());
    }
    one.updated_at = now;
    refresh(call, number);
    announce(call, number, "edited", json!({"changes": Value::Object(changes)}));
    Ok(())
}

/// Another base, and where it is.
fn base(call: &Call<'_>, number: u64) -> Result<Option<(String, String)>, Answer> {
    let (one, pull) = found(call, number)?;
    let Some(base) = call.text("base").filter(|base| *base != pull.base.0 && one.open) else {
        return Ok(None);
    };
    let tip = call.repo()?.branches.get(base).cloned();
    let tip = tip.ok_or_else(|| wrong("base", "Proposed base branch was not found"))?;
    Ok(Some((base.to_owned(), tip)))
}
