//! A lost store makes no plan more destructive, and what marks and an exported log prove comes back.

use crate::world::World;
use serde_json::Value;

/// Takes the store away; the key stays, as it lives outside the store.
fn lose_store(world: &World) {
    for file in ["aplomo.db", "aplomo.db-wal", "aplomo.db-shm"] {
        let _ = std::fs::remove_file(world.path().join(".aplomo").join(file));
    }
}

fn reasons(plan: &Value) -> Vec<String> {
    let changes = plan["changes"].as_array().unwrap();
    changes
        .iter()
        .flat_map(|c| c["fields"].as_array().unwrap())
        .map(|f| f["reason"].as_str().unwrap().to_owned())
        .collect()
}

/// Fewer wishes than were applied: one record less, one changed.
fn shrink(world: &World) {
    world.edit(
        "m/example-com.yaml",
        "    - {name: \"@\", type: TXT, ttl: 3600, values: [v=spf1 mx -all]}\n",
        "",
    );
    world.edit("m/example-com.yaml", "192.0.2.25", "192.0.2.26");
}

#[test]
fn a_lost_store_deletes_nothing_and_knows_no_reasons() {
    let world = World::applied();
    lose_store(&world);
    let plan = world.plan();
    assert_eq!(plan["summary"]["delete"], 0, "{:?}", World::changes(&plan));
    assert_eq!(
        plan["summary"]["create"].as_u64().unwrap(),
        World::changes(&plan).iter().filter(|c| c.contains("aplomo.core")).count() as u64,
        "{:?}",
        World::changes(&plan)
    );
    shrink(&world);
    let plan = world.plan();
    assert_eq!(plan["summary"]["delete"], 0, "{:?}", World::changes(&plan));
    assert!(plan["unmanaged"].to_string().contains("TXT"), "{:#}", plan["unmanaged"]);
    assert!(reasons(&plan).iter().all(|r| r == "unknown"), "{:?}", reasons(&plan));
    // The whole manifest gone: the zone carries our mark, yet nobody recorded that it may go.
    std::fs::remove_file(world.path().join("m/example-com.yaml")).unwrap();
    let plan = world.plan();
    let free = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["action"] == "delete" && c["heldBy"].is_null())
        .count();
    assert_eq!(free, 0, "{:?}", World::changes(&plan));
    world.aplomo(&["apply", "m", "--auto-approve"]);
    assert_eq!(world.aws.records(&world.zone("example.com")).unwrap().len(), 7);
}

#[test]
fn an_exported_log_brings_the_ledger_back() {
    let world = World::applied();
    world.aplomo(&["audit", "export", "--tenant", "acme", "--out", "acme.jsonl"]).exits(0);
    let heads = world.read(".aplomo/audit-heads.jsonl");
    let old: Value = serde_json::from_str(heads.lines().last().unwrap()).unwrap();
    let old = old["hash"].as_str().unwrap().to_owned();
    lose_store(&world);
    world.aplomo(&["plan", "m"]).exits(0);
    world.aplomo(&["audit", "verify"]).exits(1);
    let said = world.aplomo(&["recover", "m", "--log", "acme.jsonl"]).exits(0);
    assert!(said.out.contains("7 ledger entries from audit logs"), "{}", said.out);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    // The heads of the lost log are asked for until somebody recovered; then the new log stands alone.
    world.aplomo(&["audit", "verify"]).exits(0);
    world.aplomo(&["audit", "verify", "--head", &old]).exits(1);
    shrink(&world);
    let plan = world.plan();
    assert_eq!(reasons(&plan), ["manifest"], "{:?}", World::changes(&plan));
    assert_eq!(plan["summary"]["delete"], 1);
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    // Again changes nothing.
    let again = world.aplomo(&["recover", "m", "--log", "acme.jsonl", "--format", "json"]).exits(0).json();
    assert!(again["fromMarks"].as_array().unwrap().is_empty(), "{again:#}");
}

#[test]
fn marks_alone_bring_back_what_they_prove() {
    let world = World::applied();
    lose_store(&world);
    let said = world.aplomo(&["recover", "m", "--format", "json"]).exits(0).json();
    let restored = said["fromMarks"].to_string();
    assert!(restored.contains("HostedZone") && restored.contains("www/A"), "{said:#}");
    assert_eq!(world.proxy.writes(), 0);
    // What remains is what only the store knew: the tenant's settings.
    let plan = world.plan();
    assert!(World::changes(&plan).iter().all(|c| c.contains("aplomo.core")), "{:?}", World::changes(&plan));
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
    world.edit("m/example-com.yaml", "192.0.2.25", "192.0.2.26");
    assert_eq!(reasons(&world.plan()), ["manifest"]);
}

#[test]
fn a_log_that_does_not_verify_recovers_nothing() {
    let world = World::applied();
    world.aplomo(&["audit", "export", "--tenant", "acme", "--out", "acme.jsonl"]).exits(0);
    lose_store(&world);
    world.edit("acme.jsonl", "192.0.2.25", "192.0.2.66");
    let ran = world.aplomo(&["recover", "m", "--log", "acme.jsonl"]).exits(1);
    assert!(ran.err.contains("acme:"), "{}", ran.err);
    world.aplomo(&["recover", "m", "--log", "nothing.jsonl"]).exits(1);
    assert_eq!(
        world.aplomo(&["status", "--format", "json"]).exits(0).json()["tenants"],
        serde_json::json!({})
    );
}

#[test]
fn approvals_of_a_restored_older_store_are_void() {
    let world = World::applied();
    world.edit("m/example-com.yaml", "192.0.2.25", "192.0.2.26");
    world.aplomo(&["plan", "m", "--out", "p.json"]).exits(0);
    world.aplomo(&["approve", "p.json", "--as", "ana"]).exits(0);
    std::fs::create_dir(world.path().join("backup")).unwrap();
    let stored = || {
        ["aplomo.db", "aplomo.db-wal", "aplomo.db-shm"]
            .map(|f| (world.path().join(".aplomo").join(f), world.path().join("backup").join(f)))
    };
    for (from, to) in stored() {
        let _ = std::fs::copy(from, to);
    }
    world.aplomo(&["apply", "--plan", "p.json"]).exits(0);
    // The approval is spent. A backup from before brings it back, unspent; but it is void.
    let zone = world.zone("example.com");
    let mut mail = world.aws.find(&zone, "mail.example.com.", "A").unwrap().remove(0);
    mail.values = vec!["192.0.2.25".into()];
    world.aws.upsert(&zone, &mail).unwrap();
    lose_store(&world);
    for (to, from) in stored() {
        let _ = std::fs::copy(from, to);
    }
    let before = world.proxy.writes();
    world.aplomo(&["apply", "--plan", "p.json"]).exits(4);
    assert_eq!(world.proxy.writes(), before);
    let log = world.aplomo(&["audit", "log", "--format", "json"]).exits(0).out;
    assert!(log.contains("restored or replaced"), "{log}");
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    world.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
}
