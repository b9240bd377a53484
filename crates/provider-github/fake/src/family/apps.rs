//! Apps, installations, and the tokens that are minted for them; deliveries of the App's webhook.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::repos::plain;
use super::show::{app as show_app, owner};
use crate::answer::{Answer, Said, created, not_found, ok, refusal};
use crate::auth::{Caller, in_an_hour};
use crate::call::Call;
use crate::clock::show as time;
use crate::ids::Id;
use crate::page;
use crate::route::{Need, Route, free, org_get};
use crate::world::{Holder, Installation, Permissions, Token};

pub(super) const ROUTES: &[Route] = &[
    free("GET", "/apps/{app_slug}", Need::Nothing, |call| {
        ok(show_app(call, call.world.app_slugged(call.value("app_slug")).ok_or_else(not_found)?))
    }),
    free("GET", "/app", Need::Jwt, |call| {
        ok(show_app(call, call.world.apps.get(&own(call)?).ok_or_else(not_found)?))
    }),
    free("GET", "/app/installations", Need::Jwt, |call| {
        let own = own(call)?;
        let all = call.world.installations.values().filter(|one| one.app == own);
        page::list(call, all.map(|one| show(call, one)).collect())
    }),
    free("GET", "/app/installations/{installation_id}", Need::Jwt, |call| ok(show(call, &found(call)?))),
    free("POST", "/app/installations/{installation_id}/access_tokens", Need::Jwt, mint),
    free("GET", "/orgs/{org}/installation", Need::Jwt, |call| {
        let org = call.world.org_named(call.value("org")).ok_or_else(not_found)?.id;
        installed(call, org)
    }),
    org_get("/orgs/{org}/installations", "organization_administration", |call| {
        let all = call.world.installations.values().filter(|one| one.org == call.org);
        page::counted(call, "installations", all.map(|one| show(call, one)).collect())
    }),
    free("GET", "/repos/{owner}/{repo}/installation", Need::Jwt, |call| {
        let org = call.world.repo_named(call.value("owner"), call.value("repo")).ok_or_else(not_found)?.owner;
        installed(call, org)
    }),
];

fn own(call: &Call<'_>) -> Result<Id, Answer> {
    match call.caller {
        Caller::App(id) => Ok(*id),
        Caller::Nobody | Caller::Token { .. } => Err(not_found()),
    }
}

fn installed(call: &Call<'_>, org: Id) -> Said {
    let own = own(call)?;
    let found = call.world.installations.values().find(|one| one.app == own && one.org == org);
    ok(show(call, found.ok_or_else(not_found)?))
}

fn found(call: &Call<'_>) -> Result<Installation, Answer> {
    let (id, own) = (call.number("installation_id")?, own(call)?);
    call.world.installations.get(&id).filter(|one| one.app == own).cloned().ok_or_else(not_found)
}

fn show(call: &Call<'_>, one: &Installation) -> Value {
    let app = call.world.apps.get(&one.app);
    let url = call.url(&format!("app/installations/{}", one.id));
    json!({
        "id": one.id, "account": owner(call, one.org), "app_id": one.app, "target_id": one.org,
        "repository_selection": if one.repos.is_some() { "selected" } else { "all" },
        "access_tokens_url": format!("{url}/access_tokens"), "repositories_url": call.url("installation/repositories"),
        "html_url": url, "target_type": "Organization", "permissions": one.permissions,
        "events": app.map(|app| app.events.clone()), "created_at": time(one.created_at),
        "updated_at": time(one.created_at), "single_file_name": null, "app_slug": app.map(|app| app.slug.clone()),
        "suspended_by": null, "suspended_at": one.suspended.then(|| time(one.created_at)),
    })
}

fn unprocessable(text: &str) -> Answer {
    refusal(422, text)
}

/// For some of the installation's repositories and permissions, or for all of them.
fn mint(call: &mut Call<'_>) -> Said {
    let one = found(call)?;
    if one.suspended {
        return Err(refusal(403, "This installation has been suspended"));
    }
    let (permissions, repos) = (subset(call, &one)?, repositories(call, &one)?);
    let text = format!("ghs_{}", call.world.ids.word(36));
    let expires_at = in_an_hour(call.world.now);
    let selected = repos.is_some() || one.repos.is_some();
    let mut shown = json!({
        "token": text, "expires_at": time(expires_at), "permissions": permissions,
        "repository_selection": if selected { "selected" } else { "all" },
    });
    let token = Token {
        holder: Holder::Installation(one.id),
        permissions: Some(permissions),
        repos: repos.clone(),
        expires_at: Some(expires_at),
    };
    if let Some(repos) = repos {
        let found = repos.iter().filter_map(|id| call.world.repos.get(id));
        shown["repositories"] = found.map(|repo| Value::Object(plain(call, repo))).collect();
    }
    call.world.tokens.insert(text, token);
    created(shown)
}

fn subset(call: &Call<'_>, one: &Installation) -> Result<Permissions, Answer> {
    let Some(asked) = call.body.get("permissions").and_then(Value::as_object) else {
        return Ok(one.permissions.clone());
    };
    let mut permissions = Permissions::from([("metadata".to_owned(), "read".to_owned())]);
    for (name, level) in asked {
        let level = level.as_str().unwrap_or_default();
        let has = one.permissions.get(name).is_some_and(|has| has == level || has == "write");
        if !has {
            return Err(unprocessable("The permissions requested are not granted to this installation."));
        }
        permissions.insert(name.clone(), level.to_owned());
    }
    Ok(permissions)
}

fn repositories(call: &Call<'_>, one: &Installation) -> Result<Option<BTreeSet<Id>>, Answer> {
    let list = |name: &str| call.body.get(name).and_then(Value::as_array);
    if list("repositories").is_none() && list("repository_ids").is_none() {
        return Ok(None);
    }
    let org = call.world.orgs.get(&one.org).map(|org| org.login.clone()).unwrap_or_default();
    let mut repos = BTreeSet::new();
    let missing = || {
        unprocessable(
            "There is at least one repository that does not exist or is not accessible to the parent installation.",
        )
    };
    for name in list("repositories").into_iter().flatten().filter_map(Value::as_str) {
        repos.insert(call.world.repo_named(&org, name).ok_or_else(missing)?.id);
    }
    for id in list("repository_ids").into_iter().flatten().filter_map(Value::as_u64) {
        let repo = call.world.repos.get(&id).filter(|repo| repo.owner == one.org);
        repos.insert(repo.ok_or_else(missing)?.id);
    }
    if one.repos.as_ref().is_some_and(|installed| !repos.is_subset(installed)) {
        return Err(missing());
    }
    Ok(Some(repos))
}
