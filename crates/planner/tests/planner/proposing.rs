//! What a pull request would do: what its merge plans and its base does not.

use super::common::*;
use aplomo_core::{Address, Finding, SourceName};
use aplomo_planner::proposal;
use std::collections::BTreeSet;

/// A base with drift of one record, and a merge that wishes another one otherwise and a third one anew.
fn sides() -> (Case, Case) {
    let make = || {
        let mut c = Case::new();
        c.zone("example");
        c.record("example", "www/A", 300);
        c.record("example", "mail/A", 300);
        c.settle();
        c.set("mail/A", "/ttl", 77.into());
        c
    };
    let (base, mut merge) = (make(), make());
    merge.commit("merge");
    merge.record("example", "www/A", 60);
    merge.record("example", "new/A", 300);
    (base, merge)
}

fn touched(keys: &[&str]) -> BTreeSet<Address> {
    keys.iter().map(|key| record_address("example", key)).collect()
}

#[test]
fn drift_that_was_there_before_is_shown_apart() {
    let (base, merge) = sides();
    let source: SourceName = merge.plan().changes[0].source.clone();
    let all = touched(&["www/A", "new/A"]);
    let proposal = proposal(merge.plan(), &base.plan(), &all, &source);
    let keys = |changes: &[aplomo_core::Change]| {
        changes.iter().map(|c| c.address.key().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(keys(&proposal.plan.changes), ["new/A", "www/A"]);
    assert_eq!(keys(&proposal.before), ["mail/A"]);
    assert!(proposal.plan.narrowed);
    assert_eq!(proposal.plan.recompute_digest().unwrap(), proposal.plan.digest);
    let whole = merge.plan();
    let effect = |key: &str| whole.changes.iter().find(|c| c.address.key() == key).unwrap().digest;
    assert_eq!(proposal.plan.changes[1].digest, effect("www/A"), "the effects are those of the merge");
}

#[test]
fn the_same_wish_on_both_sides_is_no_effect() {
    let (base, _) = sides();
    let plan = base.plan();
    let source = plan.changes[0].source.clone();
    let proposal = proposal(plan.clone(), &plan, &touched(&["www/A"]), &source);
    assert!(proposal.plan.changes.is_empty());
    assert_eq!(proposal.before.len(), 1);
}

#[test]
fn only_what_it_brings_is_found_and_only_what_it_touches_is_unverifiable() {
    let (mut base, mut merge) = sides();
    let known = Finding::warning("old", "known before");
    base.desired.findings.push(known.clone());
    merge.desired.findings.push(known);
    merge.desired.findings.push(Finding::warning("new", "brought along"));
    let source = merge.plan().changes[0].source.clone();
    let found = proposal(merge.plan(), &base.plan(), &touched(&["www/A"]), &source);
    let rules: Vec<_> = found.plan.findings.iter().map(|f| f.rule.as_str()).collect();
    assert_eq!(rules, ["new"]);
    assert!(found.plan.unverifiable.is_empty() && found.plan.complete);
    let elsewhere = SourceName::known("another");
    assert!(proposal(merge.plan(), &base.plan(), &touched(&[]), &elsewhere).plan.changes.is_empty());
}
