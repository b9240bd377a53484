//! The desk of one repository: its pull requests, reviews, comments, checks and issues, and who belongs to a team. What
//! `forge` reads and writes there goes through here, with a token of its own: it can comment and check, and manage
//! nothing.
//!
//! Writes of a desk need no approval and leave no intent: each can be found again by whoever wrote it, so after a lost
//! answer the caller looks first. Deliberately absent: what any of it means.

mod branches;
mod people;
mod talk;
mod wire;

pub use branches::{FileChange, Proposed};
pub use wire::{
    Annotation, CheckOutput, CheckRun, Comment, Delivery, Issue, Membership, Person, Pull, Push, Review, Side,
};

use crate::answer::{Answer, Failure};
use crate::connect::Session;
use crate::keys::Purpose;
use crate::line::{Line, Site};
use crate::problem::GithubProblem;
use crate::route::Route;
use aplomo_core::ports::ReadCx;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;

/// How often a write is sent that a limit kept from happening.
const ATTEMPTS: u32 = 3;

/// One repository's desk.
#[derive(Clone)]
pub struct Desk {
    site: Arc<Site>,
    owner: String,
    name: String,
}

impl Session {
    /// The desk of a repository `owner/name`; `None` where the text has another form.
    #[must_use]
    pub fn desk(&self, repository: &str) -> Option<Desk> {
        let (owner, name) = repository.split_once('/')?;
        if owner.is_empty() || name.is_empty() || name.contains('/') {
            return None;
        }
        Some(Desk { site: self.organisation(owner).site, owner: owner.to_owned(), name: name.to_owned() })
    }
}

impl Desk {
    /// The repository, `owner/name`.
    #[must_use]
    pub fn repository(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The id of the App that we are; `None` for a personal token, which cannot write checks.
    #[must_use]
    pub fn app(&self) -> Option<u64> {
        self.site.keys.app()
    }

    fn line<'a>(&'a self, cx: &ReadCx<'a>) -> Line<'a> {
        Line::for_desk(&self.site, cx)
    }

    /// The parts of a path below the repository.
    fn parts<'p>(&'p self, more: &[&'p str]) -> Vec<&'p str> {
        [self.owner.as_str(), self.name.as_str()].into_iter().chain(more.iter().copied()).collect()
    }

    async fn read<T: DeserializeOwned>(
        &self,
        cx: &ReadCx<'_>,
        template: &'static str,
        more: &[&str],
    ) -> Result<T, GithubProblem> {
        self.line(cx).ask(&Route::get(template, &self.parts(more))).await
    }

    /// All pages of a listing; `query` comes behind `per_page`.
    async fn list<T: DeserializeOwned>(
        &self,
        cx: &ReadCx<'_>,
        (template, query): (&'static str, &str),
        more: &[&str],
    ) -> Result<Vec<T>, GithubProblem> {
        let mut route = Route::list(template, &self.parts(more));
        route.path.push_str(query);
        match self.line(cx).pages(&route, None).await {
            (all, None) => Ok(all),
            (_, Some(problem)) => Err(problem),
        }
    }

    /// Sends a write; again only where a limit kept it from happening. After [`GithubProblem::is_ambiguous`] nobody
    /// knows whether it happened.
    async fn write(&self, line: &Line<'_>, route: &Route, body: &Value) -> Result<Answer, GithubProblem> {
        let mut attempt = 0;
        loop {
            line.write_turn(route).await?;
            let client = Box::pin(self.site.keys.client(line, &Purpose::Desk)).await?;
            match line.write_once(&client, route, (Some(body), attempt)).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Limit(_)) if attempt + 1 < ATTEMPTS => attempt += 1,
                Err(Failure::Limit(limit)) => {
                    let wait = limit.wait.unwrap_or_default();
                    return Err(line.limited(&route.call, &limit, wait));
                }
                Err(Failure::Problem(problem @ GithubProblem::BadCredentials { .. })) => {
                    if attempt > 0 || !self.site.keys.refused(line, client.token).await {
                        return Err(problem);
                    }
                    attempt += 1;
                }
                Err(Failure::Problem(problem)) => return Err(problem),
            }
        }
    }
}

/// What was asked for, or `None` where it is not there (or not visible: GitHub does not tell which).
fn absent<T>(answer: Result<T, GithubProblem>) -> Result<Option<T>, GithubProblem> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(GithubProblem::NotVisible { .. }) => Ok(None),
        Err(problem) => Err(problem),
    }
}
