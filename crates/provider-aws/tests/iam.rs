//! The policies in deploy/iam allow exactly the calls that the code can make.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is how a test fails")]

use aplomo_provider_aws::{
    HealthCheckWriter, HealthChecks, HostedZoneWriter, HostedZones, IDENTITY_CALLS, RecordSetWriter,
    RecordSets,
};
use std::collections::BTreeSet;

/// Calls of ours, and the action that each needs beside its own name. Asking who we are needs no permission.
fn needed(calls: &[&[&'static str]], beside: &[(&str, &'static str)]) -> BTreeSet<String> {
    let own: BTreeSet<&str> = calls.iter().flat_map(|calls| calls.iter().copied()).collect();
    let more = beside.iter().filter(|(call, _)| own.contains(call)).map(|(_, action)| *action);
    own.iter().copied().chain(more).map(str::to_owned).collect()
}

fn allowed(policy: &str) -> BTreeSet<String> {
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

#[test]
fn the_read_policy_allows_what_readers_call_and_nothing_else() {
    let calls = needed(&[HostedZones::calls(), RecordSets::calls(), HealthChecks::calls()], &[]);
    assert_eq!(allowed(include_str!("../../../deploy/iam/route53-read.json")), calls);
}

#[test]
fn the_write_policy_allows_what_writers_call_and_nothing_else() {
    let writers = [HostedZoneWriter::calls(), RecordSetWriter::calls(), HealthCheckWriter::calls()];
    let calls = needed(&writers, &[("route53:AssociateVPCWithHostedZone", "ec2:DescribeVpcs")]);
    assert_eq!(allowed(include_str!("../../../deploy/iam/route53-write.json")), calls);
}

#[test]
fn readers_only_read() {
    for call in [HostedZones::calls(), RecordSets::calls(), HealthChecks::calls()].concat() {
        let (_, action) = call.split_once(':').unwrap();
        assert!(action.starts_with("List") || action.starts_with("Get"), "{call}");
    }
    assert!(IDENTITY_CALLS.iter().all(|call| call.starts_with("sts:")));
}
