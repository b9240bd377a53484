//! Labels.

use serde_json::{Value, json};

use crate::answer::{Answer, Said, created, done, invalid, not_found, ok};
use crate::call::Call;
use crate::ids::{Id, Sort};
use crate::page;
use crate::route::{Route, get, write};
use crate::world::Label;

const ALL: &str = "/repos/{owner}/{repo}/labels";
const ONE: &str = "/repos/{owner}/{repo}/labels/{name}";
/// What GitHub gives to each repository.
const DEFAULTS: [&str; 9] = [
    "bug",
    "documentation",
    "duplicate",
    "enhancement",
    "good first issue",
    "help wanted",
    "invalid",
    "question",
    "wontfix",
];

pub(super) const ROUTES: &[Route] = &[
    get(ALL, "issues", |call| {
        page::list(call, call.repo()?.labels.values().map(|l| show(call, l)).collect())
    }),
    write("POST", ALL, "issues", make),
    get(ONE, "issues", |call| ok(show(call, &call.repo()?.labels[&named(call)?]))),
    write("PATCH", ONE, "issues", change),
    write("DELETE", ONE, "issues", |call| {
        let id = named(call)?;
        call.repo_mut()?.labels.remove(&id);
        done()
    }),
];

/// Whether a label is one that GitHub gives.
pub(crate) fn is_default(name: &str) -> bool {
    DEFAULTS.contains(&name)
}

/// Those of an issue; what was deleted since is gone.
pub(super) fn shown(call: &Call<'_>, ids: &[Id]) -> Vec<Value> {
    let Ok(repo) = call.repo() else { return Vec::new() };
    ids.iter().filter_map(|id| repo.labels.get(id)).map(|label| show(call, label)).collect()
}

/// The label of this name, which is made if there is none.
pub(super) fn named_or_new(call: &mut Call<'_>, name: &str) -> Result<Id, Answer> {
    if let Some(id) = find(call, name) {
        return Ok(id);
    }
    let id = call.world.ids.next();
    let (name, color) = (name.to_owned(), "ededed".to_owned());
    call.repo_mut()?.labels.insert(id, Label { id, name, color, description: None });
    Ok(id)
}

fn show(call: &Call<'_>, label: &Label) -> Value {
    json!({
        "id": label.id, "node_id": call.node(Sort::Label, label.id), "name": label.name, "color": label.color,
        "url": format!("{}/labels/{}", call.repo_url(), label.name.replace(' ', "%20")),
        "description": label.description, "default": is_default(&label.name),
    })
}

fn find(call: &Call<'_>, name: &str) -> Option<Id> {
    call.repo()
        .ok()?
        .labels
        .values()
        .find(|label| label.name.eq_ignore_ascii_case(name))
        .map(|label| label.id)
}

fn named(call: &Call<'_>) -> Result<Id, Answer> {
    find(call, call.value("name")).ok_or_else(not_found)
}

fn make(call: &mut Call<'_>) -> Said {
    let name = call.wanted("Label", "name")?;
    if find(call, &name).is_some() {
        return Err(invalid("Label", "name", "already_exists", "already exists"));
    }
    let color = color(call)?.unwrap_or_else(|| "ededed".to_owned());
    let description = call.text("description").map(str::to_owned);
    let id = call.world.ids.next();
    let label = Label { id, name, color, description };
    let shown = show(call, &label);
    call.repo_mut()?.labels.insert(id, label);
    created(shown)
}

/// Six hexadecimal digits without `#`.
fn color(call: &Call<'_>) -> Result<Option<String>, Answer> {
    let Some(color) = call.text("color") else { return Ok(None) };
    if color.len() != 6 || !color.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(invalid("Label", "color", "invalid", "color is invalid"));
    }
    Ok(Some(color.to_lowercase()))
}

fn change(call: &mut Call<'_>) -> Said {
    let id = named(call)?;
    let (color, name) = (color(call)?, call.text("new_name").map(str::to_owned));
    let description = call.body.get("description").cloned();
    let label = call.repo_mut()?.labels.get_mut(&id).ok_or_else(not_found)?;
    label.color = color.unwrap_or_else(|| label.color.clone());
    label.name = name.unwrap_or_else(|| label.name.clone());
    if let Some(description) = description {
        label.description = description.as_str().map(str::to_owned);
    }
    ok(show(call, &call.repo()?.labels[&id]))
}
