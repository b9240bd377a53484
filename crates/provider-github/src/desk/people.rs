//! Who somebody is, who pushed, who belongs to a team; and the App's own list of deliveries.

use super::wire::{Delivery, Membership, Person, Push};
use super::{Desk, absent};
use crate::problem::GithubProblem;
use crate::route::Route;
use aplomo_core::ports::ReadCx;
use http::Method;

impl Desk {
    /// Whose a login is now; `None` where it is nobody's.
    ///
    /// # Errors
    /// Any [`GithubProblem`].
    pub async fn person(&self, cx: &ReadCx<'_>, login: &str) -> Result<Option<Person>, GithubProblem> {
        absent(self.line(cx).ask(&Route::get("/users/{username}", &[login])).await)
    }

    /// Every push to a branch that GitHub remembers, newest first.
    ///
    /// # Errors
    /// Any [`GithubProblem`].
    pub async fn pushes(&self, cx: &ReadCx<'_>, branch: &str) -> Result<Vec<Push>, GithubProblem> {
        let query = format!("&ref={}", crate::route::escape(&format!("refs/heads/{branch}")));
        self.list(cx, ("/repos/{owner}/{repo}/activity", &query), &[]).await
    }

    /// Whether a person is a member of a team `org/slug` by now; `false` too where the team is not there.
    ///
    /// # Errors
    /// Any [`GithubProblem`], also for a team of another organisation than the repository's.
    pub async fn is_member(&self, cx: &ReadCx<'_>, team: &str, login: &str) -> Result<bool, GithubProblem> {
        let (org, slug) = team.split_once('/').unwrap_or((&self.owner, team));
        if !org.eq_ignore_ascii_case(&self.owner) {
            return Err(GithubProblem::Config {
                what: "a team of approvers",
                why: format!(
                    "`{}` is not of the organisation `{}`, whose repository asks for approvals",
                    team.escape_debug(),
                    self.owner
                ),
            });
        }
        let route =
            Route::get("/orgs/{org}/teams/{team_slug}/memberships/{username}", &[&self.owner, slug, login]);
        let found: Option<Membership> = absent(self.line(cx).ask(&route).await)?;
        Ok(found.is_some_and(|membership| membership.state == "active"))
    }

    /// Deliveries of the App's webhook, newest first, those of the first page (100): it is looked at often. Empty for a
    /// personal token, which has no webhook.
    ///
    /// # Errors
    /// Any [`GithubProblem`].
    pub async fn deliveries(&self, cx: &ReadCx<'_>) -> Result<Vec<Delivery>, GithubProblem> {
        let line = self.line(cx);
        let Some(ourselves) = self.site.keys.as_app(&line)? else { return Ok(Vec::new()) };
        let route = Route::list("/app/hook/deliveries", &[]);
        line.as_ourselves(&ourselves, &route, None).await?.items(&route.call, None)
    }

    /// Asks for a delivery again.
    ///
    /// # Errors
    /// Any [`GithubProblem`].
    pub async fn redeliver(&self, cx: &ReadCx<'_>, id: u64) -> Result<(), GithubProblem> {
        let line = self.line(cx);
        let Some(ourselves) = self.site.keys.as_app(&line)? else { return Ok(()) };
        let route =
            Route::new(Method::POST, "/app/hook/deliveries/{delivery_id}/attempts", &[&id.to_string()]);
        line.as_ourselves(&ourselves, &route, None).await.map(drop)
    }
}
