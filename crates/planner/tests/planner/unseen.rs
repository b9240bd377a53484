//! Unknown is not absent.

use super::common::*;
use aplomo_core::Coverage;
use aplomo_core::safety::{Deletion, Ownership};
use insta::assert_snapshot;

fn domain(records: usize) -> Case {
    let mut c = Case::new();
    c.zone("example");
    for i in 0..records {
        c.record("example", &format!("r{i}/A"), 300);
    }
    c.settle();
    c
}

#[test]
fn nothing_is_created_where_reading_failed() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    c.server("web", &[("/zoneId", refer(zone_address("example").as_str()))]);
    c.fail(ZONE, account());
    let plan = c.plan();
    assert_snapshot!(lines(&plan), @r#"
    create acme/Server/web:Server manifest held=dependency
    unverifiable ["t.net.Zone"] in t/1 []: could not be read: AccessDenied
    unverifiable acme/Domain/example:Zone []: could not be read: AccessDenied
    unverifiable acme/Domain/example:Record/www/A []: its container could not be seen
    "#);
    assert!(!plan.complete);
}

#[test]
fn what_was_seen_is_still_compared_where_a_page_failed() {
    let mut c = domain(2);
    c.vanish("r0/A");
    c.set("r1/A", "/ttl", 1.into());
    let zone = id(&c.zone_id("example"));
    c.observation
        .coverage
        .insert((RECORD, account().within(zone)), Coverage::LowerBound("a page failed".into()));
    assert_snapshot!(lines(&c.plan()), @r#"
    update acme/Domain/example:Record/r1/A drift [/ttl:drift]
    unverifiable acme/Domain/example:Record/r0/A []: not all was seen: a page failed
    unverifiable ["t.net.Record"] in t/1/Zone1 []: not all was seen: a page failed
    "#);
}

#[test]
fn where_nobody_looked_nothing_is_created() {
    let mut c = Case::new();
    c.server("web", &[("/port", int(1))]);
    c.observation.coverage.clear();
    assert_snapshot!(lines(&c.plan()), @r#"unverifiable acme/Server/web:Server []: nobody looked there"#);
}

#[test]
fn a_sudden_absence_is_not_believed() {
    let mut c = domain(10);
    let zone = account().within(id(&c.zone_id("example")));
    c.baseline(RECORD, zone, 11);
    (0..3).for_each(|i| c.vanish(&format!("r{i}/A")));
    assert_eq!(c.plan().changes.len(), 3, "8 of 11 are believed");
    c.vanish("r3/A");
    let plan = c.plan();
    assert_snapshot!(lines(&plan), @r#"
    warning sudden-absence -: t.net.record in t/1/zone1: 7 seen where there were 11
    unverifiable acme/Domain/example:Record/r0/A []: sudden absence: 7 seen where there were 11
    unverifiable acme/Domain/example:Record/r1/A []: sudden absence: 7 seen where there were 11
    unverifiable acme/Domain/example:Record/r2/A []: sudden absence: 7 seen where there were 11
    unverifiable acme/Domain/example:Record/r3/A []: sudden absence: 7 seen where there were 11
    unverifiable ["t.net.Record"] in t/1/Zone1 []: sudden absence: 7 seen where there were 11
    "#);
    assert!(plan.changes.is_empty() && !plan.complete);
}

#[test]
fn a_single_stateful_object_that_vanished_is_not_believed() {
    let mut c = domain(1);
    c.baseline(ZONE, account(), 1);
    c.record_safety("acme/Domain/example", Deletion::Delete, Ownership::Additive);
    c.observation.objects.clear();
    c.cover();
    assert_snapshot!(lines(&c.plan()), @r#"
    warning sudden-absence -: t.net.zone in t/1: 0 seen where there were 1
    unverifiable ["t.net.Zone"] in t/1 []: sudden absence: 0 seen where there were 1
    unverifiable acme/Domain/example:Zone []: sudden absence: 0 seen where there were 1
    unverifiable acme/Domain/example:Record/r0/A []: its container could not be seen
    "#);
}

#[test]
fn what_refers_to_the_unseen_is_not_compared_there_and_waits() {
    let mut c = Case::new();
    c.zone("example");
    c.server("web", &[("/port", int(80)), ("/zoneId", refer(zone_address("example").as_str()))]);
    c.settle();
    c.set("Server2", "/port", 81.into());
    c.vanish("Zone1");
    c.fail(ZONE, account());
    assert_snapshot!(lines(&c.plan()), @r#"
    update acme/Server/web:Server drift [/port:drift] held=dependency
    unverifiable acme/Server/web:Server ["/zoneId"]: what it refers to could not be seen
    unverifiable ["t.net.Zone"] in t/1 []: could not be read: AccessDenied
    unverifiable acme/Domain/example:Zone []: could not be read: AccessDenied
    "#);
}

#[test]
fn a_lost_zone_that_is_made_anew_is_irreversible_and_a_lost_server_is_not() {
    let mut c = Case::new();
    for name in ["a", "b", "c", "d"] {
        c.zone(name);
    }
    c.server("web", &[("/port", int(80))]);
    c.settle();
    c.baseline(ZONE, account(), 4);
    let (zone, server) = (c.zone_id("a"), c.id_of(&server_address("web")));
    c.vanish(&zone);
    c.vanish(&server);
    let plan = c.plan();
    let risks: Vec<_> = plan.changes.iter().map(|x| (x.action, x.reason, x.risk)).collect();
    let (create, drift) = (aplomo_core::plan::Action::Create, aplomo_core::Reason::Drift);
    assert_eq!(
        risks,
        [(create, drift, aplomo_core::Risk::Irreversible), (create, drift, aplomo_core::Risk::Routine)],
        "{}",
        lines(&plan)
    );
    assert!(plan.changes[0].risk_notes[0].contains("lost with what it held"));
}
