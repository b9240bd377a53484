//! Which write becomes which event.

use serde_json::{Value, json};

use super::Event;
use crate::answer::Answer;
use crate::call::Call;
use crate::family::show::{author, object, org_short, user};
use crate::family::{plain_repo, protection_of, protection_told};
use crate::route::Route;
use crate::world::{Author, Map};

const REPO: &str = "/repos/{owner}/{repo}";

/// What is known before a write and gone after it: the repository, and the thing itself as `GET` shows it.
pub(crate) struct Before {
    repository: Option<Map>,
    thing: Option<Value>,
    /// The classic protection of the branch in the path.
    rule: Option<Value>,
}

/// Looks before the write; `get` is the call that reads the same path, if there is one.
pub(crate) fn before(call: &mut Call<'_>, get: Option<Route>) -> Before {
    let repository = call.repo().ok().map(|repo| plain_repo(call, repo));
    let thing = get.and_then(|get| (get.run)(call).ok()).and_then(|answer| answer.body);
    Before { repository, thing, rule: rule(call) }
}

fn rule(call: &Call<'_>) -> Option<Value> {
    let repo = call.repo().ok()?;
    Some(protection_told(call.world, repo.id, protection_of(repo, call.value("branch"))?))
}

/// The event of a write that took effect.
pub(crate) fn of(call: &Call<'_>, route: Route, before: Before, answer: &Answer) -> Option<Event> {
    let thing = answer.body.clone().or_else(|| before.thing.clone());
    let (name, payload) = if route.path.contains("/protection") {
        protection(route, before.rule, rule(call))?
    } else {
        named(call, route, before.thing.as_ref(), answer, thing)?
    };
    Some(addressed(call, name, payload, before.repository))
}

fn protection(route: Route, was: Option<Value>, now: Option<Value>) -> Option<(&'static str, Map)> {
    let action = match (route.method, &was) {
        ("DELETE", _) if route.path.ends_with("/protection") => "deleted",
        (_, None) => "created",
        (_, Some(_)) => "edited",
    };
    let rule = if action == "deleted" { was } else { now };
    Some(("branch_protection_rule", object(json!({"action": action, "rule": rule?}))))
}

/// With the repository, which may be gone by now, the organisation and who did it.
pub(crate) fn addressed(call: &Call<'_>, name: &'static str, mut payload: Map, was: Option<Map>) -> Event {
    let now = call.repo().ok().map(|repo| plain_repo(call, repo));
    let repository = now.or(was);
    let id = repository.as_ref().and_then(|repo| repo.get("id")?.as_u64());
    if let Some(repository) = repository {
        payload.insert("repository".to_owned(), Value::Object(repository));
    }
    if let Ok(org) = call.org() {
        payload.insert("organization".to_owned(), org_short(call, org));
    }
    payload.insert("sender".to_owned(), sender(call));
    Event { name: name.to_owned(), org: call.org, repository: id, payload, app: None }
}

/// Notes what happened in the repository in the path.
pub(crate) fn happened(call: &mut Call<'_>, name: &'static str, payload: Value) {
    let event = addressed(call, name, object(payload), None);
    call.events.push(event);
}

/// The same, for one App only.
pub(crate) fn happened_for(call: &mut Call<'_>, app: crate::ids::Id, name: &'static str, payload: Value) {
    let event = Event { app: Some(app), ..addressed(call, name, object(payload), None) };
    call.events.push(event);
}

/// A person, or the App's own account.
fn sender(call: &Call<'_>) -> Value {
    author(call, call.caller.author(call.world).unwrap_or(Author::App(0)))
}

