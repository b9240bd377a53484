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
        let now = Now { at, memory: &memory, recorded, types: &types, held_sources };
        now.too_many(plan, |_| false).len()
    };
    assert_eq!(over(&plan, &at(TenantState::Leaving)), 0);
    assert_eq!(over(&plan, &at(TenantState::Active)), 1, "it came back meanwhile");
    plan.changes.iter_mut().for_each(|c| c.approvals_needed = 1);
    assert_eq!(over(&plan, &at(TenantState::Leaving)), 1);
}
