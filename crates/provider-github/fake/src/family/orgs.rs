//! Organisations themselves, and people.

use serde_json::{Value, json};

use super::show::{author, object, org_short, user};
use crate::answer::{Said, forbidden, not_found, ok, refusal};
use crate::call::Call;
use crate::clock::show as time;
use crate::route::{Level, Need, Route, free, org_get, org_write};
use crate::world::{Author, Map, Org, User};

pub(super) const ROUTES: &[Route] = &[
    org_get("/orgs/{org}", "metadata", |call| ok(full(call, call.org()?))),
    org_write("PATCH", "/orgs/{org}", "organization_administration", change),
    free("GET", "/users/{username}", Need::Nothing, |call| {
        // The account of an App is one like a person's.
        if let Some(slug) = call.value("username").strip_suffix("[bot]") {
            let app = call.world.app_slugged(slug).ok_or_else(not_found)?;
            let account = author(call, Author::App(app.id));
            return ok(Value::Object(profile(account, None, app.created_at)));
        }
        let id = call.user()?;
        ok(person(call, id, false))
    }),
    free("GET", "/user", Need::Nothing, own),
];

/// As by itself; settings only to those who may read the administration.
pub(crate) fn full(call: &Call<'_>, org: &Org) -> Value {
    let mut shown = object(org_short(call, org));
    let url = call.url(&org.login);
    let repos = call.world.repos.values().filter(|repo| repo.owner == org.id);
    let public = repos.filter(|repo| repo.visibility == "public").count();
    shown.extend(object(json!({
        "has_organization_projects": true, "has_repository_projects": true, "public_repos": public,
        "public_gists": 0, "followers": 0, "following": 0, "html_url": url, "type": "Organization",
        "created_at": time(org.created_at), "updated_at": time(org.created_at), "archived_at": null,
        "is_verified": false,
    })));
    let may = call.caller.may_org(call.world, org.id, "organization_administration", Level::Read);
    let open = |name: &str| matches!(name, "name" | "description" | "email" | "company");
    let settings = org.settings.iter().filter(|(name, value)| (may || open(name)) && !value.is_null());
    shown.extend(settings.map(|(name, value)| (name.clone(), value.clone())));
    Value::Object(shown)
}

fn change(call: &mut Call<'_>) -> Said {
    let fields = call.fields();
    let org = call.org_mut()?;
    org.settings.extend(fields);
    ok(full(call, call.org()?))
}

fn profile(account: Value, found: Option<&User>, since: jiff::Timestamp) -> Map {
    let mut shown = object(account);
    shown.extend(object(json!({
        "name": found.and_then(|user| user.name.clone()), "company": null, "blog": "", "location": null,
        "email": found.and_then(|user| user.email.clone()), "hireable": null, "bio": null, "twitter_username": null,
        "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
        "created_at": time(since), "updated_at": time(since),
    })));
    shown
}

/// A person by itself; some of it only to itself.
fn person(call: &Call<'_>, id: u64, own: bool) -> Value {
    let found = call.world.users.get(&id);
    let since = found.map_or(call.world.now, |user| user.created_at);
    let mut shown = profile(user(call, id), found, since);
    if own {
        shown.extend(object(json!({
            "private_gists": 0, "total_private_repos": 0, "owned_private_repos": 0, "disk_usage": 0,
            "collaborators": 0, "two_factor_authentication": found.is_some_and(|user| user.two_factor),
        })));
    }
    Value::Object(shown)
}

fn own(call: &mut Call<'_>) -> Said {
    match (call.caller.person(), call.caller.installation()) {
        (Some(id), _) if call.world.users.contains_key(&id) => ok(person(call, id, true)),
        (Some(_), _) => Err(not_found()),
        (None, Some(_)) => Err(forbidden("Resource not accessible by integration")),
        (None, None) => Err(refusal(401, "Requires authentication")),
    }
}
