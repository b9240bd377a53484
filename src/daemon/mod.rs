//! The daemon: watches its sources, plans what they wish, applies what is approved, repeats the drift
//! check on a schedule.
//!
//! A wake carries no input: whatever woke the loop, it reads everything it needs anew.

mod backend;
mod shared;
mod sources;
mod wake;

use crate::config::{ApprovalMode, Config, duration};
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::history;
use aplomo_core::manifest::Snapshot;
use aplomo_core::SourceName;
use aplomo_engine::{Engine, EngineError, Order, PlanOptions, Planned, Stop};
use shared::Shared;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use wake::{Wake, Wakes};

/// A running daemon.
struct Daemon {
    cx: Cx,
    engine: Arc<Engine>,
    shared: Arc<Shared>,
    stop: Stop,
    server: backend::Server,
    cache: PathBuf,
    /// What the last plan was made from: heads of commits, or nothing for directories.
    last: Option<String>,
}

/// Runs the daemon until it is told to stop.
///
/// # Errors
/// Where the configuration, the store or the address cannot be used.
pub async fn run(cx: Cx) -> Result<Exit, Failure> {
    if cx.config.sources.is_empty() {
        return Err(Failure::usage("the configuration names no `sources`, and no PATH was given: there is nothing to watch"));
    }
    crate::logging::start_daemon(&cx.config.log).map_err(Failure::invalid)?;
    let engine = Arc::new(cx.engine().await?);
    let shared = Arc::new(Shared::default());
    let stop = Stop::default();
    stop.on_signals();
    let server = backend::start(&cx, &engine, &shared, &stop).await?;
    let cache = cx.config.store.parent().map_or_else(|| PathBuf::from("."), PathBuf::from).join("sources");
    std::fs::create_dir_all(&cache)?;
    let mut daemon = Daemon { cx, engine, shared, stop, server, cache, last: None };
    let worked = daemon.work().await;
    // The server ends when the loop does, for whatever reason.
    daemon.stop.stop();
    daemon.server.finish().await;
    worked?;
    tracing::info!("stopped");
    Ok(Exit::Done)
}

impl Daemon {
    async fn work(&mut self) -> Result<(), Failure> {
        for run in self.engine.resume_all(&self.stop).await? {
            aplomo_server::observe_run(&run);
            tracing::info!(run = %run.run, "went on with an interrupted run");
        }
        let mut wakes = Wakes::start(&self.cx, &self.engine, &self.stop)?;
        let mut wake = Wake::Start;
        while !self.stop.is_stopped() {
            if wake == Wake::Reload {
                wakes = self.reload(wakes)?;
            }
            if let Err(failure) = self.reconcile(wake).await {
                tracing::error!(error = %format!("{:#}", failure.error), "could not reconcile; trying again soon");
                self.shared.trouble(format!("{:#}", failure.error));
                wakes.soon();
            }
            wake = wakes.next().await;
        }
        Ok(())
    }

    /// Reads the configuration anew; one that is not valid changes nothing.
    fn reload(&mut self, wakes: Wakes) -> Result<Wakes, Failure> {
        let Some(file) = self.cx.config_file.clone() else { return Ok(wakes) };
        match crate::configfile::read(&file, self.cx.out) {
            Ok(config) => {
                self.take(config);
                Wakes::start(&self.cx, &self.engine, &self.stop)
            }
            Err(failure) => {
                tracing::error!(error = %failure.error, "the changed configuration is not valid; the old one stays");
                Ok(wakes)
            }
        }
    }

