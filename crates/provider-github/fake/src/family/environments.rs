//! Deployment environments: waits, reviewers, and which branches may deploy.

use serde_json::{Value, json};

use super::show::{team, user};
use crate::answer::{Answer, Said, done, invalid_simple, not_found, ok, refusal};
use crate::call::Call;
use crate::clock::show as time;
use crate::ids::Sort;
use crate::page;
use crate::route::{Route, get, write};
use crate::world::Environment;

const ALL: &str = "/repos/{owner}/{repo}/environments";
const ONE: &str = "/repos/{owner}/{repo}/environments/{environment_name}";
const PATTERNS: &str = "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies";
const PATTERN: &str =
    "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies/{branch_policy_id}";

pub(super) const ROUTES: &[Route] = &[
    get(ALL, "actions", |call| {
        let all = call.repo()?.environments.values();
        page::counted(call, "environments", all.map(|one| show(call, one)).collect())
    }),
    get(ONE, "actions", |call| ok(show(call, found(call)?))),
    write("PUT", ONE, "administration", put),
    write("DELETE", ONE, "administration", |call| {
        let name = found(call)?.name.clone();
        call.repo_mut()?.environments.remove(&name);
        done()
    }),
    get(PATTERNS, "actions", |call| {
        let all = found(call)?.patterns.iter();
        page::counted(call, "branch_policies", all.map(|(id, one)| pattern(*id, one)).collect())
    }),
    write("POST", PATTERNS, "administration", add_pattern),
    get(PATTERN, "actions", |call| {
        let id = call.number("branch_policy_id")?;
        ok(pattern(id, found(call)?.patterns.get(&id).ok_or_else(not_found)?))
    }),
    write("PUT", PATTERN, "administration", |call| {
        let (id, name) = (call.number("branch_policy_id")?, call.wanted("Policy", "name")?);
        found_mut(call)?.patterns.get_mut(&id).ok_or_else(not_found)?.0 = name;
        ok(pattern(id, &found(call)?.patterns[&id]))
    }),
    write("DELETE", PATTERN, "administration", |call| {
        let id = call.number("branch_policy_id")?;
        found_mut(call)?.patterns.remove(&id).ok_or_else(not_found)?;
        done()
    }),
];

/// The environment in the path; names know no case.
pub(super) fn found<'a>(call: &'a Call<'_>) -> Result<&'a Environment, Answer> {
    let name = call.value("environment_name");
    let all = &call.repo()?.environments;
    all.values().find(|one| one.name.eq_ignore_ascii_case(name)).ok_or_else(not_found)
}

pub(super) fn found_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Environment, Answer> {
    let name = call.value("environment_name").to_owned();
    let all = &mut call.repo_mut()?.environments;
    all.values_mut().find(|one| one.name.eq_ignore_ascii_case(&name)).ok_or_else(not_found)
}

fn pattern(id: u64, (name, sort): &(String, String)) -> Value {
    json!({"id": id, "node_id": crate::ids::new_form(Sort::Other, id), "name": name, "type": sort})
}

/// A rule is there only where it does something.
fn show(call: &Call<'_>, one: &Environment) -> Value {
    let rule = |at: u64, sort: &str| json!({"id": one.id + at, "node_id": call.node(Sort::Other, one.id + at), "type": sort});
    let mut rules = Vec::new();
    if one.wait_timer > 0 {
        let mut wait = rule(1, "wait_timer");
        wait["wait_timer"] = one.wait_timer.into();
        rules.push(wait);
    }
    if !one.reviewers.is_empty() {
        let mut review = rule(2, "required_reviewers");
        review["prevent_self_review"] = one.prevent_self_review.into();
        review["reviewers"] =
            one.reviewers.iter().map(|(is_team, id)| reviewer(call, *is_team, *id)).collect();
        rules.push(review);
    }
    if one.protected_branches.is_some() {
        rules.push(rule(3, "branch_policy"));
    }
    let policy =
        one.protected_branches.map(|on| json!({"protected_branches": on, "custom_branch_policies": !on}));
    let url = format!("{}/environments/{}", call.repo_url(), one.name.replace('/', "%2F"));
    json!({
        "id": one.id, "node_id": call.node(Sort::Environment, one.id), "name": one.name, "url": url,
        "html_url": format!("{url}/settings"), "created_at": time(one.created_at),
        "updated_at": time(one.updated_at), "protection_rules": rules, "deployment_branch_policy": policy,
        "can_admins_bypass": one.can_admins_bypass,
    })
}