fn named(
    call: &Call<'_>,
    route: Route,
    before: Option<&Value>,
    answer: &Answer,
    thing: Option<Value>,
) -> Option<(&'static str, Map)> {
    let with = |action: &str, key: &str, value: Option<Value>| object(json!({"action": action, key: value}));
    let made = match route.method {
        "POST" => "created",
        "DELETE" => "deleted",
        _ => "edited",
    };
    let member = || call.user().ok().map(|id| user(call, id));
    Some(match (route.method, route.path) {
        ("POST", "/orgs/{org}/repos" | "/repos/{template_owner}/{template_repo}/generate") => {
            ("repository", object(json!({"action": "created"})))
        }
        ("DELETE", REPO) => ("repository", object(json!({"action": "deleted"}))),
        ("PATCH", REPO) => ("repository", repository(call, before?)?),
        ("PUT", "/repos/{owner}/{repo}/topics") => {
            let from = before.and_then(|before| before.get("names").cloned());
            ("repository", object(json!({"action": "edited", "changes": {"topics": {"from": from}}})))
        }
        ("PUT", "/repos/{owner}/{repo}/collaborators/{username}") if answer.status == 204 => {
            ("member", with("added", "member", member()))
        }
        ("DELETE", "/repos/{owner}/{repo}/collaborators/{username}") => {
            ("member", with("removed", "member", member()))
        }
        (_, "/repos/{owner}/{repo}/labels" | "/repos/{owner}/{repo}/labels/{name}") => {
            let mut payload = with(made, "label", thing);
            if made == "edited" {
                payload.insert("changes".to_owned(), json!({}));
            }
            ("label", payload)
        }
        (_, "/repos/{owner}/{repo}/keys" | "/repos/{owner}/{repo}/keys/{key_id}") => {
            ("deploy_key", with(made, "key", thing))
        }
        (_, "/repos/{owner}/{repo}/rulesets" | "/repos/{owner}/{repo}/rulesets/{ruleset_id}") => {
            ("repository_ruleset", with(made, "repository_ruleset", thing))
        }
        (_, path) if path.starts_with("/orgs/{org}/teams") => {
            return of_team(call, route, before, thing, made);
        }
        _ => return None,
    })
}

fn of_team(
    call: &Call<'_>,
    route: Route,
    before: Option<&Value>,
    thing: Option<Value>,
    made: &str,
) -> Option<(&'static str, Map)> {
    match (route.method, route.path) {
        (_, "/orgs/{org}/teams" | "/orgs/{org}/teams/{team_slug}") => {
            Some(("team", team(made, thing, before)))
        }
        ("PUT" | "DELETE", "/orgs/{org}/teams/{team_slug}/memberships/{username}") => {
            let action = if route.method == "PUT" { "added" } else { "removed" };
            let pending = thing.is_some_and(|state| state["state"] == "pending");
            let member = user(call, call.user().ok()?);
            let team = crate::family::show::team(call, call.org().ok()?, call.team().ok()?, None);
            let shown = object(json!({"action": action, "scope": "team", "member": member, "team": team}));
            (!pending).then_some(("membership", shown))
        }
        _ => None,
    }
}

/// A change of several settings at once is one event here, named after the most telling of them; most settings have
/// none.
fn repository(call: &Call<'_>, before: &Value) -> Option<Map> {
    let repo = call.repo().ok()?;
    let was = |name: &str| before[name].clone();
    let action = if was("name") != repo.name {
        "renamed"
    } else if was("archived") != repo.archived {
        if repo.archived { "archived" } else { "unarchived" }
    } else if was("visibility") != repo.visibility {
        if repo.visibility == "public" { "publicized" } else { "privatized" }
    } else {
        "edited"
    };
    let changes = match action {
        "renamed" => json!({"repository": {"name": {"from": was("name")}}}),
        "edited" => ["description", "homepage", "default_branch"]
            .into_iter()
            .filter(|name| repo.settings.get(*name).is_some_and(|now| *now != was(name)))
            .map(|name| (name.to_owned(), json!({"from": was(name)})))
            .collect::<Map>()
            .into(),
        _ => return Some(object(json!({"action": action}))),
    };
    (changes != json!({})).then(|| object(json!({"action": action, "changes": changes})))
}

fn team(action: &str, thing: Option<Value>, before: Option<&Value>) -> Map {
    let mut payload = object(json!({"action": action}));
    if let Some(Value::Object(mut team)) = thing {
        for only_whole in ["members_count", "repos_count", "created_at", "updated_at", "organization"] {
            team.remove(only_whole);
        }
        if action == "edited" {
            let changed =
                ["name", "description", "privacy", "notification_setting"].into_iter().filter_map(|name| {
                    let was = before?.get(name)?;
                    (Some(was) != team.get(name))
                        .then(|| (name.to_owned(), json!({"from": was.as_str().unwrap_or_default()})))
                });
            payload.insert("changes".to_owned(), changed.collect::<Map>().into());
        }
        payload.insert("team".to_owned(), Value::Object(team));
    }
    payload
}
