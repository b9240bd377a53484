//! Environments. GitHub replaces all of one at once, so what is not wished is sent as it was read.

use super::{Craft, Job, Told, need, not_sent, or_gone, wish};
use crate::route::Route;
use crate::wanted::{Want, entries, number, texts};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{Datum, FieldPath, RemoteId, TypeName};
use aplomo_resources::github::names;
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const ENVIRONMENT: &str = "/repos/{owner}/{repo}/environments/{environment_name}";
const POLICIES: &str = "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies";
const POLICY: &str =
    "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies/{branch_policy_id}";

/// See the module.
pub(crate) struct Environments;

impl Craft for Environments {
    const FEEDS: &'static [TypeName] = &[names::ENVIRONMENT];
    const WHAT: &'static str = "the environment";

    /// Its branch patterns come by calls of their own.
    fn carries(after: &WantedFields) -> BTreeSet<FieldPath> {
        let paths = ["/name", "/reviewers", "/preventSelfReview", "/waitMinutes", "/branches/policy"];
        paths.iter().filter(|path| after.value(path).is_some()).map(|path| FieldPath::known(path)).collect()
    }

    async fn make(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        put(job, after, &need(after, "/name")?, Some(Told::Number("id"))).await
    }

    async fn shape(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let name = name(job, after)?;
        let mut differs = false;
        for path in ["/reviewers", "/preventSelfReview", "/waitMinutes", "/branches/policy", "/adminBypass"] {
            differs |= job.turns(after, path)?;
        }
        if !job.made && differs {
            put(job, after, &name, None).await?;
        }
        patterns(job, after, &name).await
    }

    async fn unmake(job: &mut Job<'_>, _: &RemoteId) -> Result<(), CallError> {
        let name = job.there_text("/name").map(str::to_owned);
        let name = name.ok_or_else(|| not_sent("the environment's name is not known"))?;
        let repository = job.repository().await?;
        let parts = [job.organisation(), repository.as_str(), name.as_str()];
        or_gone(job.send(Method::DELETE, ENVIRONMENT, &parts, None).await)
    }
}

fn name(job: &Job<'_>, after: &WantedFields) -> Result<String, CallError> {
    job.there_text("/name").map_or_else(|| need(after, "/name"), |name| Ok(name.to_owned()))
}

/// What shall be: as wished, else as it is.
fn shall<'f>(job: &'f Job<'_>, after: &'f WantedFields, path: &str) -> Result<Option<&'f Datum>, CallError> {
    Ok(match wish(after, path)? {
        Want::Leave => job.there(path),
        Want::Clear => None,
        Want::Set(value) => Some(value),
    })
}

async fn put(
    job: &mut Job<'_>,
    after: &WantedFields,
    name: &str,
    told: Option<Told<'_>>,
) -> Result<(), CallError> {
    job.all_shown(&["/reviewers", "/waitMinutes", "/preventSelfReview", "/branches/policy"])?;
    let wait = shall(job, after, "/waitMinutes")?.map_or_else(|| json!(0), Datum::to_json);
    let alone = shall(job, after, "/preventSelfReview")?.map_or_else(|| json!(false), Datum::to_json);
    let policy = match shall(job, after, "/branches/policy")?.and_then(Datum::as_text) {
        None | Some("all") => Value::Null,
        Some(word) => {
            json!({ "protected_branches": word == "protected", "custom_branch_policies": word != "protected" })
        }
    };
    let mut body = json!({
        "wait_timer": wait,
        "prevent_self_review": alone,
        "reviewers": reviewers(job, after)?,
        "deployment_branch_policy": policy,
    });
    if let Some(bypass) = shall(job, after, "/adminBypass")? {
        body["can_admins_bypass"] = bypass.to_json();
    }
    let repository = job.repository().await?;
    let parts = [job.organisation(), repository.as_str(), name];
    job.call(&Route::new(Method::PUT, ENVIRONMENT, &parts), Some(body), told).await.map(drop)
}

fn reviewers(job: &Job<'_>, after: &WantedFields) -> Result<Vec<Value>, CallError> {
    let names = shall(job, after, "/reviewers")?.map(texts).unwrap_or_default();
    let ids = entries(after, "/reviewerIds").map_err(|why| not_sent(&why))?;
    let one = |name: String| {
        let was = || job.there_text(&format!("/reviewerIds/{}", name.replace('~', "~0").replace('/', "~1")));
        let id = ids.get(&name).map(String::as_str).or_else(was);
        let id = id.ok_or_else(|| not_sent(&format!("the id of the reviewer {name} is not known")))?;
        let kind = if name.starts_with("team:") { "Team" } else { "User" };
        Ok(json!({ "type": kind, "id": number(id) }))
    };
    names.into_iter().map(one).collect()
}

/// Branch patterns one by one: what is missing is made before what is too much goes.
async fn patterns(job: &mut Job<'_>, after: &WantedFields, name: &str) -> Result<(), CallError> {
    if !job.turns(after, "/branches/patterns")? {
        return Ok(());
    }
    let wanted: BTreeSet<String> =
        wish(after, "/branches/patterns")?.set().map(texts).unwrap_or_default().into_iter().collect();
    let there: BTreeSet<String> =
        job.there("/branches/patterns").map(texts).unwrap_or_default().into_iter().collect();
    let repository = job.repository().await?;
    let parts = [job.organisation(), repository.as_str(), name];
    for pattern in wanted.difference(&there) {
        let (kind, pattern) = pattern.split_once(':').unwrap_or(("branch", pattern));
        job.send(Method::POST, POLICIES, &parts, Some(json!({ "name": pattern, "type": kind }))).await?;
    }
    if there.is_subset(&wanted) {
        return Ok(());
    }
    let listed = job.ask(POLICIES, &parts).await?;
    for policy in listed["branch_policies"].as_array().into_iter().flatten() {
        let kind = policy["type"].as_str().unwrap_or("branch");
        let called = format!("{kind}:{}", policy["name"].as_str().unwrap_or_default());
        if let (false, Some(id)) = (wanted.contains(&called), policy["id"].as_u64()) {
            let id = id.to_string();
            let parts = [parts[0], parts[1], parts[2], &id];
            or_gone(job.send(Method::DELETE, POLICY, &parts, None).await)?;
        }
    }
    Ok(())
}
