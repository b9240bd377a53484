//! What must not go: the last administrator, our own access, too many of a container's members; and
//! what is archived rather than deleted.

use super::common::*;
use aplomo_core::ledger::LedgerEntry;
use aplomo_core::plan::{Action, HeldBy};
use aplomo_core::safety::{Deletion, Ownership};
use aplomo_core::{Address, Coverage, Datum, Plan, Risk, Scope, Sight, TypeName, Wish};
use insta::assert_snapshot;

const CLUB: TypeName = TypeName::known("t.club.Club");
const SEAT: TypeName = TypeName::known("t.club.Seat");

fn club() -> Address {
    addr("acme/Club/chess:t.club.Club")
}

fn seat(name: &str) -> Address {
    addr(&format!("acme/Club/chess:t.club.Seat/{name}"))
}

fn inside() -> Scope {
    let mut scope = account();
    scope.container_of = Some(club());
    scope
}

fn remember(c: &mut Case, address: &Address, mut scope: Scope, id_text: &str) {
    if scope.container_of.is_some() {
        scope.container = Some(id("c1"));
    }
    let wanted = c.desired.resources[address].wanted.clone();
    c.memory.ledger.insert(
        address.clone(),
        LedgerEntry {
            type_name: TypeName::new(address.type_name()).unwrap(),
            scope,
            id: id(id_text),
            key: None,
            applied: wanted,
            resolved: Default::default(),
            source: SOURCE,
            commit: c.commit.clone(),
            version: "1.0.0".into(),
            run: None,
            at: now(),
            brought_along: false,
            until: None,
            environments: Vec::new(),
        },
    );
}

/// A club of ours with members, the first `admins` of them administrators.
fn members(count: usize, admins: usize) -> Case {
    let mut c = Case::new();
    c.wish(&club(), account(), fields(&[("/name", text("chess"))]));
    c.exists(CLUB, account(), "c1", Some("chess"), &[("/name", Sight::Value("chess".into()))]);
    remember(&mut c, &club(), account(), "c1");
    for i in 0..count {
        let role = if i < admins { "admin" } else { "member" };
        let name = format!("m{i:02}");
        c.wish(&seat(&name), inside(), fields(&[("/role", text(role)), ("/label", text("x"))]));
        let seen = [("/role", Sight::Value(role.into())), ("/label", Sight::Value("y".into()))];
        c.exists(SEAT, account().within(id("c1")), &name, Some(&name), &seen);
        remember(&mut c, &seat(&name), inside(), &name);
    }
    see(&mut c);
    c
}

fn see(c: &mut Case) {
    c.observation.coverage.insert((CLUB, account()), Coverage::Complete);
    c.observation.coverage.insert((SEAT, account().within(id("c1"))), Coverage::Complete);
}

fn leave(c: &mut Case, from: usize, to: usize) {
    (from..to).for_each(|i| c.drop_resource(&seat(&format!("m{i:02}"))));
}

fn held(plan: &Plan, by: &HeldBy) -> usize {
    plan.changes.iter().filter(|change| change.held_by.as_ref() == Some(by)).count()
}

#[test]
fn what_means_nothing_is_no_difference() {
    assert_eq!(lines(&members(3, 1).plan()), "");
}

#[test]
fn a_quarter_of_the_members_may_go_and_one_always() {
    let mut c = members(8, 2);
    leave(&mut c, 6, 8);
    assert_eq!(held(&c.plan(), &HeldBy::GUARD_FRACTION), 0, "two of eight are a quarter");
    leave(&mut c, 5, 6);
    assert_eq!(held(&c.plan(), &HeldBy::GUARD_FRACTION), 3);
    let mut c = members(2, 1);
    leave(&mut c, 1, 2);
    assert_eq!(held(&c.plan(), &HeldBy::GUARD_FRACTION), 0, "one may always go");
}

#[test]
fn removals_of_the_day_count_where_they_were() {
    let mut c = members(8, 2);
    leave(&mut c, 7, 8);
    let gone = |container: &str| aplomo_core::ledger::Removal {
        tenant: aplomo_core::TenantName::known("acme"),
        type_name: SEAT,
        container: Some(id(container)),
        at: now(),
    };
    c.memory.removals = vec![gone("other"), gone("other")];
    assert_eq!(held(&c.plan(), &HeldBy::GUARD_FRACTION), 0);
    c.memory.removals = vec![gone("c1"), gone("c1")];
    assert_eq!(held(&c.plan(), &HeldBy::GUARD_FRACTION), 1);
}

