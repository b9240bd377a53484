//! The store is lost, or an older copy comes back.

use super::*;
use crate::{StoreError, VerifyOptions};
use aplomo_core::ports::Journal as _;
use std::path::PathBuf;

struct Place {
    dir: tempfile::TempDir,
    clock: Hand,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), clock: Hand::default() }
    }
    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
    async fn open(&self) -> Store {
        let options = Options { head_file: Some(self.path("heads")), ..options(&self.clock) };
        Store::open(self.path("store.db"), options).await.unwrap()
    }
}

async fn work(store: &Store) {
    let record = run_record("run1", &["www", "api"]);
    store.run_start(&record).await.unwrap();
    store.applied_all(&[applied("www"), applied("api")]).await.unwrap();
    let moved = AppliedRecord {
        reverted: None,
        ledger: LedgerStep::Rename { from: super::record("api"), entry: Box::new(entry(60)) },
        ..applied("api2")
    };
    store.applied(&moved).await.unwrap();
    store.run_finish(&finished(&record, Ending::Converged, Hand::default().now())).await.unwrap();
}

#[tokio::test]
async fn the_ledger_comes_back_from_an_export_and_approvals_do_not() {
    let (old, new) = (memory_store().await, memory_store().await);
    old.approval_put(&approval("a1", &["www", "api", "api2"])).await.unwrap();
    work(&old).await;
    let mut export = Vec::new();
    old.audit_export(&acme(), &mut export).await.unwrap();
    new.ledger_put(&[(record("www"), entry(5))]).await.unwrap();
    let report = new.recover_from_export(&*export, None).await.unwrap();
    assert_eq!((&*report.restored, &*report.kept), (&[record("api2")][..], &[record("www")][..]));
    assert!(report.unusable.is_empty());
    let ledger = new.memory(Hand::default().now()).await.unwrap().ledger;
    assert_eq!(ledger, BTreeMap::from([(record("api2"), entry(60)), (record("www"), entry(5))]));
    assert!(new.approvals(&acme()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_damaged_export_recovers_nothing() {
    let (old, new) = (memory_store().await, memory_store().await);
    work(&old).await;
    let mut export = Vec::new();
    old.audit_export(&acme(), &mut export).await.unwrap();
    let good = String::from_utf8(export).unwrap();
    let damaged = good.replacen("300", "301", 1);
    assert_ne!(good, damaged);
    assert!(matches!(new.recover_from_export(damaged.as_bytes(), None).await, Err(StoreError::BadExport(_))));
    assert!(new.memory(Hand::default().now()).await.unwrap().ledger.is_empty());
}

#[tokio::test]
async fn heads_are_published_after_runs_and_approvals_and_hold_the_log() {
    let place = Place::new();
    let store = place.open().await;
    store.approval_put(&approval("a1", &["www"])).await.unwrap();
    work(&store).await;
    let text = std::fs::read_to_string(place.path("heads")).unwrap();
    assert_eq!(text.lines().count(), 2);
    assert!(text.starts_with(r#"{"tenant":"acme","seq":1,"hash":"sha256:"#), "{text}");
    let options = VerifyOptions { head_file: Some(place.path("heads")), ..Default::default() };
    assert!(store.audit_verify(&options).await.unwrap().ok);
    tamper::drop_triggers(&store).await;
    sqlx::query("DELETE FROM audit WHERE seq > 3").execute(&store.inner.pool).await.unwrap();
    let report = store.audit_verify(&options).await.unwrap();
    assert_eq!(report.problems.iter().map(|p| (p.tenant.as_str(), p.seq)).collect::<Vec<_>>(), [("acme", 6)]);
}

#[tokio::test]
async fn unpublishable_heads_fail_nothing_and_are_told() {
    let place = Place::new();
    let store = place.open().await;
    std::fs::create_dir(place.path("heads")).unwrap();
    store.approval_put(&approval("a1", &["www"])).await.unwrap();
    assert!(store.head_trouble().unwrap().contains("heads"));
}

#[tokio::test]
async fn an_older_copy_of_the_store_has_no_standing_approvals() {
    let place = Place::new();
    let store = place.open().await;
    assert!(!store.restored());
    store.approval_put(&approval("a1", &["www"])).await.unwrap();
    store.intend(&intent(&["www"])).await.unwrap();
    store.close().await;
    std::fs::copy(place.path("store.db"), place.path("backup.db")).unwrap();
    let store = place.open().await;
    assert!(!store.restored(), "the same store opened again");
    store.run_start(&run_record("run1", &["www"])).await.unwrap();
    store.close().await;
    std::fs::copy(place.path("backup.db"), place.path("store.db")).unwrap();

    let store = place.open().await;
    assert!(store.restored());
    assert!(store.approvals_standing(place.clock.now()).await.unwrap().is_empty());
    assert_eq!(store.approvals(&acme()).await.unwrap().len(), 1);
    assert_eq!(store.open_intents(None).await.unwrap().len(), 1, "to be looked up");
    assert!(store.audit_verify(&Default::default()).await.unwrap().ok);
    store.close().await;
    assert!(!place.open().await.restored(), "told once");
}

#[tokio::test]
async fn a_copy_from_before_a_published_head_is_noticed_within_one_opening() {
    let place = Place::new();
    let store = place.open().await;
    store.put_hold(&keeps::hold("acme")).await.unwrap();
    let vacuum = format!("VACUUM INTO '{}'", place.path("backup.db").display());
    sqlx::query(sqlx::AssertSqlSafe(vacuum)).execute(&store.inner.pool).await.unwrap();
    store.approval_put(&approval("a1", &["www"])).await.unwrap();
    store.close().await;
    std::fs::copy(place.path("backup.db"), place.path("store.db")).unwrap();
    assert!(place.open().await.restored());
}

#[tokio::test]
async fn a_new_store_in_the_place_of_a_lost_one_knows_it() {
    let place = Place::new();
    let store = place.open().await;
    store.approval_put(&approval("a1", &["www"])).await.unwrap();
    store.close().await;
    std::fs::remove_file(place.path("store.db")).unwrap();
    let store = place.open().await;
    assert!(store.restored());
    store.close().await;
    assert!(!place.open().await.restored());
}
