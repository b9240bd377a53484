//! A tenant whose account changes.

use super::common::*;
use aplomo_core::plan::HeldBy;
use aplomo_core::safety::TenantPolicy;
use aplomo_core::{Account, Provider, Risk, Scope, TenantName};

const SETTINGS: &str = "acme/Tenant/acme:aplomo.own.Setting";

fn in_account(id: &'static str) -> TenantPolicy {
    let policy = TenantPolicy::protected(TenantName::known("acme"));
    TenantPolicy { accounts: [("t".into(), Account::known(id))].into(), ..policy }
}

/// A zone with a record and a server, applied in account 1, then all of it wished in account 2.
fn moving() -> Case {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 300);
    c.server("web", &[("/port", int(80))]);
    c.setting(SETTINGS, &[("/state", text("active"))]);
    c.settle();
    c.recorded.policies.insert(TenantName::known("acme"), in_account("1"));
    c.desired.tenants.insert(TenantName::known("acme"), in_account("2"));
    for want in c.desired.resources.values_mut().filter(|want| want.scope.account.is_some()) {
        want.scope.account = Some(Account::known("2"));
    }
    // The way in that was applied leads to the old account still; the settings change with the account.
    c.setting(SETTINGS, &[("/state", text("active")), ("/ownership", text("2"))]);
    c
}

/// The settings as applied; the account that is read is the new one.
fn accepted(c: &mut Case) {
    c.settle_settings();
    c.recorded.policies.insert(TenantName::known("acme"), in_account("2"));
    c.observation.objects.retain(|object| object.scope.account.is_none());
    let scope = Scope::account(Provider::known("t"), Account::known("2"));
    c.observation.coverage = std::mem::take(&mut c.observation.coverage)
        .into_iter()
        .filter(|((_, covered), _)| covered.container.is_none())
        .map(|((kind, covered), coverage)| {
            let covered = if covered.account.is_some() { scope.clone() } else { covered };
            ((kind, covered), coverage)
        })
        .collect();
}

#[test]
fn until_the_move_is_accepted_its_settings_are_all_that_is_planned() {
    let plan = moving().plan();
    let free: Vec<_> = plan.changes.iter().filter(|change| change.held_by.is_none()).collect();
    assert_eq!(free.len(), 1, "{}", lines(&plan));
    assert_eq!((free[0].address.as_str(), free[0].risk), (SETTINGS, Risk::Sensitive));
    assert!(
        free[0].risk_notes[0].contains("the move from t 1 to t 2 is accepted"),
        "{:?}",
        free[0].risk_notes
    );
    assert!(free[0].risk_notes[0].contains("the 3 objects"), "{:?}", free[0].risk_notes);
    let held = plan.changes.iter().filter_map(|change| change.held_by.as_ref());
    assert!(held.clone().all(|by| *by == HeldBy::ACCOUNT), "{}", lines(&plan));
    assert!(plan.applyable, "{}", lines(&plan));
    assert!(plan.findings.iter().any(|f| f.rule == "account-changed"));
}

#[test]
fn once_accepted_all_is_made_anew_and_what_was_recorded_is_let_go() {
    let mut c = moving();
    accepted(&mut c);
    c.drop_resource(&server_address("web"));
    let plan = c.plan();
    let said: Vec<String> =
        plan.changes.iter().map(|x| format!("{} {}", x.action, x.address.key())).collect();
    assert_eq!(said, ["create www/A", "create "], "{}", lines(&plan));
    assert!(plan.complete && plan.applyable, "{}", lines(&plan));
    assert_eq!(aplomo_planner::forgotten(&c.input()), [server_address("web")]);
}

#[test]
fn a_place_at_another_provider_is_no_move_and_stops_nobody() {
    let mut c = moving();
    for want in c.desired.resources.values_mut().filter(|want| want.scope.account.is_some()) {
        want.scope.account = Some(Account::known("1"));
    }
    let mut both = in_account("1");
    both.accounts.insert("elsewhere".into(), Account::known("org"));
    c.desired.tenants.insert(TenantName::known("acme"), both);
    let plan = c.plan();
    assert!(plan.changes.iter().all(|change| change.held_by.is_none()), "{}", lines(&plan));
    let notes: Vec<&String> = plan.changes.iter().flat_map(|change| &change.risk_notes).collect();
    assert!(notes.iter().any(|note| note.contains("its things are made in elsewhere org")), "{notes:?}");
    assert!(!notes.iter().any(|note| note.contains("the move from")), "{notes:?}");
}
