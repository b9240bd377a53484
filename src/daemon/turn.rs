//! One turn of the loop: read, plan, approve what needs nobody, apply what is approved.

use super::{Daemon, Turn, Wake, sources, stopped};
use crate::config::ApprovalMode;
use crate::failure::Failure;
use crate::history;
use aplomo_core::manifest::Snapshot;
use aplomo_core::run::Ending;
use aplomo_core::{Digest, Plan, SourceName, Timestamp};
use aplomo_engine::{EngineError, MAX_SKEW_SECONDS, Order, PlanOptions, Planned};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How often one turn applies: what is approved may only be open after something else was applied.
const ROUNDS: usize = 3;
/// How long the call in hand may take after we were told to stop; then it is abandoned, and the next
/// start finds out what became of it.
const GRACE: Duration = Duration::from_secs(20);
/// How soon we look again after another process was at work.
const BUSY: Duration = Duration::from_secs(5);

/// How soon we look whether a run of another process still goes on.
const RIVAL: Duration = Duration::from_secs(10);

/// What was read, with the sources that are held.
struct Sources {
    snapshots: Vec<Snapshot>,
    held: BTreeMap<SourceName, String>,
    /// The heads of git remotes, or why there are none.
    heads: String,
}

impl Daemon {
    /// One turn. What woke it only decides whether unchanged remotes are skipped.
    pub(super) async fn turn(&mut self, wake: Wake) -> Result<Turn, Failure> {
        let stop = self.stop.clone();
        let read = tokio::select! {
            read = self.read_sources() => read?,
            () = stopped(&stop) => return Ok(Turn::Stopped),
        };
        if wake == Wake::Poll && self.heads.as_ref() == Some(&read.heads) {
            return Ok(Turn::Skipped);
        }
        (self.again, self.plan_wake) = (None, None);
        self.heads = Some(read.heads.clone());
        self.shared.read(&read.snapshots);
        self.seen.put(self.engine.decisions().await?);
        self.resume().await?;
        let planned = tokio::select! {
            planned = self.plan(&read, wake == Wake::Drift) => planned?,
            () = stopped(&self.stop) => return Ok(Turn::Stopped),
        };
        self.show(&planned).await?;
        self.accept_heads(&read).await?;
        let planned = self.carry_out(&read, planned).await?;
        self.plan_wake = planned.plan.wake;
        Ok(Turn::Done(planned.problems))
    }

    /// Goes on with runs that were interrupted, ours before the start or those of another process.
    async fn resume(&mut self) -> Result<(), Failure> {
        let runs = tokio::select! {
            runs = self.engine.resume_all(&self.stop) => runs?,
            () = self.out_of_time() => return Ok(()),
        };
        for run in runs {
            aplomo_server::observe_run(&run);
            tracing::info!(run = %run.run, ending = ?run.ending, "went on with an interrupted run");
        }
        if !self.engine.store.unfinished_runs().await?.is_empty() {
            // Another process is at work on it, or was: then its lease ends soon.
            self.look_again_in(RIVAL);
        }
        Ok(())
    }

    /// Applies what is approved and due, and plans again, until nothing is.
    async fn carry_out(&mut self, read: &Sources, mut planned: Planned) -> Result<Planned, Failure> {
        for _ in 0..ROUNDS {
            if let Some(skew) = planned.observation.skew_seconds.filter(|s| s.abs() > MAX_SKEW_SECONDS) {
                return Err(EngineError::ClockSkew(skew).into());
            }
            self.attempts.planned(&planned.plan);
            if self.cx.config.approval == ApprovalMode::Automatic {
                let except = self.desks.sources();
                self.engine.approve_automatically(&planned.plan, &planned.recorded.policies, &except).await?;
            }
            let mut granted = self.engine.granted(&planned.plan).await?;
            if !granted.is_empty() && !self.desks.confirm(&self.engine, &self.shared, &granted).await? {
                self.look_again_in(BUSY);
                return Ok(planned);
            }
            granted = self.engine.granted(&planned.plan).await?;
            let now = self.engine.clock.elapsed();
            if self.stop.is_stopped() || !self.attempts.due(&granted, now) {
                if let Some(at) = self.attempts.next(&granted) {
                    self.look_again_in(at.saturating_sub(now));
                }
                return Ok(planned);
            }
            // Only a plan that was kept is executed; one that said nothing new was not yet.
            self.engine.keep_plan(&planned.plan).await?;
            if !self.apply(&planned, &granted).await? {
                return Ok(planned);
            }
            planned = self.plan(read, false).await?;
            self.show(&planned).await?;
        }
        self.look_again_in(BUSY);
        Ok(planned)
    }

