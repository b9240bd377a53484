//! Which object a wish is.

use super::common::*;
use aplomo_core::observation::OwnerMark;
use aplomo_core::resource::Adopt;
use insta::assert_snapshot;

#[test]
fn what_is_not_there_is_created_and_then_nothing_differs() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    assert_snapshot!(lines(&c.apply()), @r#"
    create acme/Domain/example:Record/www/A manifest after=acme/Domain/example:Zone
    create acme/Domain/example:Zone manifest
    "#);
    assert_snapshot!(lines(&c.plan()), @"");
    assert!(c.plan().complete && c.plan().applyable);
}

#[test]
fn a_mark_finds_the_object_whatever_it_is_called_now() {
    let mut c = Case::new();
    c.zone("example");
    c.settle();
    c.memory.ledger.clear();
    c.seen("Zone1").key = Some("renamed".into());
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn the_ledger_finds_what_has_no_marks() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    c.settle();
    c.set("www/A", "/ttl", 60.into());
    c.seen("www/A").key = None;
    assert_snapshot!(lines(&c.plan()), @r#"update acme/Domain/example:Record/www/A drift [/ttl:drift]"#);
}

#[test]
fn two_objects_of_one_key_are_ambiguous_and_nothing_is_planned_for_them_or_their_content() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    c.zone_exists("Z1", "example");
    c.zone_exists("Z2", "example");
    let plan = c.plan();
    assert_snapshot!(lines(&plan), @r#"
    error ambiguous acme/domain/example:zone: 2 objects are example: z1, z2
    unmanaged t.net.Zone Z1
    unmanaged t.net.Zone Z2
    "#);
    assert!(!plan.applyable);
    c.desired.resources.get_mut(&zone_address("example")).unwrap().adopt = Adopt::Id(id("Z2"));
    assert_snapshot!(lines(&c.plan()), @r#"
    create acme/Domain/example:Record/www/A manifest after=acme/Domain/example:Zone
    adopt acme/Domain/example:Zone manifest
    unmanaged t.net.Zone Z1
    "#);
}

#[test]
fn a_mark_decides_between_objects_of_one_key() {
    let mut c = Case::new();
    c.zone("example").key = Some("example".into());
    c.zone_exists("Z1", "example");
    c.zone_exists("Z2", "example").mark = Case::mark(&zone_address("example"));
    assert_snapshot!(lines(&c.plan()), @r#"unmanaged t.net.Zone Z1"#);
}

#[test]
fn two_objects_with_the_same_mark_are_told_apart_by_the_ledger_or_not_at_all() {
    let mut c = Case::new();
    c.zone("example");
    c.settle();
    let double = c.observation.objects.iter().find(|o| o.id.as_str() == "Zone1").unwrap().clone();
    c.observation.objects.push(aplomo_core::Observed { id: id("Zone9"), ..double });
    c.cover();
    assert_snapshot!(lines(&c.plan()), @r#"unmanaged t.net.Zone Zone9 (carries our mark of acme/Domain/example:t.net.Zone and is not recorded as it)"#);
    c.memory.ledger.clear();
    assert_snapshot!(lines(&c.plan()), @r#"
    error ambiguous acme/domain/example:zone: 2 objects are example: zone1, zone9
    unmanaged t.net.Zone Zone1 (carries our mark of acme/Domain/example:t.net.Zone and is not recorded as it)
    unmanaged t.net.Zone Zone9 (carries our mark of acme/Domain/example:t.net.Zone and is not recorded as it)
    "#);
}

#[test]
fn two_wishes_for_one_key_are_a_finding_on_both() {
    let mut c = Case::new();
    c.zone("one").key = Some("same".into());
    c.zone("two").key = Some("same".into());
    assert_snapshot!(lines(&c.plan()), @r#"
    error claimed-twice acme/domain/one:zone: the same object is claimed by acme/domain/two:t.net.zone
    error claimed-twice acme/domain/two:zone: the same object is claimed by acme/domain/one:t.net.zone
    "#);
}

#[test]
fn a_second_claim_to_one_object_is_a_finding_on_both() {
    let mut c = Case::new();
    c.zone("one").adopt = Adopt::Id(id("Z1"));
    let two = c.zone("two");
    (two.adopt, two.key) = (Adopt::Id(id("Z1")), None);
    c.zone_exists("Z1", "one");
    assert_snapshot!(lines(&c.plan()), @r#"
    error claimed-twice acme/domain/one:zone: the same object is claimed by acme/domain/two:t.net.zone
    error claimed-twice acme/domain/two:zone: the same object is claimed by acme/domain/one:t.net.zone
    "#);
}

#[test]
fn another_installations_mark_refuses() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    let mark = OwnerMark::Marked { installation: "there".into(), tenant: "acme".into(), address: "x".into() };
    c.zone_exists("Z1", "example").mark = mark;
    let plan = c.plan();
    assert_snapshot!(lines(&plan), @r#"error foreign-mark acme/domain/example:zone: z1 belongs to the installation there"#);
    assert!(!plan.applyable);
}

#[test]
fn unreadable_marks_leave_ownership_unknown() {
    let mut c = Case::new();
    c.zone("example");
    c.zone_exists("Z1", "example").mark = OwnerMark::Unknown;
    let plan = c.plan();
    assert_snapshot!(lines(&plan), @r#"unverifiable acme/Domain/example:Zone []: its ownership marks could not be read (may our credentials read tags?)"#);
    assert!(!plan.complete);
}

#[test]
fn a_rename_moves_and_a_change_made_with_it_follows() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    c.settle();
    c.drop_manifest("acme/Domain/example");
    c.commit("c2");
    let zone = c.zone("renamed");
    zone.previous = vec![zone_address("example")];
    zone.wanted = fields(&[("/name", text("example")), ("/comment", text("new"))]);
    zone.key = Some("example".into());
    c.record("renamed", "www/A", 300).previous = vec![record_address("example", "www/A")];
    assert_snapshot!(lines(&c.apply()), @r#"
    move acme/Domain/renamed:Record/www/A manifest after=acme/Domain/renamed:Zone
    move acme/Domain/renamed:Zone manifest
    "#);
    assert_snapshot!(lines(&c.apply()), @r#"update acme/Domain/renamed:Zone manifest [/comment:manifest]"#);
    assert_snapshot!(lines(&c.plan()), @"");
}

#[test]
fn a_rename_without_a_ledger_is_found_by_the_old_mark() {
    let mut c = Case::new();
    c.zone("example");
    c.settle();
    c.memory.ledger.clear();
    c.drop_manifest("acme/Domain/example");
    let zone = c.zone("renamed");
    zone.previous = vec![zone_address("example")];
    zone.wanted = fields(&[("/name", text("example"))]);
    assert_snapshot!(lines(&c.plan()), @r#"move acme/Domain/renamed:Zone manifest"#);
}

#[test]
fn a_rename_that_nobody_told_is_neither_deleted_nor_made_twice() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    c.settle();
    c.drop_manifest("acme/Domain/example");
    let zone = c.zone("renamed");
    (zone.key, zone.wanted) = (Some("example".into()), fields(&[("/name", text("example"))]));
    assert_snapshot!(lines(&c.plan()), @r#"
    delete acme/Domain/example:Record/www/A manifest held=invalid
    error owned-elsewhere acme/domain/renamed:zone: zone1 already belongs to acme/domain/example:t.net.zone
    "#);
}

#[test]
fn objects_do_not_move_between_tenants_or_accounts() {
    let mut c = Case::new();
    c.zone("example");
    c.settle();
    c.drop_manifest("acme/Domain/example");
    let other = addr("other/Domain/example:t.net.Zone");
    let want = c.wish(&other, account(), fields(&[("/name", text("example"))]));
    (want.previous, want.key) = (vec![zone_address("example")], Some("example".into()));
    assert_snapshot!(lines(&c.plan()), @r#"error move-refused other/domain/example:zone: it is in acme/domain/example:t.net.zone; an object does not move between tenants, accounts or regions"#);

    let mut c = Case::new();
    c.zone("example");
    c.settle();
    c.zone("example").scope.account = Some(aplomo_core::Account::known("2"));
    assert_snapshot!(lines(&c.plan()), @r#"error move-refused acme/domain/example:zone: it is in t/1; an object does not move between tenants, accounts or regions"#);
}
