//! Variables of Actions: of repositories, environments and organisations.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::environments::{found, found_mut};
use crate::answer::{Answer, Said, created, done, invalid_simple, not_found, ok, refusal};
use crate::call::Call;
use crate::clock::show as time;
use crate::page;
use crate::route::{Route, get, org_get, org_write, write};
use crate::world::Variable;

const ALL: &str = "/repos/{owner}/{repo}/actions/variables";
const ONE: &str = "/repos/{owner}/{repo}/actions/variables/{name}";
const ENV_ALL: &str = "/repos/{owner}/{repo}/environments/{environment_name}/variables";
const ENV_ONE: &str = "/repos/{owner}/{repo}/environments/{environment_name}/variables/{name}";
const ORG_ALL: &str = "/orgs/{org}/actions/variables";
const ORG_ONE: &str = "/orgs/{org}/actions/variables/{name}";
/// The description of installation permissions calls it so.
const REPO: &str = "actions_variables";
const ORG: &str = "organization_actions_variables";

pub(super) const ROUTES: &[Route] = &[
    get(ALL, REPO, list),
    write("POST", ALL, REPO, make),
    get(ONE, REPO, one),
    write("PATCH", ONE, REPO, change),
    write("DELETE", ONE, REPO, delete),
    get(ENV_ALL, "environments", list),
    write("POST", ENV_ALL, "environments", make),
    get(ENV_ONE, "environments", one),
    write("PATCH", ENV_ONE, "environments", change),
    write("DELETE", ENV_ONE, "environments", delete),
    org_get(ORG_ALL, ORG, list),
    org_write("POST", ORG_ALL, ORG, make),
    org_get(ORG_ONE, ORG, one),
    org_write("PATCH", ORG_ONE, ORG, change),
    org_write("DELETE", ORG_ONE, ORG, delete),
];

fn all<'a>(call: &'a Call<'_>) -> Result<&'a BTreeMap<String, Variable>, Answer> {
    if call.repo == 0 {
        return Ok(&call.org()?.variables);
    }
    if call.value("environment_name").is_empty() {
        Ok(&call.repo()?.variables)
    } else {
        Ok(&found(call)?.variables)
    }
}

fn all_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut BTreeMap<String, Variable>, Answer> {
    if call.repo == 0 {
        return Ok(&mut call.org_mut()?.variables);
    }
    if call.value("environment_name").is_empty() {
        Ok(&mut call.repo_mut()?.variables)
    } else {
        Ok(&mut found_mut(call)?.variables)
    }
}

fn show(call: &Call<'_>, name: &str, one: &Variable) -> Value {
    let mut shown = json!({
        "name": name, "value": one.value, "created_at": time(one.created_at), "updated_at": time(one.updated_at),
    });
    if call.repo == 0 {
        shown["visibility"] = "all".into();
    }
    shown
}

fn list(call: &mut Call<'_>) -> Said {
    page::counted(call, "variables", all(call)?.iter().map(|(name, one)| show(call, name, one)).collect())
}

fn name(call: &Call<'_>) -> String {
    call.value("name").to_uppercase()
}

fn one(call: &mut Call<'_>) -> Said {
    let name = name(call);
    ok(show(call, &name, all(call)?.get(&name).ok_or_else(not_found)?))
}

/// Letters, digits, underscores; not beginning with a digit or `GITHUB_`. Stored in capitals.
pub(super) fn fit(name: &str) -> Result<String, Answer> {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let upper = name.to_uppercase();
    if name.is_empty() || !plain || name.as_bytes()[0].is_ascii_digit() || upper.starts_with("GITHUB_") {
        return Err(invalid_simple(
            "Name is invalid: only letters, digits and _, and not GITHUB_ or a digit first",
        ));
    }
    Ok(upper)
}

fn make(call: &mut Call<'_>) -> Said {
    let (name, value) = (fit(&call.wanted("Variable", "name")?)?, call.wanted("Variable", "value")?);
    let now = call.world.now;
    let all = all_mut(call)?;
    if all.contains_key(&name) {
        return Err(refusal(409, "Already exists - Variable already exists"));
    }
    all.insert(name, Variable { value, created_at: now, updated_at: now });
    created(json!({}))
}

fn change(call: &mut Call<'_>) -> Said {
    let (old, now) = (name(call), call.world.now);
    let new = call.text("name").map(fit).transpose()?.unwrap_or_else(|| old.clone());
    let value = call.text("value").map(str::to_owned);
    let all = all_mut(call)?;
    let mut one = all.remove(&old).ok_or_else(not_found)?;
    one.value = value.unwrap_or(one.value);
    one.updated_at = now;
    all.insert(new, one);
    done()
}

fn delete(call: &mut Call<'_>) -> Said {
    let name = name(call);
    all_mut(call)?.remove(&name).ok_or_else(not_found)?;
    done()
}
