//! A git remote over HTTP, read by git itself.

use std::path::Path;
use std::process::Command;

use aplomo_sandbox::{GitRemote, WorkTree};

fn clone(url: &str, into: &Path) -> Result<String, String> {
    let output = Command::new("git")
        .args(["-c", "credential.helper=", "clone", "--quiet", url])
        .arg(into)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .output()
        .unwrap();
    if output.status.success() {
        return Ok(std::fs::read_to_string(into.join("a/file.yaml")).unwrap());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}

fn published(dir: &Path, token: Option<&str>) -> (GitRemote, WorkTree, [String; 2]) {
    let remote = GitRemote::start(&dir.join("remotes"), token).unwrap();
    let bare = remote.create("tenants").unwrap();
    let mut tree = WorkTree::init(&dir.join("work")).unwrap();
    tree.write("a/file.yaml", "one").unwrap();
    let first = tree.commit("first").unwrap();
    tree.write("a/file.yaml", "two").unwrap();
    let second = tree.commit("second").unwrap();
    tree.push(&bare, "main").unwrap();
    (remote, tree, [first, second])
}

#[test]
fn a_repository_can_be_cloned_and_pushed_back_in_time() {
    let dir = tempfile::tempdir().unwrap();
    let (remote, tree, commits) = published(dir.path(), None);
    assert_eq!(clone(&remote.url("tenants"), &dir.path().join("c1")).unwrap(), "two");
    tree.force_push(&remote.path("tenants"), "main", &commits[0]).unwrap();
    assert_eq!(clone(&remote.url("tenants"), &dir.path().join("c2")).unwrap(), "one");
    assert!(remote.requests() >= 4);
}

#[test]
fn a_token_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let (remote, _tree, _) = published(dir.path(), Some("s3cret"));
    let url = remote.url("tenants");
    assert!(clone(&url, &dir.path().join("c1")).is_err());
    assert!(clone(&url.replace("http://", "http://x:wrong@"), &dir.path().join("c2")).is_err());
    assert_eq!(clone(&url.replace("http://", "http://x:s3cret@"), &dir.path().join("c3")).unwrap(), "two");
}

#[test]
fn the_same_steps_give_the_same_commits() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert_eq!(published(one.path(), None).2, published(two.path(), None).2);
    let copied = WorkTree::from_dir(&one.path().join("copy"), &one.path().join("work")).unwrap();
    assert_eq!(std::fs::read_to_string(copied.dir().join("a/file.yaml")).unwrap(), "two");
}
