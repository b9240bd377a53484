//! Settings of a repository that have calls of their own: alerts, reporting, discussions, pages.

use super::{Job, or_gone, wish};
use crate::wanted::Want;
use aplomo_core::Datum;
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use http::Method;
use serde_json::{Value, json};

/// Switched on by PUT and off by DELETE. Updates need alerts, so alerts come first on the way up.
const SWITCHES: &[(&str, &str)] = &[
    ("/security/dependabotAlerts", "/repos/{owner}/{repo}/vulnerability-alerts"),
    ("/security/dependabotUpdates", "/repos/{owner}/{repo}/automated-security-fixes"),
    ("/security/privateVulnerabilityReporting", "/repos/{owner}/{repo}/private-vulnerability-reporting"),
];
const PAGES: &str = "/repos/{owner}/{repo}/pages";
const DISCUSSIONS: &str =
    "mutation($input: UpdateRepositoryInput!) { updateRepository(input: $input) { repository { id } } }";

pub(super) async fn all(job: &mut Job<'_>, after: &WantedFields, name: &str) -> Result<(), CallError> {
    for (path, route) in SWITCHES {
        if job.turns(after, path)?
            && let Want::Set(Datum::Bool(on)) = wish(after, path)?
        {
            let method = if *on { Method::PUT } else { Method::DELETE };
            job.send(method, route, &[job.organisation(), name], None).await?;
        }
    }
    discussions(job, after).await?;
    pages(job, after, name).await
}

/// REST cannot switch discussions.
async fn discussions(job: &mut Job<'_>, after: &WantedFields) -> Result<(), CallError> {
    const PATH: &str = "/features/discussions";
    if !job.turns(after, PATH)? {
        return Ok(());
    }
    let Want::Set(Datum::Bool(on)) = wish(after, PATH)? else { return Ok(()) };
    let id = job.id.as_ref().map_or("", |id| id.as_str());
    let known = job.pen.line.site.names.repository(id);
    let node = known.ok_or_else(|| super::not_sent("the repository's GraphQL id is not known"))?.node;
    let input = json!({ "repositoryId": node, "hasDiscussionsEnabled": on });
    job.mutate("updateRepository", DISCUSSIONS, input, None).await.map(drop)
}

async fn pages(job: &mut Job<'_>, after: &WantedFields, name: &str) -> Result<(), CallError> {
    const PATH: &str = "/features/pages";
    if !job.turns(after, PATH)? {
        return Ok(());
    }
    let parts = [job.organisation(), name];
    let body = match wish(after, PATH)? {
        Want::Set(Datum::Text(text)) => source(text),
        _ if job.made => return Ok(()),
        _ => return or_gone(job.send(Method::DELETE, PAGES, &parts, None).await),
    };
    let method = if job.there(PATH).is_some() { Method::PUT } else { Method::POST };
    job.send(method, PAGES, &parts, Some(body)).await.map(drop)
}

fn source(text: &str) -> Value {
    match text.split_once(':') {
        Some((branch, path)) => {
            json!({ "build_type": "legacy", "source": { "branch": branch, "path": path } })
        }
        None => json!({ "build_type": "workflow" }),
    }
}

/// The mutations here, for the test that validates them.
pub(crate) const MUTATIONS: &[&str] = &[DISCUSSIONS];
