//! Opening, changing, closing issues. A pull request is closed and opened again as such.

use serde_json::{Value, json};

use super::{announce, enabled, found, found_mut, next_number, number, own_or, text_fits, view};
use crate::answer::{Answer, Said, created, invalid, ok};
use crate::call::Call;
use crate::family::labels;
use crate::family::pulls;
use crate::ids::Id;
use crate::route::Level;
use crate::world::{Issue, Map, Role};

/// Labels are for those who may write: of others they are left out, and nobody says so.
pub(super) fn make(call: &mut Call<'_>) -> Said {
    enabled(call)?;
    let (title, body) = (call.wanted("Issue", "title")?, call.text("body").map(str::to_owned));
    text_fits("Issue", body.as_deref())?;
    let (author, now, number) = (call.author()?, call.world.now, next_number(call)?);
    let writes = call.caller.may(call.world, call.repo()?, "issues", Level::Write);
    let labels = if writes { labels(call)? } else { None };
    let id = call.world.ids.next();
    let one = Issue {
        id,
        number,
        title,
        body,
        author,
        open: true,
        labels: labels.unwrap_or_default(),
        created_at: now,
        updated_at: now,
        closed: None,
        pull: None,
    };
    call.repo_mut()?.issues.insert(number, one);
    announce(call, number, "opened", json!({}));
    created(view::issue(call, found(call, number)?))
}

/// The labels that the body names; such as are not there yet are made.
fn labels(call: &mut Call<'_>) -> Result<Option<Vec<Id>>, Answer> {
    let Some(list) = call.body.get("labels").and_then(Value::as_array).cloned() else { return Ok(None) };
    let name = |one: &Value| one.as_str().or_else(|| one["name"].as_str()).map(str::to_owned);
    list.iter()
        .filter_map(name)
        .map(|name| labels::named_or_new(call, &name))
        .collect::<Result<_, _>>()
        .map(Some)
}

pub(super) fn change(call: &mut Call<'_>) -> Said {
    let number = number(call, Level::Write)?;
    own_or(call, found(call, number)?.author, Role::Triage)?;
    text_fits("Issue", call.text("body"))?;
    let writes = call.caller.may(call.world, call.repo()?, "issues", Level::Write);
    let labels = if writes { labels(call)? } else { None };
    words(call, number, labels)?;
    match call.text("state") {
        Some("closed") if found(call, number)?.open => close(call, number)?,
        Some("open") if !found(call, number)?.open => reopen(call, number)?,
        _ => {}
    }
    ok(view::issue(call, found(call, number)?))
}

fn words(call: &mut Call<'_>, number: u64, labels: Option<Vec<Id>>) -> Result<(), Answer> {
    let (title, now) = (call.text("title").map(str::to_owned), call.world.now);
    let body = call.text("body").map(str::to_owned);
    let one = found_mut(call, number)?;
    one.updated_at = now;
    one.labels = labels.unwrap_or_else(|| one.labels.clone());
    let mut changes = Map::new();
    if let Some(title) = title.filter(|title| *title != one.title) {
        changes.insert("title".to_owned(), json!({"from": one.title}));
        one.title = title;
    }
    if let Some(body) = body.filter(|body| Some(body) != one.body.as_ref()) {
        changes.insert("body".to_owned(), json!({"from": one.body.clone().unwrap_or_default()}));
        one.body = Some(body);
    }
    if !changes.is_empty() {
        announce(call, number, "edited", json!({"changes": changes}));
    }
    Ok(())
}

fn close(call: &mut Call<'_>, number: u64) -> Result<(), Answer> {
    if found(call, number)?.pull.is_some() {
        pulls::close(call, number);
        return Ok(());
    }
    let (now, by) = (call.world.now, call.author()?);
    let one = found_mut(call, number)?;
    (one.open, one.closed, one.updated_at) = (false, Some((now, by)), now);
    announce(call, number, "closed", json!({}));
    Ok(())
}

fn reopen(call: &mut Call<'_>, number: u64) -> Result<(), Answer> {
    if found(call, number)?.pull.is_some() {
        return Err(invalid("Issue", "state", "invalid", "A pull request is opened again as such."));
    }
    let now = call.world.now;
    let one = found_mut(call, number)?;
    (one.open, one.closed, one.updated_at) = (true, None, now);
    announce(call, number, "reopened", json!({}));
    Ok(())
}
