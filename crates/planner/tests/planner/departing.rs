//! Tenants that leave or are released.

use super::common::*;
use aplomo_core::address::AddressPattern;
use aplomo_core::approval::{Actor, Known};
use aplomo_core::ledger::Hold;
use aplomo_core::observation::OwnerMark;
use aplomo_core::plan::{Action, Plan};
use aplomo_core::safety::{Deletion, Ownership, TenantPolicy, TenantState};
use aplomo_core::{ActorName, Finding, SourceName, TenantName};
use insta::assert_snapshot;

const SETTINGS: &str = "acme/Tenant/acme:aplomo.own.Setting";

fn acme() -> TenantName {
    TenantName::known("acme")
}

fn policy(state: TenantState) -> TenantPolicy {
    TenantPolicy { state, ..TenantPolicy::protected(acme()) }
}

/// Writes the state into the Tenant manifest.
fn wish_state(c: &mut Case, state: TenantState, word: &'static str) {
    c.setting(SETTINGS, &[("/state", text(word))]);
    c.desired.tenants.insert(acme(), policy(state));
}

/// Writes the state into the Tenant manifest and has it applied.
fn record_state(c: &mut Case, state: TenantState, word: &'static str) {
    wish_state(c, state, word);
    c.settle_settings();
    c.recorded.policies.insert(acme(), policy(state));
}

/// A client with two zones, twelve records in one of them, and a server.
fn client() -> Case {
    let mut c = Case::new();
    c.zone("example");
    for i in 10..22 {
        c.record("example", &format!("r{i}/A"), 300);
    }
    c.zone("other");
    c.server("web", &[("/port", int(80)), ("/zoneId", refer("acme/Domain/other:t.net.Zone"))]);
    record_state(&mut c, TenantState::Active, "active");
    c.settle();
    c
}

/// The engine's way: the wishes go, then it is planned. The case keeps its wishes.
fn plan(c: &Case) -> Plan {
    let mut desired = c.desired.clone();
    aplomo_planner::depart(&mut desired, &c.recorded, &c.memory);
    aplomo_planner::plan(&aplomo_planner::PlanInput { desired: &desired, ..c.input() })
}

/// Has it carried out; the wishes stay gone.
fn carry_out(c: &mut Case) -> Plan {
    aplomo_planner::depart(&mut c.desired, &c.recorded, &c.memory);
    c.apply()
}

fn summary(plan: &Plan) -> String {
    let held = plan.changes.iter().filter(|c| c.held_by.is_some()).count();
    let two = plan.changes.iter().filter(|c| c.approvals_needed == 2).count();
    let word = |action: Action| plan.summary.get(&action).copied().unwrap_or_default();
    let (delete, release, update) = (word(Action::Delete), word(Action::Release), word(Action::Update));
    format!("delete {delete} release {release} update {update}; held {held}, two people {two}")
}

#[test]
fn leaving_counts_from_the_plan_after_it_was_recorded() {
    let mut c = client();
    wish_state(&mut c, TenantState::Leaving, "leaving");
    assert_eq!(summary(&plan(&c)), "delete 0 release 0 update 1; held 0, two people 0");
}

#[test]
fn all_of_it_goes_in_order_past_protection_and_guards_with_two_people() {
    let mut c = client();
    record_state(&mut c, TenantState::Leaving, "leaving");
    let planned = plan(&c);
    assert_eq!(summary(&planned), "delete 15 release 0 update 0; held 0, two people 15");
    assert!(planned.applyable && planned.findings.iter().any(|f| f.rule == "departure"));
    let zone = planned.changes.iter().find(|x| x.address == zone_address("example")).unwrap();
    assert_eq!(zone.depends_on.len(), 12, "its records go first");
    let other = planned.changes.iter().find(|x| x.address == zone_address("other")).unwrap();
    assert_eq!(other.depends_on, [server_address("web")], "what refers to it goes first");
    assert!(planned.changes.iter().all(|x| x.digest == x.recompute_digest().unwrap()));
    let mut usual = zone.clone();
    (usual.approvals_needed, usual.departs) = (1, false);
    assert_ne!(usual.recompute_digest().unwrap(), zone.digest, "an approval on usual terms is another");
    carry_out(&mut c);
    assert!(c.observation.objects.iter().all(|o| o.type_name == SETTING));
    assert_eq!(summary(&plan(&c)), "delete 0 release 0 update 0; held 0, two people 0");
    assert_eq!(c.memory.ledger.keys().map(|a| a.as_str()).collect::<Vec<_>>(), [SETTINGS]);
}

