//! From the ledger and back.

use super::*;
use crate::aplomo::observe;
use aplomo_core::ledger::LedgerEntry;
use aplomo_core::{Coverage, Datum, FieldPath, RemoteId, Scope, Sight, SourceName, Timestamp, TypeName};
use std::collections::{BTreeMap, BTreeSet};

fn entry(type_name: TypeName, applied: WantedFields) -> LedgerEntry {
    LedgerEntry {
        type_name,
        scope: Scope::own(),
        id: RemoteId::known("x"),
        key: None,
        applied,
        resolved: BTreeMap::new(),
        source: SourceName::known("main"),
        commit: None,
        version: "0".into(),
        run: None,
        at: Timestamp::UNIX_EPOCH,
        brought_along: false,
        until: None,
        environments: Vec::new(),
    }
}

fn memory() -> Memory {
    let safety = Safety::<Wanted> {
        ownership: Wish::Value("exclusive".into()),
        consents: Wish::Absent,
        ..Default::default()
    };
    let settings = TenantSettings::<Wanted> {
        state: Wish::Value("hibernating".into()),
        guard_count: Wish::Value(9),
        aws_account: Wish::Value("111111111111".into()),
        secrets: Wish::Value(["token".into()].into()),
        ..Default::default()
    };
    let mut memory = Memory::default();
    for (address, entry) in [
        ("acme/Domain/a:aplomo.core.Safety/safety", entry(SAFETY, safety.to_fields())),
        (
            "acme/Tenant/acme:aplomo.core.TenantSettings/settings",
            entry(TENANT_SETTINGS, settings.to_fields()),
        ),
        ("acme/Domain/a:aws.route53.HostedZone/zone", entry(crate::route53::HOSTED_ZONE, Default::default())),
    ] {
        memory.ledger.insert(address.parse().unwrap(), entry);
    }
    memory
}

#[test]
fn only_what_is_recorded_loosens() {
    let recorded = recorded(&memory());
    assert_eq!(recorded.safety("acme/Domain/a").ownership, safety::Ownership::Exclusive);
    assert_eq!(recorded.safety("acme/Domain/a").deletion, safety::Deletion::Protect);
    assert_eq!(recorded.safety("acme/Domain/b"), safety::Safety::default());
    assert_eq!(recorded.guards("acme"), Guards { count: 9, permille: 300 });
    let policy = &recorded.policies["acme"];
    assert_eq!(policy.state, TenantState::Frozen, "an unknown state freezes");
    assert_eq!(policy.accounts["aws"].as_str(), "111111111111");
    assert_eq!(policy.secrets, BTreeSet::from(["token".into()]));
}

#[test]
fn settings_are_observed_in_full() {
    let seen = observe(&memory());
    assert_eq!(seen.objects.len(), 2);
    let safety = &seen.objects[0];
    assert_eq!(safety.id.as_str(), "acme/Domain/a:aplomo.core.Safety/safety");
    assert_eq!(safety.fields.get("/ownership"), Some(&Sight::Value(Datum::from("exclusive"))));
    assert_eq!(safety.fields.get("/consents"), Some(&Sight::Absent));
    for name in [SAFETY, TENANT_SETTINGS] {
        assert_eq!(seen.coverage_of(&name, &Scope::own()), Some(&Coverage::Complete));
    }
}

#[test]
fn a_reference_is_observed_as_what_it_resolved_to() {
    let mut memory = memory();
    let path = FieldPath::known("/deletion");
    let entry = memory.ledger.values_mut().find(|e| e.type_name == SAFETY).unwrap();
    let to = "acme/Domain/a:aws.route53.HostedZone/zone".parse().unwrap();
    let reference = aplomo_core::Reference { to, output: "x".into(), constraint: Default::default() };
    entry.applied.set(path.clone(), Wish::Reference(Box::new(reference)));
    entry.resolved.insert(path, Datum::from("orphan"));
    assert_eq!(observe(&memory).objects[0].fields.text("/deletion"), Some("orphan"));
}
