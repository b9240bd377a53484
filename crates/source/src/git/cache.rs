//! The bare repository that a remote is fetched into. It is ours alone and can be made anew at any time.
//!
//! Deliberately absent: removing anything that does not carry our own mark.

use crate::error::SourceError;
use git2::{Config, ErrorClass, Repository, RepositoryInitOptions, RepositoryOpenFlags};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Says that the directory is ours to remove.
const OURS: &str = "aplomo-cache";
/// Says that reading found damage.
const DAMAGED: &str = "aplomo-damaged";

/// Caches that a fetch is at work in.
static AT_WORK: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// While it lives, no other fetch of this process uses the cache.
#[derive(Debug)]
pub(super) struct Claim(PathBuf);

impl Claim {
    pub(super) fn new(cache: &Path) -> Result<Self, SourceError> {
        let path = std::path::absolute(cache).unwrap_or_else(|_| cache.to_owned());
        let free = AT_WORK.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
        if free { Ok(Self(path)) } else { Err(SourceError::Busy { cache: path }) }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        AT_WORK.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// Opens the cache or makes it. Returns whether it was made.
pub(super) fn open_or_make(cache: &Path) -> Result<(Repository, bool), SourceError> {
    let occupied = match std::fs::read_dir(cache) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => return Err(unwritable(cache, &error.to_string())),
    };
    if !occupied {
        return make(cache).map(|repo| (repo, true));
    }
    if !cache.join(OURS).is_file() {
        return Err(SourceError::NotACache { cache: cache.to_owned() });
    }
    if cache.join(DAMAGED).exists() {
        return Err(damaged(cache, "damage was found when it was read"));
    }
    let flags = RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::BARE | RepositoryOpenFlags::NO_DOTGIT;
    let none: [&OsStr; 0] = [];
    let repo = Repository::open_ext(cache, flags, none).map_err(|error| damaged(cache, error.message()))?;
    only_own_config(&repo).map_err(|error| damaged(cache, error.message()))?;
    Ok((repo, false))
}

fn make(cache: &Path) -> Result<Repository, SourceError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(cache);
    let marked = made.and_then(|()| std::fs::write(cache.join(OURS), "made by aplomo, may be removed\n"));
    marked.map_err(|error| unwritable(cache, &error.to_string()))?;
    let mut options = RepositoryInitOptions::new();
    options.bare(true).external_template(false).no_reinit(true);
    let repo = Repository::init_opts(cache, &options);
    let repo = repo.and_then(|repo| only_own_config(&repo).map(|()| repo));
    repo.map_err(|error| match error.class() {
        ErrorClass::Os => unwritable(cache, error.message()),
        _ => damaged(cache, error.message()),
    })
}

/// The user's and the system's configuration could send us elsewhere (`insteadOf`); the cache's own
/// says that redirects to other hosts are not followed, for a token must only go where it was meant for.
fn only_own_config(repo: &Repository) -> Result<(), git2::Error> {
    let mut config = Config::open(&repo.path().join("config"))?;
    if config.get_bool("http.followRedirects").unwrap_or(true) {
        config.set_bool("http.followRedirects", false)?;
    }
    repo.set_config(&config)
}

/// Removes a cache of ours.
pub(super) fn remove(cache: &Path) -> Result<(), SourceError> {
    if !cache.join(OURS).is_file() {
        return Err(SourceError::NotACache { cache: cache.to_owned() });
    }
    std::fs::remove_dir_all(cache).map_err(|error| unwritable(cache, &error.to_string()))
}

/// Leaves word for the next fetch. Where that cannot be written, the next reading finds the damage again.
pub(super) fn mark_damaged(cache: &Path) {
    if cache.join(OURS).is_file() {
        let _ = std::fs::write(cache.join(DAMAGED), "");
    }
}

pub(super) fn damaged(cache: &Path, why: &str) -> SourceError {
    SourceError::Damaged { cache: cache.to_owned(), why: why.to_owned() }
}

pub(super) fn unwritable(cache: &Path, why: &str) -> SourceError {
    SourceError::CacheUnwritable { cache: cache.to_owned(), why: why.to_owned() }
}
