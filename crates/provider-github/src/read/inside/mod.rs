//! Readers of what only REST tells, repository by repository, with ETags: asked only for repositories
//! in which a manifest, or our record, speaks of such a thing.

mod actions;
mod autolinks;
mod environments;
mod invitations;
mod settings;
mod webhooks;

pub(crate) use actions::Actions;
pub(crate) use autolinks::Autolinks;
pub(crate) use environments::Environments;
pub(crate) use invitations::Invitations;
pub(crate) use settings::{Secrets, Variables};
pub(crate) use webhooks::Webhooks;

use crate::line::{Line, Site};
use crate::problem::GithubProblem;
use crate::read::sweep::node::{id, must};
use crate::read::{Haul, cut_short, sweep};
use crate::route::Route;
use aplomo_core::ports::{Fut, Pick, ReadCx, Reader};
use aplomo_core::{Coverage, Observation, Scope, TypeName};
use aplomo_resources::github::names;
use serde_json::Value;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

/// One call family inside a repository.
pub(crate) trait Inside: Send + Sync + 'static {
    /// What it yields.
    const FEEDS: &'static [TypeName];
    /// Whether it sees all of what it yields; else another reader says how much there is, and this one only
    /// what it could not see of its own.
    const WHOLE: bool = true;
    /// Whether the pages of the organisation tell all of it that most plans need.
    const COMPLETES: bool = false;
    /// Looks; what could not be seen is told by the coverage.
    fn look(place: &Place<'_, '_>, haul: &mut Haul<'_>) -> impl Future<Output = ()> + Send;
}

/// A repository to look into.
pub(crate) struct Place<'p, 'a> {
    pub(crate) line: &'p Line<'a>,
    /// Its numeric id.
    pub(crate) id: &'p str,
    /// Its name.
    pub(crate) name: &'p str,
}

impl Place<'_, '_> {
    /// A listing in the repository. A failed page weakens the coverage of these types.
    pub(crate) async fn list(
        &self,
        template: &'static str,
        rest: &[&str],
        within: Option<&str>,
        (haul, types, what): (&mut Haul<'_>, &[TypeName], &str),
    ) -> Vec<Value> {
        let (all, problem) = self.line.pages(&Route::list(template, &self.parts(rest)), within).await;
        if let Some(problem) = problem {
            let coverage = cut_short(&problem, all.len(), what);
            types.iter().for_each(|t| haul.cover(t, Some(self.id), coverage.clone()));
        }
        all
    }

    /// One answer.
    pub(crate) async fn ask(&self, template: &'static str, rest: &[&str]) -> Result<Value, GithubProblem> {
        self.line.ask(&Route::get(template, &self.parts(rest))).await
    }

    fn parts<'x>(&'x self, rest: &[&'x str]) -> Vec<&'x str> {
        [&[self.line.site.organisation.as_str(), self.name], rest].concat()
    }
}

/// The reader around a family.
pub(crate) struct InRepository<I> {
    site: Arc<Site>,
    family: PhantomData<fn() -> I>,
}

impl<I: Inside> InRepository<I> {
    pub(crate) fn new(site: &Arc<Site>) -> Box<Self> {
        Box::new(Self { site: Arc::clone(site), family: PhantomData })
    }
}

impl<I: Inside> Reader for InRepository<I> {
    fn feeds(&self) -> &[TypeName] {
        I::FEEDS
    }
    fn after(&self) -> &[TypeName] {
        const AFTER: &[TypeName] = &[names::REPOSITORY];
        AFTER
    }
    fn only_where_named(&self) -> bool {
        true
    }
    fn only_where_missing(&self) -> bool {
        I::COMPLETES
    }
    fn read<'a>(&'a self, cx: &'a ReadCx<'a>, scope: &'a Scope, _: Pick<'a>) -> Fut<'a, Observation> {
        Box::pin(async move {
            let line = Line::to_read(&self.site, cx);
            let begun = line.now();
            let mut haul = Haul::new(scope);
            let id = scope.container.as_ref().map_or("", |id| id.as_str());
            match name_of(&line, id).await {
                Ok(name) => {
                    let whole = I::FEEDS.iter().filter(|_| I::WHOLE);
                    whole.for_each(|t| haul.cover(t, Some(id), Coverage::Complete));
                    let place = Place { line: &line, id, name: &name };
                    I::look(&place, &mut haul).await;
                }
                Err(why) => I::FEEDS.iter().for_each(|t| haul.cover(t, None, Coverage::Failed(why.clone()))),
            }
            haul.done(&line, begun)
        })
    }
}

/// What a repository is called now.
pub(crate) async fn name_of(line: &Line<'_>, repository: &str) -> Result<String, String> {
    if let Some(known) = line.site.names.repository(repository) {
        return Ok(known.name);
    }
    let (all, _) = sweep::repository_names(line).await.map_err(|problem| problem.to_string())?;
    for node in &all {
        if let (Some(id), Some(name)) = (id(node, "databaseId"), must(node, "name")) {
            line.site.names.learn_repository(id, name, must(node, "id").unwrap_or_default());
        }
    }
    let known = line.site.names.repository(repository).map(|known| known.name);
    known.ok_or_else(|| format!("the repository {repository} is absent or not visible to our credentials"))
}
