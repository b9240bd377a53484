//! The policies in deploy/iam allow exactly the calls that the code can make.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is how a test fails")]

use aplomo_provider_aws::{IDENTITY_CALLS, read_calls, write_calls};
use std::collections::BTreeSet;
use std::path::Path;

/// The most characters of a managed policy, white space not counted.
const LARGEST: usize = 6_144;

/// What the files of a purpose allow together: `deploy/iam/<service>-<purpose>.json`.
fn allowed(purpose: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/iam");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let ending = format!("-{purpose}.json");
    let files = files.filter(|path| path.to_string_lossy().ends_with(&ending));
    files.flat_map(|path| actions(&std::fs::read_to_string(path).unwrap())).collect()
}

fn actions(policy: &str) -> BTreeSet<String> {
    assert!(policy.split_whitespace().map(str::len).sum::<usize>() <= LARGEST, "too large to attach");
    let policy: serde_json::Value = serde_json::from_str(policy).unwrap();
    let mut actions = BTreeSet::new();
    for statement in policy["Statement"].as_array().unwrap() {
        assert_eq!(statement["Effect"], "Allow");
        match &statement["Action"] {
            serde_json::Value::String(one) => drop(actions.insert(one.clone())),
            many => actions.extend(many.as_array().unwrap().iter().map(|a| a.as_str().unwrap().to_owned())),
        }
    }
    assert!(actions.iter().all(|action| !action.contains('*')), "no wildcards: {actions:?}");
    actions
}

fn owned(calls: BTreeSet<&'static str>) -> BTreeSet<String> {
    calls.into_iter().map(str::to_owned).collect()
}

#[test]
fn the_read_policy_allows_what_readers_call_and_nothing_else() {
    assert_eq!(allowed("read"), owned(read_calls()));
}

#[test]
fn the_write_policy_allows_what_writers_call_and_nothing_else() {
    assert_eq!(allowed("write"), owned(write_calls()));
}

#[test]
fn readers_only_read() {
    for call in read_calls() {
        let (_, action) = call.split_once(':').unwrap();
        assert!(["List", "Get", "Describe"].iter().any(|verb| action.starts_with(verb)), "{call}");
    }
    assert!(IDENTITY_CALLS.iter().all(|call| call.starts_with("sts:")));
}
