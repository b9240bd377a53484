//! A working tree whose commits have fixed authors and dates, so that the same steps give the same commit ids.

use std::fs;
use std::path::{Path, PathBuf};

use super::run::{command, git, output};
use crate::error::Error;

/// 2023-11-14T22:13:20Z; each commit is a minute after the one before.
const FIRST_DATE: u64 = 1_700_000_000;

/// A repository with a working tree.
#[derive(Debug)]
pub struct WorkTree {
    dir: PathBuf,
    commits: u64,
}

impl WorkTree {
    /// An empty repository with the branch `main` in this folder, which is made if missing.
    ///
    /// # Errors
    /// A folder that cannot be made, or no git.
    pub fn init(dir: &Path) -> Result<Self, Error> {
        fs::create_dir_all(dir).map_err(Error::file("create the folder", dir))?;
        git(dir, &["init", "--quiet", "--initial-branch=main"])?;
        Ok(Self { dir: dir.to_path_buf(), commits: 0 })
    }

    /// A repository in `dir` with a copy of everything below `from` as its first commit.
    ///
    /// # Errors
    /// As [`WorkTree::init`], or files that cannot be copied.
    pub fn from_dir(dir: &Path, from: &Path) -> Result<Self, Error> {
        let mut tree = Self::init(dir)?;
        copy(from, dir)?;
        tree.commit("first commit")?;
        Ok(tree)
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Writes a file, with the folders above it.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) -> Result<(), Error> {
        let path = self.dir.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(Error::file("create the folder", parent))?;
        }
        fs::write(&path, text).map_err(Error::file("write", &path))
    }

    /// Removes a file or a folder.
    ///
    /// # Errors
    /// Something that cannot be removed or is not there.
    pub fn remove(&self, path: &str) -> Result<(), Error> {
        let path = self.dir.join(path);
        let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        gone.map_err(Error::file("remove", &path))
    }

    /// Commits everything as it lies there and returns the commit id; an empty commit is fine.
    ///
    /// # Errors
    /// git's own.
    pub fn commit(&mut self, message: &str) -> Result<String, Error> {
        git(&self.dir, &["add", "--all", "--force"])?;
        let date = format!("{} +0000", FIRST_DATE + 60 * self.commits);
        self.commits += 1;
        let mut commit = command(&self.dir);
        commit.env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date);
        commit.args(["commit", "--quiet", "--allow-empty", "-m", message]);
        output(commit)?;
        self.head()
    }

    /// The id of the current commit.
    ///
    /// # Errors
    /// No commit yet.
    pub fn head(&self) -> Result<String, Error> {
        git(&self.dir, &["rev-parse", "HEAD"])
    }

    /// Pushes the current commit to a branch of a bare repository (a path, see `GitRemote::path`).
    ///
    /// # Errors
    /// git's own, such as a push that is not a fast-forward.
    pub fn push(&self, bare: &Path, branch: &str) -> Result<(), Error> {
        self.push_spec(bare, &format!("HEAD:refs/heads/{branch}"))
    }

    /// Makes a branch of a bare repository point to any commit of ours, such as an older one.
    ///
    /// # Errors
    /// git's own.
    pub fn force_push(&self, bare: &Path, branch: &str, commit: &str) -> Result<(), Error> {
        self.push_spec(bare, &format!("+{commit}:refs/heads/{branch}"))
    }

    fn push_spec(&self, bare: &Path, spec: &str) -> Result<(), Error> {
        let bare = bare.to_string_lossy();
        git(&self.dir, &["push", "--quiet", bare.as_ref(), spec]).map(drop)
    }

    /// Throws the working tree back to a commit.
    ///
    /// # Errors
    /// git's own.
    pub fn reset(&self, commit: &str) -> Result<(), Error> {
        git(&self.dir, &["reset", "--quiet", "--hard", commit]).map(drop)
    }
}

/// Copies files and folders; symbolic links are copied as links, `.git` is left out.
fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(from).map_err(Error::file("read the folder", from))? {
        let entry = entry.map_err(Error::file("read the folder", from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(Error::file("look at", &source))?;
        if entry.file_name() == ".git" {
            continue;
        }
        if kind.is_dir() {
            fs::create_dir_all(&target).map_err(Error::file("create the folder", &target))?;
            copy(&source, &target)?;
        } else if kind.is_symlink() {
            let link = fs::read_link(&source).map_err(Error::file("read the link", &source))?;
            std::os::unix::fs::symlink(link, &target).map_err(Error::file("create the link", &target))?;
        } else {
            fs::copy(&source, &target).map_err(Error::file("copy", &source))?;
        }
    }
    Ok(())
}
