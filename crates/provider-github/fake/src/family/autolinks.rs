//! Autolinks; there is no change, only delete and make.

use serde_json::{Value, json};

use crate::answer::{Said, created, done, invalid, not_found, ok};
use crate::call::Call;
use crate::route::{Route, get, write};
use crate::world::Autolink;

const ALL: &str = "/repos/{owner}/{repo}/autolinks";
const ONE: &str = "/repos/{owner}/{repo}/autolinks/{autolink_id}";

pub(super) const ROUTES: &[Route] = &[
    get(ALL, "administration", |call| ok(call.repo()?.autolinks.values().map(show).collect())),
    write("POST", ALL, "administration", make),
    get(ONE, "administration", |call| {
        let id = call.number("autolink_id")?;
        ok(show(call.repo()?.autolinks.get(&id).ok_or_else(not_found)?))
    }),
    write("DELETE", ONE, "administration", |call| {
        let id = call.number("autolink_id")?;
        call.repo_mut()?.autolinks.remove(&id).ok_or_else(not_found)?;
        done()
    }),
];

fn show(link: &Autolink) -> Value {
    json!({
        "id": link.id, "key_prefix": link.key_prefix, "url_template": link.url_template,
        "is_alphanumeric": link.is_alphanumeric,
    })
}

fn make(call: &mut Call<'_>) -> Said {
    let (key_prefix, url_template) =
        (call.wanted("KeyLink", "key_prefix")?, call.wanted("KeyLink", "url_template")?);
    if !url_template.contains("<num>") {
        return Err(invalid("KeyLink", "url_template", "custom", "url_template is missing a <num> token"));
    }
    if call.repo()?.autolinks.values().any(|link| link.key_prefix == key_prefix) {
        return Err(invalid("KeyLink", "key_prefix", "already_exists", "already exists"));
    }
    let is_alphanumeric = call.switch("is_alphanumeric").unwrap_or(true);
    let id = call.world.ids.next();
    let link = Autolink { id, key_prefix, url_template, is_alphanumeric };
    let shown = show(&link);
    let url = format!("{}/autolinks/{id}", call.repo_url());
    call.repo_mut()?.autolinks.insert(id, link);
    created(shown).map(|answer| answer.header("location", url))
}
