//! Teams and who is in them. Who is not in the organisation yet is invited, and that is waited for.

use super::access::{login_of, person};
use super::{Craft, Job, Told, not_sent, or_gone, wish, wished};
use crate::route::Route;
use crate::wanted::{Want, number};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{Datum, FieldPath, RemoteId, TypeName};
use aplomo_resources::github::names;
use http::Method;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const TEAM: &str = "/orgs/{org}/teams/{team_slug}";
const MEMBERSHIP: &str = "/orgs/{org}/teams/{team_slug}/memberships/{username}";

/// Teams.
pub(crate) struct Teams;
/// People in teams.
pub(crate) struct Memberships;

impl Craft for Teams {
    const FEEDS: &'static [TypeName] = &[names::TEAM];
    const WHAT: &'static str = "the team";

    async fn make(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        const ROUTE: &str = "/orgs/{org}/teams";
        let mut body = body(job, after)?;
        // Empty on birth, and not null: a create knows no null.
        body.retain(|_, value| !value.is_null());
        let organisation = job.organisation();
        let told = Told::Number("id");
        let answer =
            job.create(Method::POST, ROUTE, &[organisation], Some(Value::Object(body)), told).await?;
        let team: Value = answer.json(ROUTE).map_err(CallError::from)?;
        learn(job, &team);
        Ok(())
    }

    async fn shape(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let body = body(job, after)?;
        if job.made || body.is_empty() {
            return Ok(());
        }
        let slug = slug(job, job.id.clone().as_ref().map_or("", |id| id.as_str()))?;
        let parts = [job.organisation(), slug.as_str()];
        let answer = job.send(Method::PATCH, TEAM, &parts, Some(Value::Object(body))).await?;
        let team: Value = answer.json(TEAM).map_err(CallError::from)?;
        learn(job, &team);
        Ok(())
    }

    async fn unmake(job: &mut Job<'_>, id: &RemoteId) -> Result<(), CallError> {
        let slug = slug(job, id.as_str())?;
        let parts = [job.organisation(), slug.as_str()];
        childless(job, &parts).await?;
        or_gone(job.send(Method::DELETE, TEAM, &parts, None).await)
    }
}

/// GitHub deletes child teams with their parent, and one may have come since it was planned.
async fn childless(job: &Job<'_>, parts: &[&str]) -> Result<(), CallError> {
    const CHILDREN: &str = "/orgs/{org}/teams/{team_slug}/teams";
    let (children, problem) = job.pen.line.pages::<Value>(&Route::list(CHILDREN, parts), None).await;
    match problem {
        Some(problem) if problem.is_not_visible() => return Ok(()), // the delete finds out whether it is gone
        Some(problem) => return Err(problem.into()),
        None => {}
    }
    let slugs: Vec<&str> = children.iter().filter_map(|child| child["slug"].as_str()).collect();
    if slugs.is_empty() {
        return Ok(());
    }
    let slugs = slugs.join(", ");
    Err(not_sent(&format!(
        "GitHub would delete its child teams with it ({slugs}): move them away, then plan again"
    )))
}

fn learn(job: &Job<'_>, team: &Value) {
    if let (Some(id), Some(slug)) = (team["id"].as_u64(), team["slug"].as_str()) {
        job.pen.line.site.names.learn_team(
            id.to_string(),
            slug,
            team["node_id"].as_str().unwrap_or_default(),
        );
    }
}

fn slug(job: &Job<'_>, team: &str) -> Result<String, CallError> {
    let known = job.pen.line.site.names.team(team);
    known.map(|team| team.name).ok_or_else(|| not_sent(&format!("the slug of the team {team} is not known")))
}

/// What differs, in GitHub's words.
fn body(job: &Job<'_>, after: &WantedFields) -> Result<Map<String, Value>, CallError> {
    let mut body = Map::new();
    for (path, key) in [("/name", "name"), ("/description", "description")] {
        if job.turns(after, path)? {
            body.insert(key.into(), wished(after, path)?.unwrap_or_else(|| json!("")));
        }
    }
    if job.turns(after, "/privacy")?
        && let Want::Set(word) = wish(after, "/privacy")?
    {
        let secret = word.as_text() == Some("secret");
        body.insert("privacy".into(), json!(if secret { "secret" } else { "closed" }));
    }
    if job.turns(after, "/notifications")?
        && let Want::Set(Datum::Bool(on)) = wish(after, "/notifications")?
    {
        let word = if *on { "notifications_enabled" } else { "notifications_disabled" };
        body.insert("notification_setting".into(), json!(word));
    }
    if job.turns(after, "/parent")? {
        let parent = wish(after, "/parent")?.set().and_then(Datum::as_text);
        body.insert("parent_team_id".into(), parent.map_or(Value::Null, number));
    }
    Ok(body)
}

impl Craft for Memberships {
    const FEEDS: &'static [TypeName] = &[names::TEAM_MEMBERSHIP];
    const WHAT: &'static str = "the membership";

    /// Of who is only invited the role is not told.
    fn carries(_: &WantedFields) -> BTreeSet<FieldPath> {
        BTreeSet::from([FieldPath::known("/user")])
    }

    async fn make(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let (id, login) = person(job, after).await?;
        put(job, after, &login, Some(Told::Known(&id))).await
    }

    async fn shape(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let again = job.there("/invitation").is_some();
        if job.made || !(again || job.turns(after, "/role")?) {
            return Ok(());
        }
        let (_, login) = person(job, after).await?;
        put(job, after, &login, None).await
    }

    async fn unmake(job: &mut Job<'_>, id: &RemoteId) -> Result<(), CallError> {
        let login = login_of(job, id.as_str()).await?;
        let slug = slug(job, job.container()?)?;
        let parts = [job.organisation(), slug.as_str(), login.as_str()];
        or_gone(job.send(Method::DELETE, MEMBERSHIP, &parts, None).await)
    }
}

async fn put(
    job: &mut Job<'_>,
    after: &WantedFields,
    login: &str,
    told: Option<Told<'_>>,
) -> Result<(), CallError> {
    let role = match wish(after, "/role")? {
        Want::Set(role) => role.as_text().unwrap_or("member").to_owned(),
        Want::Leave | Want::Clear => job.there_text("/role").unwrap_or("member").to_owned(),
    };
    let slug = slug(job, job.container()?)?;
    let parts = [job.organisation(), slug.as_str(), login];
    let route = Route::new(Method::PUT, MEMBERSHIP, &parts);
    job.call(&route, Some(json!({ "role": role })), told).await.map(drop)
}
