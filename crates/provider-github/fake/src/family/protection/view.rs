//! A classic protection as REST shows it.

use serde_json::{Value, json};

use crate::call::Call;
use crate::family::show::{app, object, team, user};
use crate::world::{Actors, Protection, Reviews};

/// The address of the protection in the path.
pub(super) fn url(call: &Call<'_>) -> String {
    format!("{}/branches/{}/protection", call.repo_url(), call.value("branch").replace('/', "%2F"))
}

pub(super) fn show(call: &Call<'_>, one: &Protection) -> Value {
    let url = url(call);
    let flag = |name: &str| json!({"enabled": one.flags.get(name).copied().unwrap_or(false)});
    let mut shown = object(json!({"url": url}));
    for name in super::change::FLAGS {
        shown.insert(name.to_owned(), flag(name));
    }
    for name in ["enforce_admins", "required_signatures"] {
        let mut all = flag(name);
        all["url"] = format!("{url}/{name}").into();
        shown.insert(name.to_owned(), all);
    }
    if let Some((strict, checks)) = &one.checks {
        let contexts: Vec<&String> = checks.keys().collect();
        let checks: Vec<Value> =
            checks.iter().map(|(name, app)| json!({"context": name, "app_id": app})).collect();
        shown.insert(
            "required_status_checks".to_owned(),
            json!({
                "url": format!("{url}/required_status_checks"), "strict": strict, "contexts": contexts,
                "checks": checks, "contexts_url": format!("{url}/required_status_checks/contexts"),
            }),
        );
    }
    if let Some(asked) = &one.reviews {
        shown.insert("required_pull_request_reviews".to_owned(), reviews(call, &url, asked));
    }
    if let Some(allowed) = &one.restrictions {
        let mut all = actors(call, allowed);
        for part in ["users", "teams", "apps"] {
            all[format!("{part}_url")] = format!("{url}/restrictions/{part}").into();
        }
        all["url"] = format!("{url}/restrictions").into();
        shown.insert("restrictions".to_owned(), all);
    }
    Value::Object(shown)
}

fn reviews(call: &Call<'_>, url: &str, asked: &Reviews) -> Value {
    let url = format!("{url}/required_pull_request_reviews");
    let mut shown = json!({
        "url": url, "dismiss_stale_reviews": asked.dismiss_stale_reviews,
        "require_code_owner_reviews": asked.require_code_owner_reviews,
        "require_last_push_approval": asked.require_last_push_approval,
        "required_approving_review_count": asked.required_approving_review_count,
    });
    if let Some(allowed) = &asked.dismissal_restrictions {
        let mut all = actors(call, allowed);
        let at = url.replace("required_pull_request_reviews", "dismissal_restrictions");
        all["users_url"] = format!("{at}/users").into();
        all["teams_url"] = format!("{at}/teams").into();
        all["url"] = at.into();
        shown["dismissal_restrictions"] = all;
    }
    let bypass = &asked.bypass_allowances;
    if !(bypass.users.is_empty() && bypass.teams.is_empty() && bypass.apps.is_empty()) {
        shown["bypass_pull_request_allowances"] = actors(call, bypass);
    }
    shown
}

fn actors(call: &Call<'_>, actors: &Actors) -> Value {
    let teams = actors.teams.iter().filter_map(|id| {
        let (org, found) = call.world.team(*id)?;
        Some(team(call, org, found, None))
    });
    let apps = actors.apps.iter().filter_map(|id| Some(app(call, call.world.apps.get(id)?)));
    json!({
        "users": actors.users.iter().map(|id| user(call, *id)).collect::<Vec<_>>(),
        "teams": teams.collect::<Vec<_>>(), "apps": apps.collect::<Vec<_>>(),
    })
}
