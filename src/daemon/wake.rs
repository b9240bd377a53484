//! What wakes the loop: files that change, polls of git remotes, decisions of people, the drift
//! schedule, a new configuration, and being told to stop.

use super::signal::Signal;
use super::watch::Watch;
use crate::config::duration;
use crate::context::Cx;
use aplomo_engine::{Engine, Stop};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;

/// Why the loop woke, the weightiest last. It never changes what is done, only whether an unchanged
/// commit is skipped and who goes first when the budget is short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wake {
    /// It is time to look at a git remote.
    Poll,
    /// It is time for a drift check.
    Drift,
    /// A moment came that a plan or an earlier failure named.
    Time,
    /// A file of a source changed.
    Files,
    /// Something was approved, held or released.
    Decision,
    /// The daemon started.
    Start,
    /// The configuration changed.
    Reload,
    /// We were told to stop.
    Stop,
}

impl Wake {
    /// All of them, the weightiest last.
    pub const ALL: [Self; 8] = [
        Self::Poll,
        Self::Drift,
        Self::Time,
        Self::Files,
        Self::Decision,
        Self::Start,
        Self::Reload,
        Self::Stop,
    ];
}

/// How often the store is asked for new decisions of people.
const DECISIONS: Duration = Duration::from_secs(2);
/// Files that change together wake once; a configuration is not read while it is written.
const SETTLE: Duration = Duration::from_millis(300);

/// The decisions of people that the last turn went by; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Seen(Arc<Mutex<Option<String>>>);

impl Seen {
    /// A turn goes by these.
    pub fn put(&self, decisions: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(decisions);
    }
    fn differs(&self, decisions: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_deref() != Some(decisions)
    }
}

/// Everything that wakes the loop; ends with it.
pub struct Wakes {
    signal: Arc<Signal>,
    _lasting: JoinSet<()>,
    configured: JoinSet<()>,
    _watch: Option<Watch>,
}

impl Wakes {
    /// Starts watching.
    pub fn start(cx: &Cx, engine: &Arc<Engine>, stop: &Stop, seen: &Seen) -> Self {
        let signal = Arc::new(Signal::default());
        let mut lasting = JoinSet::new();
        lasting.spawn(decisions(Arc::clone(engine), seen.clone(), Arc::clone(&signal)));
        lasting.spawn(hangup(Arc::clone(&signal)));
        lasting.spawn(stopping(stop.clone(), Arc::clone(&signal)));
        let mut wakes = Self { signal, _lasting: lasting, configured: JoinSet::new(), _watch: None };
        wakes.configure(cx);
        wakes
    }

    /// What wakes the loop.
    pub const fn signal(&self) -> &Arc<Signal> {
        &self.signal
    }

    /// Watches what the configuration now says. Wakes that were asked for before stay.
    pub fn configure(&mut self, cx: &Cx) {
        let mut tasks = JoinSet::new();
        tick(&mut tasks, &self.signal, &cx.config.drift_every, Wake::Drift);
        for git in cx.config.sources.iter().filter_map(|s| s.git.as_ref()) {
            tick(&mut tasks, &self.signal, &git.poll, Wake::Poll);
        }
        self._watch = Watch::start(cx, &self.signal, &mut tasks);
        self.configured = tasks;
    }

    /// The next wake, [`Wake::Time`] at the latest after `within`.
    pub async fn next(&self, within: Option<Duration>) -> Wake {
        let wake = match within {
            None => self.signal.heard().await,
            Some(time) => tokio::time::timeout(time, self.signal.heard()).await.unwrap_or(Wake::Time),
        };
        if !matches!(wake, Wake::Files | Wake::Reload) {
            return wake;
        }
        tokio::time::sleep(SETTLE).await;
        self.signal.take().map_or(wake, |more| more.max(wake))
    }
}

fn tick(tasks: &mut JoinSet<()>, signal: &Arc<Signal>, period: &str, wake: Wake) {
    let Ok(period) = duration(period) else {
        tracing::error!(period, "is no duration; checked before, so this is a bug");
        return;
    };
    let signal = Arc::clone(signal);
    tasks.spawn(async move {
        loop {
            tokio::time::sleep(period).await;
            signal.raise(wake);
        }
    });
}

/// Wakes when the approvals, holds or releases in the store are not those that the last turn went by:
/// people make them elsewhere. Comparing with the turn, not with the last look, also finds a hold that
/// came and went between two looks.
async fn decisions(engine: Arc<Engine>, seen: Seen, signal: Arc<Signal>) {
    loop {
        tokio::time::sleep(DECISIONS).await;
        let Ok(now) = engine.decisions().await else { continue };
        if seen.differs(&now) {
            signal.raise(Wake::Decision);
        }
    }
}

async fn hangup(signal: Arc<Signal>) {
    use tokio::signal::unix::{SignalKind, signal as on};
    let Ok(mut hangups) = on(SignalKind::hangup()) else { return };
    while hangups.recv().await.is_some() {
        signal.raise(Wake::Reload);
    }
}

async fn stopping(stop: Stop, signal: Arc<Signal>) {
    super::stopped(&stop).await;
    signal.raise(Wake::Stop);
}
