//! Who wrote a line, as its commit says.

use super::world::{commit_all, directory, write};
use crate::line_author;
use aplomo_core::CommitId;
use git2::{Oid, Repository, Signature};
use std::path::Path;

fn commit_as(repo: &Repository, name: &str, parent: Oid) -> Oid {
    let mut index = repo.index().unwrap();
    index.add_all(["*"], git2::IndexAddOption::FORCE, None).unwrap();
    index.write().unwrap();
    let tree = repo.find_tree(index.write_tree().unwrap()).unwrap();
    let by =
        Signature::new(name, &format!("{name}@example.com"), &git2::Time::new(1_800_000_000, 0)).unwrap();
    let parent = repo.find_commit(parent).unwrap();
    repo.commit(Some("HEAD"), &by, &by, "lower the ttl\n\nbody", &tree, &[&parent]).unwrap()
}

fn id(oid: Oid) -> CommitId {
    CommitId::new(oid.to_string()).unwrap()
}

fn name(place: &Path, sub_path: &str, head: Oid, at: (&str, u32)) -> Option<String> {
    line_author(place, sub_path, &id(head), at).unwrap().map(|author| author.name)
}

#[test]
fn each_line_has_the_author_of_the_commit_that_wrote_it_last() {
    let dir = directory(&[("m/a.yaml", "one\ntwo\nthree\n")]);
    let (repo, first) = commit_all(dir.path());
    write(dir.path(), "m/a.yaml", b"one\n2\nthree\n");
    let second = commit_as(&repo, "ana", first);
    let m = dir.path().join("m");
    let who = |line| name(&m, "", second, ("a.yaml", line)).unwrap();
    assert_eq!([who(1), who(2), who(3)], ["t", "ana", "t"]);
    assert_eq!(name(&m, "", first, ("a.yaml", 2)).unwrap(), "t", "as it was then");
    // The same without a work tree, as in the cache of a remote.
    assert_eq!(name(repo.path(), "m", second, ("a.yaml", 2)), None, "a work tree is around it");
    let bare = tempfile::tempdir().unwrap();
    git2::build::RepoBuilder::new().bare(true).clone(dir.path().to_str().unwrap(), bare.path()).unwrap();
    assert_eq!(name(bare.path(), "m", second, ("a.yaml", 2)).unwrap(), "ana");
    let author = line_author(bare.path(), "m", &id(second), ("a.yaml", 2)).unwrap().unwrap();
    assert_eq!(
        (author.email.as_str(), author.summary.as_str(), author.at.as_second()),
        ("ana@example.com", "lower the ttl", 1_800_000_000)
    );
}

#[test]
fn what_is_not_there_has_no_author_and_a_way_out_of_the_repository_is_refused() {
    let dir = directory(&[("a.yaml", "one\n")]);
    let (_repo, head) = commit_all(dir.path());
    for at in [("a.yaml", 0), ("a.yaml", 9), ("b.yaml", 1), ("../a.yaml", 1)] {
        assert_eq!(name(dir.path(), "", head, at), None, "{at:?}");
    }
    assert!(line_author(dir.path(), "../x", &id(head), ("a.yaml", 1)).is_err());
    assert!(line_author(Path::new("/nonexistent"), "", &id(head), ("a.yaml", 1)).is_err());
}
