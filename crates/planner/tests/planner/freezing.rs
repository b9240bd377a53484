//! Freezes, windows and break-glass hold applies, and not plans; rules on people count from the plan after
//! they were applied.

use crate::common::*;
use aplomo_core::approval::{Actor, Known};
use aplomo_core::plan::{HeldBy, Plan};
use aplomo_core::safety::freeze::{Breaker, Exception};
use aplomo_core::safety::{BreakGlass, EnvironmentType, Freeze, TenantPolicy};
use aplomo_core::{ActorName, Risk, TenantName, Timestamp};
use proptest::prelude::*;

fn freeze() -> Freeze {
    Freeze {
        manifest: "platform/ChangeFreeze/peak".into(),
        tenants: ["acme".into()].into(),
        environments: [].into(),
        from: at("2027-01-30T00:00:00Z"),
        until: at("2027-02-02T00:00:00Z"),
        reason: "peak".into(),
        except: [].into(),
    }
}

/// A zone with two records, nothing applied.
fn three() -> Case {
    let mut c = Case::new();
    c.zone("example");
    c.record("example", "www/A", 60);
    c.server("web", &[("/port", int(1))]);
    c
}

fn held(plan: &Plan) -> Vec<String> {
    let by = |by: &Option<HeldBy>| by.as_ref().map_or("-".to_owned(), ToString::to_string);
    plan.changes.iter().map(|c| format!("{} {}", c.address.key(), by(&c.held_by))).collect()
}

fn glass(until: &str, names: &[&'static str]) -> BreakGlass {
    let breaker = |name: &&'static str| Breaker {
        who: Actor { name: ActorName::known(name), how: Known::Claimed },
        reason: "the site is down".into(),
    };
    let by = names.iter().map(breaker).collect();
    BreakGlass { tenant: TenantName::known("acme"), at: at("2027-01-30T23:00:00Z"), until: at(until), by }
}

#[test]
fn a_freeze_holds_what_it_is_about_and_keeps_the_digests() {
    let mut c = three();
    let free = c.plan();
    c.recorded.calendar.freezes.push(freeze());
    let plan = c.plan();
    assert_eq!(held(&plan), ["www/A freeze", " freeze", " freeze"]);
    let digests = |plan: &Plan| plan.changes.iter().map(|c| c.digest).collect::<Vec<_>>();
    assert_eq!(digests(&plan), digests(&free), "what was approved before counts after");
    assert!(!plan.applyable && free.applyable);
    assert_eq!(plan.wake, Some(at("2027-02-02T00:00:00Z")));
    let told: Vec<_> = plan.findings.iter().map(|f| format!("[{}] {}", f.rule, f.message)).collect();
    insta::assert_snapshot!(
        told.join("\n"),
        @"[freeze] 3 changes of acme wait for the end of the freeze `platform/ChangeFreeze/peak` (peak), until 2027-02-02T00:00:00Z"
    );
    c.as_of = at("2027-02-02T00:00:00Z");
    assert_eq!(held(&c.plan()), ["www/A -", " -", " -"]);
}

#[test]
fn a_freeze_that_is_only_wished_holds_at_once_and_one_that_is_wished_away_holds_on() {
    let mut c = three();
    c.desired.calendar.freezes.push(freeze());
    assert_eq!(held(&c.plan())[0], "www/A freeze");
    c.desired.calendar.freezes.clear();
    c.recorded.calendar.freezes.push(freeze());
    assert_eq!(held(&c.plan())[0], "www/A freeze");
}

#[test]
fn before_it_begins_nothing_is_held_and_the_plan_wakes_for_it() {
    let mut c = three();
    c.recorded.calendar.freezes.push(Freeze { from: at("2027-02-01T00:00:00Z"), ..freeze() });
    let plan = c.plan();
    assert_eq!((held(&plan)[0].as_str(), plan.wake), ("www/A -", Some(at("2027-02-01T00:00:00Z"))));
}

#[test]
fn what_needs_a_frozen_change_waits_with_it_whatever_its_own_exception_says() {
    let mut c = three();
    // Servers are let through, and one of them needs the zone that is not.
    c.server("far", &[("/zoneId", refer("acme/Domain/example:t.net.Zone"))]);
    let except = [Exception { risk: None, kind: Some("Server".into()) }].into();
    c.recorded.calendar.freezes.push(Freeze { except, ..freeze() });
    assert_eq!(held(&c.plan()), ["www/A freeze", " freeze", " freeze", " -"]);
}

#[test]
fn a_closed_window_holds_until_it_opens() {
    let mut c = three();
    // 31 January 2027 is a Sunday.
    let windows = vec!["mon 06:00-08:00 UTC".parse().unwrap()];
    c.recorded.calendar.windows.insert("acme/Tenant/acme".into(), windows);
    let plan = c.plan();
    assert_eq!((held(&plan)[0].as_str(), plan.wake), ("www/A window", Some(at("2027-02-01T06:00:00Z"))));
    insta::assert_snapshot!(
        plan.findings[0].message,
        @"3 changes of acme wait for a window of `acme/Tenant/acme` (mon 06:00-08:00 UTC), until 2027-02-01T06:00:00Z"
    );
    c.as_of = at("2027-02-01T07:00:00Z");
    let plan = c.plan();
    assert_eq!((held(&plan)[0].as_str(), plan.wake), ("www/A -", Some(at("2027-02-01T08:00:00Z"))));
}

#[test]
fn scheduled_removals_go_past_freezes() {
    let mut c = Case::new();
    c.server("web", &[("/port", int(1))]).until = Some(at("2027-02-01T00:00:00Z"));
    c.settle();
    c.as_of = at("2027-02-01T00:00:00Z");
    c.recorded.calendar.freezes.push(freeze());
    assert_eq!(held(&c.plan()), [" -"]);
}

