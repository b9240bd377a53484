//! The daemon: watches its sources, plans what they wish, applies what is approved, repeats the drift
//! check on a schedule.
//!
//! A wake carries no input: whatever woke the loop, it reads everything it needs anew.

mod attempts;
mod backend;
pub mod desks;
mod settings;
mod shared;
mod signal;
pub mod sources;
mod turn;
mod wake;
mod watch;

pub use settings::Given;

use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::reports::office::{Office, Orders};
use aplomo_core::{Digest, Timestamp};
use aplomo_engine::{Engine, Stop};
use attempts::{Attempts, backoff};
use shared::Shared;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use wake::{Seen, Wake, Wakes};

/// The wait before a failed turn is tried again; it doubles up to [`RETRY_LONGEST`].
const RETRY: Duration = Duration::from_secs(2);
/// The longest wait before a failed turn is tried again.
const RETRY_LONGEST: Duration = Duration::from_secs(5 * 60);

/// A running daemon.
struct Daemon {
    cx: Cx,
    given: Given,
    engine: Arc<Engine>,
    shared: Arc<Shared>,
    stop: Stop,
    server: backend::Server,
    desks: Arc<desks::Desks>,
    orders: Orders,
    cache: PathBuf,
    readings: sources::Readings,
    /// The heads of the git remotes that the last plan was made from.
    heads: Option<String>,
    /// What the last plan that was kept says, whatever the time.
    shown: Option<Digest>,
    /// What people had decided when the last turn began.
    seen: Seen,
    attempts: Attempts,
    failures: u32,
    /// When to look again without being woken (`Clock::elapsed`).
    again: Option<Duration>,
    /// When time alone may change the plan.
    plan_wake: Option<Timestamp>,
}

/// How a turn went that was carried to its end.
enum Turn {
    /// Nothing was new.
    Skipped,
    /// Planned, and applied what was due; with what could not be seen.
    Done(Vec<String>),
    /// Told to stop before the end.
    Stopped,
}

/// Runs the daemon until it is told to stop.
///
/// # Errors
/// Where the configuration, the store or the address cannot be used.
pub async fn run(cx: Cx, given: Given) -> Result<Exit, Failure> {
    settings::check(&cx.config, &cx.env.vars)?;
    crate::logging::start_daemon(&cx.config.log).map_err(Failure::invalid)?;
    let engine = Arc::new(cx.engine().await?);
    let shared = Arc::new(Shared::default());
    let stop = Stop::default();
    stop.on_signals();
    let desks = Arc::new(desks::Desks::default());
    let server = backend::start(&cx, (&engine, &shared, &desks), &stop).await?;
    let cache = cx.source_cache();
    std::fs::create_dir_all(&cache)?;
    settings::audit(&engine.store, &cx.config).await?;
    desks.configure(&cx, &engine, &cache)?;
    let orders = Orders::default();
    orders.replace(&cx.config)?;
    let office = Office {
        engine: Arc::clone(&engine),
        latest: Arc::clone(&shared) as _,
        orders: orders.clone(),
        vars: cx.env.vars.clone(),
    };
    let office = tokio::spawn(office.work(stop.clone()));
    let mut daemon = Daemon {
        cx,
        given,
        engine,
        shared,
        stop,
        server,
        desks,
        orders,
        cache,
        readings: sources::Readings::default(),
        heads: None,
        shown: None,
        seen: Seen::default(),
        attempts: Attempts::default(),
        failures: 0,
        again: None,
        plan_wake: None,
    };
    daemon.work().await;
    // The server ends when the loop does, for whatever reason.
    daemon.stop.stop();
    daemon.server.finish().await;
    // What it is sending may be tried again by the next start.
    office.abort();
    tracing::info!("stopped");
    Ok(Exit::Done)
}

/// Waits until somebody asks to stop.
async fn stopped(stop: &Stop) {
    while !stop.is_stopped() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

impl Daemon {
    async fn work(&mut self) {
        let mut wakes = Wakes::start(&self.cx, &self.engine, &self.stop, &self.seen);
        let looking = desks::looking(&self.desks, &self.engine, &self.shared, wakes.signal(), &self.stop);
        let mut wake = Wake::Start;
        while !self.stop.is_stopped() {
            if wake == Wake::Reload {
                self.reload(&mut wakes).await;
            }
            let begun = self.engine.clock.elapsed();
            let turn = self.turn(wake).await;
            if !matches!(turn, Ok(Turn::Skipped)) {
                aplomo_server::observe_reconcile(self.engine.clock.elapsed().saturating_sub(begun));
            }
            self.judge(turn);
            self.desks.turned();
            wake = wakes.next(self.sleep()).await;
        }
        looking.end().await;
    }

    /// Remembers how a turn went, and when the next one is due if it did not go well.
    fn judge(&mut self, turn: Result<Turn, Failure>) {
        let trouble = match turn {
            Ok(Turn::Skipped | Turn::Stopped) => return,
            Ok(Turn::Done(unseen)) if unseen.is_empty() => None,
            Ok(Turn::Done(unseen)) => Some(("cannot-see-everything", unseen.join("; "))),
            Err(failure) => {
                let why = format!("{:#}", failure.error);
                tracing::error!(error = %why, "could not reconcile; trying again soon");
                Some(("last-turn-failed", why))
            }
        };
        self.failures = if trouble.is_some() { self.failures.saturating_add(1) } else { 0 };
        if trouble.is_some() {
            self.look_again_in(backoff(RETRY, RETRY_LONGEST, self.failures));
        }
        self.shared.turned(trouble);
    }

    fn look_again_in(&mut self, wait: Duration) {
        let at = self.engine.clock.elapsed() + wait;
        self.again = Some(self.again.map_or(at, |other| other.min(at)));
    }

    /// How long to sleep where nothing wakes us.
    fn sleep(&self) -> Option<Duration> {
        let retry = self.again.map(|at| at.saturating_sub(self.engine.clock.elapsed()));
        let planned = self.plan_wake.map(|at| {
            let wait = at.duration_since(self.engine.clock.now());
            // A moment past it, so that the clock has passed it too.
            Duration::try_from(wait).unwrap_or_default() + Duration::from_millis(50)
        });
        retry.into_iter().chain(planned).min()
    }

    /// Reads the configuration anew; one that is not valid changes nothing.
    async fn reload(&mut self, wakes: &mut Wakes) {
        let Err(failure) = self.try_reload().await else { return wakes.configure(&self.cx) };
        let error = format!("{:#}", failure.error);
        tracing::error!(error, "the changed configuration is not valid; the old one stays");
    }

    async fn try_reload(&mut self) -> Result<(), Failure> {
        let Some(file) = &self.cx.config_file else { return Ok(()) };
        let mut config = crate::configfile::read(file, self.cx.out)?;
        self.given.put_into(&mut config);
        settings::check(&config, &self.cx.env.vars)?;
        self.server.gate.replace(&backend::access(&config, &self.cx.env.vars)?).map_err(Failure::invalid)?;
        crate::logging::reload(&config.log).map_err(Failure::invalid)?;
        self.cx.secrets.replace(config.secrets.as_ref())?;
        self.orders.replace(&config)?;
        settings::keep_fixed(&self.cx.config, &mut config);
        self.cx.config = config;
        self.desks.configure(&self.cx, &self.engine, &self.cache)?;
        self.heads = None;
        tracing::info!("configuration read anew");
        if let Err(failure) = settings::audit(&self.engine.store, &self.cx.config).await {
            tracing::error!(error = %format!("{:#}", failure.error), "the change of the configuration could not be audited");
        }
        Ok(())
    }
}
