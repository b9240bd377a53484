//! Directories inside a git work tree.

use super::world::{ONE, commit_all, directory, read, shown, write};
use std::fs;
use std::os::unix::fs::symlink;

#[test]
fn a_clean_work_tree_names_its_commit_and_a_changed_one_does_not() {
    let dir = directory(&[("m/a.yaml", ONE), ("m/b/c.yaml", ONE), ("README.md", "x")]);
    symlink("b", dir.path().join("m/alias")).unwrap();
    let (_repo, head) = commit_all(dir.path());
    let root = dir.path().join("m");
    let commit = || read(&root).snapshot.commit.map(|c| c.to_string());
    assert_eq!(commit(), Some(head.to_string()));
    assert!(read(&root).snapshot.complete);
    assert_eq!(read(&root.join("a.yaml")).snapshot.commit.unwrap().as_str(), head.to_string());

    write(dir.path(), "README.md", b"changed elsewhere");
    assert_eq!(commit(), Some(head.to_string()), "only what is read counts");
    write(&root, "a.yaml", format!("{ONE}# more\n").as_bytes());
    let reading = read(&root);
    assert_eq!(reading.snapshot.commit, None);
    assert!(reading.snapshot.complete, "{}", shown(&reading));
    assert_eq!(read(&root.join("a.yaml")).snapshot.commit, None);
}

#[test]
fn an_untracked_or_ignored_manifest_is_no_part_of_the_commit() {
    let dir = directory(&[("a.yaml", ONE), (".gitignore", "local.yaml\n")]);
    let (_repo, head) = commit_all(dir.path());
    assert_eq!(read(dir.path()).snapshot.commit.unwrap().as_str(), head.to_string());
    write(dir.path(), "local.yaml", ONE.as_bytes());
    let reading = read(dir.path());
    assert_eq!((reading.snapshot.commit.is_none(), reading.snapshot.complete), (true, true));
}

#[test]
fn a_missing_tracked_file_is_a_half_written_checkout_unless_its_removal_is_staged() {
    let dir = directory(&[("m/a.yaml", ONE), ("m/b.yaml", ONE), ("other/c.yaml", ONE)]);
    let (repo, _) = commit_all(dir.path());
    let root = dir.path().join("m");
    fs::remove_dir_all(dir.path().join("other")).unwrap();
    assert!(read(&root).snapshot.complete, "other directories do not matter");
    fs::remove_file(root.join("b.yaml")).unwrap();
    insta::assert_snapshot!(shown(&read(&root)), @r"
    complete: false
    manifest a.yaml:1
    because tracked file `b.yaml` is missing from the checkout; commit or stage its removal
    ");
    let mut index = repo.index().unwrap();
    index.remove_path(std::path::Path::new("m/b.yaml")).unwrap();
    index.write().unwrap();
    let reading = read(&root);
    assert!(reading.snapshot.complete && reading.snapshot.commit.is_none(), "{}", shown(&reading));
}

#[test]
fn git_at_work_makes_it_incomplete() {
    let dir = directory(&[("a.yaml", ONE)]);
    let (repo, head) = commit_all(dir.path());
    for (file, words) in
        [("index.lock", "git is at work"), ("MERGE_HEAD", "a merge"), ("CHERRY_PICK_HEAD", "a cherry-pick")]
    {
        let path = repo.path().join(file);
        fs::write(&path, format!("{head}\n")).unwrap();
        let reading = read(dir.path());
        assert!(!reading.snapshot.complete);
        assert!(shown(&reading).contains(words), "{file}: {}", shown(&reading));
        fs::remove_file(path).unwrap();
    }
    fs::create_dir(repo.path().join("rebase-merge")).unwrap();
    assert!(shown(&read(dir.path())).contains("a rebase is under way"));
    fs::remove_dir(repo.path().join("rebase-merge")).unwrap();
    assert!(read(dir.path()).snapshot.complete);
}

#[test]
fn a_conflict_makes_it_incomplete() {
    let dir = directory(&[("a.yaml", ONE)]);
    let (repo, _) = commit_all(dir.path());
    let mut index = repo.index().unwrap();
    let mut entry = index.get_path(std::path::Path::new("a.yaml"), 0).unwrap();
    index.remove_path(std::path::Path::new("a.yaml")).unwrap();
    for stage in 1..=3_u16 {
        entry.flags = stage << 12;
        index.add(&entry).unwrap();
    }
    index.write().unwrap();
    assert!(shown(&read(dir.path())).contains("`a.yaml` has an unresolved merge conflict"));
}

#[test]
fn a_checkout_under_way_while_reading_is_noticed() {
    let dir = directory(&[("a.yaml", ONE)]);
    let (repo, first) = commit_all(dir.path());
    let tree = repo.find_commit(first).unwrap().tree_id();
    let reading = crate::directory::read_with(dir.path(), &crate::ReadOptions::default(), || {
        super::world::commit(&repo, tree, &[first]);
    });
    assert!(shown(&reading.unwrap()).contains("another commit was checked out"));
}

#[test]
fn a_repository_that_cannot_be_used_is_a_warning() {
    let dir = directory(&[("a.yaml", ONE)]);
    let (repo, _) = commit_all(dir.path());
    fs::write(repo.path().join("config"), "[core]\nrepositoryformatversion = 99\n").unwrap();
    let reading = read(dir.path());
    assert!(reading.snapshot.complete && reading.snapshot.commit.is_none());
    assert!(shown(&reading).contains("Warning git-unusable"), "{}", shown(&reading));
}

#[test]
fn a_repository_of_another_owner_is_a_warning() {
    let dir = directory(&[("a.yaml", ONE)]);
    let (_repo, _) = commit_all(dir.path());
    let trusts_all = git2::Config::open_default().is_ok_and(|c| c.get_string("safe.directory").is_ok());
    // Only root can give a directory away; for others there is nothing to see here.
    let given = std::os::unix::fs::chown(dir.path().join(".git"), Some(12345), None)
        .and_then(|()| std::os::unix::fs::chown(dir.path(), Some(12345), None));
    if given.is_ok() && !trusts_all {
        let reading = read(dir.path());
        assert!(shown(&reading).contains("Warning git-owner"), "{}", shown(&reading));
        assert!(reading.snapshot.complete && reading.snapshot.commit.is_none());
    }
}
