//! Reviews: one says what it looked at, and keeps saying that when the head moves on.
//!
//! Deliberately absent: reviews that are begun and not sent, and reviews that a push makes stale.

use serde_json::{Value, json};

use super::view::{review, short};
use super::{found, found_mut, number};
use crate::answer::{Answer, Said, forbidden, invalid_simple, not_found, ok};
use crate::call::Call;
use crate::family::issues::TEXT;
use crate::git::facts;
use crate::ids::Id;
use crate::page;
use crate::webhooks::happened;
use crate::world::Review;

pub(super) fn list(call: &mut Call<'_>) -> Said {
    let number = number(call)?;
    let all: Vec<&Review> = found(call, number)?.1.reviews.values().collect();
    page::list_of(call, all, |one| review(call, number, one))
}

fn named<'a>(call: &'a Call<'_>, number: u64) -> Result<&'a Review, Answer> {
    let id = call.number("review_id")?;
    found(call, number)?.1.reviews.get(&id).ok_or_else(not_found)
}

pub(super) fn one(call: &mut Call<'_>) -> Said {
    let number = number(call)?;
    ok(review(call, number, named(call, number)?))
}

pub(super) fn make(call: &mut Call<'_>) -> Said {
    let number = number(call)?;
    let body = call.text("body").unwrap_or_default().to_owned();
    let state = state(call, number, &body)?;
    let commit = commit(call, number)?;
    let (id, author, submitted_at) = (call.world.ids.next(), call.author()?, call.world.now);
    let one = Review { id, author, body, state: state.to_owned(), commit, submitted_at };
    let issue = found_mut(call, number)?;
    issue.updated_at = submitted_at;
    issue.pull.as_mut().ok_or_else(not_found)?.reviews.insert(id, one.clone());
    announce(call, number, "submitted", &one, json!({}));
    ok(review(call, number, &one))
}

fn state(call: &Call<'_>, number: u64, body: &str) -> Result<&'static str, Answer> {
    let state = match call.text("event") {
        Some("APPROVE") => "APPROVED",
        Some("REQUEST_CHANGES") => "CHANGES_REQUESTED",
        Some("COMMENT") => "COMMENTED",
        _ => return Err(invalid_simple("Event must be APPROVE, REQUEST_CHANGES or COMMENT")),
    };
    let (one, _) = found(call, number)?;
    if state != "COMMENTED" && one.author == call.author()? {
        let what = if state == "APPROVED" { "approve" } else { "request changes on" };
        return Err(invalid_simple(&format!("Review Can not {what} your own pull request")));
    }
    if state != "APPROVED" && body.is_empty() {
        return Err(invalid_simple("Body can't be blank"));
    }
    if body.chars().count() > TEXT {
        return Err(invalid_simple("Body is too long (maximum is 65536 characters)"));
    }
    Ok(state)
}

/// The head, or another commit of the pull request, also one that was its head once.
fn commit(call: &Call<'_>, number: u64) -> Result<String, Answer> {
    let (_, pull) = found(call, number)?;
    let Some(asked) = call.text("commit_id") else { return Ok(pull.head.1.clone()) };
    let now = || {
        let bare = call.bare().ok()?;
        facts::between(&bare, Some(&pull.base.1), &pull.head.1).ok()
    };
    let own = pull.heads.iter().any(|head| head == asked)
        || now().is_some_and(|all| all.iter().any(|one| one.sha == asked));
    if own { Ok(asked.to_owned()) } else { Err(invalid_simple("commit_id is not part of the pull request")) }
}

/// Only the text, and only by whoever wrote it.
pub(super) fn edit(call: &mut Call<'_>) -> Said {
    let number = number(call)?;
    let (from, body) = (named(call, number)?.clone(), call.text("body").unwrap_or_default().to_owned());
    if from.author != call.author()? {
        return Err(forbidden("Must be the author of the review."));
    }
    if body.is_empty() || body.chars().count() > TEXT {
        return Err(invalid_simple("Body must have between 1 and 65536 characters"));
    }
    set(call, number, from.id, |one| one.body = body)?;
    let one = named(call, number)?.clone();
    announce(call, number, "edited", &one, json!({"changes": {"body": {"from": from.body}}}));
    ok(review(call, number, &one))
}

pub(super) fn dismiss(call: &mut Call<'_>) -> Said {
    let number = number(call)?;
    let one = named(call, number)?.clone();
    if call.text("message").is_none_or(str::is_empty) {
        return Err(invalid_simple("Message can't be blank"));
    }
    if !matches!(one.state.as_str(), "APPROVED" | "CHANGES_REQUESTED") {
        let state = one.state.to_lowercase();
        return Err(invalid_simple(&format!("Can not dismiss a {state} pull request review")));
    }
    set(call, number, one.id, |one| "DISMISSED".clone_into(&mut one.state))?;
    let one = named(call, number)?.clone();
    announce(call, number, "dismissed", &one, json!({}));
    ok(review(call, number, &one))
}

fn set(call: &mut Call<'_>, number: u64, id: Id, change: impl FnOnce(&mut Review)) -> Result<(), Answer> {
    let now = call.world.now;
    let issue = found_mut(call, number)?;
    issue.updated_at = now;
    let pull = issue.pull.as_mut().ok_or_else(not_found)?;
    change(pull.reviews.get_mut(&id).ok_or_else(not_found)?);
    Ok(())
}

/// Webhooks write the state in lower case.
fn announce(call: &mut Call<'_>, number: u64, action: &str, one: &Review, more: Value) {
    let mut shown = review(call, number, one);
    shown["state"] = one.state.to_lowercase().into();
    let mut payload = json!({"action": action, "review": shown, "pull_request": short(call, number)});
    if let (Some(payload), Value::Object(more)) = (payload.as_object_mut(), more) {
        payload.extend(more);
    }
    happened(call, "pull_request_review", payload);
}
