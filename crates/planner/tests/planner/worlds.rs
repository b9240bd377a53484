//! What holds in every world: random wishes, worlds and mishaps.

use super::common::*;
use aplomo_core::plan::{Action, HeldBy, Plan};
use aplomo_core::safety::{Deletion, Guards, Ownership, TenantPolicy};
use aplomo_core::{Coverage, TenantName};
use proptest::prelude::*;

/// Name, type and seconds.
type Records = Vec<(u8, u8, i64)>;

/// Zones with records of one small name space, and servers that refer to zones or to each other.
#[derive(Debug, Clone)]
struct Wishes {
    zones: Vec<(u8, Records)>,
    servers: Vec<(u8, i64, Option<u8>)>,
}

fn wishes() -> impl Strategy<Value = Wishes> {
    let records = proptest::collection::vec((0..4_u8, 0..2_u8, 1..4_i64), 0..6);
    let zones = proptest::collection::vec((0..3_u8, records), 0..3);
    let servers = proptest::collection::vec((0..5_u8, 1..4_i64, proptest::option::of(0..3_u8)), 0..5);
    (zones, servers).prop_map(|(zones, servers)| Wishes { zones, servers })
}

fn wish(c: &mut Case, wishes: &Wishes) {
    c.desired.resources.clear();
    c.desired.manifests.clear();
    c.desired.collections.clear();
    for (zone, records) in &wishes.zones {
        let zone = format!("z{zone}");
        c.zone(&zone);
        c.collection(&zone, Ownership::Additive, &[]);
        for (name, kind, ttl) in records {
            c.record(&zone, &format!("n{name}/{}", ["A", "CNAME"][*kind as usize]), *ttl);
        }
    }
    for (name, port, zone) in &wishes.servers {
        let mut all = vec![("/port", int(*port))];
        if let Some(zone) =
            zone.map(|z| format!("z{z}")).filter(|z| c.desired.resources.contains_key(&zone_address(z)))
        {
            all.push(("/zoneId", refer(zone_address(&zone).as_str())));
        }
        c.server(&format!("s{name}"), &all);
    }
}

/// Nothing holds anything: deletion is allowed and guards are wide.
fn free(c: &mut Case) {
    for zone in 0..3 {
        c.record_safety(&format!("acme/Domain/z{zone}"), Deletion::Delete, Ownership::Additive);
    }
    let name = TenantName::known("acme");
    let guards = Guards { count: 10_000, permille: 1000 };
    c.recorded.policies.insert(name.clone(), TenantPolicy { guards, ..TenantPolicy::protected(name) });
}

fn disturb(c: &mut Case, picks: &[u8]) {
    for pick in picks {
        let count = c.observation.objects.len();
        if count == 0 {
            return;
        }
        let i = usize::from(*pick) % count;
        let object = &mut c.observation.objects[i];
        match pick % 3 {
            0 if !object.brought_along && object.type_name != ZONE => {
                c.observation.objects.remove(i);
            }
            1 if object.type_name == RECORD => {
                object.fields.set(aplomo_core::FieldPath::known("/ttl"), aplomo_core::Sight::Value(77.into()))
            }
            _ if object.type_name == SERVER => object
                .fields
                .set(aplomo_core::FieldPath::known("/port"), aplomo_core::Sight::Value(77.into())),
            _ => {}
        }
    }
    c.cover();
}

