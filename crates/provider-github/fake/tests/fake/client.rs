//! An independent client: PyGithub, in a virtual environment of its own.

use std::io::Write;
use std::process::Command;

use aplomo_github_fake::app_key;
use aplomo_github_fake::truth::Python;

use super::hub::hub;
use super::support::{acme, cache};

/// What PyGithub prints when it runs this.
fn says(github: &aplomo_github_fake::GitHub, script: &str, args: &[&str]) -> String {
    let python = Python::ensure(&cache(), "venv-pygithub-2.10.0", &["PyGithub==2.10.0"]).unwrap();
    let mut command = Command::new(python.program());
    let output = command.args(["-I", "-c", script, github.base_url()]).args(args).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[test]
fn pygithub_reviews_and_merges_a_pull_request() {
    let hub = hub();
    let _held = hub.acme.held();
    hub.pull("wish", "ttl: 60\n");
    let bot = hub.acme.installation_token(&[("checks", "write"), ("contents", "write")]);
    insta::assert_snapshot!(says(hub.github(), include_str!("pulls.py"), &[&hub.acme.token, &bot]));
}

#[test]
fn pygithub_understands_the_fake_and_stays_within_githubs_description() {
    let acme = acme();
    let _held = acme.held();
    let mut key = tempfile::NamedTempFile::new().unwrap();
    key.write_all(app_key().unwrap().0.as_bytes()).unwrap();
    let (app, path) = (acme.app.to_string(), key.path().display().to_string());
    let now = acme.clock.now().as_second().to_string();
    let args = [acme.token.as_str(), &app, &path, &now];
    insta::assert_snapshot!(says(&acme.github, include_str!("client.py"), &args));
}
