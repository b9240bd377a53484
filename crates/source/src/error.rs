//! Why a source could not be read at all.
//!
//! Deliberately absent: problems of single files, which are findings. No message ever holds a secret.

use aplomo_core::name::BadName;
use std::path::PathBuf;

/// Why a source could not be read or fetched. Nothing may be planned from it.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is nothing at the path.
    #[error("there is no file or directory `{path}`; check the path")]
    NotFound {
        /// As given.
        path: PathBuf,
    },
    /// The path is a device, a pipe or a socket.
    #[error("`{path}` is {what}, not a directory or a file; name a directory of manifests")]
    NotAFile {
        /// As given.
        path: PathBuf,
        /// What it is, in words.
        what: &'static str,
    },
    /// The path itself may not be read.
    #[error("`{path}` cannot be read: {why}; check its permissions")]
    Unreadable {
        /// As given.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The path cannot be the name of a source.
    #[error("the path cannot name a source: {0}; rename the directory or give the source a name")]
    BadName(#[from] BadName),
    /// The commit has no such directory.
    #[error("there is no `{sub_path}` in commit {commit}; check the sub-path of the source")]
    SubPathMissing {
        /// As given.
        sub_path: String,
        /// The commit.
        commit: String,
    },
    /// The sub-path is not one.
    #[error("`{sub_path}` is no path below the root of a repository; write it like `clients/acme`")]
    BadSubPath {
        /// As given, escaped.
        sub_path: String,
    },
    /// The address of the remote is not usable.
    #[error("`{url}` is no usable address: {why}")]
    BadUrl {
        /// Without user and password.
        url: String,
        /// What is wrong and what is allowed.
        why: &'static str,
    },
    /// The name of the branch is not usable.
    #[error("`{branch}` is no name of a branch")]
    BadBranch {
        /// As given, escaped.
        branch: String,
    },
    /// The remote does not answer.
    #[error("`{url}` cannot be reached: {why}")]
    Unreachable {
        /// Without user and password.
        url: String,
        /// What git said.
        why: String,
    },
    /// The remote refuses us.
    #[error("`{url}` refuses access: {why}; check the token or key of this source and its rights")]
    AuthFailed {
        /// Without user and password.
        url: String,
        /// What git said.
        why: String,
    },
    /// The remote cannot prove who it is.
    #[error("the identity of `{host}` cannot be checked: {why}")]
    HostIdentity {
        /// The host.
        host: String,
        /// What is wrong and the way out.
        why: String,
    },
    /// The remote has no such branch.
    #[error("`{url}` has no branch `{branch}`; {hint}")]
    BranchMissing {
        /// Without user and password.
        url: String,
        /// The branch.
        branch: String,
        /// The branches that it has.
        hint: String,
    },
    /// The remote took too long.
    #[error("`{url}` did not finish within {seconds} s; it is tried again with the next poll")]
    TimedOut {
        /// Without user and password.
        url: String,
        /// How long we waited.
        seconds: u64,
    },
    /// An earlier fetch into the same cache has not ended.
    #[error("an earlier fetch into `{cache}` is still running; wait for it to end")]
    Busy {
        /// The cache.
        cache: PathBuf,
    },
    /// The directory for the cache holds something else.
    #[error("`{cache}` is not a cache of Aplomo and is left alone; name an empty or new directory")]
    NotACache {
        /// The directory.
        cache: PathBuf,
    },
    /// The repository is damaged or missing; the next fetch makes a cache anew.
    #[error("the repository `{cache}` is damaged or missing: {why}; fetch it again")]
    Damaged {
        /// The repository.
        cache: PathBuf,
        /// What git said.
        why: String,
    },
    /// The repository does not hold the commit.
    #[error("commit {commit} is not in `{cache}`; fetch first, or it was removed by a force-push")]
    CommitMissing {
        /// The commit.
        commit: String,
        /// The repository.
        cache: PathBuf,
    },
    /// The cache cannot be written, e.g. on a full disk.
    #[error("the cache `{cache}` cannot be written: {why}")]
    CacheUnwritable {
        /// The cache.
        cache: PathBuf,
        /// What the system said.
        why: String,
    },
}