#[test]
fn the_last_administrator_stays() {
    let mut c = members(4, 2);
    leave(&mut c, 0, 1);
    assert_eq!(held(&c.plan(), &HeldBy::LAST_KEEPER), 0, "another is left");
    let mut c = members(4, 1);
    leave(&mut c, 0, 1);
    assert_snapshot!(lines(&c.plan()), @r"
    delete acme/Club/chess:t.club.Seat/m00 manifest held=last-keeper
    warning last-keeper acme/club/chess:t.club.seat/m00: no administrator of c1 would be left
    ");
    // Bringing the last one down is the same.
    let mut c = members(4, 1);
    c.wish(&seat("m00"), inside(), fields(&[("/role", text("member"))]));
    assert_eq!(held(&c.plan(), &HeldBy::LAST_KEEPER), 1);
    // Bringing one up in the same plan does not count: it may fail.
    c.wish(&seat("m01"), inside(), fields(&[("/role", text("admin"))]));
    let plan = c.plan();
    assert_eq!(held(&plan, &HeldBy::LAST_KEEPER), 1);
    assert_eq!(plan.changes.iter().filter(|change| change.held_by.is_none()).count(), 1);
}

#[test]
fn two_that_go_together_leave_nobody_either() {
    let mut c = members(12, 2);
    leave(&mut c, 0, 2);
    assert_eq!(held(&c.plan(), &HeldBy::LAST_KEEPER), 2);
}

#[test]
fn our_own_access_is_never_taken() {
    let mut c = members(4, 2);
    c.seen("m03").outputs.insert("ownAccess".into(), Datum::Bool(true));
    leave(&mut c, 3, 4);
    let plan = c.plan();
    assert_eq!(held(&plan, &HeldBy::OWN_ACCESS), 1);
    assert!(plan.findings.iter().any(|f| f.rule == "own-access"));
    assert!(!HeldBy::OWN_ACCESS.liftable() && !HeldBy::LAST_KEEPER.liftable());
}

#[test]
fn what_is_archived_keeps_what_is_in_it() {
    let mut c = members(4, 1);
    c.drop_manifest("acme/Club/chess");
    let held = c.plan();
    assert!(held.changes.iter().all(|change| change.held_by.is_some()), "protected: {}", lines(&held));
    c.record_safety("acme/Club/chess", Deletion::Delete, Ownership::Additive);
    let plan = c.plan();
    assert_snapshot!(lines(&plan), @r"
    delete acme/Club/chess:t.club.Club manifest after=acme/Club/chess:t.club.Seat/m00,acme/Club/chess:t.club.Seat/m01,acme/Club/chess:t.club.Seat/m02,acme/Club/chess:t.club.Seat/m03
    release acme/Club/chess:t.club.Seat/m00 manifest
    release acme/Club/chess:t.club.Seat/m01 manifest
    release acme/Club/chess:t.club.Seat/m02 manifest
    release acme/Club/chess:t.club.Seat/m03 manifest
    ");
    let of = |action| plan.changes.iter().find(|change| change.action == action).unwrap();
    assert_eq!(of(Action::Delete).risk, Risk::Sensitive, "as the type says, for nothing is lost");
    assert_eq!(of(Action::Release).risk, Risk::Sensitive, "no rule lets them go that would not archive");
}

#[test]
fn a_look_up_that_finds_nothing_is_never_green_and_stops_nothing_else() {
    let mut c = members(2, 1);
    let look = addr("acme/Place/here:t.club.Look/ana");
    c.wish(&look, account(), fields(&[("/name", text("ana"))])).observe = true;
    let mut needs = fields(&[("/role", text("admin"))]);
    needs.set(
        aplomo_core::FieldPath::known("/label"),
        Wish::Reference(Box::new(aplomo_core::Reference {
            to: look,
            output: "id".into(),
            constraint: Default::default(),
        })),
    );
    c.wish(&seat("m01"), inside(), needs);
    c.server("other", &[("/port", int(1))]);
    let looked = TypeName::known("t.club.Look");
    c.observation.coverage.insert((looked, account()), Coverage::Complete);
    let plan = c.plan();
    assert!(!plan.complete && plan.applyable);
    assert_snapshot!(lines(&plan));
}

#[test]
fn what_its_manifest_calls_otherwise_moves() {
    let mut c = members(4, 2);
    c.drop_resource(&seat("m03"));
    let want = c.wish(&seat("new"), inside(), fields(&[("/role", text("member"))]));
    want.key = Some("m03".into());
    let plan = c.plan();
    assert_eq!(lines(&plan), "move acme/Club/chess:t.club.Seat/new manifest");
    assert_eq!(plan.changes[0].moved_from, Some(seat("m03")));
}