    /// Executes a plan; whether it came to an end.
    async fn apply(&mut self, planned: &Planned, granted: &[Digest]) -> Result<bool, Failure> {
        let order = Order {
            plan: &planned.plan,
            connections: &planned.connections,
            resume: None,
            stop: &self.stop,
            progress: &|_, _| {},
        };
        let ran = tokio::select! {
            ran = self.engine.execute(&order) => ran,
            () = self.out_of_time() => {
                tracing::warn!("the call in hand took too long and is abandoned; the next start finds out what became of it");
                return Ok(false);
            }
        };
        let run = match ran {
            Err(EngineError::Busy { scope, holder, until }) => {
                tracing::info!(scope, holder, until, "another run is at work there; looking again soon");
                self.look_again_in(BUSY);
                return Ok(false);
            }
            other => other?,
        };
        let interrupted = run.ending == Some(Ending::Interrupted);
        if interrupted {
            self.look_again_in(BUSY);
        } else {
            self.attempts.ran(&planned.plan, &run, granted, self.engine.clock.elapsed());
        }
        aplomo_server::observe_run(&run);
        tracing::info!(run = %run.run, ending = ?run.ending, changes = run.outcomes.len(), "applied");
        for head in self.engine.store.heads().await? {
            tracing::info!(target: "aplomo::audit", tenant = %head.tenant, seq = head.seq, hash = %head.hash, "audit head");
        }
        Ok(!interrupted)
    }

    /// Comes back when we were told to stop and the time for that is over.
    async fn out_of_time(&self) {
        stopped(&self.stop).await;
        tokio::time::sleep(GRACE).await;
    }

    async fn read_sources(&mut self) -> Result<Sources, Failure> {
        let configs = &self.cx.config.sources;
        let reads = self.readings.read_all(configs, &self.cache, &self.cx.env.vars).await?;
        let mut read = Sources { snapshots: Vec::new(), held: BTreeMap::new(), heads: String::new() };
        for (config, mut one) in configs.iter().zip(reads) {
            let mut reason = None;
            if let Some(repository) = &one.repository
                && let Some(why) = history::check(&self.engine.store, &mut one.snapshot, repository).await?
            {
                self.hold(&one.snapshot, &why).await?;
                read.held.insert(one.snapshot.name.clone(), why.clone());
                reason = Some(why);
            }
            if config.git.is_some() {
                let head = one.snapshot.commit.as_ref().map_or("none", |c| c.as_str());
                read.heads.push_str(&format!("{}@{head}/{} ", config.name, one.snapshot.complete));
            }
            self.tell(&one, reason.as_deref());
            read.snapshots.push(one.snapshot);
        }
        self.shared.keep_sources(&read.snapshots.iter().map(|s| &s.name).collect::<BTreeSet<_>>());
        Ok(read)
    }

    /// Leaves what was read for the server, and logs trouble that is new.
    fn tell(&self, read: &sources::Read, held: Option<&str>) {
        let before = self.shared.latest().sources.get(&read.snapshot.name).map(|s| s.problems.clone());
        if let Some(trouble) = &read.trouble
            && !before.is_some_and(|known| known.contains(trouble))
        {
            tracing::error!(source = %read.snapshot.name, trouble, "the source could not be read as it is now");
        }
        self.shared.source(&read.snapshot, read.trouble.as_deref(), held, self.engine.clock.now());
    }

    async fn hold(&self, snapshot: &Snapshot, reason: &str) -> Result<(), Failure> {
        let known = self.engine.store.held_sources().await?;
        if known.iter().any(|h| h.source == snapshot.name && h.head == snapshot.commit) {
            return Ok(());
        }
        tracing::error!(source = %snapshot.name, reason, "source held");
        Ok(self.engine.store.hold_source(&snapshot.name, reason, snapshot.commit.as_ref()).await?)
    }

    async fn accept_heads(&self, read: &Sources) -> Result<(), Failure> {
        let by = aplomo_store::system_actor();
        for snapshot in read.snapshots.iter().filter(|s| !read.held.contains_key(&s.name)) {
            history::accept(&self.engine.store, snapshot, &by).await?;
        }
        Ok(())
    }

    async fn plan(&self, read: &Sources, drift_scan: bool) -> Result<Planned, EngineError> {
        // What the daemon watches are the configured sources, so their secrets are resolved.
        let held = read.held.clone();
        let options = PlanOptions { as_of: None, drift_scan, held, secrets: true, forget: true };
        let planned = self.engine.plan(&read.snapshots, &options).await?;
        for problem in &planned.problems {
            tracing::error!(problem, "could not see everything");
        }
        Ok(planned)
    }

    /// Shows a plan; one that says nothing new is neither stored nor audited again.
    async fn show(&mut self, planned: &Planned) -> Result<(), EngineError> {
        let plan = &planned.plan;
        aplomo_server::observe_plan(plan);
        let says = what_it_says(plan)?;
        let (changes, complete) = (plan.changes.len(), plan.complete);
        if self.shown == Some(says) {
            tracing::debug!(changes, complete, "planned; nothing new");
        } else {
            self.engine.keep_plan(plan).await?;
            self.shown = Some(says);
            self.desks.world_moved();
            tracing::info!(digest = %plan.digest, changes, complete, "planned");
        }
        // Last, so that whoever sees a change can approve it.
        self.shared.planned(planned, self.engine.first_seen().await?);
        Ok(())
    }
}

/// What a plan says apart from the moment it was made for.
fn what_it_says(plan: &Plan) -> Result<Digest, EngineError> {
    let timeless = Plan { as_of: Timestamp::UNIX_EPOCH, wake: None, ..plan.clone() };
    Ok(timeless.recompute_digest()?)
}
