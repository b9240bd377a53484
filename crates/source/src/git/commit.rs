//! Reading a commit straight from the object database, and asking for ancestry.
//!
//! Deliberately absent: fetching; the commit must be there.

use super::cache;
use super::tree::CommitTree;
use crate::error::SourceError;
use crate::load::{Loaded, load_all};
use crate::reading::{Frame, ReadOptions, Reading, assemble, within_bytes};
use crate::walk::{Candidate, walk};
use aplomo_core::{CommitId, Finding, SourceName};
use git2::{ErrorCode, Oid, Repository, RepositoryOpenFlags};
use std::ffi::OsStr;
use std::path::{Component, Path};
use std::sync::{Mutex, PoisonError};

/// Reads the manifests below `sub_path` (`""` for all) of a commit.
///
/// `cache` is what [`super::GitRemote::fetch`] filled, or any other repository. The reading is
/// complete if every manifest of the commit could be read; a file without text counts as meant.
///
/// # Errors
/// `SubPathMissing` where the commit has no such directory (never an empty reading), `CommitMissing`,
/// and `Damaged` where objects are missing or broken: the next fetch then makes the cache anew.
pub fn read_commit(
    cache: &Path,
    commit: &CommitId,
    sub_path: &str,
    options: &ReadOptions,
) -> Result<Reading, SourceError> {
    check_sub_path(sub_path)?;
    let repo = open(cache)?;
    let id = find(&repo, cache, commit)?.ok_or_else(|| missing(cache, commit))?;
    let mut frame = frame(cache, commit, sub_path, options)?;
    let files = list(&repo, cache, id, sub_path, &mut frame, options)?;
    let all = load(repo, cache, files, options)?;
    Ok(assemble(frame, all, options))
}

/// Whether `new` is `ancestor` or descends from it. An ancestor that is no longer known, as after a
/// force-push and a new clone, is none.
///
/// # Errors
/// `CommitMissing` where `new` is not there, `Damaged` where the repository cannot be read.
pub fn is_descendant(cache: &Path, ancestor: &CommitId, new: &CommitId) -> Result<bool, SourceError> {
    let repo = open(cache)?;
    let new_id = find(&repo, cache, new)?.ok_or_else(|| missing(cache, new))?;
    let Some(ancestor_id) = find(&repo, cache, ancestor)? else { return Ok(false) };
    if ancestor_id == new_id {
        return Ok(true);
    }
    repo.graph_descendant_of(new_id, ancestor_id).map_err(|error| damaged(cache, &error))
}

/// As [`is_descendant`], for a directory in a work tree or a cache: the repository around it is asked.
/// Nothing is marked or changed there.
///
/// # Errors
/// `Unreadable` where there is no repository, `CommitMissing` where `new` is not there.
pub fn descends(directory: &Path, ancestor: &CommitId, new: &CommitId) -> Result<bool, SourceError> {
    let none: [&OsStr; 0] = [];
    let unreadable = |error: git2::Error| SourceError::Unreadable {
        path: directory.to_owned(),
        why: error.message().to_owned(),
    };
    let repo = Repository::open_ext(directory, RepositoryOpenFlags::empty(), none).map_err(unreadable)?;
    let known = |commit: &CommitId| {
        let id = Oid::from_str(commit.as_str()).ok()?;
        repo.find_commit(id).ok().map(|c| c.id())
    };
    let new_id = known(new).ok_or_else(|| missing(directory, new))?;
    let Some(ancestor_id) = known(ancestor) else { return Ok(false) };
    if new_id == ancestor_id {
        return Ok(true);
    }
    repo.graph_descendant_of(new_id, ancestor_id).map_err(unreadable)
}

/// The commit that is checked out around a path; `None` where there is none.
#[must_use]
pub fn head(path: &Path) -> Option<CommitId> {
    let none: [&OsStr; 0] = [];
    let repo = Repository::open_ext(path, RepositoryOpenFlags::empty(), none).ok()?;
    let head = repo.head().ok()?.peel_to_commit().ok()?.id();
    CommitId::new(head.to_string()).ok()
}

