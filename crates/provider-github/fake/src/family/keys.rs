//! Deploy keys. The comment is dropped; an installation sees only keys that its own tokens made.

use serde_json::{Value, json};

use crate::answer::{Said, created, done, invalid, not_found, ok};
use crate::call::Call;
use crate::clock::show as time;
use crate::page;
use crate::route::{Route, get, write};
use crate::world::DeployKey;

const ALL: &str = "/repos/{owner}/{repo}/keys";
const ONE: &str = "/repos/{owner}/{repo}/keys/{key_id}";

pub(super) const ROUTES: &[Route] = &[
    get(ALL, "administration", |call| {
        let keys = call.repo()?.keys.values().filter(|key| seen(call, key));
        page::list(call, keys.map(|key| show(call, key)).collect())
    }),
    write("POST", ALL, "administration", make),
    get(ONE, "administration", |call| {
        let id = call.number("key_id")?;
        let key = call.repo()?.keys.get(&id).filter(|key| seen(call, key)).ok_or_else(not_found)?;
        ok(show(call, key))
    }),
    write("DELETE", ONE, "administration", |call| {
        let id = call.number("key_id")?;
        call.repo()?.keys.get(&id).filter(|key| seen(call, key)).ok_or_else(not_found)?;
        call.repo_mut()?.keys.remove(&id);
        done()
    }),
];

fn seen(call: &Call<'_>, key: &DeployKey) -> bool {
    call.caller.installation().is_none() || key.made_by == call.caller.account()
}

fn show(call: &Call<'_>, key: &DeployKey) -> Value {
    json!({
        "id": key.id, "key": key.key, "url": format!("{}/keys/{}", call.repo_url(), key.id), "title": key.title,
        "verified": true, "created_at": time(key.created_at), "read_only": key.read_only, "added_by": null,
        "last_used": null, "enabled": true,
    })
}

fn make(call: &mut Call<'_>) -> Said {
    let whole = call.wanted("PublicKey", "key")?;
    let mut words = whole.split_whitespace();
    let (Some(sort), Some(body)) = (words.next(), words.next()) else {
        return Err(invalid(
            "PublicKey",
            "key",
            "custom",
            "key is invalid. You must supply a key in OpenSSH public key format",
        ));
    };
    let key = format!("{sort} {body}");
    // A deploy key serves one repository of all.
    if call.world.repos.values().flat_map(|repo| repo.keys.values()).any(|other| other.key == key) {
        return Err(invalid("PublicKey", "key", "custom", "key is already in use"));
    }
    let title = call.text("title").unwrap_or_default().to_owned();
    let read_only = call.switch("read_only").unwrap_or(false);
    let id = call.world.ids.next();
    let (created_at, made_by) = (call.world.now, call.caller.account());
    let key = DeployKey { id, title, key, read_only, created_at, made_by };
    let shown = show(call, &key);
    call.repo_mut()?.keys.insert(id, key);
    let url = format!("{}/keys/{id}", call.repo_url());
    created(shown).map(|answer| answer.header("location", url))
}
