//! Collections of which we own all.

use super::common::*;
use aplomo_core::plan::PlanSource;
use aplomo_core::safety::{Deletion, Ownership};
use aplomo_core::{Coverage, Finding, SourceName};
use insta::assert_snapshot;

fn domain(recorded: Ownership) -> Case {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    c.collection("example", Ownership::Exclusive, &["*.dev/A"]);
    c.settle();
    let zone = c.zone_id("example");
    c.record_exists(&zone, "stranger/A", 1);
    c.record_exists(&zone, "a.dev/A", 1);
    c.record_safety("acme/Domain/example", Deletion::Protect, recorded);
    c
}

#[test]
fn going_exclusive_tells_what_would_go_and_deletes_nothing_yet() {
    let mut c = domain(Ownership::Additive);
    c.setting("acme/Domain/example:aplomo.own.Setting", &[("/ownership", text("exclusive"))]);
    let plan = c.plan();
    assert_snapshot!(lines(&plan), @r#"
    create acme/Domain/example:aplomo.own.Setting manifest
    unmanaged t.net.Record stranger/A
    "#);
    assert_eq!(plan.changes[0].risk_notes, ["would delete from the next plan on: stranger/A"]);
}

#[test]
fn once_recorded_strangers_go_and_what_is_ignored_or_brought_along_stays() {
    let mut c = domain(Ownership::Exclusive);
    assert_snapshot!(lines(&c.apply()), @r#"delete acme/Domain/example:Record/stranger/A drift"#);
    assert_snapshot!(lines(&c.plan()), @"");
    assert_eq!(c.observation.objects.len(), 4);
}

#[test]
fn strangers_stay_where_either_side_is_not_known_in_full() {
    let mut c = domain(Ownership::Exclusive);
    let zone = id(&c.zone_id("example"));
    c.observation
        .coverage
        .insert((RECORD, account().within(zone)), Coverage::LowerBound("a page failed".into()));
    assert!(c.plan().changes.is_empty());
    c.cover();
    assert_eq!(c.plan().changes.len(), 1);

    let mut c = domain(Ownership::Exclusive);
    c.desired.findings.push(Finding::error("syntax", "broken").of("other/Domain/x"));
    assert!(c.plan().changes.is_empty(), "another manifest may contribute");

    let c = domain(Ownership::Exclusive);
    let mut input = c.input();
    let half = SourceName::known("half");
    input.sources.push(PlanSource {
        name: half,
        path: "x".into(),
        commit: None,
        complete: false,
        because: vec![],
    });
    assert!(aplomo_planner::plan(&input).changes.is_empty(), "another source may contribute");
}

#[test]
fn a_wished_record_that_was_there_before_is_ours_in_an_exclusive_zone() {
    let mut c = domain(Ownership::Exclusive);
    c.record("example", "stranger/A", 60);
    assert_snapshot!(lines(&c.plan()), @r#"update acme/Domain/example:Record/stranger/A unknown [/ttl:unknown]"#);
}

#[test]
fn a_container_that_is_not_ours_has_no_strangers() {
    let mut c = Case::new();
    c.zone("example");
    c.collection("example", Ownership::Exclusive, &[]);
    c.record_safety("acme/Domain/example", Deletion::Protect, Ownership::Exclusive);
    c.zone_exists("Z1", "example");
    c.record_exists("Z1", "x/A", 1);
    assert_snapshot!(lines(&c.plan()), @r#"unmanaged t.net.Record x/A"#);
}