pub(super) fn check_sub_path(sub_path: &str) -> Result<(), SourceError> {
    let plain =
        Path::new(sub_path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if plain && !sub_path.chars().any(char::is_control) {
        return Ok(());
    }
    Err(SourceError::BadSubPath { sub_path: sub_path.escape_debug().to_string() })
}

pub(super) fn open(cache: &Path) -> Result<Repository, SourceError> {
    let none: [&OsStr; 0] = [];
    Repository::open_ext(cache, RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::BARE, none)
        .map_err(|error| damaged(cache, &error))
}

pub(super) fn damaged(cache: &Path, error: &git2::Error) -> SourceError {
    cache::mark_damaged(cache);
    SourceError::Damaged { cache: cache.to_owned(), why: error.message().to_owned() }
}

pub(super) fn missing(cache: &Path, commit: &CommitId) -> SourceError {
    SourceError::CommitMissing { commit: commit.to_string(), cache: cache.to_owned() }
}

pub(super) fn find(repo: &Repository, cache: &Path, commit: &CommitId) -> Result<Option<Oid>, SourceError> {
    let full = commit.as_str().len() == 40;
    let Some(id) = Oid::from_str(commit.as_str()).ok().filter(|_| full) else { return Ok(None) };
    match repo.find_commit(id) {
        Ok(commit) => Ok(Some(commit.id())),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(damaged(cache, &error)),
    }
}

fn frame(
    cache: &Path,
    commit: &CommitId,
    sub_path: &str,
    options: &ReadOptions,
) -> Result<Frame, SourceError> {
    let name = match &options.name {
        Some(name) => name.clone(),
        None => SourceName::new(format!("git:{}", cache.display()))?,
    };
    let shown = || if sub_path.is_empty() { cache.display().to_string() } else { sub_path.to_owned() };
    Ok(Frame {
        name,
        path: options.shown_path.clone().unwrap_or_else(shown),
        commit: Some(commit.clone()),
        problems: Vec::new(),
        incomplete: Vec::new(),
        empty_files_are_meant: true,
    })
}

fn list(
    repo: &Repository,
    cache: &Path,
    id: Oid,
    sub_path: &str,
    frame: &mut Frame,
    options: &ReadOptions,
) -> Result<Vec<Candidate<Oid>>, SourceError> {
    let mut tree = CommitTree::new(repo, id, sub_path).map_err(|error| damaged(cache, &error))?;
    if !tree.exists().map_err(|error| damaged(cache, &error))? {
        return Err(SourceError::SubPathMissing { sub_path: sub_path.to_owned(), commit: id.to_string() });
    }
    let found = walk(&mut tree, &options.limits);
    if let Some(why) = tree.damage.take() {
        return Err(damaged(cache, &git2::Error::from_str(&why)));
    }
    let mut found = found.map_err(|why| damaged(cache, &git2::Error::from_str(&why)))?;
    let (files, mut problems, mut incomplete) = within_bytes(found.files, &options.limits);
    frame.problems.append(&mut found.problems);
    frame.problems.append(&mut problems);
    frame.incomplete.append(&mut found.incomplete);
    frame.incomplete.append(&mut incomplete);
    Ok(files)
}

fn load(
    repo: Repository,
    cache: &Path,
    files: Vec<Candidate<Oid>>,
    options: &ReadOptions,
) -> Result<crate::load::All, SourceError> {
    let count = files.len();
    let damage: Mutex<Option<git2::Error>> = Mutex::new(None);
    // One thread at a time takes the next blob from the database; all of them parse.
    let blobs = files.into_iter().map(move |candidate| {
        let bytes = repo.find_blob(candidate.id).map(|blob| blob.content().to_vec());
        (candidate.file, bytes)
    });
    let all = load_all(blobs, count, &options.limits, |(file, bytes)| match bytes {
        Ok(bytes) => Loaded::parse(file, bytes, false, &options.limits),
        Err(error) => {
            let finding =
                Finding::error("unreadable", format!("`{file}` cannot be read: {}", error.message()));
            *damage.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            Loaded::unread(file, finding, "cannot be read".to_owned())
        }
    });
    match damage.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(damaged(cache, &error)),
        None => Ok(all),
    }
}
