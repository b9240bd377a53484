//! Reading the log, keys, exports.

use super::*;
use crate::{AuditFilter, AuditKind, StoreError, VerifyOptions, verify_export};
use proptest::prelude::*;
use serde_json::json;

async fn filled(n: i64) -> Store {
    let store = memory_store().await;
    for i in 0..n {
        store.audit_append(&acme(), AuditKind::PlanShown, &anna(), json!({"n": i})).await.unwrap();
    }
    store
}

async fn export(store: &Store) -> Vec<u8> {
    let mut out = Vec::new();
    store.audit_export(&acme(), &mut out).await.unwrap();
    out
}

#[tokio::test]
async fn entries_are_found_by_place_hash_kind_and_text() {
    let store = filled(3).await;
    let second = store.audit_show("acme:2").await.unwrap().unwrap();
    assert_eq!(second.payload, json!({"n": 1}));
    assert_eq!(store.audit_show(&second.hash).await.unwrap().as_ref(), Some(&second));
    assert_eq!(store.audit_show(&second.hash["sha256:".len()..][..12]).await.unwrap(), Some(second));
    assert_eq!(store.audit_show("acme:9").await.unwrap(), None);
    assert!(store.audit_show("sha256:").await.is_err());
    let filter = AuditFilter { text: Some("\"n\":2".into()), ..Default::default() };
    assert_eq!(store.audit_log(&filter, 9).await.unwrap().len(), 1);
    let filter = AuditFilter { kinds: vec![AuditKind::Applied, AuditKind::Hold], ..Default::default() };
    assert!(store.audit_log(&filter, 9).await.unwrap().is_empty());
    assert_eq!(store.audit_log(&AuditFilter::default(), 2).await.unwrap()[0].seq, 3);
    for kind in AuditKind::ALL {
        assert_eq!(kind.word().parse::<AuditKind>().unwrap(), *kind);
    }
}

#[tokio::test]
async fn the_log_cannot_be_changed_through_sql() {
    let store = filled(2).await;
    for sql in ["UPDATE audit SET kind = 'x'", "DELETE FROM audit WHERE seq = 2"] {
        let refused = sqlx::query(sql).execute(&store.inner.pool).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{sql}");
    }
}

#[tokio::test]
async fn an_export_verifies_alone_and_damage_is_found() {
    let store = filled(4).await;
    let good = export(&store).await;
    let head = store.heads().await.unwrap()[0].hash.to_string();
    let options = VerifyOptions { head: Some(head), key: Some(store.public_key()), ..Default::default() };
    assert!(verify_export(&*good, &options).unwrap().ok);
    let lines: Vec<&[u8]> = good.split_inclusive(|b| *b == b'\n').collect();
    let cut = verify_export(&*lines[..4].concat(), &options).unwrap();
    assert_eq!(cut.problems[0].seq, 0);
    assert!(verify_export(&*lines[..4].concat(), &VerifyOptions::default()).unwrap().ok, "needs the head");
    let hole = verify_export(&*[lines[0], lines[1], lines[3], lines[4]].concat(), &VerifyOptions::default())
        .unwrap();
    insta::assert_snapshot!(hole.problems[0], @"acme:2: it is missing");
    assert!(verify_export(&*lines[1..].concat(), &VerifyOptions::default()).is_err(), "no header");
    let other = VerifyOptions { key: Some(SigningKey::from_bytes(&[9; 32]).public()), ..Default::default() };
    assert!(!verify_export(&*good, &other).unwrap().ok);
}

#[tokio::test]
async fn a_chain_goes_on_under_a_rotated_key() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.put_hold(&keeps::hold("acme")).await.unwrap();
    let (old, new) = (store.public_key(), SigningKey::from_bytes(&[8; 32]));
    let daemon = open(dir.path()).await;
    store.rotate_key(&new, &anna()).await.unwrap();
    let options = Options { key: new, ..options(&Hand::default()) };
    let store = Store::open(dir.path().join("store.db"), options).await.unwrap();
    assert!(matches!(daemon.put_hold(&keeps::hold("acme")).await, Err(StoreError::OtherKey { .. })));
    store.put_hold(&keeps::hold("acme")).await.unwrap();
    for key in [old, store.public_key()] {
        let options = VerifyOptions { key: Some(key), ..Default::default() };
        let report = store.audit_verify(&options).await.unwrap();
        assert_eq!((report.problems, report.entries), (vec![], 4));
        assert!(verify_export(&*export(&store).await, &options).unwrap().ok);
    }
}

fn payload() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|b| json!(b)),
        any::<i64>().prop_map(|i| json!(i)),
        any::<f64>().prop_map(|f| json!(f)),
        ".{0,12}".prop_map(|s| json!(s)),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|v| json!(v)),
            prop::collection::btree_map(".{0,6}", inner, 0..4).prop_map(|m| json!(m)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_sequence_verifies_and_any_changed_octet_does_not(
        payloads in prop::collection::vec(payload(), 1..6),
        victim in any::<prop::sample::Index>(),
        column in 0..9_usize,
        place in any::<prop::sample::Index>(),
        octet in 1..=255_u8,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = memory_store().await;
            for payload in &payloads {
                store.audit_append(&acme(), AuditKind::Refusal, &anna(), payload.clone()).await.unwrap();
            }
            prop_assert_eq!(store.audit_verify(&Default::default()).await.unwrap().problems, vec![]);
            prop_assert!(verify_export(&*export(&store).await, &Default::default()).unwrap().ok);
            let seq = i64::try_from(victim.index(payloads.len())).unwrap() + 1;
            let name = ["tenant", "at", "kind", "actor", "payload", "prev", "hash", "key_id", "signature"][column];
            tamper::drop_triggers(&store).await;
            let select = format!("SELECT CAST({name} AS BLOB) FROM audit WHERE seq = $1");
            let mut text: Vec<u8> =
                sqlx::query_scalar(sqlx::AssertSqlSafe(select)).bind(seq).fetch_one(&store.inner.pool).await.unwrap();
            let at = place.index(text.len());
            text[at] ^= octet;
            let update = format!("UPDATE audit SET {name} = CAST($1 AS TEXT) WHERE seq = $2");
            sqlx::query(sqlx::AssertSqlSafe(update)).bind(&text).bind(seq).execute(&store.inner.pool).await.unwrap();
            let report = store.audit_verify(&Default::default()).await.unwrap();
            prop_assert!(!report.ok, "{} of {} at {}: {:?}", name, seq, at, String::from_utf8_lossy(&text));
            Ok(())
        })?;
    }

    #[test]
    fn any_changed_octet_of_an_exported_entry_is_found(place in any::<prop::sample::Index>(), octet in 1..=255_u8) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut text = runtime.block_on(async { export(&filled(3).await).await });
        let start = text.iter().position(|b| *b == b'\n').unwrap() + 1;
        let at = start + place.index(text.len() - start - 1);
        text[at] ^= octet;
        let report = verify_export(&*text, &Default::default());
        prop_assert!(report.is_err() || !report.unwrap().ok);
    }
}
