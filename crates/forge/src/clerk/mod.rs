//! The clerk of one source's pull requests: looks at one, and brings comment, check and approvals in line with what it
//! is. A look takes no input but the number: whatever woke it, everything is read anew, so deliveries that come twice,
//! late, in another order or never lead to the same end.
//!
//! Deliberately absent: when to look (the binary), and applying.

mod act;
mod merged;
mod open;
mod publish;
mod reach;
mod results;
mod standing;
mod take;

use crate::git::{Git, GitTrouble};
use crate::memo::Memo;
use crate::words::{Said, said};
use aplomo_core::approval::{Actor, Known, PullRef};
use aplomo_core::manifest::Snapshot;
use aplomo_core::ports::{CallCounter, Fut};
use aplomo_core::{ActorName, Plan, SignedDuration, SourceName, TenantName};
use aplomo_engine::{Engine, EngineError};
use aplomo_provider_github::GithubProblem;
use aplomo_provider_github::desk::{Desk, Person, Pull};
use aplomo_store::StoreError;
use smol_str::{SmolStr, format_smolstr};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex;

/// What a pull request may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Files that differ.
    pub files: usize,
    /// How long reading what it touches may take.
    pub patience: Duration,
    /// Calls for that.
    pub calls: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { files: 3_000, patience: Duration::from_secs(120), calls: 2_000 }
    }
}

/// How pull requests of a source are dealt with.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The source.
    pub source: SourceName,
    /// The tenants that it may speak for: its readers may see them.
    pub tenants: BTreeSet<TenantName>,
    /// The team that approves where no rule of the tenant speaks, `org/slug`.
    pub approvers: Option<SmolStr>,
    /// What each may take.
    pub limits: Limits,
    /// How long an approval stands.
    pub expiry: SignedDuration,
    /// Whether effects that need nobody are approved by the configuration.
    pub automatic: bool,
    /// Where plans are shown as a whole, without the digest.
    pub link: Option<String>,
}

/// See the module.
pub struct Clerk {
    /// What plans and remembers.
    pub engine: Arc<Engine>,
    /// The way to GitHub.
    pub desk: Desk,
    /// The repository's history.
    pub git: Git,
    /// The terms.
    pub terms: Terms,
    /// One look at a time of each pull request: two would write two comments. Looks of different ones wait for each
    /// other only while they fetch, so that what is approved is not held up by a plan that takes long.
    turns: StdMutex<BTreeMap<u64, Arc<Mutex<()>>>>,
}

/// What a look is given beside the pull request.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The other sources as they were last read.
    pub others: &'a [Snapshot],
    /// The newest plan of all that is merged, where there is one.
    pub merged: Option<&'a Plan>,
    /// Whether to plan anew even where neither head nor base moved: the world may have.
    pub again: bool,
}

