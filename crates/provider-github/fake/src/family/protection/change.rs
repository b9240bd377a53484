//! `PUT …/protection`: the whole protection at once; what the body leaves out is off.

use std::collections::BTreeMap;

use serde_json::Value;

use super::view::show;
use crate::answer::{Answer, Said, invalid_simple, ok, refusal};
use crate::call::Call;
use crate::ids::Id;
use crate::world::{Actors, Protection, Reviews};

/// Switches that the body names as they are shown.
pub(super) const FLAGS: [&str; 7] = [
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "block_creations",
    "required_conversation_resolution",
    "lock_branch",
    "allow_fork_syncing",
];

pub(super) fn put(call: &mut Call<'_>) -> Said {
    let branch = call.value("branch").to_owned();
    let repo = call.repo()?;
    if !repo.branches.contains_key(&branch) {
        return Err(refusal(404, "Branch not found"));
    }
    let old = repo.protections.get(&branch).cloned();
    let mut flags: BTreeMap<&'static str, bool> =
        FLAGS.into_iter().map(|name| (name, call.switch(name).unwrap_or(false))).collect();
    flags.insert("enforce_admins", call.switch("enforce_admins").unwrap_or(false));
    let signed = old.as_ref().and_then(|old| old.flags.get("required_signatures").copied());
    flags.insert("required_signatures", signed.unwrap_or(false));
    let (checks, reviews) = (checks(call)?, reviews(call)?);
    let restrictions = match call.body.get("restrictions") {
        Some(Value::Object(_)) => Some(actors(call, &call.body["restrictions"])?),
        _ => None,
    };
    let now = call.world.now;
    // What only GraphQL sets stays.
    let old = old.unwrap_or_else(|| Protection {
        id: call.world.ids.next(),
        pattern: branch.clone(),
        created_at: now,
        ..Protection::default()
    });
    let one = Protection { flags, checks, reviews, restrictions, updated_at: now, ..old };
    call.repo_mut()?.protections.insert(branch.clone(), one);
    ok(show(call, &call.repo()?.protections[&branch]))
}

type Checks = Option<(bool, BTreeMap<String, Option<Id>>)>;

/// By `checks`, or by the older `contexts`; whichever App reported a check last is filled in.
fn checks(call: &Call<'_>) -> Result<Checks, Answer> {
    let Some(asked) = call.body.get("required_status_checks").filter(|value| value.is_object()) else {
        return Ok(None);
    };
    let reported = &call.repo()?.reported_checks;
    let list = |name: &str| asked.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut all: BTreeMap<String, Option<Id>> = BTreeMap::new();
    for name in list("contexts").iter().filter_map(Value::as_str) {
        all.insert(name.to_owned(), reported.get(name).copied());
    }
    for check in list("checks") {
        let name = check["context"].as_str().unwrap_or_default();
        // -1 is any App.
        let app = match check.get("app_id").and_then(Value::as_i64) {
            Some(-1) => None,
            Some(id) => u64::try_from(id).ok(),
            None => reported.get(name).copied(),
        };
        all.insert(name.to_owned(), app);
    }
    Ok(Some((asked["strict"].as_bool().unwrap_or(false), all)))
}

fn reviews(call: &Call<'_>) -> Result<Option<Reviews>, Answer> {
    let Some(asked) = call.body.get("required_pull_request_reviews").filter(|value| value.is_object()) else {
        return Ok(None);
    };
    let on = |name: &str| asked.get(name).and_then(Value::as_bool).unwrap_or(false);
    let count = asked.get("required_approving_review_count").and_then(Value::as_u64);
    let count = count.unwrap_or(1);
    if count > 6 {
        return Err(invalid_simple("required_approving_review_count must be between 0 and 6"));
    }
    // An empty object switches the restriction off.
    let dismissers =
        asked.get("dismissal_restrictions").filter(|v| v.as_object().is_some_and(|o| !o.is_empty()));
    let bypass = asked.get("bypass_pull_request_allowances").cloned().unwrap_or_default();
    Ok(Some(Reviews {
        dismiss_stale_reviews: on("dismiss_stale_reviews"),
        require_code_owner_reviews: on("require_code_owner_reviews"),
        require_last_push_approval: on("require_last_push_approval"),
        required_approving_review_count: count,
        dismissal_restrictions: dismissers.map(|value| actors(call, value)).transpose()?,
        bypass_allowances: actors(call, &bypass)?,
    }))
}

/// Logins and slugs; who is not there is refused.
fn actors(call: &Call<'_>, asked: &Value) -> Result<Actors, Answer> {
    let list = |name: &str| -> Vec<String> {
        let list = asked.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let missing = |what: &str, name: &str| invalid_simple(&format!("{what} {name} does not exist"));
    let mut actors = Actors::default();
    for login in list("users") {
        let user = call.world.user_named(&login).ok_or_else(|| missing("User", &login))?;
        actors.users.insert(user.id);
    }
    for slug in list("teams") {
        let team = call.org()?.team_slugged(&slug).ok_or_else(|| missing("Team", &slug))?;
        actors.teams.insert(team.id);
    }
    for slug in list("apps") {
        let app = call.world.app_slugged(&slug).ok_or_else(|| missing("App", &slug))?;
        actors.apps.insert(app.id);
    }
    Ok(actors)
}
