//! Fetching one branch of a remote into its cache.
//!
//! libgit2 cannot be interrupted while it connects, and its own time limits can only be set by
//! unsafe code. So the fetch runs on a thread of its own: after the time limit the caller goes on,
//! the thread stops at the next data or when the system gives the connection up, and until then the
//! cache stays claimed. Deliberately absent: retries, which are the caller's poll interval.

use super::access::{Auth, Visit};
use super::cache::{Claim, damaged, open_or_make, remove, unwritable};
use super::commit::{check_sub_path, read_commit};
use super::tree::CommitTree;
use super::trouble::{Phase, explain};
use super::url::{Address, parse, shown};
use crate::error::SourceError;
use crate::limits::Limits;
use crate::reading::{ReadOptions, Reading};
use crate::walk::walk;
use crate::worktree::commit_id;
use aplomo_core::CommitId;
use git2::{AutotagOption, Direction, FetchOptions, Oid, ProxyOptions, Remote, RemoteRedirect, Repository};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Where the fetched head is kept in the cache.
const HEAD: &str = "refs/aplomo/head";

/// What is fetched, and where it is kept in the cache.
#[derive(Debug, Clone)]
struct Want {
    /// The reference there.
    theirs: String,
    /// The reference here.
    ours: String,
}

/// A branch of a git remote.
#[derive(Clone)]
pub struct GitRemote {
    /// `https://`, `http://`, `ssh://`, `user@host:path`, `file://` or a path; never with a password.
    pub url: String,
    /// The branch, e.g. `main`.
    pub branch: String,
    /// The directory of the manifests below the root, `""` for the root.
    pub sub_path: String,
    /// How we show who we are.
    pub auth: Auth,
    /// A file with the keys of SSH hosts; `None` for `~/.ssh/known_hosts`.
    pub known_hosts: Option<PathBuf>,
    /// How long a fetch may take; the first one loads the whole history.
    pub timeout: Duration,
}

impl fmt::Debug for GitRemote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitRemote")
            .field("url", &self.shown_url())
            .field("branch", &self.branch)
            .field("sub_path", &self.sub_path)
            .field("auth", &self.auth)
            .field("known_hosts", &self.known_hosts)
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// What a fetch found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The commit that the branch points at.
    pub head: CommitId,
    /// Whether the cache was made anew, first or because it was damaged.
    pub cloned: bool,
}

impl GitRemote {
    /// The address without user and password, safe to show.
    #[must_use]
    pub fn shown_url(&self) -> String {
        shown(&self.url)
    }

    /// Brings the cache up to date with the branch, wherever it points now, and says where. Blocks up
    /// to `timeout`. A damaged cache is removed and cloned again once.
    ///
    /// # Errors
    /// Bad address or branch, unreachable, refused, host not trusted, branch missing, timed out, busy,
    /// or the cache cannot be written. No error holds a secret.
    pub fn fetch(&self, cache_dir: &Path) -> Result<Fetched, SourceError> {
        self.fetch_want(cache_dir, Want { theirs: self.branch_ref(), ours: HEAD.to_owned() })
    }

    /// As [`GitRemote::fetch`], of the head of a pull request, where GitHub keeps it: `refs/pull/N/head`.
    ///
    /// # Errors
    /// As [`GitRemote::fetch`].
    pub fn fetch_pull(&self, cache_dir: &Path, number: u64) -> Result<Fetched, SourceError> {
        let want =
            Want { theirs: format!("refs/pull/{number}/head"), ours: format!("refs/aplomo/pull/{number}") };
        self.fetch_want(cache_dir, want)
    }

