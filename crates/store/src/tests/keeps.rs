//! What is put is what is got.

use super::*;
use crate::{AuditFilter, AuditKind, StoreError};
use aplomo_core::address::AddressPattern;
use aplomo_core::approval::Lift;
use aplomo_core::ledger::{Baseline, Hold, Quarantine, Removal};

pub(crate) fn hold(what: &str) -> Hold {
    let now = Hand::default().now();
    Hold { what: AddressPattern(what.into()), until: now, reason: "night".into(), by: anna(), at: now }
}

fn pattern(text: &str) -> AddressPattern {
    AddressPattern(text.into())
}

async fn kinds(store: &Store) -> Vec<String> {
    let log =
        store.audit_log(&AuditFilter { tenant: Some(acme()), ..Default::default() }, 100).await.unwrap();
    log.into_iter().rev().map(|entry| entry.kind).collect()
}

#[tokio::test]
async fn memory_holds_all_that_was_put() {
    let store = memory_store().await;
    let now = Hand::default().now();
    store.ledger_put(&[(record("a"), entry(1)), (record("b"), entry(2))]).await.unwrap();
    store.ledger_put(&[(record("a"), entry(3))]).await.unwrap();
    store.ledger_rename(&record("b"), &record("c")).await.unwrap();
    assert!(matches!(
        store.ledger_rename(&record("a"), &record("c")).await,
        Err(StoreError::Conflict { .. })
    ));
    assert!(matches!(
        store.ledger_rename(&record("x"), &record("y")).await,
        Err(StoreError::NotFound { .. })
    ));
    let removal = |hours| Removal {
        tenant: acme(),
        type_name: TypeName::known("t"),
        container: None,
        at: now - SignedDuration::from_hours(hours),
    };
    store.record_removal(&removal(25)).await.unwrap();
    store.record_removal(&removal(23)).await.unwrap();
    let baseline = |count| Baseline { type_name: TypeName::known("t"), scope: scope(), count };
    store.baselines_put(&[baseline(7)]).await.unwrap();
    store.baselines_put(&[baseline(9)]).await.unwrap();
    store.put_hold(&hold("acme")).await.unwrap();
    let memory = store.memory(now).await.unwrap();
    assert_eq!(memory.ledger, BTreeMap::from([(record("a"), entry(3)), (record("c"), entry(2))]));
    assert_eq!(memory.removals, [removal(23)]);
    assert_eq!(memory.baselines, [baseline(9)]);
    assert_eq!(memory.holds, [hold("acme")]);
    assert!(store.ledger_remove(&record("a")).await.unwrap());
    assert!(!store.ledger_remove(&record("a")).await.unwrap());
}

#[tokio::test]
async fn first_sightings_keep_their_time_until_resolved() {
    let store = memory_store().await;
    let now = Hand::default().now();
    let later = now + SignedDuration::from_hours(1);
    store.first_seen_update(&BTreeSet::from([record("a"), record("b")]), now).await.unwrap();
    store.first_seen_update(&BTreeSet::from([record("a"), record("c")]), later).await.unwrap();
    let seen = store.memory(now).await.unwrap().first_seen;
    assert_eq!(seen, BTreeMap::from([(record("a"), now), (record("c"), later)]));
}

#[tokio::test]
async fn holds_and_quarantine_are_released_by_pattern_and_audited() {
    let store = memory_store().await;
    for what in ["acme", "acme/Domain/*", record("www").as_str()] {
        store.put_hold(&hold(what)).await.unwrap();
    }
    let quarantine = Quarantine {
        address: record("www"),
        field: None,
        why: "it flaps".into(),
        commit: None,
        digest: change("www").digest,
        at: Hand::default().now(),
    };
    store.quarantine_put(&quarantine).await.unwrap();
    assert_eq!(store.memory(Hand::default().now()).await.unwrap().quarantine, [quarantine]);
    let released = store.release_hold(&pattern("acme"), &anna(), "day").await.unwrap();
    assert_eq!(released.len(), 2, "the tenant's own and the address below it, not the other pattern");
    let freed = store.quarantine_release(&pattern("acme/Domain"), &anna(), "fixed").await.unwrap();
    assert_eq!(freed, [record("www")]);
    assert_eq!(kinds(&store).await, ["hold", "hold", "hold", "quarantined", "release", "release", "release"]);
}

