//! Making and changing check runs, within GitHub's limits.

use jiff::Timestamp;
use serde_json::Value;

use super::{announce, app, found, view};
use crate::answer::{Answer, Said, created, forbidden, invalid, not_found, ok, refusal};
use crate::call::Call;
use crate::git::is_sha;
use crate::ids::Id;
use crate::world::{CheckRun, CheckSuite};

/// The longest summary and the longest text.
const TEXT: usize = 65_535;
/// So many annotations in one request; more by further requests, which are appended.
const ANNOTATIONS: usize = 50;

fn wrong(text: &str) -> Answer {
    refusal(422, &format!("Invalid request.\n\n{text}"))
}

pub(super) fn make(call: &mut Call<'_>) -> Said {
    let app = app(call)?;
    let (name, head_sha) = (call.wanted("CheckRun", "name")?, call.wanted("CheckRun", "head_sha")?);
    let known = match call.bare() {
        Ok(bare) => bare.has_commit(&head_sha),
        Err(_) => is_sha(&head_sha),
    };
    if !known {
        return Err(refusal(422, &format!("No commit found for SHA: {head_sha}")));
    }
    check(call)?;
    let suite = suite(call, app, &head_sha)?;
    let (id, started_at) = (call.world.ids.next(), call.world.now);
    let mut one = CheckRun {
        id,
        suite,
        app,
        name: name.clone(),
        head_sha,
        external_id: String::new(),
        details_url: None,
        status: "queued".to_owned(),
        conclusion: None,
        started_at,
        completed_at: None,
        title: None,
        summary: None,
        text: None,
        annotations: Vec::new(),
    };
    set(call, &mut one);
    let repo = call.repo_mut()?;
    let completed = one.status == "completed";
    repo.check_runs.insert(id, one);
    repo.reported_checks.insert(name, app);
    announce(call, id, "created");
    if completed {
        announce(call, id, "completed");
    }
    created(view::run(call, call.repo()?.check_runs.get(&id).ok_or_else(not_found)?))
}

/// One for each App and commit.
fn suite(call: &mut Call<'_>, app: Id, head_sha: &str) -> Result<Id, Answer> {
    let (id, now) = (call.world.ids.next(), call.world.now);
    let repo = call.repo_mut()?;
    let here = |one: &&CheckSuite| one.app == app && one.head_sha == head_sha;
    if let Some(one) = repo.check_suites.values().find(here) {
        return Ok(one.id);
    }
    let head_branch = repo.branches.iter().find(|(_, sha)| *sha == head_sha).map(|(name, _)| name.clone());
    let head_sha = head_sha.to_owned();
    let one = CheckSuite { id, app, head_sha, head_branch, created_at: now, updated_at: now };
    repo.check_suites.insert(id, one);
    Ok(id)
}

pub(super) fn change(call: &mut Call<'_>) -> Said {
    let app = app(call)?;
    let mut one = found(call)?.clone();
    if one.app != app {
        let text = format!(
            "Invalid app_id `{app}` - check run can only be modified by the GitHub App that created it."
        );
        return Err(forbidden(&text));
    }
    check(call)?;
    let before = one.status.clone();
    set(call, &mut one);
    let (id, ended) = (one.id, before != "completed" && one.status == "completed");
    call.repo_mut()?.check_runs.insert(id, one);
    if ended {
        announce(call, id, "completed");
    }
    ok(view::run(call, found(call)?))
}

/// Refuses what GitHub refuses, before anything changes.
fn check(call: &Call<'_>) -> Result<(), Answer> {
    let output = &call.body["output"];
    for field in ["summary", "text"] {
        if output[field].as_str().is_some_and(|text| text.chars().count() > TEXT) {
            let text = format!("Only {TEXT} characters are allowed; {field} has more.");
            return Err(invalid("CheckRun", field, "too_long", &text));
        }
    }
    let given = |name: &str| output[name].is_string();
    let changes = !call.value("check_run_id").is_empty();
    if output.is_object() && !(given("summary") && (given("title") || changes)) {
        return Err(wrong("output needs a title and a summary."));
    }
    let all = output["annotations"].as_array().map_or(0, Vec::len);
    if all > ANNOTATIONS {
        return Err(wrong(&format!("No more than {ANNOTATIONS} items are allowed; {all} were supplied.")));
    }
    if call.text("status") == Some("completed") && call.text("conclusion").is_none() {
        return Err(wrong("\"conclusion\" is needed for a check run that is completed."));
    }
    Ok(())
}

/// Takes over what was sent. A conclusion completes; annotations are added to those that are there.
fn set(call: &Call<'_>, one: &mut CheckRun) {
    let text = |name: &str| call.text(name).map(str::to_owned);
    let moment = |name: &str| call.text(name).and_then(|text| text.parse::<Timestamp>().ok());
    one.name = text("name").unwrap_or_else(|| one.name.clone());
    one.external_id = text("external_id").unwrap_or_else(|| one.external_id.clone());
    one.details_url = text("details_url").or_else(|| one.details_url.clone());
    one.started_at = moment("started_at").unwrap_or(one.started_at);
    one.status = text("status").unwrap_or_else(|| one.status.clone());
    if let Some(conclusion) = text("conclusion") {
        one.conclusion = Some(conclusion);
        "completed".clone_into(&mut one.status);
        one.completed_at = Some(moment("completed_at").unwrap_or(call.world.now));
    } else if one.status != "completed" {
        (one.conclusion, one.completed_at) = (None, None);
    }
    let output = &call.body["output"];
    let part = |name: &str| output[name].as_str().map(str::to_owned);
    one.title = part("title").or_else(|| one.title.clone());
    one.summary = part("summary").or_else(|| one.summary.clone());
    one.text = part("text").or_else(|| one.text.clone());
    let added = output.get("annotations").and_then(Value::as_array);
    one.annotations.extend(added.into_iter().flatten().cloned());
}
