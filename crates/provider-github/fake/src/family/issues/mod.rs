//! Issues: reading, opening, changing. A pull request is an issue with something beside.
//!
//! Deliberately absent: assignees, milestones, types, reactions, locks, transfers, the timeline.

mod change;
mod comments;
mod view;

use serde_json::{Value, json};

use crate::answer::{Answer, Said, forbidden, invalid, not_found, ok, refusal};
use crate::auth::Caller;
use crate::call::Call;
use crate::family::pulls;
use crate::page;
use crate::route::{Level, Route, reader};
use crate::webhooks::happened;
use crate::world::{Author, Issue, Role};

const ALL: &str = "/repos/{owner}/{repo}/issues";
const ONE: &str = "/repos/{owner}/{repo}/issues/{issue_number}";
const COMMENTS: &str = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
const COMMENT: &str = "/repos/{owner}/{repo}/issues/comments/{comment_id}";
const EITHER: &[&str] = &["issues", "pull_requests"];
const MAY: &[&str] = &["issues"];
/// The longest text of an issue, a pull request, a comment, a review.
pub(crate) const TEXT: usize = 65_536;

pub(super) const ROUTES: &[Route] = &[
    reader("GET", ALL, MAY, Level::Read, list),
    reader("POST", ALL, MAY, Level::Write, change::make),
    reader("GET", ONE, EITHER, Level::Read, |call| {
        let number = number(call, Level::Read)?;
        ok(view::issue(call, found(call, number)?))
    }),
    reader("PATCH", ONE, EITHER, Level::Write, change::change),
    reader("GET", "/repos/{owner}/{repo}/issues/comments", EITHER, Level::Read, comments::of_all),
    reader("GET", COMMENTS, EITHER, Level::Read, comments::list),
    reader("POST", COMMENTS, EITHER, Level::Write, comments::make),
    reader("GET", COMMENT, EITHER, Level::Read, comments::one),
    reader("PATCH", COMMENT, EITHER, Level::Write, comments::change),
    reader("DELETE", COMMENT, EITHER, Level::Write, comments::delete),
];

/// One sequence for issues and pull requests.
pub(crate) fn next_number(call: &Call<'_>) -> Result<u64, Answer> {
    Ok(call.repo()?.issues.keys().next_back().map_or(1, |last| last + 1))
}

/// Whether a text is short enough.
pub(crate) fn text_fits(resource: &str, text: Option<&str>) -> Result<(), Answer> {
    if text.is_some_and(|text| text.chars().count() > TEXT) {
        let text = "body is too long (maximum is 65536 characters)";
        return Err(invalid(resource, "body", "custom", text));
    }
    Ok(())
}

/// A person may change its own, and with this role everybody's; an App may what its permissions say.
pub(crate) fn own_or(call: &Call<'_>, author: Author, role: Role) -> Result<(), Answer> {
    let Some(person) = call.caller.person() else { return Ok(()) };
    if author == Author::Person(person) || call.world.role(call.repo()?, person) >= Some(role) {
        return Ok(());
    }
    Err(forbidden("Must have admin rights to Repository."))
}

/// The number in the path. What speaks of pull requests only does not reach other issues.
fn number(call: &Call<'_>, level: Level) -> Result<u64, Answer> {
    let number = call.number("issue_number")?;
    reaches(call, number, level)?;
    Ok(number)
}

fn reaches(call: &Call<'_>, number: u64, level: Level) -> Result<(), Answer> {
    let one = found(call, number)?;
    let named = if one.pull.is_some() { EITHER } else { MAY };
    let repo = call.repo()?;
    if named.iter().any(|name| call.caller.may_as_reader(call.world, repo, name, level)) {
        return Ok(());
    }
    Err(match call.caller {
        Caller::Token { .. } => forbidden("Resource not accessible by integration"),
        _ => not_found(),
    })
}

fn found<'a>(call: &'a Call<'_>, number: u64) -> Result<&'a Issue, Answer> {
    call.repo()?.issues.get(&number).ok_or_else(not_found)
}

fn found_mut<'a>(call: &'a mut Call<'_>, number: u64) -> Result<&'a mut Issue, Answer> {
    call.repo_mut()?.issues.get_mut(&number).ok_or_else(not_found)
}

fn enabled(call: &Call<'_>) -> Result<(), Answer> {
    if call.repo()?.on("has_issues") {
        Ok(())
    } else {
        Err(refusal(410, "Issues are disabled for this repo"))
    }
}

/// Pull requests are in the list, too.
fn list(call: &mut Call<'_>) -> Said {
    enabled(call)?;
    let asked = |name: &str| call.query.get(name).map(String::as_str);
    let repo = call.repo()?;
    let state = asked("state").unwrap_or("open");
    let labels: Vec<&str> =
        asked("labels").unwrap_or_default().split(',').filter(|l| !l.is_empty()).collect();
    let wears = |one: &Issue, label: &str| {
        let mut all = one.labels.iter().filter_map(|id| repo.labels.get(id));
        all.any(|own| own.name.eq_ignore_ascii_case(label))
    };
    let by = |one: &Issue| super::show::author(call, one.author)["login"].clone();
    let since = asked("since").and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let kept = repo.issues.values().filter(|one| {
        (state == "all" || one.open == (state == "open"))
            && labels.iter().all(|label| wears(one, label))
            && asked("creator").is_none_or(|creator| by(one) == creator)
            && since.is_none_or(|since| one.updated_at >= since)
    });
    let mut kept: Vec<&Issue> = kept.collect();
    match asked("sort") {
        Some("updated") => kept.sort_by_key(|one| (one.updated_at, one.number)),
        _ => kept.sort_by_key(|one| (one.created_at, one.number)),
    }
    if asked("direction") != Some("asc") {
        kept.reverse();
    }
    page::list_of(call, kept, |one| view::issue(call, one))
}

/// The event of an issue; those of pull requests are told as such.
fn announce(call: &mut Call<'_>, number: u64, action: &str, more: Value) {
    let Ok(one) = found(call, number) else { return };
    let name = if one.pull.is_some() { "pull_request" } else { "issues" };
    let mut payload = match one.pull {
        Some(_) => json!({"number": number, "pull_request": pulls::full(call, number)}),
        None => json!({"issue": view::issue(call, one)}),
    };
    payload["action"] = action.into();
    if let (Some(payload), Value::Object(more)) = (payload.as_object_mut(), more) {
        payload.extend(more);
    }
    happened(call, name, payload);
}
