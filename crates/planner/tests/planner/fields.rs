//! The generic diff and its reasons.

use super::common::*;
use aplomo_core::fields::Fingerprint;
use aplomo_core::plan::Action;
use aplomo_core::resource::Adopt;
use aplomo_core::{FieldPath, Sight, Wish};
use insta::assert_snapshot;

fn server(all: &[(&'static str, Wish)]) -> Case {
    let mut c = Case::new();
    c.server("web", all);
    c.settle();
    c
}

#[test]
fn drift_manifest_and_both_in_one_object() {
    let mut c = server(&[("/port", int(80)), ("/zoneId", text("Z1"))]);
    c.set("Server1", "/port", 81.into());
    c.commit("c2");
    c.server("web", &[("/port", int(80)), ("/zoneId", text("Z2"))]);
    assert_snapshot!(lines(&c.plan()), @r#"update acme/Server/web:Server drift [/port:drift /zoneId:manifest]"#);
}

#[test]
fn an_upgrade_is_told_from_a_wish() {
    let mut c = server(&[("/port", int(80))]);
    c.server("web", &[("/port", int(8080))]);
    "2.0.0".clone_into(&mut c.version);
    assert_snapshot!(lines(&c.plan()), @r#"update acme/Server/web:Server upgrade [/port:upgrade]"#);
}

#[test]
fn what_is_left_alone_is_not_compared_and_what_shall_be_absent_is() {
    let mut c = server(&[("/port", int(80)), ("/zoneId", Wish::Absent), ("/peer", Wish::LeftAlone)]);
    assert_snapshot!(lines(&c.plan()), @"");
    c.set("Server1", "/peer", "x".into());
    c.set("Server1", "/zoneId", "Z1".into());
    assert_snapshot!(lines(&c.plan()), @r#"update acme/Server/web:Server drift [/zoneId:drift]"#);
}

#[test]
fn a_field_that_vanished_counts_as_absent() {
    let mut c = server(&[("/port", int(80))]);
    c.seen("Server1").fields.remove("/port");
    assert_snapshot!(lines(&c.plan()), @r#"update acme/Server/web:Server drift [/port:drift]"#);
}

#[test]
fn a_hidden_field_is_unverifiable_and_never_a_diff() {
    let mut c = server(&[("/port", int(80))]);
    c.seen("Server1").fields.set(FieldPath::known("/port"), Sight::Hidden);
    let plan = c.plan();
    assert_snapshot!(lines(&plan), @r#"unverifiable acme/Server/web:Server ["/port"]: our credentials may not see it"#);
    assert!(!plan.complete);
}

#[test]
fn secrets_compare_by_fingerprint_with_the_record() {
    let mut c = server(&[("/password", secret("k1:aa"))]);
    assert_snapshot!(lines(&c.plan()), @"");
    c.server("web", &[("/password", secret("k1:bb"))]);
    assert_snapshot!(lines(&c.plan()), @r#"update acme/Server/web:Server manifest [/password:manifest]"#);
    c.seen("Server1").fields.remove("/password");
    c.memory.ledger.clear();
    assert_snapshot!(lines(&c.plan()), @r#"update acme/Server/web:Server unknown [/password:unknown]"#);
}

#[test]
fn without_a_record_a_secret_is_unverifiable_and_not_written() {
    let mut c = server(&[("/password", secret("k1:aa"))]);
    c.memory.ledger.clear();
    assert_snapshot!(lines(&c.apply()), @r#"unverifiable acme/Server/web:Server ["/password"]: there is no record of which secret was written: adopt what it is in, and it can be written again"#);
    assert!(c.apply().changes.is_empty(), "nor the next time");
    // Nor is a secret of which somebody else may have written another value.
    c.seen("Server1").outputs.insert("writtenAt".into(), "2027-02-01T00:00:00Z".into());
    assert!(c.plan().changes.is_empty());
}

#[test]
fn an_adopted_secret_is_written_once_by_a_persons_leave() {
    let mut c = Case::new();
    c.exists(
        SERVER,
        account(),
        "S1",
        None,
        &[("/port", Sight::Value(80.into())), ("/password", Sight::Hidden)],
    );
    let want = c.server("web", &[("/port", int(80)), ("/password", secret("k1:aa"))]);
    (want.adopt, want.key) = (Adopt::Id(id("S1")), None);
    let adopted = c.apply();
    assert_eq!(adopted.changes.len(), 1);
    assert_eq!(adopted.changes[0].action, Action::Adopt);
    assert_snapshot!(lines(&c.apply()), @r#"update acme/Server/web:Server unknown [/password:unknown]"#);
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn a_secret_that_others_wrote_since_is_drift_until_it_is_written_back() {
    let mut c = server(&[("/password", secret("k1:aa")), ("/port", int(80))]);
    c.seen("Server1").outputs.insert("writtenAt".into(), "2027-02-01T00:00:00Z".into());
    c.commit("c2");
    assert_snapshot!(lines(&c.plan()), @r#"update acme/Server/web:Server drift [/password:drift]"#);
    c.as_of = at("2027-02-02T00:00:00Z");
    c.apply();
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn another_key_changes_nothing_while_the_old_one_is_known_and_then_each_secret_is_written_once() {
    let mut c = server(&[("/password", secret("k1:aa"))]);
    let formerly = [(Fingerprint("k1:aa".into()), Fingerprint("k2:bb".into()))].into();
    c.server("web", &[("/password", secret("k2:bb"))]);
    aplomo_planner::rekeyed(&mut c.desired, &c.memory, &formerly);
    assert_snapshot!(lines(&c.plan()), @"");
    // Another value: the old key does not hide it.
    c.server("web", &[("/password", secret("k2:cc"))]);
    aplomo_planner::rekeyed(&mut c.desired, &c.memory, &formerly);
    assert_snapshot!(lines(&c.plan()), @r#"update acme/Server/web:Server unknown [/password:unknown]"#);
    // The old key is gone: nobody knows whether it is the same, so a person says so once.
    c.server("web", &[("/password", secret("k2:bb"))]);
    assert_snapshot!(lines(&c.apply()), @r#"update acme/Server/web:Server unknown [/password:unknown]"#);
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn without_a_record_reasons_are_unknown() {
    let mut c = server(&[("/port", int(80))]);
    c.set("Server1", "/port", 81.into());
    c.memory.ledger.clear();
    assert_snapshot!(lines(&c.plan()), @r#"update acme/Server/web:Server unknown [/port:unknown]"#);
}

#[test]
fn what_vanished_is_made_again_and_that_is_drift() {
    let mut c = server(&[("/port", int(80))]);
    c.vanish("Server1");
    assert_snapshot!(lines(&c.apply()), @r#"create acme/Server/web:Server drift"#);
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn a_reference_compares_by_value_and_stays_symbolic() {
    let mut c = Case::new();
    c.zone("example");
    c.server("web", &[("/zoneId", refer(zone_address("example").as_str()))]);
    assert_snapshot!(lines(&c.apply()), @r#"
    create acme/Domain/example:Zone manifest
    create acme/Server/web:Server manifest after=acme/Domain/example:Zone
    "#);
    assert_snapshot!(lines(&c.plan()), @"");
    c.set("Server2", "/zoneId", "Z9".into());
    let plan = c.plan();
    assert_snapshot!(lines(&plan), @r#"update acme/Server/web:Server drift [/zoneId:drift]"#);
    assert!(matches!(plan.changes[0].fields[0].after, Wish::Reference(_)));
    assert_eq!(plan.changes[0].references[0].resolved, Some("Zone1".into()));
}

#[test]
fn a_new_expiry_is_a_change_even_where_no_field_differs() {
    let mut c = server(&[("/port", int(80))]);
    c.server("web", &[("/port", int(80))]).until = Some(at("2027-03-01T00:00:00Z"));
    let plan = c.apply();
    assert_snapshot!(lines(&plan), @r#"update acme/Server/web:Server manifest"#);
    assert_eq!(plan.wake, Some(at("2027-03-01T00:00:00Z")));
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn defaults_are_sent_by_a_create_and_alone_are_not_compared() {
    let mut c = Case::new();
    c.server("web", &[("/port", int(80))]).defaults = fields(&[("/size", text("small"))]);
    c.settle();
    assert_eq!(c.seen("Server1").fields.text("/size"), Some("small"));
    c.set("Server1", "/size", "large".into());
    assert_snapshot!(lines(&c.plan()), @"");
}

/// A server whose manifest leaves the port alone; a create fills in 80.
fn with_default(c: &mut Case, port: i64) {
    c.server("web", &[("/zoneId", text("Z1"))]).defaults = fields(&[("/port", int(port))]);
    aplomo_planner::filled(&mut c.desired, &c.memory);
}

#[test]
fn what_a_create_filled_in_is_wanted_from_then_on() {
    let mut c = Case::new();
    with_default(&mut c, 80);
    c.settle();
    c.set("Server1", "/port", 81.into());
    with_default(&mut c, 80);
    assert_snapshot!(lines(&c.plan()), @r#"update acme/Server/web:Server drift [/port:drift]"#);
    // It is still wanted after another field was written.
    c.settle();
    c.commit("c2");
    c.server("web", &[("/zoneId", text("Z2"))]).defaults = fields(&[("/port", int(80))]);
    aplomo_planner::filled(&mut c.desired, &c.memory);
    c.settle();
    c.set("Server1", "/port", 81.into());
    assert_snapshot!(lines(&c.plan()), @r#"update acme/Server/web:Server drift [/port:drift]"#);
    // What another version would fill in is no wish to change what is there.
    with_default(&mut c, 8080);
    c.set("Server1", "/zoneId", "Z1".into());
    assert_snapshot!(lines(&c.plan()), @"");
}
