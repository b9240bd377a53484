//! Somebody with SQL access to the file: every way of changing the log is named.

use super::*;
use crate::{AuditKind, VerifyOptions, VerifyReport};
use serde_json::json;

pub(crate) async fn drop_triggers(store: &Store) {
    for sql in ["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"] {
        sqlx::query(sql).execute(&store.inner.pool).await.unwrap();
    }
}

async fn five() -> Store {
    let store = memory_store().await;
    for i in 1..=5 {
        store.audit_append(&acme(), AuditKind::Applied, &anna(), json!({"n": i})).await.unwrap();
    }
    drop_triggers(&store).await;
    store
}

async fn after(store: &Store, sql: &[&'static str]) -> String {
    for sql in sql {
        sqlx::query(*sql).execute(&store.inner.pool).await.unwrap();
    }
    shown(&store.audit_verify(&Default::default()).await.unwrap())
}

fn shown(report: &VerifyReport) -> String {
    assert_eq!(report.ok, report.problems.is_empty());
    report.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn an_edited_row() {
    let sql = r#"UPDATE audit SET payload = '{"n":33}' WHERE seq = 3"#;
    insta::assert_snapshot!(after(&five().await, &[sql]).await, @"acme:3: it was edited: its hash does not recompute");
    let sql = r#"UPDATE audit SET payload = '{"n": 3}' WHERE seq = 3"#;
    insta::assert_snapshot!(after(&five().await, &[sql]).await, @"acme:3: it was edited: its text is not in canonical form");
    let sql = "UPDATE audit SET payload = 'oops' WHERE seq = 3";
    assert!(after(&five().await, &[sql]).await.starts_with("acme:3: it was edited: its payload is no JSON"));
}

#[tokio::test]
async fn a_wrong_signature() {
    let sql = "UPDATE audit SET signature = (SELECT signature FROM audit WHERE seq = 1) WHERE seq = 4";
    insta::assert_snapshot!(after(&five().await, &[sql]).await, @"acme:4: its signature is wrong");
}

#[tokio::test]
async fn removed_rows() {
    let sql = "DELETE FROM audit WHERE seq = 2";
    insta::assert_snapshot!(after(&five().await, &[sql]).await, @"acme:2: it is missing");
    let sql = "DELETE FROM audit WHERE seq IN (1, 2)";
    insta::assert_snapshot!(after(&five().await, &[sql]).await, @"acme:1: it and all up to 2 are missing");
    let sql = ["DELETE FROM audit WHERE seq = 4", "UPDATE audit SET seq = 4 WHERE seq = 5"];
    insta::assert_snapshot!(after(&five().await, &sql).await, @r"
    acme:4: it does not follow the entry before: one of them was put in or replaced
    acme:4: it is out of place: it was written as entry 5
    ");
}

#[tokio::test]
async fn swapped_rows() {
    let sql = [
        "UPDATE audit SET seq = 99 WHERE seq = 2",
        "UPDATE audit SET seq = 2 WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = 99",
    ];
    let report = after(&five().await, &sql).await;
    assert!(report.contains("acme:2: it is out of place: it was written as entry 3"), "{report}");
    assert!(report.contains("acme:3: it is out of place: it was written as entry 2"), "{report}");
}

/// Copies the first row to the end and makes its hash right, as who has no key could.
#[tokio::test]
async fn a_foreign_row() {
    let store = five().await;
    let mut entry = store.audit_show("acme:5").await.unwrap().unwrap();
    (entry.seq, entry.prev) = (6, entry.hash.clone());
    entry.payload = json!({"n": "mine"});
    entry.hash = entry.recompute().unwrap().to_string();
    let sql = "INSERT INTO audit SELECT tenant, 6, at, kind, actor, $1, $2, $3, key_id, signature FROM audit WHERE seq = 5";
    let query = sqlx::query(sql).bind(entry.payload.to_string()).bind(&entry.prev).bind(&entry.hash);
    query.execute(&store.inner.pool).await.unwrap();
    insta::assert_snapshot!(after(&store, &[]).await, @"acme:6: its signature is wrong");
}

#[tokio::test]
async fn a_cut_tail_needs_the_head() {
    let store = five().await;
    let head = store.heads().await.unwrap().remove(0).hash.to_string();
    assert_eq!(after(&store, &["DELETE FROM audit WHERE seq = 5"]).await, "");
    for head in [head.clone(), head["sha256:".len()..].to_owned()] {
        let options = VerifyOptions { head: Some(head), ..Default::default() };
        let report = shown(&store.audit_verify(&options).await.unwrap());
        assert!(report.contains("the end was cut off or the chain rewritten"), "{report}");
    }
    let bad = VerifyOptions { head: Some("sha256:12".into()), ..Default::default() };
    assert!(store.audit_verify(&bad).await.is_err());
}

/// A rewrite of everything with the stolen key is caught by the head, one with another key by the key.
#[tokio::test]
async fn a_full_rewrite() {
    let head = five().await.heads().await.unwrap().remove(0).hash.to_string();
    let rewritten = memory_store().await;
    for i in 1..=5 {
        rewritten.audit_append(&acme(), AuditKind::Applied, &anna(), json!({"n": i * 2})).await.unwrap();
    }
    let with_head = VerifyOptions { head: Some(head), ..Default::default() };
    assert!(!rewritten.audit_verify(&with_head).await.unwrap().ok);
    let real = SigningKey::from_bytes(&[7; 32]).public();
    let options = Options { key: SigningKey::from_bytes(&[1; 32]), ..options(&Hand::default()) };
    let forged = Store::open_in_memory(options).await.unwrap();
    forged.audit_append(&acme(), AuditKind::Applied, &anna(), json!({})).await.unwrap();
    assert!(forged.audit_verify(&Default::default()).await.unwrap().ok);
    let options = VerifyOptions { key: Some(real), ..Default::default() };
    let report = shown(&forged.audit_verify(&options).await.unwrap());
    assert!(report.contains("signed by the expected key"), "{report}");
}
