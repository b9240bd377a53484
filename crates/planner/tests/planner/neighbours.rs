//! What others did to ours and beside it is shown to the types.

use super::common::*;
use aplomo_core::Sight;
use insta::assert_snapshot;

/// Findings alone, with the tenant.
fn found(c: &Case) -> String {
    let one = |f: &aplomo_core::Finding| {
        format!("{} {} {:?}: {}", f.rule, f.address.as_deref().unwrap_or("-"), f.tenant, f.message)
    };
    c.plan().findings.iter().map(one).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_in_a_container_of_ours_is_inspected_and_placed_there() {
    let mut c = Case::new();
    c.zone("example");
    c.settle();
    let ours = c.zone_id("example");
    c.zone_exists("Z9", "else");
    c.record_exists(&ours, "stranger/A", 4_242);
    c.record_exists("Z9", "elsewhere/A", 4_242);
    c.record_exists(&ours, "quiet/A", 60);
    c.record_exists(&ours, "apex/NS", 4_242).brought_along = true;
    assert_snapshot!(found(&c), @r#"
    open acme/Domain/example:t.net.Zone Some("acme"): apex/NS is open, nobody's
    open acme/Domain/example:t.net.Zone Some("acme"): stranger/A is open, nobody's
    "#);
}

#[test]
fn what_a_container_of_nobodys_holds_in_a_container_of_ours_is_inspected_too() {
    let mut c = Case::new();
    c.zone("example");
    c.settle();
    let ours = c.zone_id("example");
    // A zone inside of ours, and a record in that one.
    c.exists(ZONE, account().within(id(&ours)), "inner", None, &[("/name", Sight::Value("inner".into()))]);
    c.record_exists("inner", "deep/A", 4_242);
    assert_snapshot!(found(&c), @r#"open acme/Domain/example:t.net.Zone Some("acme"): deep/A is open, nobody's"#);
}

#[test]
fn neighbours_are_inspected_where_ours_are_and_nowhere_else() {
    let mut c = Case::new();
    c.server("web", &[("/size", text("small")), ("/port", int(80))]);
    c.settle();
    for (name, size) in [("near", "small"), ("far", "large")] {
        let fields = [("/size", Sight::Value(size.into())), ("/port", Sight::Value(22.into()))];
        c.exists(SERVER, account(), name, None, &fields);
    }
    assert_snapshot!(found(&c), @r#"open - Some("acme"): near is open, nobody's"#);
}

#[test]
fn ours_is_inspected_and_what_is_only_described_is_not() {
    let mut c = Case::new();
    c.server("web", &[("/size", text("small"))]);
    c.settle();
    let web = c.id_of(&server_address("web"));
    c.set(&web, "/port", 22.into());
    c.zone("example");
    c.settle();
    let zone = c.zone_id("example");
    c.record_exists(&zone, "equal/A", 4_242);
    c.record("example", "equal/A", 4_242);
    assert_snapshot!(found(&c), @r#"open acme/Server/web:t.net.Server Some("acme"): Server1 is open, ours"#);
}
