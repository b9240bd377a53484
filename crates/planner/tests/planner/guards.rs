//! How much may go at once.

use super::common::*;
use aplomo_core::ledger::Removal;
use aplomo_core::plan::HeldBy;
use aplomo_core::safety::{Deletion, Guards, Ownership, TenantPolicy};
use aplomo_core::{Plan, TenantName};
use insta::assert_snapshot;

fn held(plan: &Plan, by: &HeldBy) -> usize {
    plan.changes.iter().filter(|c| c.held_by.as_ref() == Some(by)).count()
}

fn servers(count: usize) -> Case {
    let mut c = Case::new();
    for i in 0..count {
        c.server(&format!("s{i:02}"), &[("/port", int(1))]);
    }
    c.settle();
    c
}

fn drop_servers(c: &mut Case, count: usize) {
    (0..count).for_each(|i| c.drop_manifest(&format!("acme/Server/s{i:02}")));
}

fn removed(c: &mut Case, hours_ago: i64) {
    c.memory.removals.push(Removal {
        tenant: TenantName::known("acme"),
        type_name: SERVER,
        container: None,
        at: c.as_of - aplomo_core::SignedDuration::from_hours(hours_ago),
    });
}

#[test]
fn five_may_go_and_six_may_not_and_the_rest_goes_on() {
    let mut c = servers(8);
    drop_servers(&mut c, 5);
    assert_eq!(held(&c.plan(), &HeldBy::GUARD_COUNT), 0);
    drop_servers(&mut c, 6);
    c.server("s07", &[("/port", int(2))]);
    let plan = c.plan();
    assert_eq!(held(&plan, &HeldBy::GUARD_COUNT), 6);
    assert_snapshot!(lines(&plan), @r#"
    delete acme/Server/s00:Server manifest held=guard:max-deletes
    delete acme/Server/s01:Server manifest held=guard:max-deletes
    delete acme/Server/s02:Server manifest held=guard:max-deletes
    delete acme/Server/s03:Server manifest held=guard:max-deletes
    delete acme/Server/s04:Server manifest held=guard:max-deletes
    delete acme/Server/s05:Server manifest held=guard:max-deletes
    update acme/Server/s07:Server manifest [/port:manifest]
    warning guard -: 6 removals in 24 hours, 6 planned now, where 5 are allowed
    "#);
}

#[test]
fn removals_of_the_last_24_hours_count_and_older_ones_do_not() {
    let mut c = servers(8);
    drop_servers(&mut c, 2);
    (0..4).for_each(|_| removed(&mut c, 25));
    assert_eq!(held(&c.plan(), &HeldBy::GUARD_COUNT), 0);
    (0..4).for_each(|_| removed(&mut c, 23));
    assert_eq!(held(&c.plan(), &HeldBy::GUARD_COUNT), 2);
}

#[test]
fn from_ten_on_the_share_counts() {
    let mut c = servers(10);
    drop_servers(&mut c, 3);
    assert_eq!(held(&c.plan(), &HeldBy::GUARD_FRACTION), 0);
    drop_servers(&mut c, 4);
    assert_eq!(held(&c.plan(), &HeldBy::GUARD_FRACTION), 4);
    let mut c = servers(9);
    drop_servers(&mut c, 5);
    assert_eq!(held(&c.plan(), &HeldBy::GUARD_FRACTION), 0, "below ten the share does not count");
}

#[test]
fn one_of_anything_may_always_go() {
    let mut c = servers(10);
    let name = TenantName::known("acme");
    let guards = Guards { count: 0, permille: 0 };
    c.recorded.policies.insert(name.clone(), TenantPolicy { guards, ..TenantPolicy::protected(name) });
    drop_servers(&mut c, 1);
    assert_eq!(c.plan().changes[0].held_by, None);
    drop_servers(&mut c, 2);
    assert_eq!(held(&c.plan(), &HeldBy::GUARD_COUNT), 2);
}

#[test]
fn a_newer_and_looser_wish_does_not_count() {
    let mut c = servers(8);
    let name = TenantName::known("acme");
    let guards = Guards { count: 100, permille: 1000 };
    c.desired.tenants.insert(name.clone(), TenantPolicy { guards, ..TenantPolicy::protected(name) });
    drop_servers(&mut c, 6);
    assert_eq!(held(&c.plan(), &HeldBy::GUARD_COUNT), 6);
}

fn zone_of(count: usize) -> Case {
    let mut c = Case::new();
    c.zone("example");
    for i in 0..count {
        c.record("example", &format!("r{i:02}/A"), 300);
    }
    c.settle();
    c
}

#[test]
fn records_count_per_zone_and_by_share_alone() {
    let mut c = zone_of(30);
    (0..9).for_each(|i| c.drop_resource(&record_address("example", &format!("r{i:02}/A"))));
    assert!(c.plan().changes.iter().all(|change| change.held_by.is_none()));
    c.drop_resource(&record_address("example", "r09/A"));
    assert_eq!(held(&c.plan(), &HeldBy::GUARD_FRACTION), 10);
}

#[test]
fn the_content_of_a_zone_that_may_go_is_not_counted() {
    let mut c = zone_of(30);
    c.record_safety("acme/Domain/example", Deletion::Delete, Ownership::Additive);
    c.drop_manifest("acme/Domain/example");
    let plan = c.apply();
    assert_eq!(plan.changes.len(), 31);
    assert!(plan.changes.iter().all(|change| change.held_by.is_none()));
    assert!(c.plan().changes.is_empty());
}

#[test]
fn a_pair_is_held_by_the_guard_of_its_half_so_that_one_lift_frees_both() {
    let mut c = zone_of(10);
    (0..4).for_each(|i| c.drop_resource(&record_address("example", &format!("r{i:02}/A"))));
    c.record("example", "r00/CNAME", 300);
    let plan = c.plan();
    assert_eq!(held(&plan, &HeldBy::GUARD_FRACTION), 5);
}

#[test]
fn scheduled_removals_pass_guards_and_freezes() {
    let mut c = Case::new();
    for i in 0..8 {
        c.server(&format!("s{i:02}"), &[("/port", int(1))]).until = Some(at("2027-02-01T00:00:00Z"));
    }
    c.settle();
    c.as_of = at("2027-02-01T00:00:00Z");
    let name = TenantName::known("acme");
    let state = aplomo_core::safety::TenantState::Frozen;
    c.recorded.policies.insert(name.clone(), TenantPolicy { state, ..TenantPolicy::protected(name) });
    let plan = c.plan();
    assert_eq!(plan.changes.len(), 8);
    assert!(plan.changes.iter().all(|change| change.held_by.is_none()), "{}", lines(&plan));
}

#[test]
fn a_container_of_another_type_with_the_same_id_is_no_reason_not_to_count() {
    let mut c = Case::new();
    c.zone("example");
    (0..12).for_each(|n| drop(c.record("example", &format!("r{n}/A"), 1).key.clone()));
    let club = addr("acme/Club/x:t.club.Club");
    c.wish(&club, account(), fields(&[("/name", text("x"))]));
    c.cover();
    c.settle();
    let (zone, old) = (c.zone_id("example"), c.id_of(&club));
    c.seen(&old).id = id(&zone);
    c.memory.ledger.get_mut(&club).unwrap().id = id(&zone);
    c.record_safety("acme/Club/x", Deletion::Delete, Ownership::Additive);
    c.drop_manifest("acme/Club/x");
    (0..6).for_each(|n| c.drop_resource(&record_address("example", &format!("r{n}/A"))));
    let plan = c.plan();
    let records = || plan.changes.iter().filter(|c| c.type_name == RECORD);
    assert_eq!(records().count(), 6);
    assert!(records().all(|c| c.held_by == Some(HeldBy::GUARD_FRACTION)), "{}", lines(&plan));
}
