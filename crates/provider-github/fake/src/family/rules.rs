//! Rules inside rulesets: what GitHub fills in, what it refuses, which repositories and branches they reach.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::rulesets::reaching;
use super::show::object;
use crate::answer::{Answer, invalid};
use crate::call::Call;
use crate::glob::matches;
use crate::ids::Id;
use crate::world::{Repo, Ruleset};

/// What a rule has by default.
fn defaults(rule: &str) -> Value {
    match rule {
        "pull_request" => json!({
            "allowed_merge_methods": ["merge", "squash", "rebase"], "dismiss_stale_reviews_on_push": false,
            "require_code_owner_review": false, "require_last_push_approval": false,
            "required_approving_review_count": 0, "required_review_thread_resolution": false,
        }),
        "required_status_checks" => json!({
            "do_not_enforce_on_create": false, "required_status_checks": [],
            "strict_required_status_checks_policy": false,
        }),
        "update" => json!({"update_allows_fetch_and_merge": false}),
        _ => Value::Null,
    }
}

/// Parameters with their defaults, and for each check the App that last reported it.
pub(super) fn fill(call: &Call<'_>, mut rule: Value) -> Value {
    let mut parameters = object(defaults(rule["type"].as_str().unwrap_or_default()));
    parameters.extend(object(rule.get("parameters").cloned().unwrap_or_default()));
    if let Some(checks) = parameters.get_mut("required_status_checks").and_then(Value::as_array_mut) {
        for check in checks {
            let reporter = call
                .repo()
                .ok()
                .and_then(|repo| repo.reported_checks.get(check["context"].as_str()?).copied());
            if let (None, Some(app)) = (check.get("integration_id"), reporter) {
                check["integration_id"] = app.into();
            }
        }
    }
    if !parameters.is_empty() {
        rule["parameters"] = Value::Object(parameters);
    }
    rule
}

/// Sorted by kind and number, not as they were sent.
pub(super) fn actors(mut actors: Vec<Value>) -> Vec<Value> {
    for actor in &mut actors {
        if actor.get("bypass_mode").is_none() {
            actor["bypass_mode"] = "always".into();
        }
        // Whoever owns the organisation is one actor, whatever number was sent.
        if actor["actor_type"] == "OrganizationAdmin" {
            actor["actor_id"] = Value::Null;
        }
        if actor.get("actor_id").is_none() {
            actor["actor_id"] = Value::Null;
        }
    }
    actors.sort_by_key(|actor| (actor["actor_type"].to_string(), actor["actor_id"].as_u64()));
    actors.reverse();
    actors.dedup_by(|a, b| a["actor_type"] == b["actor_type"] && a["actor_id"] == b["actor_id"]);
    actors
}

/// Refuses what contradicts itself or names what is not there.
pub(super) fn check(call: &Call<'_>, one: &Ruleset, others: &BTreeMap<Id, Ruleset>) -> Result<(), Answer> {
    let wrong = |text: &str| Err(invalid("Ruleset", "base", "custom", text));
    if others.values().any(|other| other.id != one.id && other.name == one.name) {
        return wrong("Name must be unique");
    }
    if call.repo == 0 && one.target != "push" && !scoped(&one.conditions) {
        return wrong(
            "Invalid conditions: one of repository_name, repository_id or repository_property is needed",
        );
    }
    for actor in &one.bypass_actors {
        let id = actor["actor_id"].as_u64().unwrap_or_default();
        let known = match actor["actor_type"].as_str().unwrap_or_default() {
            "Team" => call.org()?.teams.contains_key(&id),
            "Integration" => call.world.installations.values().any(|i| i.app == id && i.org == call.org),
            "User" => call.world.users.contains_key(&id),
            "RepositoryRole" => (1..=5).contains(&id),
            "OrganizationAdmin" | "DeployKey" => true,
            _ => false,
        };
        if !known {
            return wrong("Actor must be part of the ruleset source or owner organization");
        }
    }
    Ok(())
}

fn scoped(conditions: &Value) -> bool {
    ["repository_name", "repository_id", "repository_property"]
        .iter()
        .any(|name| conditions.get(name).is_some())
}

/// Whether an organisation's ruleset reaches a repository.
pub(crate) fn reaches(one: &Ruleset, repo: &Repo) -> bool {
    let ids = one.conditions["repository_id"]["repository_ids"].as_array();
    if let Some(ids) = ids {
        return ids.iter().any(|id| id.as_u64() == Some(repo.id));
    }
    if let Some(property) = one.conditions.get("repository_property") {
        return listed(&property["include"], |wanted| has(repo, wanted))
            && !listed(&property["exclude"], |wanted| has(repo, wanted));
    }
    let named = &one.conditions["repository_name"];
    named_in(&named["include"], &repo.name) && !named_in(&named["exclude"], &repo.name)
}

fn listed(list: &Value, test: impl Fn(&Value) -> bool) -> bool {
    list.as_array().is_some_and(|list| list.iter().any(test))
}

fn named_in(list: &Value, name: &str) -> bool {
    listed(list, |pattern| pattern.as_str().is_some_and(|p| p == "~ALL" || matches(p, name)))
}

fn has(repo: &Repo, wanted: &Value) -> bool {
    let value = wanted["name"].as_str().and_then(|name| repo.properties.get(name));
    let values = match value {
        Some(Value::Array(values)) => values.clone(),
        Some(value) => vec![value.clone()],
        None => Vec::new(),
    };
    wanted["property_values"].as_array().is_some_and(|any| any.iter().any(|one| values.contains(one)))
}

/// Whether a ruleset's conditions name a branch.
fn covers(one: &Ruleset, repo: &Repo, branch: &str) -> bool {
    let full = format!("refs/heads/{branch}");
    let name = &one.conditions["ref_name"];
    let hit = |list: &Value| {
        listed(list, |pattern| match pattern.as_str().unwrap_or_default() {
            "~ALL" => true,
            "~DEFAULT_BRANCH" => branch == repo.text("default_branch"),
            pattern => matches(pattern, &full),
        })
    };
    one.target == "branch" && hit(&name["include"]) && !hit(&name["exclude"])
}

/// Every active rule that holds for a branch, with where it comes from.
pub(super) fn of_branch(call: &Call<'_>, branch: &str) -> Result<Vec<Value>, Answer> {
    let repo = call.repo()?;
    let mut all = Vec::new();
    for (from_org, one) in reaching(call)? {
        if one.enforcement != "active" || !covers(one, repo, branch) {
            continue;
        }
        for rule in &one.rules {
            let mut rule = rule.clone();
            rule["ruleset_source_type"] = if from_org { "Organization" } else { "Repository" }.into();
            let source = if from_org { call.org()?.login.clone() } else { call.world.full_name(repo) };
            rule["ruleset_source"] = source.into();
            rule["ruleset_id"] = one.id.into();
            all.push(rule);
        }
    }
    Ok(all)
}
