//! Check runs and the suites they are in: only Apps write them, each its own.
//!
//! Deliberately absent: actions (buttons), images, suites that GitHub makes at each push or a call makes.

mod change;
mod view;

use serde_json::{Value, json};

use super::commits;
use crate::answer::{Answer, Said, created, forbidden, not_found, ok};
use crate::call::Call;
use crate::ids::Id;
use crate::page;
use crate::route::{Route, get, write};
use crate::webhooks::happened_for;
use crate::world::{CheckRun, CheckSuite};

const ONE: &str = "/repos/{owner}/{repo}/check-runs/{check_run_id}";
const SUITE: &str = "/repos/{owner}/{repo}/check-suites/{check_suite_id}";
const MAY: &str = "checks";

pub(super) const ROUTES: &[Route] = &[
    write("POST", "/repos/{owner}/{repo}/check-runs", MAY, change::make),
    get(ONE, MAY, |call| ok(view::run(call, found(call)?))),
    write("PATCH", ONE, MAY, change::change),
    get("/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations", MAY, |call| {
        page::list(call, found(call)?.annotations.iter().map(|one| view::annotation(call, one)).collect())
    }),
    write("POST", "/repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest", MAY, rerequest),
    get("/repos/{owner}/{repo}/commits/{ref}/check-runs", MAY, of_commit),
    get(SUITE, MAY, |call| ok(view::suite(call, found_suite(call)?))),
    get("/repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs", MAY, |call| {
        let id = found_suite(call)?.id;
        latest(call, |one| one.suite == id)
    }),
    write("POST", "/repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest", MAY, rerequest_suite),
];

fn found<'a>(call: &'a Call<'_>) -> Result<&'a CheckRun, Answer> {
    let id = call.number("check_run_id")?;
    call.repo()?.check_runs.get(&id).ok_or_else(not_found)
}

fn found_suite<'a>(call: &'a Call<'_>) -> Result<&'a CheckSuite, Answer> {
    let id = call.number("check_suite_id")?;
    call.repo()?.check_suites.get(&id).ok_or_else(not_found)
}

/// The App that asks: nobody else writes checks.
fn app(call: &Call<'_>) -> Result<Id, Answer> {
    let found = call.caller.installation().and_then(|id| call.world.installations.get(&id));
    Ok(found.ok_or_else(|| forbidden("You must authenticate via a GitHub App."))?.app)
}

fn of_commit(call: &mut Call<'_>) -> Said {
    let sha = commits::named(call)?;
    latest(call, |one| one.head_sha == sha)
}

/// Of each App and name the latest one, unless all are asked for; newest first.
fn latest(call: &Call<'_>, of: impl Fn(&CheckRun) -> bool) -> Said {
    let asked = |name: &str| call.query.get(name).map(String::as_str);
    let all = call.repo()?.check_runs.values().filter(|one| {
        of(one)
            && asked("check_name").is_none_or(|name| one.name == name)
            && asked("status").is_none_or(|status| one.status == status)
            && asked("app_id").is_none_or(|id| one.app.to_string() == id)
    });
    let mut kept: Vec<&CheckRun> = Vec::new();
    for one in all.rev() {
        let seen = kept.iter().any(|other| other.app == one.app && other.name == one.name);
        if !seen || asked("filter") == Some("all") {
            kept.push(one);
        }
    }
    page::counted_of(call, "check_runs", kept, |one| view::run(call, one))
}

/// Somebody wants to have it run again: its App is told, and nothing else happens.
fn rerequest(call: &mut Call<'_>) -> Said {
    let one = found(call)?;
    let (app, shown) = (one.app, view::told(call, one));
    happened_for(call, app, "check_run", json!({"action": "rerequested", "check_run": shown}));
    created(json!({}))
}

fn rerequest_suite(call: &mut Call<'_>) -> Said {
    let one = found_suite(call)?;
    let (app, shown) = (one.app, view::suite_told(call, one));
    happened_for(call, app, "check_suite", json!({"action": "rerequested", "check_suite": shown}));
    created(json!({}))
}

/// The event of a run that its App made or ended.
fn announce(call: &mut Call<'_>, id: Id, action: &str) {
    let Some(one) = call.repo().ok().and_then(|repo| repo.check_runs.get(&id)) else { return };
    let (app, shown): (Id, Value) = (one.app, view::told(call, one));
    happened_for(call, app, "check_run", json!({"action": action, "check_run": shown}));
}
