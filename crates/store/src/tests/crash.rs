//! A process that dies in the middle of a run, and a disk that is full.

use super::*;
use crate::StoreError;
use aplomo_core::ports::Journal as _;
use aplomo_core::run::CallOutcome;
use std::os::unix::fs::PermissionsExt as _;

#[tokio::test]
async fn after_a_crash_the_run_its_plan_and_the_open_intent_are_there() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.approval_put(&approval("a1", &["www", "api"])).await.unwrap();
    store.run_start(&run_record("run1", &["www", "api"])).await.unwrap();
    let done = store.intend(&intent(&["www"])).await.unwrap();
    store.settle(done, &CallOutcome::Done { request_id: None, born: None }).await.unwrap();
    store.applied(&applied("www")).await.unwrap();
    let lost = store.intend(&intent(&["api"])).await.unwrap();
    // A transaction that was begun and never committed dies with the process.
    let mut w = store.write().await.unwrap();
    crate::ledger::put(&mut w.tx, &record("half"), &entry(1)).await.unwrap();
    drop(w);
    drop(store); // no close, no checkpoint

    let store = open(dir.path()).await;
    let open = store.open_intents(Some(&RunId::known("run1"))).await.unwrap();
    assert_eq!(open.iter().map(|i| i.id).collect::<Vec<_>>(), [lost]);
    assert_eq!(open[0].intent, intent(&["api"]));
    let runs = store.unfinished_runs().await.unwrap();
    assert_eq!(runs[0].plan, plan(&["www", "api"]));
    assert_eq!(runs[0].run.outcomes, [outcome("www", Status::Applied)]);
    let memory = store.memory(Hand::default().now()).await.unwrap();
    assert_eq!(memory.ledger, BTreeMap::from([(record("www"), entry(300))]));
    let standing = store.approvals_standing(Hand::default().now()).await.unwrap();
    assert_eq!(standing[0].spent, BTreeSet::from([change("www").digest]));
    store.close_intent(lost, &CallOutcome::Done { request_id: None, born: None }).await.unwrap();
    assert!(store.open_intents(None).await.unwrap().is_empty());
    assert!(store.close_intent(lost, &CallOutcome::Done { request_id: None, born: None }).await.is_err());
    assert!(store.audit_verify(&Default::default()).await.unwrap().ok);
}

#[tokio::test]
async fn a_lost_answer_leaves_the_intent_open() {
    let store = memory_store().await;
    let id = store.intend(&intent(&["www"])).await.unwrap();
    store.settle(id, &CallOutcome::Unknown { message: "timed out".into() }).await.unwrap();
    assert_eq!(store.open_intents(None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_applied_change_of_an_unknown_run_records_nothing_at_all() {
    let store = memory_store().await;
    assert!(store.applied(&applied("www")).await.is_err());
    assert!(store.memory(Hand::default().now()).await.unwrap().ledger.is_empty());
    assert!(store.heads().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_full_disk_refuses_the_intent_and_keeps_what_was_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.db");
    let store = Store::open_limited(&path, options(&Hand::default()), Some(70)).await.unwrap();
    let mut kept = 0;
    let error = loop {
        match store.intend(&intent(&["www"])).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 10_000, "the limit had no effect");
    };
    assert!(kept > 0);
    insta::assert_snapshot!(error, @"the journal could not be written (the store cannot grow: the disk is full; free space and try again), so nothing was sent; free disk space or repair the store, then apply again");
    assert_eq!(store.open_intents(None).await.unwrap().len(), kept);
    assert!(store.audit_verify(&Default::default()).await.unwrap().ok);
}

#[tokio::test]
async fn file_and_directory_are_private() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new/store.db");
    let store = Store::open(&path, options(&Hand::default())).await.unwrap();
    store.put_hold(&keeps::hold("acme")).await.unwrap();
    for name in ["store.db", "store.db-wal", "store.db.lock"] {
        let mode = std::fs::metadata(path.with_file_name(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(std::fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
}

async fn refusal(path: &Path, options: Options) -> StoreError {
    match Store::open(path, options).await.unwrap_err() {
        StoreError::Open { why, .. } => *why,
        other => other,
    }
}

#[tokio::test]
async fn what_is_not_our_store_is_refused_with_the_way_out() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.db");
    open(dir.path()).await.close().await;
    let clock = Hand::default();
    let other = Options { installation: Installation::known("other"), ..options(&clock) };
    insta::assert_snapshot!(refusal(&path, other).await, @"it belongs to installation `test`, not `other`; correct the installation's name in the configuration, or name another store file");
    let other = Options { key: SigningKey::from_bytes(&[8; 32]), ..options(&clock) };
    assert!(matches!(refusal(&path, other).await, StoreError::OtherKey { .. }));

    let store = open(dir.path()).await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'x', 1, x'00', 0)";
    sqlx::query(newer).execute(&store.inner.pool).await.unwrap();
    store.close().await;
    insta::assert_snapshot!(refusal(&path, options(&clock)).await, @"its schema has step 9999, which this version does not know; use the newer aplomo that wrote it");

    let path = dir.path().join("broken.db");
    std::fs::write(
        &path,
        b"this is no database at all, but long enough to look like one to anybody who looks".repeat(50),
    )
    .unwrap();
    assert!(matches!(refusal(&path, options(&clock)).await, StoreError::Corrupt(_)));
    assert!(std::fs::read(&path).unwrap().starts_with(b"this is no database"));
}

#[test]
fn the_key_file_is_private_and_the_same_next_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys/audit.key");
    let key = SigningKey::load_or_create(&path).unwrap();
    assert_eq!(SigningKey::load_or_create(&path).unwrap().public(), key.public());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    assert_eq!(key.public().to_string().parse::<crate::PublicKey>().unwrap(), key.public());
    assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.public().id()));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(SigningKey::load_or_create(&path).unwrap_err().to_string().contains("chmod 600"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&path, "nonsense").unwrap();
    assert!(SigningKey::load_or_create(&path).unwrap_err().to_string().contains("holds no signing key"));
}
