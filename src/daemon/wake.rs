//! What wakes the loop: files that change, polls of git remotes, approvals, the drift schedule, time
//! itself, a new configuration, and being told to stop.

use super::every;
use crate::config::SourceConfig;
use crate::context::Cx;
use crate::failure::Failure;
use aplomo_engine::{Engine, Stop};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinSet;

/// Why the loop woke. It never changes what is done, only whether an unchanged commit is skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// The daemon started.
    Start,
    /// A file of a source changed.
    Files,
    /// It is time to look at a git remote.
    Poll,
    /// Something was approved, held or released.
    Decision,
    /// It is time for a drift check.
    Drift,
    /// The last turn failed.
    Again,
    /// The configuration changed.
    Reload,
    /// We were told to stop.
    Stop,
}

/// How often the store is asked for new decisions of people.
const DECISIONS: Duration = Duration::from_secs(2);
/// Files that change together wake once.
const SETTLE: Duration = Duration::from_millis(300);
/// How soon a failed turn is tried again.
const SOON: Duration = Duration::from_secs(15);

/// Everything that wakes the loop; ends with it.
pub struct Wakes {
    sender: Sender<Wake>,
    receiver: Receiver<Wake>,
    tasks: JoinSet<()>,
    _watcher: Option<RecommendedWatcher>,
}

impl Wakes {
    /// Starts watching.
    ///
    /// # Errors
    /// Where an interval in the configuration is none.
    pub fn start(cx: &Cx, engine: &Arc<Engine>, stop: &Stop) -> Result<Self, Failure> {
        let (sender, receiver) = channel(16);
        let mut tasks = JoinSet::new();
        tick(&mut tasks, &sender, engine, every(&cx.config.drift_every)?, Wake::Drift);
        for git in cx.config.sources.iter().filter_map(|s| s.git.as_ref()) {
            tick(&mut tasks, &sender, engine, every(&git.poll)?, Wake::Poll);
        }
        tasks.spawn(decisions(Arc::clone(engine), sender.clone()));
        tasks.spawn(hangup(sender.clone()));
        tasks.spawn(stopping(Arc::clone(engine), stop.clone(), sender.clone()));
        let watcher = watch(cx, &sender);
        Ok(Self { sender, receiver, tasks, _watcher: watcher })
    }

    /// The next wake; wakes that came together count as the weightiest of them.
    pub async fn next(&mut self) -> Wake {
        let Some(mut wake) = self.receiver.recv().await else { return Wake::Stop };
        if wake == Wake::Files {
            tokio::time::sleep(SETTLE).await;
        }
        while let Ok(more) = self.receiver.try_recv() {
            if weight(more) > weight(wake) {
                wake = more;
            }
        }
        wake
    }

    /// Tries again soon.
    pub fn soon(&mut self) {
        let sender = self.sender.clone();
        self.tasks.spawn(async move {
            tokio::time::sleep(SOON).await;
            let _ = sender.send(Wake::Again).await;
        });
    }
}

const fn weight(wake: Wake) -> u8 {
    match wake {
        Wake::Poll => 0,
        Wake::Drift => 1,
        Wake::Start | Wake::Files | Wake::Decision | Wake::Again => 2,
        Wake::Reload => 3,
        Wake::Stop => 4,
    }
}

fn tick(tasks: &mut JoinSet<()>, sender: &Sender<Wake>, engine: &Arc<Engine>, period: Duration, wake: Wake) {
    let (sender, clock) = (sender.clone(), Arc::clone(&engine.clock));
    tasks.spawn(async move {
        loop {
            clock.sleep(period).await;
            if sender.send(wake).await.is_err() {
                return;
            }
        }
    });
}

/// Wakes when the approvals, holds or releases in the store change: people make them elsewhere.
async fn decisions(engine: Arc<Engine>, sender: Sender<Wake>) {
    let mut last = engine.decisions().await.ok();
    loop {
        engine.clock.sleep(DECISIONS).await;
        let Ok(now) = engine.decisions().await else { continue };
        if last.as_ref() != Some(&now) {
            last = Some(now);
            if sender.send(Wake::Decision).await.is_err() {
                return;
            }
        }
    }
}

async fn hangup(sender: Sender<Wake>) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hangups) = signal(SignalKind::hangup()) else { return };
    while hangups.recv().await.is_some() {
        if sender.send(Wake::Reload).await.is_err() {
            return;
        }
    }
}

async fn stopping(engine: Arc<Engine>, stop: Stop, sender: Sender<Wake>) {
    while !stop.is_stopped() {
        engine.clock.sleep(Duration::from_millis(100)).await;
    }
    let _ = sender.send(Wake::Stop).await;
}

/// Watches the directories of sources and the configuration. What cannot be watched is still read on
/// every other wake.
fn watch(cx: &Cx, sender: &Sender<Wake>) -> Option<RecommendedWatcher> {
    let (sender, config) = (sender.clone(), cx.config_file.clone());
    let roots: Vec<PathBuf> = cx.config.sources.iter().filter_map(|s| s.path.clone()).collect();
    let made = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        if event.kind.is_access() {
            return;
        }
        let is_config = |path: &PathBuf| Some(path) == config.as_ref();
        let wake = if event.paths.iter().any(is_config) {
            Wake::Reload
        } else if event.paths.iter().any(|path| roots.iter().any(|root| concerns(path, root))) {
            Wake::Files
        } else {
            return;
        };
        // A full channel is awake already.
        let _ = sender.try_send(wake);
    });
    let mut watcher = match made {
        Ok(watcher) => watcher,
        Err(error) => {
            tracing::warn!(%error, "files cannot be watched; changes are seen at the next drift check");
            return None;
        }
    };
    for path in cx.config.sources.iter().filter_map(|s: &SourceConfig| s.path.as_deref()) {
        add(&mut watcher, path, RecursiveMode::Recursive);
    }
    if let Some(directory) = cx.config_file.as_deref().and_then(Path::parent) {
        add(&mut watcher, directory, RecursiveMode::NonRecursive);
    }
    Some(watcher)
}

/// Whether a path may hold manifests of a source: hidden places (git, our own store) never do.
fn concerns(path: &Path, root: &Path) -> bool {
    let Ok(below) = path.strip_prefix(root) else { return false };
    let hidden = |part: std::path::Component<'_>| part.as_os_str().to_string_lossy().starts_with('.');
    let manifest = below.extension().is_none_or(|e| e == "yaml" || e == "yml");
    manifest && !below.components().any(hidden)
}

fn add(watcher: &mut RecommendedWatcher, path: &Path, mode: RecursiveMode) {
    if let Err(error) = watcher.watch(path, mode) {
        tracing::warn!(%error, path = %path.display(), "cannot be watched; it is read at the next drift check");
    }
}