#[test]
fn back_to_active_or_frozen_stops_it_at_once_and_plans_nothing_away() {
    for (state, word) in [(TenantState::Active, "active"), (TenantState::Frozen, "frozen")] {
        let mut c = client();
        record_state(&mut c, TenantState::Leaving, "leaving");
        wish_state(&mut c, state, word);
        let web = c.id_of(&server_address("web"));
        c.set(&web, "/port", 81.into());
        let planned = plan(&c);
        assert_eq!(planned.summary[&Action::Delete], 0, "{word}");
        record_state(&mut c, state, word);
        assert_eq!(plan(&c).summary[&Action::Delete], 0, "{word}");
    }
    let mut c = client();
    record_state(&mut c, TenantState::Leaving, "leaving");
    record_state(&mut c, TenantState::Active, "active");
    assert_eq!(lines(&plan(&c)), "");
}

#[test]
fn holds_invalid_manifests_and_incomplete_sources_still_stop_it() {
    let mut c = client();
    record_state(&mut c, TenantState::Leaving, "leaving");
    let mut on_hold = c.memory.clone();
    on_hold.holds.push(Hold {
        what: AddressPattern("acme".into()),
        until: at("2027-02-01T00:00:00Z"),
        reason: "ask legal".into(),
        by: Actor { name: ActorName::known("ana"), how: Known::Claimed },
        at: c.as_of,
    });
    let calm = std::mem::replace(&mut c.memory, on_hold);
    assert_eq!(summary(&plan(&c)), "delete 15 release 0 update 0; held 15, two people 15");
    c.memory = calm;
    c.desired.findings.push(Finding::error("syntax", "broken").of("acme/Server/y"));
    assert_eq!(summary(&plan(&c)), "delete 0 release 0 update 0; held 0, two people 0");
    c.desired.findings.clear();
    c.desired.completeness.complete_sources.clear();
    assert_eq!(summary(&plan(&c)), "delete 0 release 0 update 0; held 0, two people 0");
}

#[test]
fn an_orphan_is_released_and_a_strangers_object_stays() {
    let mut c = client();
    c.record_safety("acme/Domain/example", Deletion::Orphan, Ownership::Additive);
    c.server("only-seen", &[("/port", int(1))]);
    c.settle();
    c.record_safety("acme/Server/only-seen", Deletion::Protect, Ownership::Observe);
    c.exists(SERVER, account(), "hand-made", None, &[]);
    record_state(&mut c, TenantState::Leaving, "leaving");
    let web = c.id_of(&server_address("web"));
    c.seen(&web).mark = OwnerMark::OtherTool("stack".into());
    let planned = carry_out(&mut c);
    assert_eq!(summary(&planned), "delete 1 release 13 update 0; held 0, two people 14");
    assert_eq!(planned.unmanaged.len(), 2, "{}", lines(&planned));
    let left: Vec<&str> = c.memory.ledger.keys().map(|a| a.as_str()).collect();
    assert_eq!(left, [SETTINGS], "what is not ours or only observed is forgotten");
    assert!(c.observation.objects.iter().any(|o| o.id.as_str() == "hand-made"));
}

#[test]
fn what_somebody_who_stays_needs_stays() {
    let mut c = client();
    let theirs = addr("guest/Server/app:t.net.Server");
    c.wish(&theirs, account(), fields(&[("/zoneId", refer("acme/Domain/other:t.net.Zone"))]));
    c.settle();
    record_state(&mut c, TenantState::Leaving, "leaving");
    let planned = carry_out(&mut c);
    assert_eq!(summary(&planned), "delete 14 release 0 update 0; held 0, two people 14");
    assert!(planned.findings.iter().any(|f| f.rule == "still-needed"), "{}", lines(&planned));
    c.desired.resources.remove(&theirs);
    assert_eq!(summary(&plan(&c)), "delete 2 release 0 update 0; held 0, two people 1");
}

