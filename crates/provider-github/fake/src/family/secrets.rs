//! Secrets of Actions: written sealed, opened here to see that the sealing was right, never shown again.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::environments::{found, found_mut};
use super::variables::fit;
use crate::answer::{Answer, Said, created, done, invalid_simple, not_found, ok};
use crate::call::Call;
use crate::clock::show as time;
use crate::page;
use crate::route::{Route, get, org_get, org_write, write};
use crate::sealed::Pair;
use crate::world::Secret;

const ALL: &str = "/repos/{owner}/{repo}/actions/secrets";
const KEY: &str = "/repos/{owner}/{repo}/actions/secrets/public-key";
const ONE: &str = "/repos/{owner}/{repo}/actions/secrets/{secret_name}";
const ENV_ALL: &str = "/repos/{owner}/{repo}/environments/{environment_name}/secrets";
const ENV_KEY: &str = "/repos/{owner}/{repo}/environments/{environment_name}/secrets/public-key";
const ENV_ONE: &str = "/repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}";
const ORG_ALL: &str = "/orgs/{org}/actions/secrets";
const ORG_KEY: &str = "/orgs/{org}/actions/secrets/public-key";
const ORG_ONE: &str = "/orgs/{org}/actions/secrets/{secret_name}";
const ORG: &str = "organization_secrets";

pub(super) const ROUTES: &[Route] = &[
    get(ALL, "secrets", list),
    get(KEY, "secrets", key),
    get(ONE, "secrets", one),
    write("PUT", ONE, "secrets", put),
    write("DELETE", ONE, "secrets", delete),
    get(ENV_ALL, "environments", list),
    get(ENV_KEY, "environments", key),
    get(ENV_ONE, "environments", one),
    write("PUT", ENV_ONE, "environments", put),
    write("DELETE", ENV_ONE, "environments", delete),
    org_get(ORG_ALL, ORG, list),
    org_get(ORG_KEY, ORG, key),
    org_get(ORG_ONE, ORG, one),
    org_write("PUT", ORG_ONE, ORG, put),
    org_write("DELETE", ORG_ONE, ORG, delete),
];

fn all<'a>(call: &'a Call<'_>) -> Result<&'a BTreeMap<String, Secret>, Answer> {
    if call.repo == 0 {
        return Ok(&call.org()?.secrets);
    }
    if call.value("environment_name").is_empty() {
        Ok(&call.repo()?.secrets)
    } else {
        Ok(&found(call)?.secrets)
    }
}

fn all_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut BTreeMap<String, Secret>, Answer> {
    if call.repo == 0 {
        return Ok(&mut call.org_mut()?.secrets);
    }
    if call.value("environment_name").is_empty() {
        Ok(&mut call.repo_mut()?.secrets)
    } else {
        Ok(&mut found_mut(call)?.secrets)
    }
}

/// Repositories share a pair with their environments, not with each other.
fn pair(call: &Call<'_>) -> Pair {
    Pair::of(&format!("{}/{}", call.org, call.repo))
}

fn show(call: &Call<'_>, name: &str, one: &Secret) -> Value {
    let mut shown =
        json!({"name": name, "created_at": time(one.created_at), "updated_at": time(one.updated_at)});
    if call.repo == 0 {
        shown["visibility"] = "all".into();
    }
    shown
}

fn list(call: &mut Call<'_>) -> Said {
    page::counted(call, "secrets", all(call)?.iter().map(|(name, one)| show(call, name, one)).collect())
}

fn key(call: &mut Call<'_>) -> Said {
    let pair = pair(call);
    ok(json!({"key_id": pair.id(), "key": pair.public()}))
}

fn name(call: &Call<'_>) -> String {
    call.value("secret_name").to_uppercase()
}

fn one(call: &mut Call<'_>) -> Said {
    let name = name(call);
    ok(show(call, &name, all(call)?.get(&name).ok_or_else(not_found)?))
}

fn put(call: &mut Call<'_>) -> Said {
    let (name, now) = (fit(call.value("secret_name"))?, call.world.now);
    let (sealed, key_id) = (call.wanted("Secret", "encrypted_value")?, call.wanted("Secret", "key_id")?);
    let pair = pair(call);
    if key_id != pair.id() {
        return Err(invalid_simple("The key_id is not that of the present public key"));
    }
    let opened = pair.open(&sealed).ok_or_else(|| invalid_simple("The encrypted_value cannot be opened"))?;
    let all = all_mut(call)?;
    let old = all.get(&name).map(|old| old.created_at);
    all.insert(name, Secret { opened, created_at: old.unwrap_or(now), updated_at: now });
    if old.is_some() { done() } else { created(json!({})) }
}

fn delete(call: &mut Call<'_>) -> Said {
    let name = name(call);
    all_mut(call)?.remove(&name).ok_or_else(not_found)?;
    done()
}
