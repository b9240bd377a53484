//! What stops a change between its approval and its write.

use super::*;
use aplomo_core::digest::Digest;
use aplomo_core::ledger::LedgerEntry;
use aplomo_core::plan::{Before, Reason};
use aplomo_core::safety::TenantPolicy;
use aplomo_core::types::Risk;
use aplomo_core::{Account, Provider, RemoteId, Scope, SourceName, TenantName, TypeName};

const ZONE: TypeName = TypeName::known("aws.route53.HostedZone");

fn change(action: Action, approvals_needed: u32) -> Change {
    Change {
        address: "acme/Domain/d:aws.route53.HostedZone".parse().unwrap(),
        scope: Scope::account(Provider::known("aws"), Account::known("1")),
        type_name: ZONE,
        id: Some(RemoteId::known("Z1")),
        key: None,
        action,
        risk: Risk::Irreversible,
        risk_notes: Vec::new(),
        told: Vec::new(),
        digest: Digest::of_bytes(b""),
        group: None,
        create_first: false,
        again: false,
        before: Before::Absent,
        after: None,
        fields: Vec::new(),
        reason: Reason::Manifest,
        references: Vec::new(),
        depends_on: Vec::new(),
        held_by: None,
        approvals_needed,
        departs: approvals_needed > 1,
        environments: Vec::new(),
        was_in: Vec::new(),
        origins: Vec::new(),
        moved_from: None,
        until: None,
        source: SourceName::known("s"),
        first_seen: None,
    }
}

fn memory() -> Memory {
    let entry = LedgerEntry {
        type_name: ZONE,
        scope: Scope::account(Provider::known("aws"), Account::known("1")),
        id: RemoteId::known("Z1"),
        key: None,
        applied: aplomo_core::fields::WantedFields::default(),
        resolved: BTreeMap::new(),
        source: SourceName::known("s"),
        commit: None,
        version: "1".into(),
        run: None,
        at: Timestamp::UNIX_EPOCH,
        brought_along: false,
        until: None,
        environments: Vec::new(),
    };
    Memory { ledger: [(change(Action::Delete, 1).address, entry)].into(), ..Memory::default() }
}

/// Why a change of a tenant in this state may not be written; empty where it may.
fn why(state: TenantState, action: Action, approvals_needed: u32) -> String {
    let acme = TenantName::known("acme");
    let policy = TenantPolicy { state, ..TenantPolicy::protected(acme.clone()) };
    let recorded = Recorded { policies: [(acme, policy)].into(), ..Recorded::default() };
    let (memory, types) = (memory(), aplomo_resources::registry());
    let now = Now {
        at: Timestamp::UNIX_EPOCH,
        memory: &memory,
        recorded: &recorded,
        types: &types,
        held_sources: Vec::new(),
        today: Today::of(&[&recorded.calendar], Timestamp::UNIX_EPOCH),
    };
    now.stop(&change(action, approvals_needed), None).unwrap_or_default()
}

#[test]
fn a_tenant_that_leaves_loses_what_two_people_decided_and_nothing_else() {
    assert_eq!(why(TenantState::Leaving, Action::Delete, 2), "", "past protection");
    assert_eq!(why(TenantState::Leaving, Action::Release, 2), "");
    for (action, people) in
        [(Action::Delete, 1), (Action::Release, 1), (Action::Update, 1), (Action::Replace, 2)]
    {
        assert_eq!(why(TenantState::Leaving, action, people), "tenant acme is Leaving", "{action} {people}");
    }
}

#[test]
fn a_teardown_planned_before_the_tenant_came_back_is_refused() {
    for state in [TenantState::Active, TenantState::Frozen, TenantState::Released] {
        assert!(why(state, Action::Delete, 2).contains("does not leave any more"), "{state:?}");
    }
    assert!(why(TenantState::Active, Action::Delete, 1).starts_with("protected"));
}

/// What stops a change of acme's zone, whose manifest names `live`, by what is recorded.
fn why_now(recorded: &Recorded, memory: &Memory, approvals_needed: u32) -> String {
    let types = aplomo_resources::registry();
    let (at, held_sources) = (Timestamp::UNIX_EPOCH, Vec::new());
    let today = Today::of(&[&recorded.calendar], at);
    let now = Now { at, memory, recorded, types: &types, held_sources, today };
    let environments = vec!["live".into()];
    let change = Change { departs: false, environments, ..change(Action::Update, approvals_needed) };
    now.stop(&change, None).or_else(|| now.shut(&change)).unwrap_or_default()
}

