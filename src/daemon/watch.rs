//! Watching the directories of sources and the configuration file. What cannot be watched is still
//! read on every other wake.

use super::signal::Signal;
use super::wake::Wake;
use crate::context::Cx;
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::task::JoinSet;

/// How often is looked whether a source's directory is another one than before: a deployment may put
/// a new one in its place, which no watch of the old one tells.
const REPLACED: Duration = Duration::from_secs(2);

/// Watches until it is dropped.
pub struct Watch {
    _watcher: Arc<Mutex<RecommendedWatcher>>,
}

impl Watch {
    /// Starts watching; `tasks` end with it.
    pub fn start(cx: &Cx, signal: &Arc<Signal>, tasks: &mut JoinSet<()>) -> Option<Self> {
        let roots: Vec<PathBuf> = cx.config.sources.iter().filter_map(|s| s.path.clone()).collect();
        let mut watcher = match watcher(roots.clone(), cx.config_file.clone(), Arc::clone(signal)) {
            Ok(watcher) => watcher,
            Err(error) => {
                tracing::warn!(%error, "files cannot be watched; changes are seen at the next drift check");
                return None;
            }
        };
        for path in &roots {
            add(&mut watcher, path, RecursiveMode::Recursive);
        }
        let directory = cx.config_file.as_deref().and_then(Path::parent);
        // A second, shallow watch of the same directory would take the place of the deep one.
        if let Some(directory) = directory.filter(|d| !roots.iter().any(|root| d.starts_with(root))) {
            add(&mut watcher, directory, RecursiveMode::NonRecursive);
        }
        let watcher = Arc::new(Mutex::new(watcher));
        tasks.spawn(replaced(roots, Arc::clone(&watcher), Arc::clone(signal)));
        Some(Self { _watcher: watcher })
    }
}

fn watcher(
    roots: Vec<PathBuf>,
    config: Option<PathBuf>,
    signal: Arc<Signal>,
) -> notify::Result<RecommendedWatcher> {
    notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // An error may stand for lost events.
        let Ok(event) = event else { return signal.raise(Wake::Files) };
        if event.kind.is_access() {
            return;
        }
        if event.paths.iter().any(|path| Some(path) == config.as_ref()) {
            signal.raise(Wake::Reload);
        }
        let overflowed = event.need_rescan();
        if overflowed || event.paths.iter().any(|path| roots.iter().any(|root| concerns(path, root))) {
            signal.raise(Wake::Files);
        }
    })
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

async fn replaced(roots: Vec<PathBuf>, watcher: Arc<Mutex<RecommendedWatcher>>, signal: Arc<Signal>) {
    let mut known = Vec::new();
    for root in &roots {
        known.push((identity(root).await, repository(root).await));
    }
    loop {
        tokio::time::sleep(REPLACED).await;
        for (root, known) in roots.iter().zip(&mut known) {
            let now = (identity(root).await, repository(root).await);
            if now == *known {
                continue;
            }
            let moved = now.0.is_some() && now.0 != known.0;
            *known = now;
            if moved {
                let mut watcher = watcher.lock().unwrap_or_else(PoisonError::into_inner);
                let _ = watcher.unwatch(root); // gone with the old directory, most likely
                add(&mut watcher, root, RecursiveMode::Recursive);
            }
            signal.raise(Wake::Files);
        }
    }
}

async fn identity(path: &Path) -> Option<(u64, u64)> {
    tokio::fs::metadata(path).await.ok().map(|m| (m.dev(), m.ino()))
}

/// When the repository around a directory last got a commit, another branch or a staged file: that changes
/// no file of the directory, and makes a complete source of one that was being edited.
async fn repository(path: &Path) -> Vec<Option<SystemTime>> {
    let Some(git) = path.ancestors().map(|above| above.join(".git")).find(|git| git.is_dir()) else {
        return Vec::new();
    };
    let mut times = Vec::new();
    for file in ["HEAD", "index", "logs/HEAD"] {
        times.push(tokio::fs::metadata(git.join(file)).await.and_then(|m| m.modified()).ok());
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_commit_in_the_repository_around_is_noticed() {
        let around = tempfile::tempdir().unwrap();
        let root = around.path().join("sub/manifests");
        std::fs::create_dir_all(&root).unwrap();
        std::fs::create_dir_all(around.path().join(".git/logs")).unwrap();
        let before = repository(&root).await;
        std::fs::write(around.path().join(".git/logs/HEAD"), "a commit").unwrap();
        assert_ne!(before, repository(&root).await);
    }

    #[test]
    fn only_what_may_hold_manifests_wakes() {
        let root = Path::new("/s/m");
        for path in ["/s/m", "/s/m/a.yaml", "/s/m/new-directory", "/s/m/x/b.yml"] {
            assert!(concerns(Path::new(path), root), "{path}");
        }
        for path in
            ["/s/m/.git/index", "/s/m/.aplomo/aplomo.db", "/s/m/a.txt", "/s/other/a.yaml", "/s/m/.a.yaml"]
        {
            assert!(!concerns(Path::new(path), root), "{path}");
        }
    }
}