fn reviewer(call: &Call<'_>, is_team: bool, id: u64) -> Value {
    match call.world.team(id).filter(|_| is_team) {
        Some((org, found)) => json!({"type": "Team", "reviewer": team(call, org, found, None)}),
        None => json!({"type": "User", "reviewer": user(call, id)}),
    }
}

/// Makes or changes; what the body leaves out becomes none.
fn put(call: &mut Call<'_>) -> Said {
    let (name, now) = (call.value("environment_name").to_owned(), call.world.now);
    let wait_timer = call.body.get("wait_timer").and_then(Value::as_u64).unwrap_or(0);
    if wait_timer > 43_200 {
        return Err(refusal(422, "Wait timer must be between 0 and 43200 minutes"));
    }
    let (reviewers, protected_branches) = (reviewers(call)?, policy(call)?);
    let old = found(call).ok().cloned();
    let id = old.as_ref().map_or_else(|| call.world.ids.next() * 10, |old| old.id);
    let mut one = old.unwrap_or_else(|| Environment {
        id,
        name,
        wait_timer: 0,
        prevent_self_review: false,
        can_admins_bypass: true,
        reviewers: Vec::new(),
        protected_branches: None,
        patterns: std::collections::BTreeMap::new(),
        variables: std::collections::BTreeMap::new(),
        secrets: std::collections::BTreeMap::new(),
        created_at: now,
        updated_at: now,
    });
    one.wait_timer = wait_timer;
    one.prevent_self_review = call.switch("prevent_self_review").unwrap_or(false);
    one.can_admins_bypass = call.switch("can_admins_bypass").unwrap_or(true);
    (one.reviewers, one.protected_branches, one.updated_at) = (reviewers, protected_branches, now);
    if one.protected_branches != Some(false) {
        one.patterns.clear();
    }
    let shown = show(call, &one);
    call.repo_mut()?.environments.insert(one.name.clone(), one);
    ok(shown)
}

fn reviewers(call: &Call<'_>) -> Result<Vec<(bool, u64)>, Answer> {
    let list = call.body.get("reviewers").and_then(Value::as_array).cloned().unwrap_or_default();
    if list.len() > 6 {
        return Err(refusal(422, "At most 6 reviewers"));
    }
    let mut reviewers = Vec::new();
    for one in list {
        let (is_team, id) = (one["type"] == "Team", one["id"].as_u64().unwrap_or_default());
        let known =
            if is_team { call.org()?.teams.contains_key(&id) } else { call.world.users.contains_key(&id) };
        if !known {
            return Err(refusal(422, "Validation Failed: reviewer does not exist"));
        }
        reviewers.push((is_team, id));
    }
    Ok(reviewers)
}

fn policy(call: &Call<'_>) -> Result<Option<bool>, Answer> {
    let Some(policy) = call.body.get("deployment_branch_policy").filter(|value| value.is_object()) else {
        return Ok(None);
    };
    let on = |name: &str| policy.get(name).and_then(Value::as_bool).unwrap_or(false);
    if on("protected_branches") == on("custom_branch_policies") {
        return Err(refusal(422, "protected_branches and custom_branch_policies cannot have the same value"));
    }
    Ok(Some(on("protected_branches")))
}

fn add_pattern(call: &mut Call<'_>) -> Said {
    let (name, sort) = (call.wanted("Policy", "name")?, call.text("type").unwrap_or("branch").to_owned());
    let id = call.world.ids.next();
    let one = found_mut(call)?;
    if one.protected_branches != Some(false) {
        return Err(invalid_simple("The environment has no custom branch policies"));
    }
    let shown = pattern(id, &(name.clone(), sort.clone()));
    one.patterns.insert(id, (name, sort));
    ok(shown)
}
