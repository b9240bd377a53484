//! An independent client: PyGithub, in a virtual environment of its own.

use std::io::Write;
use std::process::Command;

use aplomo_github_fake::app_key;
use aplomo_github_fake::truth::Python;

use super::support::{acme, cache};

#[test]
fn pygithub_understands_the_fake_and_stays_within_githubs_description() {
    let acme = acme();
    let _held = acme.held();
    let python = Python::ensure(&cache(), "venv-pygithub-2.10.0", &["PyGithub==2.10.0"]).unwrap();
    let mut key = tempfile::NamedTempFile::new().unwrap();
    key.write_all(app_key().unwrap().0.as_bytes()).unwrap();
    let output = Command::new(python.program())
        .args(["-I", "-c", include_str!("client.py"), acme.github.base_url(), &acme.token])
        .args([acme.app.to_string(), key.path().display().to_string()])
        .arg(acme.clock.now().as_second().to_string())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    insta::assert_snapshot!(said);
}
