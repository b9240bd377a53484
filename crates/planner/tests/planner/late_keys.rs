//! Objects whose natural key hangs on another's output, and what types say of objects that are there.

use super::common::*;
use aplomo_core::Severity;
use insta::assert_snapshot;

/// A record whose name is the id of a server, as a validation record's is a certificate's.
fn named_after(c: &mut Case, server: &str) {
    let mut scope = account();
    scope.container_of = Some(zone_address("example"));
    let name = refer(server_address(server).as_str());
    let wanted = fields(&[("/name", name), ("/type", text("A")), ("/ttl", int(60))]);
    c.wish(&record_address("example", "late"), scope, wanted);
}

fn world() -> Case {
    let mut c = Case::new();
    c.zone("example");
    c.server("web", &[("/port", int(80))]);
    c.settle();
    named_after(&mut c, "web");
    c
}

#[test]
fn what_stands_there_under_the_resolved_key_is_found_and_not_made_again() {
    let mut c = world();
    let (zone, server) = (c.zone_id("example"), c.id_of(&server_address("web")));
    c.record_exists(&zone, &format!("{server}/A"), 60);
    assert_snapshot!(lines(&c.plan()), @"");
    c.set(&format!("{server}/A"), "/ttl", 30.into());
    let plan = c.plan();
    assert!(
        plan.changes.is_empty() && plan.findings.iter().any(|f| f.rule == "not-ours"),
        "{}",
        lines(&plan)
    );
}

#[test]
fn without_it_the_record_is_made_and_stays() {
    let mut c = world();
    assert_snapshot!(lines(&c.plan()), @"create acme/Domain/example:Record/late manifest");
    c.settle();
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn a_type_says_something_of_what_is_there_by_the_hints_of_its_manifest() {
    let mut c = Case::new();
    c.server("web", &[("/port", int(80))]).hints.insert("say".into(), "soon".into());
    assert!(c.plan().findings.is_empty(), "it is not there yet");
    c.settle();
    c.server("web", &[("/port", int(80))]).hints.insert("say".into(), "soon".into());
    let plan = c.plan();
    let said: Vec<_> = plan.findings.iter().filter(|f| f.rule == "watched").collect();
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].address.as_deref(), Some(server_address("web").as_str()));
    assert_eq!((said[0].severity, said[0].line), (Severity::Warning, Some(1)));
    assert!(said[0].message.starts_with("soon, 20"), "{}", said[0].message);
    assert!(plan.applyable && plan.changes.is_empty(), "a notice is no change");
}
