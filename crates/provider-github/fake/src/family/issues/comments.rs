//! Comments on issues and pull requests. Whoever may write to the repository may change everybody's.

use serde_json::{Value, json};

use super::view::{comment, issue};
use super::{TEXT, found, found_mut, number, own_or, reaches};
use crate::answer::{Answer, Said, created, done, invalid, not_found, ok};
use crate::call::Call;
use crate::ids::Id;
use crate::page;
use crate::route::Level;
use crate::webhooks::happened;
use crate::world::{Comment, Role};

pub(super) fn list(call: &mut Call<'_>) -> Said {
    let number = number(call, Level::Read)?;
    let since = call.query.get("since").and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let all = call.repo()?.comments.values().filter(|one| one.number == number);
    let all = all.filter(|one| since.is_none_or(|since| one.updated_at >= since));
    page::list_of(call, all.collect(), |one| comment(call, one))
}

/// Of the whole repository.
pub(super) fn of_all(call: &mut Call<'_>) -> Said {
    let since = call.query.get("since").and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let all = call.repo()?.comments.values().filter(|one| since.is_none_or(|since| one.updated_at >= since));
    let mut all: Vec<&Comment> = all.filter(|one| reaches(call, one.number, Level::Read).is_ok()).collect();
    if call.query.get("sort").is_some_and(|sort| sort == "updated") {
        all.sort_by_key(|one| (one.updated_at, one.id));
    }
    if call.query.get("direction").is_some_and(|direction| direction == "desc") {
        all.reverse();
    }
    page::list_of(call, all, |one| comment(call, one))
}

/// The comment in the path.
fn named(call: &Call<'_>, level: Level) -> Result<Id, Answer> {
    let id = call.number("comment_id")?;
    let number = call.repo()?.comments.get(&id).ok_or_else(not_found)?.number;
    reaches(call, number, level)?;
    Ok(id)
}

fn shown(call: &Call<'_>, id: Id) -> Result<Value, Answer> {
    Ok(comment(call, call.repo()?.comments.get(&id).ok_or_else(not_found)?))
}

pub(super) fn one(call: &mut Call<'_>) -> Said {
    let id = named(call, Level::Read)?;
    ok(shown(call, id)?)
}

/// The text in the body.
fn body(call: &Call<'_>) -> Result<String, Answer> {
    let text = call.wanted("IssueComment", "body")?;
    if text.trim().is_empty() {
        return Err(invalid("IssueComment", "body", "custom", "Body cannot be blank"));
    }
    if text.chars().count() > TEXT {
        let text = "Body is too long (maximum is 65536 characters)";
        return Err(invalid("IssueComment", "data", "unprocessable", text));
    }
    Ok(text)
}

pub(super) fn make(call: &mut Call<'_>) -> Said {
    let (number, body) = (number(call, Level::Write)?, body(call)?);
    let (id, author, now) = (call.world.ids.next(), call.author()?, call.world.now);
    let one = Comment { id, number, author, body, created_at: now, updated_at: now };
    found_mut(call, number)?.updated_at = now;
    call.repo_mut()?.comments.insert(id, one);
    announce(call, id, "created", json!({}))?;
    created(shown(call, id)?)
}

/// What was edited shows it, also where no second has passed.
pub(super) fn change(call: &mut Call<'_>) -> Said {
    let (id, body) = (named(call, Level::Write)?, body(call)?);
    let one = call.repo()?.comments.get(&id).ok_or_else(not_found)?;
    own_or(call, one.author, Role::Push)?;
    let (from, number) = (one.body.clone(), one.number);
    let at = call.world.now.max(one.updated_at + jiff::SignedDuration::from_secs(1));
    let one = call.repo_mut()?.comments.get_mut(&id).ok_or_else(not_found)?;
    (one.body, one.updated_at) = (body, at);
    found_mut(call, number)?.updated_at = at;
    announce(call, id, "edited", json!({"changes": {"body": {"from": from}}}))?;
    ok(shown(call, id)?)
}

pub(super) fn delete(call: &mut Call<'_>) -> Said {
    let id = named(call, Level::Write)?;
    own_or(call, call.repo()?.comments.get(&id).ok_or_else(not_found)?.author, Role::Push)?;
    announce(call, id, "deleted", json!({}))?;
    call.repo_mut()?.comments.remove(&id);
    done()
}

fn announce(call: &mut Call<'_>, id: Id, action: &str, more: Value) -> Result<(), Answer> {
    let one = call.repo()?.comments.get(&id).ok_or_else(not_found)?;
    let about = issue(call, found(call, one.number)?);
    let mut payload = json!({"action": action, "comment": comment(call, one), "issue": about});
    if let (Some(payload), Value::Object(more)) = (payload.as_object_mut(), more) {
        payload.extend(more);
    }
    happened(call, "issue_comment", payload);
    Ok(())
}