/// Why a look came to nothing. It is made again.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// GitHub.
    #[error(transparent)]
    GitHub(#[from] GithubProblem),
    /// The repository.
    #[error(transparent)]
    Git(#[from] GitTrouble),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Clerk {
    /// A clerk. Nothing is sent.
    #[must_use]
    pub fn new(engine: Arc<Engine>, desk: Desk, git: Git, terms: Terms) -> Self {
        Self { engine, desk, git, terms, turns: StdMutex::default() }
    }

    /// Looks at a pull request. Gives whether there is nothing more to come of it.
    ///
    /// # Errors
    /// [`Trouble`] with anything outside; what was done so far stands, and the next look goes on from there.
    pub fn look<'a>(&'a self, number: u64, around: &'a Around<'a>) -> Fut<'a, Result<bool, Trouble>> {
        Box::pin(self.look_at(number, around))
    }

    /// The open pull requests into the branch.
    ///
    /// # Errors
    /// [`Trouble`] with GitHub.
    pub fn open_pulls(&self) -> Fut<'_, Result<Vec<Pull>, Trouble>> {
        Box::pin(async move {
            let calls = CallCounter::default();
            let cx = self.engine.errand(&calls);
            Ok(self.desk.pulls(&cx, self.git.branch()).await?)
        })
    }

    /// Asks for deliveries again that came to nothing and are not known to have come since; `asked` are those that
    /// were asked for before, and grows by these.
    ///
    /// # Errors
    /// [`Trouble`] with GitHub or the store.
    pub fn ask_again<'a>(&'a self, asked: &'a mut BTreeSet<String>) -> Fut<'a, Result<(), Trouble>> {
        Box::pin(self.ask_for_lost(asked))
    }

    async fn ask_for_lost(&self, asked: &mut BTreeSet<String>) -> Result<(), Trouble> {
        let calls = CallCounter::default();
        let cx = self.engine.errand(&calls);
        let deliveries = self.desk.deliveries(&cx).await?;
        let came = |status: i64| (200..300).contains(&status);
        let arrived: BTreeSet<&String> =
            deliveries.iter().filter(|d| came(d.status_code)).map(|d| &d.guid).collect();
        let lost = deliveries.iter().filter(|d| !came(d.status_code) && !arrived.contains(&d.guid));
        for delivery in lost.collect::<Vec<_>>() {
            if !asked.insert(delivery.guid.clone()) {
                continue;
            }
            if self.engine.store.deliveries_known(&[delivery.guid.as_str().into()]).await?.is_empty() {
                self.desk.redeliver(&cx, delivery.id).await?;
            }
        }
        Ok(())
    }

    async fn look_at(&self, number: u64, around: &Around<'_>) -> Result<bool, Trouble> {
        let turn = self.turn(number);
        let _turn = turn.lock().await;
        let calls = CallCounter::default();
        let cx = self.engine.errand(&calls);
        let pull_ref = self.named(number);
        let Some(pull) = self.desk.pull(&cx, number).await? else { return Ok(true) };
        if pull.base.branch != self.git.branch() {
            return Ok(true);
        }
        let mut memo: Memo = self.engine.store.pull(&pull_ref).await?.unwrap_or_default();
        if memo.concluded && pull.state != "open" {
            return Ok(true);
        }
        memo.concluded = false;
        let said = self.said(&cx, &pull, &memo).await?;
        let looked = Look { pull_ref, pull, said, around };
        let ended = match (looked.pull.merged_at, looked.pull.state.as_str()) {
            (Some(_), _) => self.merged(&cx, &looked, &mut memo).await,
            (None, "open") => self.open(&cx, &looked, &mut memo).await,
            _ => self.closed(&cx, &looked, &mut memo).await,
        };
        memo.concluded = matches!(ended, Ok(true));
        self.engine.store.pull_put(&looked.pull_ref, &memo, memo.concluded).await?;
        ended
    }

    fn turn(&self, number: u64) -> Arc<Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(number).or_default())
    }

    fn named(&self, number: u64) -> PullRef {
        PullRef { repository: self.desk.repository().into(), number }
    }

    async fn said(&self, cx: &Cx<'_>, pull: &Pull, memo: &Memo) -> Result<Said, Trouble> {
        let reviews = self.desk.reviews(cx, pull.number).await?;
        let comments = self.desk.comments(cx, pull.number).await?;
        let mut said = said(&reviews, &comments, memo, self.desk.app());
        said.ours =
            comments.into_iter().find(|comment| Some(comment.id) == memo.comment || self.is_ours(comment));
        Ok(said)
    }

    fn is_ours(&self, comment: &aplomo_provider_github::desk::Comment) -> bool {
        let marked = comment.body.as_deref().is_some_and(|body| body.starts_with(crate::comment::MARKER));
        marked && self.desk.app().is_some_and(|app| comment.is_of(app))
    }
}

/// What reads and writes of a look go through.
pub(crate) type Cx<'a> = aplomo_core::ports::ReadCx<'a>;

/// One look.
pub(crate) struct Look<'a> {
    pub(crate) pull_ref: PullRef,
    pub(crate) pull: Pull,
    pub(crate) said: Said,
    pub(crate) around: &'a Around<'a>,
}

/// A person for whom GitHub vouches.
pub(crate) fn actor(person: &Person) -> Result<Actor, EngineError> {
    let how = Known::Authenticated(format_smolstr!("github:{}", person.id));
    Ok(Actor { name: ActorName::new(&person.login)?, how })
}