#[test]
fn a_contribution_of_a_leaving_tenant_goes_from_where_it_was_made() {
    let mut c = client();
    let parent = addr("host/Domain/root:t.net.Zone");
    c.wish(&parent, account(), fields(&[("/name", text("root"))])).key = Some("root".into());
    let delegation = addr("host/Domain/root:t.net.Record/sub/NS");
    let mut scope = account();
    scope.container_of = Some(parent);
    let to = refer("acme/Domain/other:t.net.Zone");
    let want =
        c.wish(&delegation, scope, fields(&[("/name", text("sub")), ("/ttl", int(1)), ("/target", to)]));
    want.key = Some("sub/NS".into());
    want.contribution = true;
    c.settle();
    record_state(&mut c, TenantState::Leaving, "leaving");
    let planned = carry_out(&mut c);
    let gone = planned.changes.iter().find(|x| x.address == delegation).unwrap();
    assert_eq!((gone.action, gone.approvals_needed), (Action::Delete, 1), "by the rules of its own tenant");
    let zone = planned.changes.iter().find(|x| x.address == zone_address("other")).unwrap();
    assert!(zone.depends_on.contains(&delegation));
    assert_snapshot!(lines(&plan(&c)), @"info departure -: `acme` leaves: what is ours there is taken down, past protection and the limits on removals; each change needs approvals by 2 different people");
}

#[test]
fn released_lets_everything_go_deletes_nothing_and_forgets() {
    let mut c = client();
    record_state(&mut c, TenantState::Released, "released");
    let before = c.observation.objects.iter().filter(|o| o.type_name != SETTING).count();
    let manifests = c.desired.clone();
    let planned = carry_out(&mut c);
    assert_eq!(summary(&planned), "delete 1 release 15 update 0; held 0, two people 0");
    let settings = planned.changes.iter().find(|x| x.type_name == SETTING).unwrap();
    assert_eq!((settings.action, settings.depends_on.len()), (Action::Delete, 15), "last of all");
    assert!(c.memory.ledger.is_empty());
    assert!(c.observation.objects.iter().all(|o| o.mark == OwnerMark::None));
    assert_eq!(c.observation.objects.iter().filter(|o| o.type_name != SETTING).count(), before);
    // The manifests are still there and count no more.
    c.desired = manifests;
    c.recorded.policies.clear();
    let after = plan(&c);
    assert!(
        after.changes.is_empty() && after.findings[0].message.contains("nothing is planned"),
        "{}",
        lines(&after)
    );
}

#[test]
fn a_tenant_whose_manifest_goes_while_it_leaves_is_remembered_until_the_rest_is_gone() {
    let mut c = client();
    record_state(&mut c, TenantState::Leaving, "leaving");
    c.drop_manifest("acme/Tenant/acme");
    c.drop_manifest("acme/Domain/example");
    c.desired.tenants.clear();
    let planned = plan(&c);
    assert_eq!(summary(&planned), "delete 16 release 0 update 0; held 0, two people 15");
    let settings = planned.changes.iter().find(|x| x.type_name == SETTING).unwrap();
    assert_eq!(settings.depends_on.len(), 15);
    // Part of it came from a source that is not read: the tenant is not forgotten.
    c.memory.ledger.get_mut(&server_address("web")).unwrap().source = SourceName::known("theirs");
    let planned = carry_out(&mut c);
    let settings = planned.changes.iter().find(|x| x.type_name == SETTING).unwrap();
    assert!(settings.held_by.is_some(), "{}", lines(&planned));
    assert!(c.memory.ledger.contains_key(&addr(SETTINGS)));
}

#[test]
fn a_released_tenant_of_which_nothing_was_ever_recorded_is_let_alone() {
    let mut c = Case::new();
    c.zone("example");
    wish_state(&mut c, TenantState::Released, "released");
    let planned = plan(&c);
    assert_eq!((planned.changes.len(), planned.findings.len()), (0, 1), "{}", lines(&planned));
}
