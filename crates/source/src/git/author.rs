//! Who wrote a line, as its commit says.
//!
//! Deliberately absent: whether it is true. Anybody may write any name into a commit, so what is given here
//! is claimed; who approved a change is in the audit log.

use super::commit::check_sub_path;
use crate::error::SourceError;
use aplomo_core::{CommitId, Timestamp};
use git2::{BlameOptions, Oid, Repository, RepositoryOpenFlags};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The author of a line, as the commit claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineAuthor {
    /// Their name, as written.
    pub name: String,
    /// Their address, as written.
    pub email: String,
    /// The commit that wrote the line.
    pub commit: CommitId,
    /// When, as written.
    pub at: Timestamp,
    /// The first line of its message.
    pub summary: String,
}

/// Who wrote a line of a file of a source, as it is in a commit.
///
/// `place` is the directory of the source in a work tree, or a bare cache; then `sub_path` is the directory
/// of the source in the repository, else `""`. `None` where the commit has no such file or line.
///
/// # Errors
/// `BadSubPath`, and `Unreadable` where there is no repository or it cannot be read.
pub fn line_author(
    place: &Path,
    sub_path: &str,
    head: &CommitId,
    (file, line): (&str, u32),
) -> Result<Option<LineAuthor>, SourceError> {
    check_sub_path(sub_path)?;
    let unreadable = |error: git2::Error| SourceError::Unreadable {
        path: place.to_owned(),
        why: error.message().to_owned(),
    };
    if line == 0 {
        return Ok(None);
    }
    let none: [&OsStr; 0] = [];
    let repo = Repository::open_ext(place, RepositoryOpenFlags::empty(), none).map_err(unreadable)?;
    let Some(path) = inside(&repo, place, sub_path, file) else { return Ok(None) };
    let Ok(head) = Oid::from_str(head.as_str()) else { return Ok(None) };
    let tree = repo.find_commit(head).and_then(|commit| commit.tree()).map_err(unreadable)?;
    let number = usize::try_from(line).unwrap_or(usize::MAX);
    // Of a line beyond the end git would name the author of the last one.
    let there = tree.get_path(&path).is_ok_and(|entry| number <= lines(&repo, &entry));
    if !there {
        return Ok(None);
    }
    let mut options = BlameOptions::new();
    options.newest_commit(head).min_line(number).max_line(number);
    let Ok(blame) = repo.blame_file(&path, Some(&mut options)) else { return Ok(None) };
    let Some(hunk) = blame.get_line(number) else { return Ok(None) };
    let commit = repo.find_commit(hunk.final_commit_id()).map_err(unreadable)?;
    Ok(author(&commit))
}

fn author(commit: &git2::Commit<'_>) -> Option<LineAuthor> {
    let by = commit.author();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Some(LineAuthor {
        name: text(by.name_bytes()),
        email: text(by.email_bytes()),
        commit: CommitId::new(commit.id().to_string()).ok()?,
        at: Timestamp::from_second(by.when().seconds()).ok()?,
        summary: text(commit.summary_bytes().unwrap_or_default()),
    })
}

/// How many lines a file has; none where it is no file.
fn lines(repo: &Repository, entry: &git2::TreeEntry<'_>) -> usize {
    let blob = repo.find_blob(entry.id());
    blob.map_or(0, |blob| blob.content().split_inclusive(|byte| *byte == b'\n').count())
}

/// The path of a file of the source below the root of the repository.
fn inside(repo: &Repository, place: &Path, sub_path: &str, file: &str) -> Option<PathBuf> {
    let root = match repo.workdir() {
        Some(workdir) => {
            let place = place.canonicalize().ok()?;
            let directory = if place.is_file() { place.parent()?.to_path_buf() } else { place };
            directory.strip_prefix(workdir.canonicalize().ok()?).ok()?.to_path_buf()
        }
        None => PathBuf::from(sub_path),
    };
    Some(root.join(file).components().filter(|c| !matches!(c, std::path::Component::CurDir)).collect())
}
