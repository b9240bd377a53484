//! Grants: of teams, and of people, who may have to accept an invitation first. Waiting for that is a
//! state, and no failure.

use super::{Craft, Job, Told, need, not_sent, or_gone, wish};
use crate::route::Route;
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{Datum, RemoteId, TypeName};
use aplomo_resources::github::names;
use http::Method;
use serde_json::{Value, json};

const TEAM_REPOSITORY: &str = "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}";
const COLLABORATOR: &str = "/repos/{owner}/{repo}/collaborators/{username}";
const INVITATION: &str = "/repos/{owner}/{repo}/invitations/{invitation_id}";

/// Permissions of teams.
pub(crate) struct TeamGrants;
/// Permissions of people.
pub(crate) struct Collaborators;

impl Craft for TeamGrants {
    const FEEDS: &'static [TypeName] = &[names::TEAM_GRANT];
    const WHAT: &'static str = "the team's permission";

    async fn make(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let slug = team_slug(job, after)?;
        let known = wish(after, "/teamId")?.set().and_then(Datum::as_text).map(str::to_owned);
        let id = match known {
            Some(id) => id,
            None => {
                let team = job.ask("/orgs/{org}/teams/{team_slug}", &[job.organisation(), &slug]).await?;
                team["id"].as_u64().map(|id| id.to_string()).unwrap_or_default()
            }
        };
        grant_team(job, after, &slug, Some(Told::Known(&id))).await
    }

    async fn shape(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        if job.made || !job.turns(after, "/permission")? {
            return Ok(());
        }
        let slug = team_slug(job, after)?;
        grant_team(job, after, &slug, None).await
    }

    async fn unmake(job: &mut Job<'_>, id: &RemoteId) -> Result<(), CallError> {
        let known = job.pen.line.site.names.team(id.as_str()).map(|team| team.name);
        let slug = known.or_else(|| job.there_text("/team").map(str::to_owned));
        let slug = slug.ok_or_else(|| not_sent("the team's slug is not known"))?;
        let (organisation, repository) = (job.organisation(), job.repository().await?);
        let parts = [organisation, slug.as_str(), organisation, repository.as_str()];
        or_gone(job.send(Method::DELETE, TEAM_REPOSITORY, &parts, None).await)
    }
}

async fn grant_team(
    job: &mut Job<'_>,
    after: &WantedFields,
    slug: &str,
    told: Option<Told<'_>>,
) -> Result<(), CallError> {
    let body = json!({ "permission": permission(&need(after, "/permission")?) });
    let (organisation, repository) = (job.organisation(), job.repository().await?);
    let parts = [organisation, slug, organisation, repository.as_str()];
    job.call(&Route::new(Method::PUT, TEAM_REPOSITORY, &parts), Some(body), told).await.map(drop)
}

/// The slug of now: by id where that is wished, for slugs change hands.
fn team_slug(job: &Job<'_>, after: &WantedFields) -> Result<String, CallError> {
    let id = wish(after, "/teamId")?.set().and_then(Datum::as_text);
    match id.and_then(|id| job.pen.line.site.names.team(id)) {
        Some(team) => Ok(team.name),
        None => need(after, "/team"),
    }
}

/// REST's own words for read and write.
pub(super) fn permission(word: &str) -> &str {
    match word {
        "read" => "pull",
        "write" => "push",
        other => other,
    }
}

impl Craft for Collaborators {
    const FEEDS: &'static [TypeName] = &[names::COLLABORATOR];
    const WHAT: &'static str = "the person's permission";

    async fn make(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        let (id, login) = person(job, after).await?;
        invite(job, after, &login, Some(Told::Known(&id))).await
    }

    async fn shape(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
        if job.made {
            return Ok(());
        }
        let (_, login) = person(job, after).await?;
        match pending(job).map(str::to_owned) {
            // What came to nothing is asked anew.
            Some(invitation) if job.there("/invitation").is_some() => {
                withdraw(job, &invitation).await?;
                invite(job, after, &login, None).await
            }
            Some(invitation) if job.turns(after, "/permission")? => {
                let repository = job.repository().await?;
                let parts = [job.organisation(), repository.as_str(), invitation.as_str()];
                let body = json!({ "permissions": need(after, "/permission")? });
                job.send(Method::PATCH, INVITATION, &parts, Some(body)).await.map(drop)
            }
            None if job.turns(after, "/permission")? => invite(job, after, &login, None).await,
            _ => Ok(()),
        }
    }

    async fn unmake(job: &mut Job<'_>, id: &RemoteId) -> Result<(), CallError> {
        if let Some(invitation) = pending(job).map(str::to_owned) {
            return withdraw(job, &invitation).await;
        }
        let login = login_of(job, id.as_str()).await?;
        let repository = job.repository().await?;
        let parts = [job.organisation(), repository.as_str(), login.as_str()];
        or_gone(job.send(Method::DELETE, COLLABORATOR, &parts, None).await)
    }
}

/// The number of an invitation that was not accepted.
fn pending<'a>(job: &Job<'a>) -> Option<&'a str> {
    job.step.fresh.as_ref()?.raw.as_deref()
}

async fn withdraw(job: &mut Job<'_>, invitation: &str) -> Result<(), CallError> {
    let repository = job.repository().await?;
    let parts = [job.organisation(), repository.as_str(), invitation];
    or_gone(job.send(Method::DELETE, INVITATION, &parts, None).await)
}

async fn invite(
    job: &mut Job<'_>,
    after: &WantedFields,
    login: &str,
    told: Option<Told<'_>>,
) -> Result<(), CallError> {
    let body = json!({ "permission": permission(&need(after, "/permission")?) });
    let repository = job.repository().await?;
    let parts = [job.organisation(), repository.as_str(), login];
    job.call(&Route::new(Method::PUT, COLLABORATOR, &parts), Some(body), told).await.map(drop)
}

/// The person that is meant: by id, and by the login of now. A login that means somebody else by now is
/// refused.
pub(super) async fn person(job: &Job<'_>, after: &WantedFields) -> Result<(String, String), CallError> {
    let Some(id) = wish(after, "/user")?.set().and_then(Datum::as_text) else {
        let login = need(after, "/login")?;
        let found: Value = job.ask("/users/{username}", &[&login]).await?;
        let id = found["id"].as_u64().ok_or_else(|| not_sent("GitHub names no id for the person"))?;
        return Ok((id.to_string(), login));
    };
    Ok((id.to_owned(), login_of(job, id).await?))
}

/// The login of now, asked for each time: since it was read somebody may have given it up, and somebody else
/// may have taken it.
pub(super) async fn login_of(job: &Job<'_>, id: &str) -> Result<String, CallError> {
    let person = job.ask("/user/{account_id}", &[id]).await?;
    let login = person["login"].as_str().map(str::to_owned);
    login.ok_or_else(|| not_sent(&format!("GitHub names no login for the person {id}")))
}
