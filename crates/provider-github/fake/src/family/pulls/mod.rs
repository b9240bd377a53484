//! Pull requests: reading, opening, changing, closing.
//!
//! Deliberately absent: comments on lines, requested reviewers, auto-merge, merge queues, turning an issue into one.

mod change;
mod make;
mod merge;
mod parts;
mod reviews;
mod view;

pub(crate) use view::{full, page};

use serde_json::{Value, json};

use crate::answer::{Answer, Said, not_found, ok};
use crate::call::Call;
use crate::git::{Bare, Signature};
use crate::page as pages;
use crate::route::{Level, Route, reader, write};
use crate::webhooks::happened;
use crate::world::{Issue, Merged, Pull};

use super::commits::github;

const ALL: &str = "/repos/{owner}/{repo}/pulls";
const ONE: &str = "/repos/{owner}/{repo}/pulls/{pull_number}";
const MERGE: &str = "/repos/{owner}/{repo}/pulls/{pull_number}/merge";
const REVIEWS: &str = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews";
const REVIEW: &str = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}";
const DISMISS: &str = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals";
const MAY: &[&str] = &["pull_requests"];

pub(super) const ROUTES: &[Route] = &[
    reader("GET", ALL, MAY, Level::Read, list),
    reader("POST", ALL, MAY, Level::Write, make::make),
    reader("GET", ONE, MAY, Level::Read, |call| {
        let number = number(call)?;
        ok(full(call, number))
    }),
    reader("PATCH", ONE, MAY, Level::Write, change::change),
    write("PUT", MERGE, "contents", merge::merge),
    reader("GET", MERGE, MAY, Level::Read, merge::is_merged),
    reader("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/commits", MAY, Level::Read, parts::commits),
    reader("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/files", MAY, Level::Read, parts::files),
    reader("GET", REVIEWS, MAY, Level::Read, reviews::list),
    reader("POST", REVIEWS, MAY, Level::Write, reviews::make),
    reader("GET", REVIEW, MAY, Level::Read, reviews::one),
    reader("PUT", REVIEW, MAY, Level::Write, reviews::edit),
    write("PUT", DISMISS, "pull_requests", reviews::dismiss),
];

/// The number in the path, of a pull request that is there.
fn number(call: &Call<'_>) -> Result<u64, Answer> {
    let number = call.number("pull_number")?;
    found(call, number)?;
    Ok(number)
}

fn found<'a>(call: &'a Call<'_>, number: u64) -> Result<(&'a Issue, &'a Pull), Answer> {
    let one = call.repo()?.issues.get(&number).ok_or_else(not_found)?;
    Ok((one, one.pull.as_ref().ok_or_else(not_found)?))
}

fn found_mut<'a>(call: &'a mut Call<'_>, number: u64) -> Result<&'a mut Issue, Answer> {
    call.repo_mut()?.issues.get_mut(&number).filter(|one| one.pull.is_some()).ok_or_else(not_found)
}

/// `base` and `head` (`owner:branch`) narrow; newest first unless asked otherwise.
fn list(call: &mut Call<'_>) -> Said {
    let asked = |name: &str| call.query.get(name).map(String::as_str);
    let state = asked("state").unwrap_or("open");
    let owner = call.org()?.login.clone();
    let head = |pull: &Pull| {
        let fork = pull.fork.and_then(|id| call.world.repos.get(&id));
        let owner = fork.and_then(|repo| call.world.orgs.get(&repo.owner)).map_or(&owner, |org| &org.login);
        format!("{owner}:{}", pull.head.0)
    };
    let all = call.repo()?.issues.values().filter_map(|one| Some((one, one.pull.as_ref()?)));
    let kept = all.filter(|(one, pull)| {
        (state == "all" || one.open == (state == "open"))
            && asked("base").is_none_or(|base| pull.base.0 == base)
            && asked("head").is_none_or(|wanted| head(pull) == wanted)
    });
    let mut kept: Vec<(&Issue, &Pull)> = kept.collect();
    let sort = asked("sort").unwrap_or("created");
    kept.sort_by_key(|(one, _)| match sort {
        "updated" => (one.updated_at, one.number),
        _ => (one.created_at, one.number),
    });
    if asked("direction").unwrap_or(if sort == "created" { "desc" } else { "asc" }) == "desc" {
        kept.reverse();
    }
    pages::list_of(call, kept, |(one, pull)| Value::Object(view::simple(call, one, pull)))
}

/// Closes one that was not merged.
pub(crate) fn close(call: &mut Call<'_>, number: u64) {
    end(call, number, None);
}

/// Closes one that was merged.
pub(crate) fn merged(call: &mut Call<'_>, number: u64, merged: Merged) {
    end(call, number, Some(merged));
}

fn end(call: &mut Call<'_>, number: u64, merged: Option<Merged>) {
    let (now, Ok(by)) = (call.world.now, call.author()) else { return };
    let Ok(one) = found_mut(call, number) else { return };
    (one.open, one.closed, one.updated_at) = (false, Some((now, by)), now);
    if let Some(pull) = one.pull.as_mut() {
        (pull.merged, pull.trial) = (merged, None);
    }
    if let Ok(bare) = call.bare() {
        bare.set(&format!("refs/pull/{number}/merge"), None).ok();
    }
    announce(call, number, "closed", json!({}));
}

/// The event of one, with more fields.
fn announce(call: &mut Call<'_>, number: u64, action: &str, more: Value) {
    let mut payload = json!({"action": action, "number": number, "pull_request": full(call, number)});
    if let (Some(payload), Value::Object(more)) = (payload.as_object_mut(), more) {
        payload.extend(more);
    }
    happened(call, "pull_request", payload);
}

/// Brings `refs/pull/N/head` and `refs/pull/N/merge` up to date.
pub(crate) fn refresh(call: &mut Call<'_>, number: u64) {
    let Ok(trial) = references(call, number) else { return };
    if let Some(pull) = found_mut(call, number).ok().and_then(|one| one.pull.as_mut()) {
        pull.trial = trial;
    }
}

fn references(call: &Call<'_>, number: u64) -> Result<Option<String>, Answer> {
    let (bare, (_, pull)) = (call.bare()?, found(call, number)?);
    let head = &pull.head.1;
    if let Some(fork) = pull.fork.and_then(|id| call.world.repos.get(&id)) {
        bare.bring(&call.bare_of(fork)?, head).ok();
    }
    bare.set(&format!("refs/pull/{number}/head"), Some(head)).ok();
    let base = call.repo()?.branches.get(&pull.base.0).unwrap_or(&pull.base.1);
    let trial = joined(&bare, base, head, &github(call));
    bare.set(&format!("refs/pull/{number}/merge"), trial.as_deref()).ok();
    Ok(trial)
}

/// Both together, as a commit that no branch has.
fn joined(bare: &Bare, base: &str, head: &str, by: &Signature) -> Option<String> {
    let tree = bare.merged_tree(base, head)?;
    bare.commit(&tree, &[base, head], &format!("Merge {head} into {base}"), (by, by)).ok()
}