    fn fetch_want(&self, cache_dir: &Path, want: Want) -> Result<Fetched, SourceError> {
        let address = self.check()?;
        let claim = Claim::new(cache_dir)?;
        let cancelled = Arc::new(AtomicBool::new(false));
        let (sender, receiver) = channel();
        let (remote, cache, flag) = (self.clone(), cache_dir.to_owned(), Arc::clone(&cancelled));
        let work = move || {
            let result = remote.fetch_or_clone(&address, &cache, &want, &flag);
            drop(claim);
            // Nobody listens any more after the time limit.
            let _ = sender.send(result);
        };
        let spawned = std::thread::Builder::new().name("git-fetch".to_owned()).spawn(work);
        spawned.map_err(|error| unwritable(cache_dir, &error.to_string()))?;
        match receiver.recv_timeout(self.timeout) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => {
                cancelled.store(true, Ordering::Relaxed);
                Err(SourceError::TimedOut { url: self.shown_url(), seconds: self.timeout.as_secs() })
            }
            Err(RecvTimeoutError::Disconnected) => {
                Err(damaged(cache_dir, "the fetch ended without a result"))
            }
        }
    }

    /// Reads a fetched commit below this remote's sub-path, shown under the remote's address.
    ///
    /// # Errors
    /// As [`read_commit`].
    pub fn read(
        &self,
        cache_dir: &Path,
        commit: &CommitId,
        options: &ReadOptions,
    ) -> Result<Reading, SourceError> {
        let mut options = options.clone();
        options.shown_path.get_or_insert_with(|| match self.sub_path.as_str() {
            "" => self.shown_url(),
            sub_path => format!("{}//{sub_path}", self.shown_url()),
        });
        read_commit(cache_dir, commit, &self.sub_path, &options)
    }

    fn check(&self) -> Result<Address, SourceError> {
        check_sub_path(&self.sub_path)?;
        if !git2::Reference::is_valid_name(&self.branch_ref()) {
            return Err(SourceError::BadBranch { branch: self.branch.escape_debug().to_string() });
        }
        parse(&self.url)
    }

    fn branch_ref(&self) -> String {
        format!("refs/heads/{}", self.branch)
    }

    fn fetch_or_clone(
        &self,
        address: &Address,
        cache: &Path,
        want: &Want,
        cancelled: &AtomicBool,
    ) -> Result<Fetched, SourceError> {
        match self.fetch_once(address, cache, want, cancelled) {
            Err(SourceError::Damaged { .. }) => {
                remove(cache)?;
                self.fetch_once(address, cache, want, cancelled)
            }
            result => result,
        }
    }

    fn fetch_once(
        &self,
        address: &Address,
        cache: &Path,
        want: &Want,
        cancelled: &AtomicBool,
    ) -> Result<Fetched, SourceError> {
        let (repo, cloned) = open_or_make(cache)?;
        let visit = Visit::new(address, &self.auth, self.known_hosts.as_deref(), cancelled);
        let wrong = |phase, error: &git2::Error| explain(error, phase, &visit, cache, self.timeout);
        let mut remote = repo.remote_anonymous(&self.url).map_err(|e| wrong(Phase::Connecting, &e))?;
        let head = self.remote_head(&mut remote, &visit, cache, want)?;
        if repo.refname_to_id(&want.ours).ok() != Some(head) {
            let refspec = format!("+{}:{}", want.theirs, want.ours);
            let mut options = FetchOptions::new();
            options.remote_callbacks(visit.callbacks()).proxy_options(proxy());
            options.download_tags(AutotagOption::None).update_fetchhead(false);
            options.follow_redirects(RemoteRedirect::None);
            let fetched = remote.fetch(&[refspec], Some(&mut options), None);
            fetched.map_err(|e| wrong(Phase::Fetching, &e))?;
        }
        let head = repo.refname_to_id(&want.ours).map_err(|e| damaged(cache, e.message()))?;
        self.check_whole(&repo, head).map_err(|why| damaged(cache, &why))?;
        let head = commit_id(head).ok_or_else(|| damaged(cache, "the head has no usable name"))?;
        Ok(Fetched { head, cloned })
    }

    fn remote_head(
        &self,
        remote: &mut Remote<'_>,
        visit: &Visit<'_>,
        cache: &Path,
        want: &Want,
    ) -> Result<Oid, SourceError> {
        let wrong = |error: &git2::Error| explain(error, Phase::Connecting, visit, cache, self.timeout);
        let connection = remote.connect_auth(Direction::Fetch, Some(visit.callbacks()), Some(proxy()));
        let connection = connection.map_err(|error| wrong(&error))?;
        let heads = connection.list().map_err(|error| wrong(&error))?;
        if let Some(head) = heads.iter().find(|head| head.name() == want.theirs) {
            return Ok(head.oid());
        }
        let names: Vec<String> = heads
            .iter()
            .filter_map(|head| head.name().strip_prefix("refs/heads/"))
            .map(|name| format!("`{}`", name.escape_debug()))
            .collect();
        Err(SourceError::BranchMissing {
            url: self.shown_url(),
            branch: want.theirs.strip_prefix("refs/heads/").unwrap_or(&want.theirs).to_owned(),
            hint: hint(&names),
        })
    }

    /// Whether everything that will be read from this commit is there.
    fn check_whole(&self, repo: &Repository, head: Oid) -> Result<(), String> {
        let tree = CommitTree::new(repo, head, &self.sub_path);
        let mut tree = tree.map_err(|error| error.message().to_owned())?;
        if tree.exists().map_err(|error| error.message().to_owned())? {
            let _ = walk(&mut tree, &Limits::default());
        }
        tree.damage.map_or(Ok(()), Err)
    }
}

fn hint(names: &[String]) -> String {
    match names {
        [] => "it has no branches at all".to_owned(),
        names if names.len() <= 10 => format!("it has {}", names.join(", ")),
        names => format!("it has {} others", names.len()),
    }
}

fn proxy() -> ProxyOptions<'static> {
    let mut proxy = ProxyOptions::new();
    proxy.auto();
    proxy
}
