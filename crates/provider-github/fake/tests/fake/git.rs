//! git itself as the client.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::support::acme;

pub(crate) fn git(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new("git");
    command.current_dir(dir).args(args).env("GIT_TERMINAL_PROMPT", "0");
    for (name, value) in [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")] {
        command.env(name, value);
    }
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "x").env(format!("GIT_{who}_EMAIL"), "x@example.com");
    }
    command.output().unwrap()
}

pub(crate) fn ok(dir: &Path, args: &[&str]) -> String {
    let output = git(dir, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn what_is_pushed_is_a_branch_everywhere_and_only_for_those_who_may() {
    let acme = acme();
    let (root, work) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    acme.github.serve_git(root.path());
    let work = work.path();
    ok(work, &["init", "--quiet", "--initial-branch", "main"]);
    ok(work, &["commit", "--quiet", "--allow-empty", "--message", "one"]);
    let commit = ok(work, &["rev-parse", "HEAD"]);
    let url = |token: &str| {
        acme.github.base_url().replace("http://", &format!("http://x:{token}@")) + "/acme/shop.git"
    };
    ok(work, &["push", "--quiet", &url(&acme.token), "main", "main:release/1"]);
    let branches = acme.get("/repos/acme/shop/branches").body;
    assert_eq!(branches[0]["commit"]["sha"], Value::from(commit.clone()));
    assert_eq!(branches[1]["name"], "release/1");
    let read = acme
        .graphql("{ repository(owner: \"acme\", name: \"shop\") { defaultBranchRef { target { oid } } } }");
    assert_eq!(read["data"]["repository"]["defaultBranchRef"], json!({"target": {"oid": commit}}));
    let reader = acme.installation_token(&[("contents", "read")]);
    assert!(ok(work, &["ls-remote", &url(&reader), "main"]).starts_with(&commit));
    assert!(!git(work, &["push", "--quiet", &url(&reader), "main:evil"]).status.success());
    assert!(!git(work, &["ls-remote", &url("ghp_wrong")]).status.success());
    assert!(
        !git(work, &["ls-remote", &format!("{}/acme/shop.git", acme.github.base_url())]).status.success()
    );
    assert_eq!(acme.github.world().repos[&acme.shop].branches.len(), 2);
}
