//! The repository of a source, for pull requests: its own cache beside the one that the loop reads, so that neither
//! waits for the other. Blocking work happens on threads for that.

use aplomo_core::CommitId;
use aplomo_core::manifest::Snapshot;
use aplomo_source::{GitRemote, Merged, ReadOptions, SourceError};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Trouble with the repository.
#[derive(Debug, thiserror::Error)]
pub enum GitTrouble {
    /// As the reader of sources says it.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The work ended early.
    #[error("reading the repository ended early: {0}")]
    Ended(#[from] tokio::task::JoinError),
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Git(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    remote: GitRemote,
    cache: PathBuf,
    options: ReadOptions,
    /// A cache is fetched into by one at a time.
    fetching: Mutex<()>,
}

/// The two sides of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heads {
    /// The branch that it would be merged into.
    pub base: CommitId,
    /// Its own head.
    pub head: CommitId,
}

impl Git {
    /// The repository behind a source.
    #[must_use]
    pub fn new(remote: GitRemote, cache: PathBuf, options: ReadOptions) -> Self {
        Self(Arc::new(Inner { remote, cache, options, fetching: Mutex::default() }))
    }

    /// The branch that is the source.
    #[must_use]
    pub fn branch(&self) -> &str {
        &self.0.remote.branch
    }

    /// Where manifests are below the root.
    #[must_use]
    pub fn sub_path(&self) -> &str {
        self.0.remote.sub_path.trim_matches('/')
    }

    async fn off<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, SourceError> + Send + 'static,
    ) -> Result<T, GitTrouble> {
        let inner = Arc::clone(&self.0);
        Ok(tokio::task::spawn_blocking(move || work(&inner)).await??)
    }

    /// Fetches both sides of a pull request.
    ///
    /// # Errors
    /// [`GitTrouble`].
    pub async fn heads(&self, number: u64) -> Result<Heads, GitTrouble> {
        let _alone = self.0.fetching.lock().await;
        self.off(move |inner| {
            let base = inner.remote.fetch(&inner.cache)?.head;
            let head = inner.remote.fetch_pull(&inner.cache, number)?.head;
            Ok(Heads { base, head })
        })
        .await
    }

    /// Fetches the branch.
    ///
    /// # Errors
    /// [`GitTrouble`].
    pub async fn base(&self) -> Result<CommitId, GitTrouble> {
        let _alone = self.0.fetching.lock().await;
        self.off(|inner| Ok(inner.remote.fetch(&inner.cache)?.head)).await
    }

    /// What the branch would be after a merge.
    ///
    /// # Errors
    /// [`GitTrouble`].
    pub async fn merge(&self, heads: &Heads) -> Result<Merged, GitTrouble> {
        let heads = heads.clone();
        self.off(move |inner| aplomo_source::merge(&inner.cache, &heads.base, &heads.head)).await
    }

    /// The files that differ, at most `most`; whether there are more.
    ///
    /// # Errors
    /// [`GitTrouble`].
    pub async fn changed(
        &self,
        before: &CommitId,
        after: &CommitId,
        most: usize,
    ) -> Result<(Vec<String>, bool), GitTrouble> {
        let (before, after) = (before.clone(), after.clone());
        self.off(move |inner| aplomo_source::changed_files(&inner.cache, &before, &after, most)).await
    }

    /// The manifests of a commit.
    ///
    /// # Errors
    /// [`GitTrouble`].
    pub async fn read(&self, commit: &CommitId) -> Result<Snapshot, GitTrouble> {
        let commit = commit.clone();
        self.off(move |inner| Ok(inner.remote.read(&inner.cache, &commit, &inner.options)?.snapshot)).await
    }

    /// Whether a commit is in the branch by now.
    ///
    /// # Errors
    /// [`GitTrouble`].
    pub async fn holds(&self, branch: &CommitId, commit: &CommitId) -> Result<bool, GitTrouble> {
        let (branch, commit) = (branch.clone(), commit.clone());
        self.off(move |inner| aplomo_source::is_descendant(&inner.cache, &commit, &branch)).await
    }

    /// What a commit was made on: of a merge, the branch before it.
    ///
    /// # Errors
    /// [`GitTrouble`], also where it was made on nothing.
    pub async fn parent(&self, commit: &CommitId) -> Result<CommitId, GitTrouble> {
        let commit = commit.clone();
        self.off(move |inner| aplomo_source::parent(&inner.cache, &commit)).await
    }

    /// What takes a merge back.
    ///
    /// # Errors
    /// [`GitTrouble`].
    pub async fn reverted(
        &self,
        onto: &CommitId,
        merge: &CommitId,
    ) -> Result<aplomo_source::Reverted, GitTrouble> {
        let (onto, merge) = (onto.clone(), merge.clone());
        self.off(move |inner| aplomo_source::revert(&inner.cache, &onto, &merge)).await
    }
}