#[test]
fn settings_of_ours_are_never_frozen() {
    let mut c = Case::new();
    c.setting("acme/Tenant/acme:aplomo.own.Setting", &[("/state", text("active"))]);
    c.recorded.calendar.freezes.push(freeze());
    assert_eq!(held(&c.plan()), [" -"], "or nobody could end a freeze");
}

#[test]
fn broken_glass_opens_a_freeze_for_its_time_and_is_told() {
    let mut c = three();
    c.recorded.calendar.freezes.push(freeze());
    c.memory.glass.push(glass("2027-01-31T02:00:00Z", &["ana"]));
    let plan = c.plan();
    assert_eq!((held(&plan)[0].as_str(), plan.wake), ("www/A -", Some(at("2027-01-31T02:00:00Z"))));
    insta::assert_snapshot!(
        plan.findings[0].message,
        @"3 changes of acme go past freezes and windows until 2027-01-31T02:00:00Z: ana (claimed): the site is down"
    );
    let mut policy = TenantPolicy::protected(TenantName::known("acme"));
    policy.approval.second_person_for_lifts = true;
    c.recorded.policies.insert(policy.name.clone(), policy);
    assert_eq!(held(&c.plan())[0], "www/A freeze", "one person does not open it");
    c.memory.glass = vec![glass("2027-01-31T02:00:00Z", &["ana", "bob"])];
    assert_eq!(held(&c.plan())[0], "www/A -");
    c.as_of = at("2027-01-31T02:00:00Z");
    assert_eq!(held(&c.plan())[0], "www/A freeze", "it is over");
}

#[test]
fn recorded_rules_say_by_how_many_a_change_must_be_approved_and_that_enters_the_digest() {
    let mut c = three();
    let before = c.plan();
    let mut policy = TenantPolicy::protected(TenantName::known("acme"));
    policy.approval.approvers = vec!["a/sre environments=production approvals=2".parse().unwrap()];
    c.desired.tenants.insert(policy.name.clone(), policy.clone());
    assert_eq!(c.plan().changes[0].approvals_needed, 1, "what is wished counts from the next plan");
    c.recorded.policies.insert(policy.name.clone(), policy);
    assert_eq!(c.plan().changes[0].approvals_needed, 1, "it is in no environment");
    c.desired.environments.insert("acme/Domain/example".into(), ["live".into()].into());
    let plan = c.plan();
    assert_eq!((plan.changes[0].approvals_needed, plan.changes[2].approvals_needed), (2, 1));
    assert_eq!(plan.changes[0].environments, ["live"]);
    assert_ne!(plan.changes[0].digest, before.changes[0].digest);
    let found = c.recorded.approvers(&plan.changes[0], Some("ops/all"));
    assert_eq!((found.teams.first().map(|t| t.as_str()), found.people), (Some("a/sre"), 2));
    c.recorded.environments.insert("acme/Environment/live".into(), EnvironmentType::Staging);
    assert_eq!(c.plan().changes[0].approvals_needed, 1, "as recorded it is no production");
}

#[test]
fn rules_of_an_environment_hold_for_what_leaves_it_and_what_was_in_it() {
    let mut c = three();
    c.desired.environments.insert("acme/Domain/example".into(), ["live".into()].into());
    c.settle();
    let mut policy = TenantPolicy::protected(TenantName::known("acme"));
    policy.approval.approvers = vec!["a/sre environments=production approvals=2".parse().unwrap()];
    c.recorded.policies.insert(policy.name.clone(), policy);
    c.desired.environments.clear();
    c.set("www/A", "/ttl", 61.into());
    let plan = c.plan();
    assert_eq!(
        (plan.changes[0].was_in.as_slice(), plan.changes[0].approvals_needed),
        (&["live".into()][..], 2)
    );
    c.drop_manifest("acme/Domain/example");
    let plan = c.plan();
    assert!(
        plan.changes.iter().all(|c| c.approvals_needed == 2 && c.environments == ["live"]),
        "{}",
        lines(&plan)
    );
}

fn moment() -> impl Strategy<Value = Timestamp> {
    (0i64..2000).prop_map(|hour| at("2026-12-01T00:00:00Z") + aplomo_core::SignedDuration::from_hours(hour))
}

proptest! {
    /// More freezes never let more through, and no freeze changes what is planned.
    #[test]
    fn freezes_only_ever_hold(times in proptest::collection::vec((moment(), moment()), 0..4), as_of in moment(),
                              spare in proptest::option::of(proptest::sample::select(vec!["routine", "sensitive"]))) {
        let mut c = three();
        c.as_of = as_of;
        let free = c.plan();
        let mut open = free.changes.len();
        for (from, until) in times {
            let except = spare.map(|risk| Exception { risk: Some(risk.into()), kind: None }).into_iter().collect();
            c.recorded.calendar.freezes.push(Freeze { from, until, except, ..freeze() });
            let plan = c.plan();
            let now = plan.changes.iter().filter(|c| c.held_by.is_none()).count();
            prop_assert!(now <= open);
            open = now;
            prop_assert!(plan.changes.iter().zip(&free.changes).all(|(a, b)| a.digest == b.digest));
            prop_assert!(plan.wake.is_none_or(|wake| wake > as_of));
            let frozen = from <= as_of && as_of < until;
            let spared = |risk: Risk| risk == Risk::Routine && spare == Some("routine");
            let wrong = plan.changes.iter().any(|c| frozen && c.held_by.is_none() && !spared(c.risk));
            prop_assert!(!wrong, "{}", lines(&plan));
        }
    }
}
