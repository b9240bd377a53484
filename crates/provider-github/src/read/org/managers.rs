//! Teams that manage the organisation's security. GitHub gives them `read` in every repository: nobody granted it
//! there, and nobody can take it away there.

use crate::line::Line;
use crate::problem::GithubProblem;
use crate::read::Haul;
use crate::read::sweep::node::{id, items, must, plain};
use crate::route::Route;
use aplomo_core::Coverage;
use aplomo_resources::github::names;
use serde_json::Value;
use std::collections::BTreeSet;

/// Those among the teams. Asked only where a team is in every repository, as such a team is.
pub(super) async fn among(
    haul: &mut Haul<'_>,
    line: &Line<'_>,
    teams: &[&Value],
    repositories: usize,
) -> BTreeSet<String> {
    let everywhere = |team: &&&Value| {
        items(team, "repositories").is_ok_and(|(all, _)| repositories > 0 && all.len() >= repositories)
    };
    let candidates: BTreeSet<String> =
        teams.iter().filter(everywhere).filter_map(|team| id(team, "databaseId")).collect();
    if candidates.is_empty() {
        return candidates;
    }
    match managers(line).await {
        Ok(managers) => candidates.intersection(&managers).cloned().collect(),
        Err(problem) => {
            let why = format!("which teams manage security is not visible to our credentials: {problem}");
            haul.cover(&names::TEAM_GRANT, None, Coverage::LowerBound(why));
            // Whoever may be one is not taken for granted by hand.
            candidates
        }
    }
}

async fn managers(line: &Line<'_>) -> Result<BTreeSet<String>, GithubProblem> {
    let organisation = line.site.organisation.as_str();
    let roles: Value = line.ask(&Route::get("/orgs/{org}/organization-roles", &[organisation])).await?;
    let role = plain(&roles, "roles").find(|role| must(role, "name") == Some("security_manager"));
    let Some(role) = role.and_then(|role| id(role, "id")) else { return Ok(BTreeSet::new()) };
    let route = Route::list("/orgs/{org}/organization-roles/{role_id}/teams", &[organisation, &role]);
    let (teams, problem) = line.pages::<Value>(&route, None).await;
    problem.map_or_else(|| Ok(teams.iter().filter_map(|team| id(team, "id")).collect()), Err)
}
