//! What holds changes back.

use super::common::*;
use aplomo_core::address::AddressPattern;
use aplomo_core::approval::{Actor, Known};
use aplomo_core::ledger::{Hold, Quarantine};
use aplomo_core::plan::{HeldBy, Plan};
use aplomo_core::safety::{TenantPolicy, TenantState};
use aplomo_core::{Account, ActorName, Finding, TenantName};
use insta::assert_snapshot;

fn acme() -> TenantName {
    TenantName::known("acme")
}

fn drifted() -> Case {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    c.server("web", &[("/port", int(80))]);
    c.settle();
    c.set("www/A", "/ttl", 60.into());
    c.set("Server2", "/port", 81.into());
    c
}

fn held(plan: &Plan) -> Vec<String> {
    plan.changes
        .iter()
        .map(|c| format!("{} {}", c.address.key(), c.held_by.as_ref().map_or("-", |h| h.0.as_str())))
        .collect()
}

#[test]
fn a_hold_stops_what_it_names_until_it_is_over() {
    let mut c = drifted();
    c.memory.holds.push(Hold {
        what: AddressPattern("acme/Domain/example".into()),
        until: at("2027-01-31T01:00:00Z"),
        reason: "night".into(),
        by: Actor { name: ActorName::known("ana"), how: Known::Claimed },
        at: c.as_of,
    });
    let plan = c.plan();
    assert_eq!(held(&plan), ["www/A hold", " -"]);
    assert_eq!(plan.wake, Some(at("2027-01-31T01:00:00Z")));
    c.as_of = at("2027-01-31T01:00:00Z");
    assert_eq!(held(&c.plan()), ["www/A -", " -"]);
}

#[test]
fn quarantine_holds_the_same_effect_of_the_same_commit() {
    let mut c = drifted();
    let change = c.plan().changes[0].clone();
    c.memory.quarantine.push(Quarantine {
        address: change.address.clone(),
        field: None,
        why: "it would not stay".into(),
        commit: c.commit.clone(),
        digest: change.digest,
        at: c.as_of,
    });
    assert_eq!(held(&c.plan())[0], "www/A quarantine");
    c.commit("c2");
    assert_eq!(held(&c.plan())[0], "www/A -", "another commit");
    c.commit("c1");
    c.set("www/A", "/ttl", 61.into());
    assert_eq!(held(&c.plan())[0], "www/A -", "another effect");
}

#[test]
fn a_tenant_that_is_not_active_is_not_written_but_can_be_thawed() {
    let mut c = drifted();
    let frozen = TenantPolicy { state: TenantState::Frozen, ..TenantPolicy::protected(acme()) };
    c.setting("acme/Tenant/acme:aplomo.own.Setting", &[("/state", text("frozen"))]);
    c.settle_settings();
    c.recorded.policies.insert(acme(), frozen);
    c.setting("acme/Tenant/acme:aplomo.own.Setting", &[("/state", text("active"))]);
    assert_eq!(held(&c.plan()), ["www/A tenant-state", " tenant-state", " -"]);
}

#[test]
fn a_changed_account_holds_all_but_the_settings_that_accept_it() {
    let mut c = drifted();
    let policy = |account: &'static str| TenantPolicy {
        accounts: [("t".into(), Account::known(account))].into(),
        ..TenantPolicy::protected(acme())
    };
    c.recorded.policies.insert(acme(), policy("1"));
    c.desired.tenants.insert(acme(), policy("2"));
    c.setting("acme/Tenant/acme:aplomo.own.Setting", &[("/state", text("active"))]);
    assert_eq!(held(&c.plan()), ["www/A account-changed", " account-changed", " -"]);
}

#[test]
fn an_error_holds_its_tenant_alone() {
    let mut c = drifted();
    let other = addr("other/Server/x:t.net.Server");
    c.wish(&other, account(), fields(&[("/port", int(1))]));
    c.desired.findings.push(Finding::error("syntax", "broken").of("other/Server/y"));
    let plan = c.plan();
    assert_eq!(held(&plan), ["www/A -", " -", " invalid"]);
    assert!(!plan.applyable);
    let acme = aplomo_planner::filter(plan.clone(), &[acme()], &[]);
    assert!(acme.applyable && acme.findings.is_empty() && acme.changes.len() == 2);
    assert_ne!(acme.digest, plan.digest);
    assert!(acme.narrowed && !plan.narrowed, "it says that it is a part");
    assert_eq!(acme.digest, acme.recompute_digest().unwrap());
    assert_eq!(acme.changes[..], plan.changes[..2], "no change is changed");
}

#[test]
fn a_source_with_rewritten_history_is_held() {
    let mut c = drifted();
    c.held.insert(SOURCE, "its head does not descend from the accepted one".into());
    let plan = c.plan();
    assert_eq!(held(&plan), ["www/A source-held", " source-held"]);
    assert!(!plan.applyable);
}

#[test]
fn what_depends_on_what_is_held_is_held() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    c.server("web", &[("/zoneId", refer(zone_address("example").as_str()))]);
    c.server("peer", &[("/peer", refer(server_address("web").as_str()))]);
    c.memory.holds.push(Hold {
        what: AddressPattern(zone_address("example").as_str().into()),
        until: at("2028-01-01T00:00:00Z"),
        reason: "wait".into(),
        by: Actor { name: ActorName::known("ana"), how: Known::Claimed },
        at: c.as_of,
    });
    // The pattern is a prefix of nothing else; the rest follows.
    assert_snapshot!(lines(&c.plan()), @r#"
    create acme/Domain/example:Record/www/A manifest held=dependency after=acme/Domain/example:Zone
    create acme/Domain/example:Zone manifest held=hold
    create acme/Server/peer:Server manifest held=dependency after=acme/Server/web:Server
    create acme/Server/web:Server manifest held=dependency after=acme/Domain/example:Zone
    "#);
    assert!(c.plan().changes.iter().filter(|x| x.held_by == Some(HeldBy::DEPENDENCY)).count() == 3);
}

#[test]
fn the_pair_of_what_is_held_is_held() {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/CNAME", 300);
    c.settle();
    c.drop_resource(&record_address("example", "www/CNAME"));
    c.record("example", "www/A", 300);
    c.memory.holds.push(Hold {
        what: AddressPattern("*CNAME".into()),
        until: at("2028-01-01T00:00:00Z"),
        reason: "wait".into(),
        by: Actor { name: ActorName::known("ana"), how: Known::Claimed },
        at: c.as_of,
    });
    assert_eq!(held(&c.plan()), ["www/A dependency", "www/CNAME hold"]);
}

#[test]
fn a_target_shows_part_of_a_plan_and_changes_none_of_it() {
    let plan = drifted().plan();
    let target = AddressPattern("*/www/A".into());
    let part = aplomo_planner::filter(plan.clone(), &[], &[target]);
    assert_eq!(part.changes, plan.changes[..1]);
    assert_eq!(part.summary[&aplomo_core::Action::Update], 1);
    assert_eq!(part.digest, part.recompute_digest().unwrap());
    assert_eq!(aplomo_planner::filter(plan.clone(), &[], &[]), plan);
}