fn removals(plan: &Plan) -> Vec<&str> {
    plan.changes.iter().filter(|x| x.is_removal()).map(|x| x.address.as_str()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn it_converges_from_any_world_to_any_wish(a in wishes(), b in wishes(), picks in proptest::collection::vec(any::<u8>(), 0..6)) {
        let mut c = Case::new();
        free(&mut c);
        wish(&mut c, &a);
        let first = c.plan();
        prop_assert_eq!(serde_json::to_string(&first).unwrap(), serde_json::to_string(&c.plan()).unwrap());
        c.apply();
        prop_assert_eq!(lines(&c.plan()), "");
        disturb(&mut c, &picks);
        wish(&mut c, &b);
        c.commit("c2");
        let plan = c.plan();
        prop_assert!(plan.changes.iter().all(|x| x.held_by.is_none()), "{}", lines(&plan));
        for x in plan.changes.iter().filter(|x| x.action == Action::Delete) {
            prop_assert!(c.memory.ledger.contains_key(&x.address), "deletes what it never made: {}", x.address);
        }
        let json = serde_json::to_string(&plan).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Plan>(&json).unwrap(), &plan, "JSON loses something");
        prop_assert_eq!(plan.digest, plan.recompute_digest().unwrap());
        for x in &plan.changes {
            prop_assert_eq!(x.digest, x.recompute_digest().unwrap());
        }
        c.apply();
        prop_assert_eq!(lines(&c.plan()), "", "after {}", lines(&plan));
    }

    #[test]
    fn losing_the_memory_adds_no_removal(a in wishes(), b in wishes()) {
        let mut c = Case::new();
        free(&mut c);
        wish(&mut c, &a);
        c.settle();
        wish(&mut c, &b);
        let before = c.plan();
        c.memory = aplomo_core::ledger::Memory::default();
        let after = c.plan();
        for gone in removals(&after) {
            prop_assert!(removals(&before).contains(&gone), "{gone} goes only without the memory");
        }
        prop_assert!(after.changes.iter().all(|x| x.action != Action::Delete));
    }

    #[test]
    fn where_reading_failed_nothing_comes_or_goes(a in wishes(), b in wishes(), picks in proptest::collection::vec(any::<u8>(), 0..6), hit in any::<u8>()) {
        let mut c = Case::new();
        free(&mut c);
        wish(&mut c, &a);
        c.settle();
        disturb(&mut c, &picks);
        wish(&mut c, &b);
        let keys: Vec<_> = c.observation.coverage.keys().cloned().collect();
        let failed = keys[usize::from(hit) % keys.len()].clone();
        c.observation.coverage.insert(failed.clone(), Coverage::Failed("AccessDenied".into()));
        c.observation.objects.retain(|o| (o.type_name.clone(), o.scope.clone()) != failed);
        let plan = c.plan();
        let there = |x: &&aplomo_core::Change| x.type_name == failed.0 && x.scope.concrete() == failed.1;
        for x in plan.changes.iter().filter(there) {
            prop_assert!(x.action != Action::Create && !x.is_removal(), "{} {}", x.action, x.address);
        }
        prop_assert!(!plan.complete);
    }

    #[test]
    fn an_incomplete_source_deletes_nothing(a in wishes(), b in wishes()) {
        let mut c = Case::new();
        free(&mut c);
        wish(&mut c, &a);
        c.settle();
        wish(&mut c, &b);
        c.desired.completeness.complete_sources.clear();
        prop_assert!(c.plan().changes.iter().all(|x| !matches!(x.action, Action::Delete | Action::Release)));
    }

    #[test]
    fn what_a_guard_or_protection_holds_does_not_go(a in wishes(), b in wishes()) {
        let mut c = Case::new();
        wish(&mut c, &a);
        c.settle();
        wish(&mut c, &b);
        let plan = c.plan();
        for x in plan.changes.iter().filter(|x| x.is_removal() && x.type_name == ZONE) {
            prop_assert_eq!(&x.held_by, &Some(HeldBy::PROTECTED));
        }
        let going = plan.changes.iter().filter(|x| x.is_removal() && x.held_by.is_none() && x.type_name == SERVER).count();
        prop_assert!(going <= 5);
        for x in plan.changes.iter().filter(|x| x.held_by.is_none()) {
            for need in &x.depends_on {
                let need = plan.changes.iter().find(|y| y.address == *need).unwrap();
                prop_assert!(need.held_by.is_none(), "{} goes on without {}", x.address, need.address);
            }
        }
    }
}
