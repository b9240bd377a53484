//! Webhooks of repositories and organisations. The secret reads back as asterisks.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::answer::{Answer, Said, created, done, invalid, not_found, ok};
use crate::call::Call;
use crate::clock::show as time;
use crate::ids::Id;
use crate::page;
use crate::route::{Route, get, org_get, org_write, write};
use crate::world::{Hook, Map};

const ALL: &str = "/repos/{owner}/{repo}/hooks";
const ONE: &str = "/repos/{owner}/{repo}/hooks/{hook_id}";
const CONFIG: &str = "/repos/{owner}/{repo}/hooks/{hook_id}/config";
const ORG_ALL: &str = "/orgs/{org}/hooks";
const ORG_ONE: &str = "/orgs/{org}/hooks/{hook_id}";
const REPO: &str = "repository_hooks";
const ORG: &str = "organization_hooks";

pub(super) const ROUTES: &[Route] = &[
    get(ALL, REPO, list),
    write("POST", ALL, REPO, make),
    get(ONE, REPO, one),
    write("PATCH", ONE, REPO, change),
    write("DELETE", ONE, REPO, delete),
    write("PATCH", CONFIG, REPO, reconfigure),
    org_get(ORG_ALL, ORG, list),
    org_write("POST", ORG_ALL, ORG, make),
    org_get(ORG_ONE, ORG, one),
    org_write("PATCH", ORG_ONE, ORG, change),
    org_write("DELETE", ORG_ONE, ORG, delete),
];

/// Of the repository in the path, else of the organisation.
fn hooks<'a>(call: &'a Call<'_>) -> Result<&'a BTreeMap<Id, Hook>, Answer> {
    if call.repo == 0 { Ok(&call.org()?.hooks) } else { Ok(&call.repo()?.hooks) }
}

fn hooks_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut BTreeMap<Id, Hook>, Answer> {
    if call.repo == 0 { Ok(&mut call.org_mut()?.hooks) } else { Ok(&mut call.repo_mut()?.hooks) }
}

fn show(call: &Call<'_>, hook: &Hook) -> Value {
    let parent = if call.repo == 0 {
        call.url(&format!("orgs/{}", call.org().map(|org| org.login.clone()).unwrap_or_default()))
    } else {
        call.repo_url()
    };
    let url = format!("{parent}/hooks/{}", hook.id);
    let mut config = Map::new();
    config.insert("url".to_owned(), hook.url.clone().into());
    config.insert("content_type".to_owned(), hook.content_type.clone().into());
    config.insert("insecure_ssl".to_owned(), hook.insecure_ssl.clone().into());
    if hook.secret.is_some() {
        config.insert("secret".to_owned(), "********".into());
    }
    let mut shown = json!({
        "type": if call.repo == 0 { "Organization" } else { "Repository" }, "id": hook.id, "name": "web",
        "active": hook.active, "events": hook.events, "config": config, "url": url,
        "created_at": time(hook.created_at), "updated_at": time(hook.updated_at),
        "ping_url": format!("{url}/pings"), "deliveries_url": format!("{url}/deliveries"),
    });
    if call.repo != 0 {
        shown["test_url"] = format!("{url}/test").into();
        shown["last_response"] = json!({"code": null, "status": "unused", "message": null});
    }
    shown
}

fn list(call: &mut Call<'_>) -> Said {
    page::list(call, hooks(call)?.values().map(|hook| show(call, hook)).collect())
}

fn one(call: &mut Call<'_>) -> Said {
    let id = call.number("hook_id")?;
    ok(show(call, hooks(call)?.get(&id).ok_or_else(not_found)?))
}

fn delete(call: &mut Call<'_>) -> Said {
    let id = call.number("hook_id")?;
    hooks_mut(call)?.remove(&id).ok_or_else(not_found)?;
    done()
}

fn make(call: &mut Call<'_>) -> Said {
    let config = call.body.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
    let url = config.get("url").and_then(Value::as_str).unwrap_or_default().to_owned();
    let events = events(call, "events").unwrap_or_else(|| vec!["push".to_owned()]);
    if url.is_empty() {
        return Err(invalid("Hook", "url", "missing_field", "config must contain URL key"));
    }
    let same = |hook: &Hook| hook.url == url && hook.events.iter().any(|event| events.contains(event));
    if hooks(call)?.values().any(same) {
        return Err(invalid("Hook", "base", "custom", "Hook already exists on this repository"));
    }
    let (id, now) = (call.world.ids.next(), call.world.now);
    let mut hook = Hook {
        id,
        url,
        content_type: "form".to_owned(),
        insecure_ssl: "0".to_owned(),
        secret: None,
        events,
        active: call.switch("active").unwrap_or(true),
        created_at: now,
        updated_at: now,
    };
    configure(&mut hook, &config);
    let shown = show(call, &hook);
    hooks_mut(call)?.insert(id, hook);
    let url = shown["url"].as_str().unwrap_or_default().to_owned();
    created(shown).map(|answer| answer.header("location", url))
}

fn events(call: &Call<'_>, name: &str) -> Option<Vec<String>> {
    let list = call.body.get(name)?.as_array()?;
    Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn configure(hook: &mut Hook, config: &Map) {
    let text =
        |name: &str| config.get(name).map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
    hook.url = text("url").unwrap_or_else(|| hook.url.clone());
    hook.content_type = text("content_type").unwrap_or_else(|| hook.content_type.clone());
    hook.insecure_ssl = text("insecure_ssl").unwrap_or_else(|| hook.insecure_ssl.clone());
    hook.secret = text("secret").filter(|secret| !secret.is_empty());
}

/// A `config` replaces the former one, secret included: one that is left out is gone.
fn change(call: &mut Call<'_>) -> Said {
    let id = call.number("hook_id")?;
    let config = call.body.get("config").and_then(Value::as_object).cloned();
    let (set, add, remove) =
        (events(call, "events"), events(call, "add_events"), events(call, "remove_events"));
    let (active, now) = (call.switch("active"), call.world.now);
    let hook = hooks_mut(call)?.get_mut(&id).ok_or_else(not_found)?;
    if let Some(config) = config {
        configure(hook, &config);
    }
    hook.events = set.unwrap_or_else(|| hook.events.clone());
    hook.events.extend(add.unwrap_or_default());
    hook.events.retain(|event| !remove.as_ref().is_some_and(|gone| gone.contains(event)));
    hook.active = active.unwrap_or(hook.active);
    hook.updated_at = now;
    ok(show(call, &hooks(call)?[&id]))
}

/// Unlike a whole `config`, this leaves alone what is not sent, the secret too.
fn reconfigure(call: &mut Call<'_>) -> Said {
    let (id, now) = (call.number("hook_id")?, call.world.now);
    let sent = call.body.as_object().cloned().unwrap_or_default();
    let hook = hooks_mut(call)?.get_mut(&id).ok_or_else(not_found)?;
    let secret = hook.secret.clone();
    configure(hook, &sent);
    hook.secret = hook.secret.take().or(secret);
    hook.updated_at = now;
    ok(show(call, &hooks(call)?[&id])["config"].clone())
}
