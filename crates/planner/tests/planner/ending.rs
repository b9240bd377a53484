//! What ends by itself is announced.

use super::common::*;
use aplomo_core::Severity;
use aplomo_core::plan::Plan;

const END: &str = "2027-02-08T00:00:00Z";

fn guest() -> Case {
    let mut c = Case::new();
    c.server("guest", &[("/port", int(1))]).until = Some(at(END));
    c.server("other", &[("/port", int(1))]);
    c.settle();
    c
}

fn said(plan: &Plan) -> Vec<(Severity, String)> {
    let soon = plan.findings.iter().filter(|f| f.rule == "expires-soon");
    soon.map(|f| (f.severity, format!("{}: {}", f.address.as_deref().unwrap(), f.message))).collect()
}

#[test]
fn an_end_is_announced_a_week_and_a_day_before_and_not_after() {
    let mut c = guest();
    let mut at_moment = |text: &str| {
        c.as_of = at(text);
        said(&c.plan())
    };
    assert_eq!(at_moment("2027-01-31T23:59:59Z"), []);
    let line = |left: &str| {
        format!("acme/Server/guest: it ends on {END}, in {left}: from then on its removal is planned")
    };
    assert_eq!(at_moment("2027-02-01T00:00:00Z"), [(Severity::Info, line("7 days"))]);
    assert_eq!(at_moment("2027-02-06T23:59:59Z"), [(Severity::Info, line("24 hours"))]);
    assert_eq!(at_moment("2027-02-07T00:00:00Z"), [(Severity::Warning, line("24 hours"))]);
    assert_eq!(at_moment("2027-02-07T23:00:00Z"), [(Severity::Warning, line("less than two hours"))]);
    assert_eq!(at_moment(END), []);
}

#[test]
fn a_manifest_with_many_resources_is_announced_once_and_its_end_changes_nothing_yet() {
    let mut c = guest();
    let (first, mut second) =
        (server_address("guest"), c.desired.resources[&server_address("guest")].clone());
    second.address = addr(&format!("{first}/second"));
    c.desired.resources.insert(second.address.clone(), second);
    c.settle();
    c.as_of = at("2027-02-07T12:00:00Z");
    let plan = c.plan();
    assert_eq!(said(&plan).len(), 1, "{}", lines(&plan));
    assert!(plan.changes.is_empty() && plan.applyable);
}
