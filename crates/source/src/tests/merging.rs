//! What a branch would be after a merge.

use super::world::{ONE, Put, commit, tree};
use crate::{
    Auth, GitRemote, Merged, ReadOptions, Reverted, SourceError, changed_files, merge, parent, read_commit,
    revert,
};
use aplomo_core::CommitId;
use git2::{Oid, Repository};
use std::time::Duration;
use tempfile::TempDir;

const TWO: &str = "kind: A\nmetadata: {tenant: acme, name: two}\n";

fn id(oid: Oid) -> CommitId {
    CommitId::new(oid.to_string()).unwrap()
}

fn world() -> (TempDir, Repository) {
    let dir = TempDir::new().unwrap();
    let repo = Repository::init_bare(dir.path().join("r.git")).unwrap();
    (dir, repo)
}

fn put(repo: &Repository, files: &[(&str, &str)], parents: &[Oid]) -> Oid {
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, Put::File(text))).collect();
    commit(repo, tree(repo, &files), parents)
}

#[test]
fn both_sides_are_in_the_merge_and_it_is_the_same_each_time() {
    let (dir, repo) = world();
    let cache = dir.path().join("r.git");
    let root = put(&repo, &[("a.yaml", ONE)], &[]);
    let base = put(&repo, &[("a.yaml", ONE), ("note.txt", "moved")], &[root]);
    let head = put(&repo, &[("a.yaml", ONE), ("b.yaml", TWO)], &[root]);
    let Merged::Commit(merged) = merge(&cache, &id(base), &id(head)).unwrap() else { panic!("a conflict") };
    assert_eq!(merge(&cache, &id(base), &id(head)).unwrap(), Merged::Commit(merged.clone()));
    let reading = read_commit(&cache, &merged, "", &ReadOptions::default()).unwrap();
    assert_eq!(reading.snapshot.manifests.len(), 2);
    assert!(reading.snapshot.complete);
    assert_eq!(changed_files(&cache, &id(base), &merged, 9).unwrap(), (vec!["b.yaml".to_owned()], false));
    let (files, more) = changed_files(&cache, &id(root), &merged, 1).unwrap();
    assert_eq!((files.len(), more), (1, true));
}

#[test]
fn what_one_side_has_already_needs_no_merge() {
    let (dir, repo) = world();
    let cache = dir.path().join("r.git");
    let root = put(&repo, &[("a.yaml", ONE)], &[]);
    let head = put(&repo, &[("b.yaml", TWO)], &[root]);
    assert_eq!(merge(&cache, &id(root), &id(head)).unwrap(), Merged::Commit(id(head)));
    assert_eq!(merge(&cache, &id(head), &id(root)).unwrap(), Merged::Commit(id(head)));
    assert_eq!(changed_files(&cache, &id(root), &id(head), 9).unwrap().0, ["a.yaml", "b.yaml"]);
}

#[test]
fn what_both_changed_is_named() {
    let (dir, repo) = world();
    let cache = dir.path().join("r.git");
    let root = put(&repo, &[("a.yaml", ONE)], &[]);
    let base = put(&repo, &[("a.yaml", "kind: B\n")], &[root]);
    let head = put(&repo, &[("a.yaml", "kind: C\n")], &[root]);
    let conflict = merge(&cache, &id(base), &id(head)).unwrap();
    assert_eq!(conflict, Merged::Conflict(vec!["a.yaml".to_owned()]));
    let strange = CommitId::new("1".repeat(40)).unwrap();
    assert!(matches!(merge(&cache, &id(base), &strange), Err(SourceError::CommitMissing { .. })));
}

#[test]
fn the_head_of_a_pull_request_is_fetched_beside_the_branch() {
    let (dir, repo) = world();
    let base = put(&repo, &[("a.yaml", ONE)], &[]);
    let head = put(&repo, &[("a.yaml", ONE), ("b.yaml", TWO)], &[base]);
    repo.reference("refs/pull/7/head", head, true, "test").unwrap();
    repo.reference("refs/heads/main", base, true, "test").unwrap();
    let remote = GitRemote {
        url: format!("file://{}", repo.path().display()),
        branch: "main".to_owned(),
        sub_path: String::new(),
        auth: Auth::None,
        known_hosts: None,
        timeout: Duration::from_secs(60),
    };
    let cache = dir.path().join("cache");
    assert_eq!(remote.fetch(&cache).unwrap().head, id(base));
    assert_eq!(remote.fetch_pull(&cache, 7).unwrap().head, id(head));
    assert_eq!(merge(&cache, &id(base), &id(head)).unwrap(), Merged::Commit(id(head)));
    let missing = remote.fetch_pull(&cache, 8).unwrap_err().to_string();
    assert!(missing.contains("refs/pull/8/head"), "{missing}");
}

#[test]
fn a_merge_is_taken_back_unless_it_was_changed_since() {
    let (dir, repo) = world();
    let cache = dir.path().join("r.git");
    let root = put(&repo, &[("a.yaml", ONE)], &[]);
    let side = put(&repo, &[("a.yaml", "kind: B\n"), ("b.yaml", TWO)], &[root]);
    let merge = put(&repo, &[("a.yaml", "kind: B\n"), ("b.yaml", TWO)], &[root, side]);
    assert_eq!(parent(&cache, &id(merge)).unwrap(), id(root));
    let later = put(&repo, &[("a.yaml", "kind: B\n"), ("b.yaml", TWO), ("c.yaml", TWO)], &[merge]);
    let back = vec![("a.yaml".to_owned(), Some(ONE.to_owned())), ("b.yaml".to_owned(), None)];
    assert_eq!(revert(&cache, &id(later), &id(merge)).unwrap(), Reverted::Files(back));
    let other = put(&repo, &[("a.yaml", "kind: C\n"), ("b.yaml", TWO)], &[merge]);
    assert_eq!(
        revert(&cache, &id(other), &id(merge)).unwrap(),
        Reverted::Conflict(vec!["a.yaml".to_owned()])
    );
    let undone = put(&repo, &[("a.yaml", ONE)], &[merge]);
    assert_eq!(revert(&cache, &id(undone), &id(merge)).unwrap(), Reverted::Files(Vec::new()));
}
