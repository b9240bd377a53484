//! References, order, replacement, groups and cycles.

use super::common::*;
use aplomo_core::reference::Constraint;
use aplomo_core::safety::{Deletion, Ownership};
use aplomo_core::{FieldPath, Reference, Wish};
use insta::assert_snapshot;

#[test]
fn a_cycle_names_its_members_and_plans_nothing_for_them_or_what_needs_them() {
    let mut c = Case::new();
    for (name, peer) in [("a", "b"), ("b", "a"), ("c", "a")] {
        c.server(name, &[("/peer", refer(server_address(peer).as_str()))]);
    }
    c.server("d", &[("/port", int(1))]);
    assert_snapshot!(lines(&c.plan()), @r#"
    create acme/Server/d:Server manifest held=invalid
    error cycle acme/server/a:server: these need each other, so none can be first: acme/server/a:t.net.server, acme/server/b:t.net.server
    "#);
}

#[test]
fn a_reference_to_itself_is_a_cycle() {
    let mut c = Case::new();
    c.server("a", &[("/peer", refer(server_address("a").as_str()))]);
    assert_snapshot!(lines(&c.plan()), @r#"error cycle acme/server/a:server: these need each other, so none can be first: acme/server/a:t.net.server"#);
}

#[test]
fn a_reference_to_nothing_is_a_finding() {
    let mut c = Case::new();
    c.server("a", &[("/peer", refer(server_address("gone").as_str()))]);
    assert_snapshot!(lines(&c.plan()), @r#"
    create acme/Server/a:Server manifest held=invalid
    error dangling-reference acme/server/a:server: it needs acme/server/gone:t.net.server, which no manifest makes
    "#);
}

#[test]
fn a_replacement_takes_those_that_refer_to_it_along() {
    let mut c = Case::new();
    c.server("a", &[("/size", text("small"))]);
    c.server("b", &[("/peer", refer(server_address("a").as_str()))]);
    c.settle();
    c.commit("c2");
    c.server("a", &[("/size", text("large"))]);
    assert_snapshot!(lines(&c.apply()), @r#"
    replace acme/Server/a:Server manifest [/size:manifest] create-first
    update acme/Server/b:Server manifest [/peer:manifest] after=acme/Server/a:Server
    "#);
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn uniqueness_puts_destroying_first() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    c.settle();
    c.record("example", "www/A", 300).wanted.set(FieldPath::known("/target"), text("elsewhere"));
    assert_snapshot!(lines(&c.apply()), @r#"replace acme/Domain/example:Record/www/A unknown [/target:unknown]"#);
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn replacing_a_container_is_protected_and_takes_its_content_along() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    c.settle();
    c.zone("example").wanted.set(FieldPath::known("/name"), text("other"));
    assert_snapshot!(lines(&c.plan()), @r#"
    replace acme/Domain/example:Record/www/A manifest held=dependency create-first after=acme/Domain/example:Zone
    replace acme/Domain/example:Zone manifest [/name:manifest] held=protected create-first
    warning protected acme/domain/example:zone: replace of t.net.zone is held: its deletion was never allowed
    "#);
    c.record_safety("acme/Domain/example", Deletion::Delete, Ownership::Additive);
    assert_snapshot!(lines(&c.apply()), @r#"
    replace acme/Domain/example:Record/www/A manifest create-first after=acme/Domain/example:Zone
    replace acme/Domain/example:Zone manifest [/name:manifest] create-first
    "#);
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn what_cannot_exist_side_by_side_goes_in_one_breath() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/CNAME", 300);
    c.settle();
    c.drop_resource(&record_address("example", "www/CNAME"));
    c.record("example", "www/A", 300);
    c.record("example", "api/A", 300);
    assert_snapshot!(lines(&c.apply()), @r#"
    create acme/Domain/example:Record/api/A manifest
    create acme/Domain/example:Record/www/A manifest group=t/1/Zone1:www
    delete acme/Domain/example:Record/www/CNAME manifest group=t/1/Zone1:www
    "#);
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn what_needed_it_lets_go_first() {
    let mut c = Case::new();
    c.server("a", &[("/port", int(1))]);
    c.server("b", &[("/peer", refer(server_address("a").as_str()))]);
    c.server("c", &[("/peer", refer(server_address("a").as_str()))]);
    c.settle();
    c.drop_manifest("acme/Server/a");
    c.drop_manifest("acme/Server/b");
    c.server("c", &[("/peer", text("none"))]);
    assert_snapshot!(lines(&c.apply()), @r#"
    delete acme/Server/a:Server manifest after=acme/Server/b:Server,acme/Server/c:Server
    delete acme/Server/b:Server manifest
    update acme/Server/c:Server manifest [/peer:manifest]
    "#);
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn a_known_value_that_breaks_its_constraint_is_a_finding() {
    let mut c = Case::new();
    c.zone("example");
    c.settle();
    let reference = Reference {
        to: zone_address("example"),
        output: "id".into(),
        constraint: Constraint::Suffix(".example.com".into()),
    };
    c.server("web", &[("/zoneId", Wish::Reference(Box::new(reference)))]);
    assert_snapshot!(lines(&c.plan()), @r#"
    create acme/Server/web:Server manifest held=invalid
    error constraint acme/server/web:server: id of acme/domain/example:t.net.zone is zone1 and must end in .example.com
    "#);
}
