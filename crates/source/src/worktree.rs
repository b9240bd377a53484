//! What git knows of a directory: the commit it shows, and whether a checkout is under way.
//!
//! Only libgit2 looks, so no hook and no program from a configuration runs. Deliberately absent:
//! `git status`; what was read is compared with `HEAD` by content, which cannot race.

use crate::git::CommitTree;
use crate::limits::Limits;
use crate::load::Loaded;
use crate::walk::{is_manifest, walk};
use aplomo_core::{CommitId, Finding};
use git2::{ErrorCode, IndexEntry, Oid, Repository, RepositoryOpenFlags, RepositoryState};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Bits of an index entry, as git writes them.
const STAGE: u16 = 0x3000;
const SKIP_WORKTREE: u16 = 1 << 14;
/// How many missing files are named.
const NAMED: usize = 5;

/// What surrounds a directory.
pub(crate) enum Surroundings {
    /// No git work tree.
    NoGit,
    /// A repository that may not be used; the finding is a warning.
    Unusable(Finding),
    /// A work tree.
    Checkout(Box<Checkout>),
}

/// A directory in a work tree, as it was when reading began.
pub(crate) struct Checkout {
    repo: Repository,
    workdir: PathBuf,
    /// The directory below the work tree, `/` between its parts.
    prefix: String,
    head: Option<Oid>,
    /// Why the work tree is not at rest.
    unrest: Vec<String>,
}

impl Surroundings {
    /// Looks for a work tree around a canonical path of a directory.
    pub(crate) fn of(directory: &Path) -> Self {
        let none: [&OsStr; 0] = [];
        match Repository::open_ext(directory, RepositoryOpenFlags::empty(), none) {
            Ok(repo) => Checkout::new(repo, directory).map_or(Self::NoGit, |c| Self::Checkout(Box::new(c))),
            Err(error) if error.code() == ErrorCode::NotFound => Self::NoGit,
            Err(error) => Self::Unusable(unusable(&error)),
        }
    }
}

fn unusable(error: &git2::Error) -> Finding {
    if error.code() == ErrorCode::Owner {
        let message = "the git repository belongs to another user: its commit is not known";
        let help = "run as its owner, or add it to git's `safe.directory`";
        return Finding::warning("git-owner", message).help(help);
    }
    let message = format!("the git repository cannot be used, its commit is not known: {}", error.message());
    Finding::warning("git-unusable", message)
}

impl Checkout {
    fn new(repo: Repository, directory: &Path) -> Option<Self> {
        let workdir = repo.workdir()?.canonicalize().ok()?;
        let prefix = directory.strip_prefix(&workdir).ok()?.to_str()?.to_owned();
        let (head, unrest) = (head(&repo), unrest(&repo));
        Some(Self { repo, workdir, prefix, head, unrest })
    }

    /// Why what was read is not one whole state of the work tree; asked when reading is over.
    pub(crate) fn finish(&self) -> Vec<String> {
        let mut reasons = self.unrest.clone();
        reasons.extend(unrest(&self.repo).into_iter().filter(|r| !self.unrest.contains(r)));
        if head(&self.repo) != self.head {
            reasons.push("another commit was checked out while it was read".to_owned());
        }
        reasons.extend(self.missing());
        reasons
    }

    /// Tracked manifests that are not there, and conflicts.
    fn missing(&self) -> Vec<String> {
        let index = match self.repo.index() {
            Ok(index) => index,
            Err(error) => return vec![format!("git's index cannot be read: {}", error.message())],
        };
        let mut reasons: Vec<String> = index.iter().filter_map(|entry| self.wrong(&entry)).collect();
        reasons.dedup();
        let more = reasons.len().saturating_sub(NAMED);
        reasons.truncate(NAMED);
        if more > 0 {
            reasons.push(format!("{more} more tracked files are missing from the checkout or in conflict"));
        }
        reasons
    }

    fn wrong(&self, entry: &IndexEntry) -> Option<String> {
        let path = std::str::from_utf8(&entry.path).ok()?;
        let below = below(&self.prefix, path)?;
        let (directories, name) = below.rsplit_once('/').unwrap_or(("", below));
        let hidden = directories.split('/').any(|part| part.starts_with('.'));
        if hidden || (entry.mode != 0o160_000 && !is_manifest(name)) || name.starts_with('.') {
            return None;
        }
        let shown = below.escape_debug();
        if entry.mode == 0o160_000 {
            return Some(format!("`{shown}` is a git submodule, whose commit is not checked"));
        }
        if entry.flags & STAGE != 0 {
            return Some(format!("`{shown}` has an unresolved merge conflict"));
        }
        if self.workdir.join(path).symlink_metadata().is_ok() {
            return None;
        }
        if entry.flags_extended & SKIP_WORKTREE != 0 {
            return Some(format!("tracked file `{shown}` is left out by a sparse checkout"));
        }
        Some(format!("tracked file `{shown}` is missing from the checkout; commit or stage its removal"))
    }

    /// The commit whose tree holds exactly these files with exactly these contents.
    pub(crate) fn commit_of_tree(&self, files: &[Loaded], limits: &Limits) -> Option<CommitId> {
        let head = self.head?;
        let mut tree = CommitTree::new(&self.repo, head, &self.prefix).ok()?;
        let committed = walk(&mut tree, limits).ok()?.files;
        let read = files.iter().map(|file| (&file.file, file.blob));
        let same = committed.iter().map(|c| (&c.file, Some(c.id))).eq(read);
        if same { commit_id(head) } else { None }
    }

    /// The commit that holds exactly this file.
    pub(crate) fn commit_of_file(&self, name: &str, file: &Loaded) -> Option<CommitId> {
        let head = self.head?;
        let tree = self.repo.find_commit(head).ok()?.tree().ok()?;
        let entry = tree.get_path(&Path::new(&self.prefix).join(name)).ok()?;
        if Some(entry.id()) == file.blob { commit_id(head) } else { None }
    }
}

/// The rest of a path below a prefix.
fn below<'p>(prefix: &str, path: &'p str) -> Option<&'p str> {
    if prefix.is_empty() { Some(path) } else { path.strip_prefix(prefix)?.strip_prefix('/') }
}

pub(crate) fn commit_id(oid: Oid) -> Option<CommitId> {
    CommitId::new(oid.to_string()).ok()
}

fn head(repo: &Repository) -> Option<Oid> {
    repo.head().ok()?.peel_to_commit().ok().map(|commit| commit.id())
}

fn unrest(repo: &Repository) -> Vec<String> {
    let mut reasons = Vec::new();
    let lock = repo.path().join("index.lock");
    if lock.symlink_metadata().is_ok() {
        reasons.push(format!("git is at work in it: `{}` exists; remove it if no git runs", lock.display()));
    }
    let under_way = match repo.state() {
        RepositoryState::Clean => return reasons,
        RepositoryState::Merge => "a merge",
        RepositoryState::Revert | RepositoryState::RevertSequence => "a revert",
        RepositoryState::CherryPick | RepositoryState::CherryPickSequence => "a cherry-pick",
        RepositoryState::Bisect => "a bisect",
        RepositoryState::Rebase | RepositoryState::RebaseInteractive | RepositoryState::RebaseMerge => {
            "a rebase"
        }
        RepositoryState::ApplyMailbox | RepositoryState::ApplyMailboxOrRebase => "applying patches",
    };
    reasons.push(format!("{under_way} is under way in its git work tree; finish or abort it"));
    reasons
}