#[tokio::test]
async fn approvals_come_back_whole_and_are_spent_and_revoked() {
    let store = memory_store().await;
    let mut first = approval("a1", &["www", "api"]);
    first.lifts.push(Lift { rule: "guard".into(), reason: "planned".into() });
    let known = BTreeMap::from([(FieldPath::known("/zone"), Datum::from("Z1"))]);
    first.resolved.insert(change("www").digest, known);
    store.approval_put(&first).await.unwrap();
    store.approval_put(&approval("a2", &["www"])).await.unwrap();
    assert!(matches!(store.approval_put(&first).await, Err(StoreError::Conflict { .. })));
    assert_eq!(store.approval("a1").await.unwrap(), Some(first.clone()));
    store.approval_spend(&change("api").digest).await.unwrap();
    assert_eq!(store.approvals(&acme()).await.unwrap()[0].spent, BTreeSet::from([change("api").digest]));
    let gone = store.approval_revoke(&change("www").digest.to_string(), &anna(), "no").await.unwrap();
    assert_eq!(gone, ["a1", "a2"]);
    let now = Hand::default().now();
    assert!(store.approvals_standing(now).await.unwrap().is_empty());
    assert_eq!(store.approval("a2").await.unwrap().unwrap().revoked, Some(now));
    assert!(store.approval_revoke("a2", &anna(), "again").await.unwrap().is_empty());
    assert_eq!(kinds(&store).await, ["approval", "lift", "approval", "approval-revoked", "approval-revoked"]);
}

#[tokio::test]
async fn an_approval_stands_until_the_moment_it_expires() {
    let store = memory_store().await;
    let a = approval("a1", &["www"]);
    store.approval_put(&a).await.unwrap();
    assert_eq!(store.approvals_standing(a.expires - SignedDuration::from_nanos(1)).await.unwrap().len(), 1);
    assert!(store.approvals_standing(a.expires).await.unwrap().is_empty());
}

#[tokio::test]
async fn plans_are_found_whole_and_by_effect() {
    let clock = Hand::default();
    let store = Store::open_in_memory(options(&clock)).await.unwrap();
    let (small, large) = (plan(&["www"]), plan(&["www", "api"]));
    let source = SourceName::known("main");
    store.plan_put(&small, &source).await.unwrap();
    clock.forward(1);
    store.plan_put(&large, &source).await.unwrap();
    assert_eq!(store.plan(&large.digest).await.unwrap(), Some(large.clone()));
    let found = store.find_by_digest(&change("www").digest).await.unwrap().unwrap();
    assert_eq!((found.plan, found.change), (large.digest, change("www")));
    clock.forward(1);
    store.plan_put(&small, &source).await.unwrap();
    assert_eq!(store.find_by_digest(&change("www").digest).await.unwrap().unwrap().plan, small.digest);
    assert_eq!(store.find_by_digest(&change("other").digest).await.unwrap(), None);
    let digests: Vec<_> = store.plans(9).await.unwrap().into_iter().map(|p| p.digest).collect();
    assert_eq!(digests, [small.digest, large.digest]);
    assert_eq!(store.plans_prune(1).await.unwrap(), 1);
    assert_eq!(store.plan(&large.digest).await.unwrap(), None);
}

#[tokio::test]
async fn runs_are_kept_and_each_tenant_is_told_its_own_only() {
    let store = memory_store().await;
    let mut record = run_record("run1", &["www"]);
    record.tenants.insert(TenantName::known("other"));
    store.run_start(&record).await.unwrap();
    assert!(matches!(store.run_start(&record).await, Err(StoreError::Conflict { .. })));
    let mut run = finished(&record, Ending::Interrupted, Hand::default().now());
    run.outcomes = vec![outcome("www", Status::Failed)];
    store.run_finish(&run).await.unwrap();
    assert_eq!(store.unfinished_runs().await.unwrap().len(), 1, "interrupted: to be resumed");
    run.ending = Some(Ending::Partial);
    store.run_finish(&run).await.unwrap();
    assert!(store.unfinished_runs().await.unwrap().is_empty());
    assert_eq!(store.run(&run.run).await.unwrap().unwrap().run, run);
    let short = &store.runs(5).await.unwrap()[0];
    assert_eq!(short.counts, BTreeMap::from([(Status::Failed, 1)]));
    let filter = |tenant| AuditFilter {
        tenant: Some(TenantName::known(tenant)),
        kinds: vec![AuditKind::RunFinished],
        ..Default::default()
    };
    assert!(store.audit_log(&filter("acme"), 1).await.unwrap()[0].payload.to_string().contains("www"));
    assert!(!store.audit_log(&filter("other"), 1).await.unwrap()[0].payload.to_string().contains("www"));
}

