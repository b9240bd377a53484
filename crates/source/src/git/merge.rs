//! What a branch would be after a merge, without a work tree and without asking anybody: made in the cache, from two
//! commits that are there. The same two give the same commit.
//!
//! Deliberately absent: resolving conflicts, and moving any branch.

use super::commit::{damaged, find, missing, open};
use crate::error::SourceError;
use aplomo_core::CommitId;
use git2::{Commit, Delta, Index, IndexEntry, Oid, Repository, Signature, Time};
use std::path::Path;

/// The most files of a conflict that are named.
const NAMED: usize = 20;

/// What merging comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// The commit that has both; one of the two where it has both already.
    Commit(CommitId),
    /// Both changed the same places: these files, the first few.
    Conflict(Vec<String>),
}

/// Merges `head` into `base`.
///
/// # Errors
/// `CommitMissing` where one of them is not there, `Damaged` where the repository cannot be read or written.
pub fn merge(cache: &Path, base: &CommitId, head: &CommitId) -> Result<Merged, SourceError> {
    let repo = open(cache)?;
    let ours = commit(&repo, cache, base)?;
    let theirs = commit(&repo, cache, head)?;
    merge_in(&repo, &ours, &theirs, (base, head)).map_err(|error| damaged(cache, &error))
}

fn merge_in(
    repo: &Repository,
    ours: &Commit<'_>,
    theirs: &Commit<'_>,
    (base, head): (&CommitId, &CommitId),
) -> Result<Merged, git2::Error> {
    if ours.id() == theirs.id() || repo.graph_descendant_of(ours.id(), theirs.id())? {
        return Ok(Merged::Commit(base.clone()));
    }
    if repo.graph_descendant_of(theirs.id(), ours.id())? {
        return Ok(Merged::Commit(head.clone()));
    }
    let mut index = repo.merge_commits(ours, theirs, None)?;
    if index.has_conflicts() {
        return Ok(Merged::Conflict(conflicts(&index)?));
    }
    let tree = repo.find_tree(index.write_tree_to(repo)?)?;
    // Of neither clock nor user: the same two commits make the same merge.
    let when = Time::new(ours.time().seconds().max(theirs.time().seconds()), 0);
    let who = Signature::new("aplomo", "aplomo@localhost", &when)?;
    let id = repo.commit(None, &who, &who, "what a merge would be", &tree, &[ours, theirs])?;
    let named = CommitId::new(id.to_string());
    named.map(Merged::Commit).map_err(|e| git2::Error::from_str(&e.to_string()))
}

pub(super) fn conflicts(index: &Index) -> Result<Vec<String>, git2::Error> {
    let mut files = Vec::new();
    for conflict in index.conflicts()?.take(NAMED) {
        let conflict = conflict?;
        let sides = [&conflict.our, &conflict.their, &conflict.ancestor];
        let path = |entry: &IndexEntry| String::from_utf8_lossy(&entry.path).into_owned();
        files.extend(sides.into_iter().flatten().next().map(path));
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// The files that differ between two commits, below the root of the repository, at most `most`; whether there are more.
///
/// # Errors
/// As [`merge`].
pub fn changed_files(
    cache: &Path,
    before: &CommitId,
    after: &CommitId,
    most: usize,
) -> Result<(Vec<String>, bool), SourceError> {
    let repo = open(cache)?;
    let trees = [commit(&repo, cache, before)?.tree(), commit(&repo, cache, after)?.tree()];
    let [before, after] = trees.map(|tree| tree.map_err(|error| damaged(cache, &error)));
    let diff = repo.diff_tree_to_tree(Some(&before?), Some(&after?), None);
    let diff = diff.map_err(|error| damaged(cache, &error))?;
    let deltas = diff.deltas().filter(|delta| delta.status() != Delta::Unmodified);
    let name = |delta: git2::DiffDelta<'_>| {
        let file = if delta.status() == Delta::Deleted { delta.old_file() } else { delta.new_file() };
        file.path_bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    };
    let mut files: Vec<String> = deltas.filter_map(name).take(most.saturating_add(1)).collect();
    let more = files.len() > most;
    files.truncate(most);
    Ok((files, more))
}

/// The commit that a commit was made on: of a merge, the branch before it.
///
/// # Errors
/// `CommitMissing` where it or its parent is not there.
pub fn parent(cache: &Path, of: &CommitId) -> Result<CommitId, SourceError> {
    let repo = open(cache)?;
    let id = commit(&repo, cache, of)?.parent_id(0).map_err(|_| missing(cache, of))?;
    CommitId::new(id.to_string()).map_err(|_| missing(cache, of))
}

pub(super) fn commit<'r>(
    repo: &'r Repository,
    cache: &Path,
    id: &CommitId,
) -> Result<Commit<'r>, SourceError> {
    let found: Option<Oid> = find(repo, cache, id)?;
    let found = found.ok_or_else(|| missing(cache, id))?;
    repo.find_commit(found).map_err(|error| damaged(cache, &error))
}