fn epoch(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

#[test]
fn a_freeze_that_was_recorded_since_stops_a_change_and_broken_glass_lets_it_through() {
    let mut recorded = Recorded::default();
    recorded.calendar.freezes.push(aplomo_core::safety::Freeze {
        manifest: "platform/ChangeFreeze/peak".into(),
        tenants: ["acme".into()].into(),
        environments: [].into(),
        from: epoch(-60),
        until: epoch(60),
        reason: "peak".into(),
        except: [].into(),
    });
    let mut memory = memory();
    let told = "frozen until 1970-01-01T00:01:00Z by platform/ChangeFreeze/peak: peak";
    assert_eq!(why_now(&recorded, &memory, 1), told);
    // A rule of the configuration is nobody; a person opens it.
    let (name, how) = (aplomo_core::ActorName::known("ana"), aplomo_core::approval::Known::Claimed);
    let who = aplomo_core::approval::Actor { name, how };
    let by = vec![aplomo_core::safety::freeze::Breaker { who, reason: "down".into() }];
    let tenant = TenantName::known("acme");
    memory.glass.push(BreakGlass { tenant, at: epoch(-9), until: epoch(9), by });
    assert_eq!(why_now(&recorded, &memory, 1), "");
}

#[test]
fn outside_of_the_windows_of_its_environment_a_change_is_not_written() {
    let mut recorded = Recorded::default();
    // 1 January 1970 was a Thursday.
    let windows = vec!["fri 09:00-10:00 UTC".parse().unwrap()];
    recorded.calendar.windows.insert("acme/Environment/live".into(), windows);
    assert_eq!(
        why_now(&recorded, &memory(), 1),
        "outside the windows of acme/Environment/live until 1970-01-02T09:00:00Z (fri 09:00-10:00 UTC)"
    );
    recorded.calendar.windows.insert("acme/Environment/live".into(), Vec::new());
    assert_eq!(
        why_now(&recorded, &memory(), 1),
        "outside the windows of acme/Environment/live ()",
        "unreadable"
    );
}

#[test]
fn rules_that_became_stricter_since_the_plan_was_made_count() {
    let mut policy = TenantPolicy::protected(TenantName::known("acme"));
    policy.approval.approvers = vec!["a/sre environments=production approvals=2".parse().unwrap()];
    let recorded = Recorded { policies: [(policy.name.clone(), policy)].into(), ..Recorded::default() };
    assert_eq!(
        why_now(&recorded, &memory(), 1),
        "its tenant's rules ask for approvals by 2 different people; plan again"
    );
    assert_eq!(why_now(&recorded, &memory(), 2), "");
}

#[test]
fn of_a_released_tenant_things_are_let_go_and_never_deleted() {
    assert_eq!(why(TenantState::Released, Action::Release, 1), "");
    assert_eq!(why(TenantState::Released, Action::Delete, 1), "tenant acme is Released");
}

#[test]
fn the_guard_on_the_number_of_removals_does_not_count_a_teardown() {
    let acme = TenantName::known("acme");
    let at = |state| {
        let policy = TenantPolicy { state, ..TenantPolicy::protected(acme.clone()) };
        Recorded { policies: [(acme.clone(), policy)].into(), ..Recorded::default() }
    };
    let mut plan = Plan {
        format_version: 1,
        digest: Digest::of_bytes(b""),
        as_of: Timestamp::UNIX_EPOCH,
        wake: None,
        sources: Vec::new(),
        complete: true,
        applyable: true,
        narrowed: false,
        reverts: None,
        summary: BTreeMap::new(),
        changes: vec![change(Action::Delete, 2); 6],
        findings: Vec::new(),
        unmanaged: Vec::new(),
        unverifiable: Vec::new(),
        coverage: None,
        meta: aplomo_core::plan::Meta::default(),
    };
    let (memory, types) = (Memory::default(), aplomo_resources::registry());
    let over = |plan: &Plan, recorded: &Recorded| {
        let (at, held_sources) = (Timestamp::UNIX_EPOCH, Vec::new());
        let today = Today::of(&[&recorded.calendar], at);
        let now = Now { at, memory: &memory, recorded, types: &types, held_sources, today };
        now.too_many(plan, |_| false).len()
    };
    assert_eq!(over(&plan, &at(TenantState::Leaving)), 0);
    assert_eq!(over(&plan, &at(TenantState::Active)), 1, "it came back meanwhile");
    plan.changes.iter_mut().for_each(|c| (c.approvals_needed, c.departs) = (1, false));
    assert_eq!(over(&plan, &at(TenantState::Leaving)), 1);
}