    fn take(&mut self, config: Config) {
        let old = &self.cx.config;
        if config.installation != old.installation || config.store != old.store || config.listen != old.listen {
            tracing::warn!("`installation`, `store` and `listen` change only with a restart");
        }
        if let Err(error) = crate::logging::reload(&config.log) {
            tracing::error!(error);
        }
        match backend::access(&config, &self.cx.env.vars).map(|access| self.server.gate.replace(&access)) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the tokens stay as they were"),
            Err(failure) => tracing::error!(error = %failure.error, "the tokens stay as they were"),
        }
        let keep = (old.installation.clone(), old.store.clone(), old.listen.clone());
        self.cx.config = config;
        (self.cx.config.installation, self.cx.config.store, self.cx.config.listen) = keep;
        self.last = None;
        tracing::info!("configuration read anew");
    }

    /// One turn: read, plan, approve what needs nobody, apply what is approved.
    async fn reconcile(&mut self, wake: Wake) -> Result<(), Failure> {
        let (snapshots, held) = self.read_sources().await?;
        let print = fingerprint(&snapshots);
        let only_looking = wake == Wake::Poll && print.is_some() && self.last == print;
        if only_looking {
            return Ok(());
        }
        let planned = self.plan(&snapshots, held.clone(), wake == Wake::Drift).await?;
        self.last = print;
        self.show(&planned).await?;
        self.accept_heads(&snapshots, &held).await?;
        if self.cx.config.approval == ApprovalMode::Automatic && planned.plan.applyable {
            self.engine.approve_automatically(&planned.plan, &planned.desired.tenants).await?;
        }
        if self.engine.any_granted(&planned.plan).await? {
            self.apply(&planned).await?;
            let after = self.plan(&snapshots, held, false).await?;
            self.show(&after).await?;
        }
        Ok(())
    }

    async fn read_sources(&self) -> Result<(Vec<Snapshot>, BTreeMap<SourceName, String>), Failure> {
        let (configs, cache) = (self.cx.config.sources.clone(), self.cache.clone());
        let vars = self.cx.env.vars.clone();
        let read = move || configs.iter().map(|s| sources::read(s, &cache, &vars)).collect::<Result<Vec<_>, _>>();
        let reads = tokio::task::spawn_blocking(read).await.map_err(|e| Failure::failed(format!("reading the sources ended early: {e}")))??;
        let mut snapshots = Vec::new();
        let mut held = BTreeMap::new();
        for mut read in reads {
            let mut reason = None;
            if let Some(repository) = &read.repository
                && let Some(why) = history::check(&self.engine.store, &mut read.snapshot, repository).await?
            {
                self.hold(&read.snapshot, &why).await?;
                held.insert(read.snapshot.name.clone(), why.clone());
                reason = Some(why);
            }
            let now = self.engine.clock.now();
            self.shared.source(&read.snapshot, read.trouble.as_deref(), reason.as_deref(), now);
            snapshots.push(read.snapshot);
        }
        Ok((snapshots, held))
    }

    async fn hold(&self, snapshot: &Snapshot, reason: &str) -> Result<(), Failure> {
        let known = self.engine.store.held_sources().await?;
        if known.iter().any(|h| h.source == snapshot.name && h.head == snapshot.commit) {
            return Ok(());
        }
        tracing::error!(source = %snapshot.name, reason, "source held");
        Ok(self.engine.store.hold_source(&snapshot.name, reason, snapshot.commit.as_ref()).await?)
    }

    async fn accept_heads(&self, snapshots: &[Snapshot], held: &BTreeMap<SourceName, String>) -> Result<(), Failure> {
        let by = aplomo_store::system_actor();
        for snapshot in snapshots.iter().filter(|s| !held.contains_key(&s.name)) {
            history::accept(&self.engine.store, snapshot, &by).await?;
        }
        Ok(())
    }

    async fn plan(
        &self,
        snapshots: &[Snapshot],
        held: BTreeMap<SourceName, String>,
        drift_scan: bool,
    ) -> Result<Planned, EngineError> {
        let options = PlanOptions { as_of: None, drift_scan, held, forget: true };
        let planned = self.engine.plan(snapshots, &options).await?;
        for problem in &planned.problems {
            tracing::error!(problem, "could not see everything");
        }
        Ok(planned)
    }

    async fn show(&self, planned: &Planned) -> Result<(), EngineError> {
        let plan = &planned.plan;
        self.engine.keep_plan(plan).await?;
        self.shared.planned(plan, planned.desired.tenants.keys().cloned().collect());
        aplomo_server::observe_plan(plan);
        tracing::info!(digest = %plan.digest, changes = plan.changes.len(), complete = plan.complete, "planned");
        Ok(())
    }

    async fn apply(&self, planned: &Planned) -> Result<(), EngineError> {
        let order = Order {
            plan: &planned.plan,
            connections: &planned.connections,
            resume: None,
            stop: &self.stop,
            progress: &|_, _| {},
        };
        let run = self.engine.execute(&order).await?;
        aplomo_server::observe_run(&run);
        tracing::info!(run = %run.run, ending = ?run.ending, changes = run.outcomes.len(), "applied");
        for head in self.engine.store.heads().await? {
            tracing::info!(target: "aplomo::audit", tenant = %head.tenant, seq = head.seq, hash = %head.hash, "audit head");
        }
        Ok(())
    }
}

/// What tells whether sources changed; `None` where one is no commit, so that only looking tells.
fn fingerprint(snapshots: &[Snapshot]) -> Option<String> {
    let heads: Option<Vec<String>> =
        snapshots.iter().map(|s| s.commit.as_ref().map(|c| format!("{}@{c}", s.name))).collect();
    heads.map(|h| h.join(" "))
}

/// How often something happens, from the configuration.
fn every(text: &str) -> Result<std::time::Duration, Failure> {
    duration(text).map_err(Failure::invalid)
}
