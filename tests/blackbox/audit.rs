//! The audit log on the command line: shown, exported, and proved against somebody with SQL access.

use crate::world::{Ran, World};
use serde_json::Value;
use sqlx::{Connection as _, SqliteConnection};

/// A world with a few runs in its log.
fn logged() -> World {
    let world = World::applied();
    world.edit("m/example-com.yaml", "192.0.2.25", "192.0.2.26");
    world.aplomo(&["apply", "m", "--auto-approve", "--as", "ana"]).exits(0);
    world.aplomo(&["audit", "verify"]).exits(0);
    world
}

/// Runs SQL on the store, as somebody who has the file could.
pub fn sql(world: &World, statements: &[&'static str]) -> Result<(), String> {
    let url = format!("sqlite://{}", world.path().join(".aplomo/aplomo.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut db = SqliteConnection::connect(&url).await.map_err(|e| e.to_string())?;
        for statement in statements {
            sqlx::query(*statement).execute(&mut db).await.map_err(|e| e.to_string())?;
        }
        db.close().await.map_err(|e| e.to_string())
    })
}

const UNLOCK: &[&str] = &["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"];

/// After this SQL the log does not verify, and what is said.
#[track_caller]
fn found(statements: &[&'static str]) -> String {
    let world = logged();
    sql(&world, &[UNLOCK, statements].concat()).unwrap();
    let ran = world.aplomo(&["audit", "verify"]).exits(1);
    let json = world.aplomo(&["audit", "verify", "--format", "json"]).exits(1).json();
    assert_eq!(json["ok"], false);
    ran.out
}

/// The newest published head of acme.
fn head(world: &World) -> String {
    let heads = world.read(".aplomo/audit-heads.jsonl");
    let heads: Vec<Value> = heads.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    heads.iter().rfind(|h| h["tenant"] == "acme").unwrap()["hash"].as_str().unwrap().to_owned()
}

fn log(world: &World) -> Vec<Value> {
    let log = world
        .aplomo(&["audit", "log", "--tenant", "acme", "--limit", "1000", "--format", "json"])
        .exits(0)
        .json();
    log.as_array().unwrap().clone()
}

#[test]
fn the_log_tells_who_did_what_and_each_entry_is_shown() {
    let world = logged();
    let entries = log(&world);
    for kind in ["plan-shown", "approval", "run-started", "intent", "outcome", "applied", "run-finished"] {
        assert!(entries.iter().any(|e| e["kind"] == kind), "{kind}");
    }
    assert!(
        entries.iter().any(|e| e["kind"] == "approval"
            && e["actor"]["name"] == "ana"
            && e["actor"]["how"] == "claimed")
    );
    let count = |kind: &str| entries.iter().filter(|e| e["kind"] == kind).count();
    assert_eq!(count("intent"), count("outcome"));
    let text = world.aplomo(&["audit", "log", "--limit", "3"]).exits(0).out;
    assert_eq!(text.lines().count(), 3, "{text}");
    let shown = world.aplomo(&["audit", "show", "acme:2"]).exits(0).json();
    assert_eq!(shown["seq"], 2);
    let by_hash = world.aplomo(&["audit", "show", shown["hash"].as_str().unwrap()]).exits(0).json();
    assert_eq!(by_hash, shown);
    let ran = world.aplomo(&["audit", "show", "acme:999"]).exits(1);
    assert!(ran.err.contains("acme:999"));
}

#[test]
fn refusals_and_holds_are_in_the_log() {
    let world = World::with_domain();
    world.aplomo(&["apply", "m"]).exits(4);
    world.aplomo(&["hold", "acme", "--for", "1h", "--reason", "night work"]).exits(0);
    world.aplomo(&["release", "acme", "--reason", "morning"]).exits(0);
    let all = world.aplomo(&["audit", "log", "--format", "json"]).exits(0).json().to_string();
    for text in ["\"hold\"", "night work", "\"release\"", "morning", "\"plan-shown\""] {
        assert!(all.contains(text), "{text} is not in {all}");
    }
}

#[test]
fn the_store_refuses_to_change_the_log() {
    let world = logged();
    for statement in ["UPDATE audit SET payload = '{}' WHERE seq = 2", "DELETE FROM audit WHERE seq = 2"] {
        let refused = sql(&world, &[statement]).unwrap_err();
        assert!(refused.contains("append-only"), "{refused}");
    }
    world.aplomo(&["audit", "verify"]).exits(0);
}

#[test]
fn an_edited_row_is_named() {
    let said = found(&[
        "UPDATE audit SET payload = replace(payload, 'route53', 'route66') WHERE tenant = 'acme' AND seq = 6",
    ]);
    assert!(said.contains("acme:6: it was edited"), "{said}");
    let said = found(&["UPDATE audit SET actor = replace(actor, 'ana', 'eve') WHERE actor LIKE '%ana%'"]);
    assert!(said.contains("it was edited"), "{said}");
    let said = found(&["UPDATE audit SET at = '2020-01-01T00:00:00Z' WHERE tenant = 'acme' AND seq = 3"]);
    assert!(said.contains("acme:3"), "{said}");
}

#[test]
fn a_removed_row_is_named() {
    let said = found(&["DELETE FROM audit WHERE tenant = 'acme' AND seq = 4"]);
    assert!(said.contains("acme:4: it is missing"), "{said}");
    // Closing the gap does not help.
    let said = found(&[
        "DELETE FROM audit WHERE tenant = 'acme' AND seq = 4",
        "UPDATE audit SET seq = -seq WHERE tenant = 'acme' AND seq > 4",
        "UPDATE audit SET seq = -seq - 1 WHERE tenant = 'acme' AND seq < 0",
    ]);
    assert!(said.contains("acme:4: "), "{said}");
}

#[test]
fn reordered_rows_are_named() {
    let said = found(&[
        "UPDATE audit SET seq = 9999 WHERE tenant = 'acme' AND seq = 5",
        "UPDATE audit SET seq = 5 WHERE tenant = 'acme' AND seq = 6",
        "UPDATE audit SET seq = 6 WHERE tenant = 'acme' AND seq = 9999",
    ]);
    assert!(
        said.contains("acme:5: it is out of place") && said.contains("acme:6: it is out of place"),
        "{said}"
    );
}

#[test]
fn an_appended_row_is_named() {
    let said = found(&[
        "INSERT INTO audit SELECT tenant, seq + 1, at, kind, actor, payload, hash, hash, key_id, signature FROM audit WHERE tenant = 'acme' ORDER BY seq DESC LIMIT 1",
    ]);
    assert!(said.contains("acme:"), "{said}");
}

#[test]
fn a_cut_tail_and_a_rewrite_are_found_with_a_published_head() {
    let world = logged();
    let published = head(&world);
    world.aplomo(&["audit", "verify", "--head", &published]).exits(0);
    world.aplomo(&["audit", "verify", "--head", published.trim_start_matches("sha256:")]).exits(0);
    sql(&world, &[UNLOCK, &["DELETE FROM audit WHERE tenant = 'acme' AND seq > 10"]].concat()).unwrap();
    // Who cut the log also takes the heads file away; only what was noted elsewhere tells.
    std::fs::remove_file(world.path().join(".aplomo/audit-heads.jsonl")).unwrap();
    world.aplomo(&["audit", "verify"]).exits(0);
    let said = world.aplomo(&["audit", "verify", "--head", &published]).exits(1);
    assert!(
        said.out.contains(&published) && said.out.contains("cut off or the chain rewritten"),
        "{}",
        said.out
    );
    // A log written anew from nothing, with the right key, is sound in itself.
    let world = logged();
    let published = head(&world);
    for file in
        ["aplomo.db", "aplomo.db-wal", "aplomo.db-shm", "audit-heads.jsonl", "audit-heads.jsonl.generation"]
    {
        let _ = std::fs::remove_file(world.path().join(".aplomo").join(file));
    }
    world.aplomo(&["plan", "m"]).exits(0);
    world.aplomo(&["audit", "verify"]).exits(0);
    world.aplomo(&["audit", "verify", "--head", &published]).exits(1);
    world.aplomo(&["audit", "verify", "--head", "nonsense"]);
}

#[test]
fn a_cut_tail_is_found_by_the_heads_file_alone() {
    let world = logged();
    sql(&world, &[UNLOCK, &["DELETE FROM audit WHERE tenant = 'acme' AND seq > 10"]].concat()).unwrap();
    let said = world.aplomo(&["audit", "verify"]).exits(1);
    assert!(said.out.contains("cut off or the chain rewritten"), "{}", said.out);
}

#[test]
fn the_export_of_one_tenant_verifies_alone() {
    let world = logged();
    let published = head(&world);
    world.aplomo(&["audit", "export", "--tenant", "acme", "--out", "acme.jsonl"]).exits(0);
    let shown = world.aplomo(&["audit", "export", "--tenant", "acme"]).exits(0).out;
    assert_eq!(shown, world.read("acme.jsonl"));
    assert!(!shown.contains("\"tenant\":\"platform\""));
    let alone = World::new();
    alone.write("acme.jsonl", &shown);
    let verify = |args: &[&str]| -> Ran {
        alone.aplomo(&[&["audit", "verify", "--file", "acme.jsonl"], args].concat())
    };
    verify(&[]).exits(0);
    verify(&["--head", &published]).exits(0);
    assert!(!alone.path().join(".aplomo").exists(), "verifying a file needs no store");
    let lines: Vec<&str> = shown.lines().collect();
    alone.write("acme.jsonl", shown.replacen("192.0.2.26", "192.0.2.27", 1));
    let said = verify(&[]).exits(1).out;
    assert!(said.contains("it was edited"), "{said}");
    alone.write("acme.jsonl", [&lines[..4], &lines[5..]].concat().join("\n"));
    let said = verify(&[]).exits(1).out;
    assert!(said.contains("acme:4: it is missing"), "{said}");
    alone.write("acme.jsonl", lines[..lines.len() - 3].join("\n"));
    verify(&["--head", &published]).exits(1);
    alone.write("acme.jsonl", "not an export\n");
    verify(&[]).exits(1);
}
