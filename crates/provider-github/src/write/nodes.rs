//! The GraphQL ids of people, teams and apps: as a reading told them, else asked for. A run that takes up a stored
//! plan, and a rule that is the first to name an app, find nobody in memory.

use super::{Job, not_sent};
use crate::route::Route;
use aplomo_core::ports::CallError;
use serde_json::Value;

/// Of `team:core`, `user:bea`, `app:ci`: by the number where that is known, as names change hands.
pub(super) async fn of(job: &Job<'_>, who: &str, id: Option<&str>) -> Result<String, CallError> {
    let names = &job.pen.line.site.names;
    let (kind, name) = who.split_once(':').unwrap_or_default();
    let known = id.and_then(|id| match kind {
        "user" => names.user(id),
        "team" => names.team(id),
        "app" => names.app(id),
        _ => None,
    });
    if let Some(known) = known.filter(|known| !known.node.is_empty()) {
        return Ok(known.node);
    }
    let found = match (kind, id) {
        ("user", Some(id)) => job.ask("/user/{account_id}", &[id]).await,
        ("user", None) => job.ask("/users/{username}", &[name]).await,
        ("team", _) => job.ask("/orgs/{org}/teams/{team_slug}", &[job.organisation(), name]).await,
        ("app", _) => job.ask("/apps/{app_slug}", &[name]).await,
        _ => return Err(not_sent(&format!("nobody knows what {who} is"))),
    };
    let gone = || not_sent(&format!("{who} is not there: check the name, then plan again"));
    let found = match found {
        Err(CallError::Refused { code, .. }) if code == "404" => return Err(gone()),
        found => found?,
    };
    if id.is_some_and(|id| found["id"].as_u64().is_none_or(|other| other.to_string() != id)) {
        return Err(not_sent(&format!("{who} is somebody else by now: plan again")));
    }
    found["node_id"].as_str().map(str::to_owned).ok_or_else(gone)
}

/// Of an app by its number: only its installation tells what it is called.
pub(super) async fn of_app(job: &Job<'_>, id: &str) -> Result<String, CallError> {
    if let Some(known) = job.pen.line.site.names.app(id).filter(|known| !known.node.is_empty()) {
        return Ok(known.node);
    }
    let route = Route::list("/orgs/{org}/installations", &[job.organisation()]);
    let (all, problem) = job.pen.line.pages::<Value>(&route, Some("installations")).await;
    let found = all.iter().find(|one| one["app_id"].as_u64().is_some_and(|app| app.to_string() == id));
    match (found.and_then(|one| one["app_slug"].as_str()), problem) {
        (Some(slug), _) => of(job, &format!("app:{slug}"), Some(id)).await,
        (None, Some(problem)) => Err(problem.into()),
        (None, None) => Err(not_sent(&format!("the app {id} is not installed in the organisation"))),
    }
}
