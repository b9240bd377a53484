//! Helpers: files, repositories and short forms of what came out.

use crate::{ReadOptions, Reading, read_directory};
use git2::{Oid, Repository, Signature};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

pub(super) const ONE: &str = "kind: A\nmetadata: {tenant: acme, name: one}\n";

/// A directory with files in it.
pub(super) fn directory(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (path, text) in files {
        write(dir.path(), path, text.as_bytes());
    }
    dir
}

pub(super) fn write(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

pub(super) fn read(path: &Path) -> Reading {
    read_directory(path, &ReadOptions::default()).unwrap()
}

/// Files of the manifests, problems and reasons, one per line.
pub(super) fn shown(reading: &Reading) -> String {
    let snapshot = &reading.snapshot;
    let mut out = vec![format!("complete: {}", snapshot.complete)];
    out.extend(snapshot.manifests.iter().map(|m| format!("manifest {}:{}", m.file, m.root.at.line)));
    out.extend(snapshot.problems.iter().map(|p| {
        let place = p.file.as_deref().unwrap_or("-");
        let line = p.line.map(|l| format!(":{l}:{}", p.column.unwrap_or(0))).unwrap_or_default();
        format!("{:?} {} {place}{line}", p.severity, p.rule)
    }));
    out.extend(snapshot.incomplete_because.iter().map(|why| format!("because {why}")));
    out.join("\n")
}

/// An entry of a tree: mode and content.
pub(super) enum Put<'a> {
    File(&'a str),
    Link(&'a str),
    Submodule,
}

/// Writes a tree into a repository without a work tree.
pub(super) fn tree(repo: &Repository, entries: &[(&str, Put<'_>)]) -> Oid {
    let mut index = git2::Index::new().unwrap();
    let zero = git2::IndexTime::new(0, 0);
    for (path, put) in entries {
        let (mode, id) = match put {
            Put::File(text) => (0o100_644, repo.blob(text.as_bytes()).unwrap()),
            Put::Link(target) => (0o120_000, repo.blob(target.as_bytes()).unwrap()),
            Put::Submodule => (0o160_000, Oid::from_str(&"1".repeat(40)).unwrap()),
        };
        let entry = git2::IndexEntry {
            ctime: zero,
            mtime: zero,
            dev: 0,
            ino: 0,
            mode,
            uid: 0,
            gid: 0,
            file_size: 0,
            id,
            flags: 0,
            flags_extended: 0,
            path: path.as_bytes().to_vec(),
        };
        index.add(&entry).unwrap();
    }
    index.write_tree_to(repo).unwrap()
}

fn signature() -> Signature<'static> {
    Signature::new("t", "t@example.com", &git2::Time::new(1_700_000_000, 0)).unwrap()
}

/// A commit of a tree, on top of `parents`, that `main` then points at.
pub(super) fn commit(repo: &Repository, tree: Oid, parents: &[Oid]) -> Oid {
    let tree = repo.find_tree(tree).unwrap();
    let parents: Vec<_> = parents.iter().map(|id| repo.find_commit(*id).unwrap()).collect();
    let parents: Vec<_> = parents.iter().collect();
    let (me, words) = (signature(), "words");
    let id = repo.commit(None, &me, &me, words, &tree, &parents).unwrap();
    repo.reference("refs/heads/main", id, true, "test").unwrap();
    id
}

/// Makes a repository of a directory and commits all that is in it.
pub(super) fn commit_all(dir: &Path) -> (Repository, Oid) {
    let mut options = git2::RepositoryInitOptions::new();
    options.initial_head("main").external_template(false);
    let repo = Repository::init_opts(dir, &options).unwrap();
    let mut index = repo.index().unwrap();
    index.add_all(["*"], git2::IndexAddOption::FORCE, None).unwrap();
    index.write().unwrap();
    let tree = index.write_tree().unwrap();
    let id = commit(&repo, tree, &[]);
    (repo, id)
}
