//! What takes a merge back: the files as they would be, on top of what the branch is by now.
//!
//! Deliberately absent: committing it anywhere.

use super::commit::{damaged, open};
use super::merge::{commit, conflicts};
use crate::error::SourceError;
use aplomo_core::CommitId;
use git2::{Commit, Delta, MergeOptions, Repository, Tree};
use std::path::Path;

/// What going back comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reverted {
    /// Files below the root as they would be; `None` where one would go. Empty where nothing of it is left.
    Files(Vec<(String, Option<String>)>),
    /// Changed since: these files.
    Conflict(Vec<String>),
}

/// Takes `merge` back on top of `onto`.
///
/// # Errors
/// `CommitMissing` where one of them is not there, `Damaged` where the repository cannot be read or written.
pub fn revert(cache: &Path, onto: &CommitId, merge: &CommitId) -> Result<Reverted, SourceError> {
    let repo = open(cache)?;
    let (onto, merge) = (commit(&repo, cache, onto)?, commit(&repo, cache, merge)?);
    revert_in(&repo, &onto, &merge).map_err(|error| damaged(cache, &error))
}

fn revert_in(repo: &Repository, onto: &Commit<'_>, merge: &Commit<'_>) -> Result<Reverted, git2::Error> {
    // Of a merge the first parent is the branch before it.
    let mainline = u32::from(merge.parent_count() > 1);
    let mut index = repo.revert_commit(merge, onto, mainline, Some(&MergeOptions::new()))?;
    if index.has_conflicts() {
        return Ok(Reverted::Conflict(conflicts(&index)?));
    }
    let after = repo.find_tree(index.write_tree_to(repo)?)?;
    files(repo, &onto.tree()?, &after).map(Reverted::Files)
}

fn files(
    repo: &Repository,
    before: &Tree<'_>,
    after: &Tree<'_>,
) -> Result<Vec<(String, Option<String>)>, git2::Error> {
    let diff = repo.diff_tree_to_tree(Some(before), Some(after), None)?;
    let mut files = Vec::new();
    for delta in diff.deltas() {
        let gone = delta.status() == Delta::Deleted;
        let file = if gone { delta.old_file() } else { delta.new_file() };
        let Some(path) = file.path_bytes() else { continue };
        let text = if gone {
            None
        } else {
            Some(String::from_utf8_lossy(repo.find_blob(file.id())?.content()).into_owned())
        };
        files.push((String::from_utf8_lossy(path).into_owned(), text));
    }
    Ok(files)
}