#[tokio::test]
async fn sources_remember_what_was_accepted_and_held() {
    let store = memory_store().await;
    let (source, head) = (SourceName::known("main"), CommitId::known("abc"));
    assert_eq!(store.accepted_head(&source).await.unwrap(), None);
    store.hold_source(&source, "not a descendant", Some(&head)).await.unwrap();
    assert_eq!(store.held_sources().await.unwrap()[0].head, Some(head.clone()));
    store.accept_head(&source, &head, &anna()).await.unwrap();
    store.accept_head(&source, &head, &anna()).await.unwrap();
    assert_eq!(store.accepted_head(&source).await.unwrap(), Some(head));
    assert!(store.held_sources().await.unwrap().is_empty());
    assert!(!store.release_source(&source, &anna(), "x").await.unwrap());
    let log = store.audit_log(&AuditFilter::default(), 9).await.unwrap();
    assert_eq!(log.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>(), ["source-accepted", "source-held"]);
}

#[tokio::test]
#[ignore = "measures; run with --ignored --nocapture"]
async fn a_large_ledger_is_read_fast() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let entries: Vec<_> = (0..100_000).map(|i| (record(&format!("host-{i}")), entry(i))).collect();
    #[allow(clippy::disallowed_methods)]
    let clock = std::time::Instant::now;
    let start = clock();
    store.ledger_put(&entries).await.unwrap();
    println!("put: {:?}", start.elapsed());
    let start = clock();
    let memory = store.memory(Hand::default().now()).await.unwrap();
    println!("read: {:?}", start.elapsed());
    assert_eq!(memory.ledger.len(), 100_000);
}

/// The server spawns these: compiling is the test.
#[allow(dead_code)]
fn futures_can_be_spawned(store: &'static Store, plan: &'static Plan, run: &'static RunRecord) {
    fn spawn<T>(_: impl Future<Output = T> + Send + 'static) {}
    static MAIN: SourceName = SourceName::known("main");
    static ACME: TenantName = TenantName::known("acme");
    spawn(async { Store::open("x", options(&Hand::default())).await });
    spawn(store.memory(Timestamp::MIN));
    spawn(async { store.audit_log(&AuditFilter::default(), 1).await });
    spawn(async { store.audit_verify(&Default::default()).await });
    spawn(async { store.audit_export(&ACME, Vec::new()).await });
    spawn(store.plan_put(plan, &MAIN));
    spawn(store.run_start(run));
    spawn(store.unfinished_runs());
    spawn(store.approvals_standing(Timestamp::MIN));
    spawn(async { store.applied_all(&[applied("www")]).await });
    spawn(async { store.ledger_put(&[(record("www"), entry(1))]).await });
    spawn(store.recover_from_export(&b""[..], None));
}

#[tokio::test]
async fn approvals_of_a_pull_request_count_once_it_is_merged_and_end_with_their_person() {
    use aplomo_core::approval::{ForPull, Grant, PullRef};
    let store = memory_store().await;
    let pull = PullRef { repository: "acme/manifests".into(), number: 7 };
    let tie = ForPull { pull: pull.clone(), evidence: "review 1 of abc".into(), merged: false };
    let given = Approval { pull: Some(tie), ..approval("a1", &["www"]) };
    store.approval_put(&given).await.unwrap();
    let check = async || {
        let approvals = store.approvals_standing(store.now()).await.unwrap();
        let change = change("www");
        Grant::check(&change, &change.source, &approvals, store.now())
            .map(drop)
            .map_err(|why| why.to_string())
    };
    let why = check().await.unwrap_err();
    assert!(why.contains("acme/manifests#7, which is not merged"), "{why}");
    let before = store.decisions().await.unwrap();
    assert_eq!(store.approvals_merged(&pull, &anna()).await.unwrap(), 1);
    assert_ne!(store.decisions().await.unwrap(), before);
    assert_eq!(store.approvals_merged(&pull, &anna()).await.unwrap(), 0);
    check().await.unwrap();
    let name = given.by.name.as_str().to_uppercase();
    assert_eq!(store.suspend(&name, "left", &anna()).await.unwrap(), 1);
    check().await.unwrap_err();
    assert_eq!(store.suspended().await.unwrap()[0].login, name.to_lowercase());
    assert!(store.reinstate(&name, "back", &anna()).await.unwrap());
    assert!(store.suspended().await.unwrap().is_empty());
    assert_eq!((store.login_id("Ana", 7).await.unwrap(), store.login_id("ana", 8).await.unwrap()), (7, 7));
}
