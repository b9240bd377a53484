//! The task that looks at pull requests.

use super::queue::Places;
use super::{Desks, Settings};
use crate::daemon::shared::Shared;
use crate::daemon::signal::Signal;
use crate::daemon::wake::Wake;
use aplomo_engine::{Engine, Stop};
use aplomo_forge::{Around, Clerk, Trouble, memo::Memo};
use aplomo_provider_github::desk::Pull;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How soon a look that failed is made again.
const RETRY: Duration = Duration::from_secs(5);
/// The longest wait between two tries.
const RETRY_LONGEST: Duration = Duration::from_secs(120);
/// How long a pull request must be as it is before it counts as seen.
const QUIET: aplomo_core::SignedDuration = aplomo_core::SignedDuration::from_secs(10);
/// How often it is looked whether to stop.
const STOP: Duration = Duration::from_millis(100);

/// The running task.
pub struct Looking(JoinHandle<()>);

impl Looking {
    /// Waits until it has ended what it was at.
    pub async fn end(self) {
        if let Err(error) = self.0.await {
            tracing::error!(%error, "looking at pull requests ended early");
        }
    }
}

/// Starts the task; it ends when told to stop.
#[must_use]
pub fn looking(
    desks: &Arc<Desks>,
    engine: &Arc<Engine>,
    shared: &Arc<Shared>,
    signal: &Arc<Signal>,
    stop: &Stop,
) -> Looking {
    let task = Task {
        desks: Arc::clone(desks),
        engine: Arc::clone(engine),
        shared: Arc::clone(shared),
        signal: Arc::clone(signal),
        seen: BTreeMap::new(),
        asked: BTreeSet::new(),
        failures: 0,
        polled: None,
    };
    Looking(tokio::spawn(task.run(stop.clone())))
}

/// What a listing says of a pull request: where none of it moved there is nothing to look at.
type Face = (aplomo_core::Timestamp, String);

struct Task {
    desks: Arc<Desks>,
    engine: Arc<Engine>,
    shared: Arc<Shared>,
    signal: Arc<Signal>,
    /// Pull requests as they were when they were last looked at.
    seen: BTreeMap<(String, u64), Face>,
    /// Deliveries that were asked for again.
    asked: BTreeSet<String>,
    failures: u32,
    polled: Option<Duration>,
}

impl Task {
    async fn run(mut self, stop: Stop) {
        while !stop.is_stopped() {
            let settings = self.desks.settings();
            let ended = if settings.clerks.is_empty() { Ok(()) } else { self.round(&settings).await };
            self.failures = if ended.is_ok() { 0 } else { self.failures.saturating_add(1) };
            if let Err(trouble) = &ended {
                tracing::error!(%trouble, "pull requests could not be looked at; trying again soon");
            }
            let wait = match &ended {
                Ok(()) => settings.poll.unwrap_or(RETRY_LONGEST),
                Err(_) => RETRY_LONGEST.min(RETRY * 2_u32.saturating_pow(self.failures.min(6) - 1)),
            };
            self.rest(wait, ended.is_err(), &stop).await;
        }
    }

    /// Waits for the bell; after a failure no bell is heard before the wait is over.
    async fn rest(&self, wait: Duration, failed: bool, stop: &Stop) {
        let until = self.engine.clock.elapsed() + wait;
        while !stop.is_stopped() && self.engine.clock.elapsed() < until {
            if failed {
                tokio::time::sleep(STOP).await;
            } else if tokio::time::timeout(STOP, self.desks.bell.notified()).await.is_ok() {
                return;
            }
        }
    }

    /// One round over all clerks. A pull request that fails does not stop the others.
    async fn round(&mut self, settings: &Settings) -> Result<(), Trouble> {
        let again = self.desks.again.swap(false, Ordering::SeqCst);
        let places = self.desks.places(&self.engine).await?;
        if !places.repositories.is_empty() {
            self.signal.raise(Wake::Poll);
        }
        let now = self.engine.clock.elapsed();
        let poll = settings.poll.unwrap_or(RETRY_LONGEST);
        let due = self.polled.is_none_or(|at| now >= at + poll);
        let mut trouble = None;
        for clerk in &settings.clerks {
            if let Err(error) =
                self.of_clerk(clerk, &places, (again, due, !settings.secrets.is_empty())).await
            {
                trouble = Some(error);
            }
        }
        if let Some(trouble) = trouble {
            if again {
                self.desks.again.store(true, Ordering::SeqCst);
            }
            return Err(trouble);
        }
        if due {
            self.polled = Some(now);
        }
        self.engine.store.deliveries_done(&places.deliveries).await?;
        Ok(())
    }

    async fn of_clerk(
        &mut self,
        clerk: &Clerk,
        places: &Places,
        (again, due, hooked): (bool, bool, bool),
    ) -> Result<(), Trouble> {
        let repository = clerk.desk.repository().to_lowercase();
        let all = again || places.everywhere || places.repositories.contains(&repository);
        let mut numbers: BTreeSet<u64> =
            places.pulls.iter().filter(|(name, _)| *name == repository).map(|(_, number)| *number).collect();
        let known = self.engine.store.pulls_open::<Memo>(&clerk.desk.repository()).await?;
        // What could not be planned is tried again with each poll: who asks may be a contact by now.
        let waits = |memo: &Memo| all || memo.merged || due && memo.planned_at.is_none();
        numbers.extend(known.iter().filter(|(_, memo)| waits(memo)).map(|(pull, _)| pull.number));
        if due || all {
            let open = clerk.open_pulls().await?;
            let gone = known.iter().map(|(pull, _)| pull.number);
            numbers.extend(gone.filter(|number| !open.iter().any(|pull| pull.number == *number)));
            numbers.extend(self.moved(&repository, &open, all));
            if hooked {
                clerk.ask_again(&mut self.asked).await?;
            }
        }
        let mut trouble = None;
        for number in numbers {
            let (snapshots, plan) = {
                let latest = self.shared.latest();
                (Arc::clone(&latest.snapshots), latest.plan.clone())
            };
            if snapshots.is_empty() {
                // The loop has read nothing yet; it rings when it has.
                return Ok(());
            }
            let around = Around { others: &snapshots, merged: plan.as_deref(), again: all };
            if let Err(error) = clerk.look(number, &around).await {
                self.seen.remove(&(repository.clone(), number));
                tracing::error!(%error, number, repository, "a pull request could not be looked at");
                trouble = Some(error);
            }
        }
        trouble.map_or(Ok(()), Err)
    }

    /// The pull requests that are not as they were when they were last looked at.
    fn moved(&mut self, repository: &str, open: &[Pull], all: bool) -> Vec<u64> {
        let mut moved = Vec::new();
        for pull in open {
            let face = (pull.updated_at, pull.head.sha.clone());
            let key = (repository.to_owned(), pull.number);
            let other = self.seen.get(&key).is_none_or(|before| *before != face);
            if other || all {
                moved.push(pull.number);
            }
            // Moments are whole seconds, and clocks differ: what moved just now may move again without a trace.
            if pull.updated_at + QUIET < self.engine.clock.now() {
                self.seen.insert(key, face);
            } else {
                self.seen.remove(&key);
            }
        }
        moved
    }
}
