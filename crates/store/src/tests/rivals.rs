//! Two processes on one store file, each with its own connections.

use super::*;
use crate::{Lease, StopFlag, StoreError};
use aplomo_core::ports::Fence as _;

const SCOPE: &str = "acme/123456789012";
const TTL: Duration = Duration::from_secs(60);

async fn pair(dir: &Path, clock: &Hand) -> (Store, Store) {
    let path = dir.join("store.db");
    let (a, b) = tokio::join!(Store::open(&path, options(clock)), Store::open(&path, options(clock)));
    (a.unwrap(), b.unwrap())
}

async fn take(store: &Store, holder: &str, clock: &Hand) -> Result<Lease, StoreError> {
    store.lease_acquire(SCOPE, holder, TTL, clock.now()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_ask_at_once_one_gets_the_lease() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Hand::default();
    let (a, b) = pair(dir.path(), &clock).await;
    let mut fence = 0;
    for _ in 0..5 {
        let mut tasks = tokio::task::JoinSet::new();
        for i in 0..10 {
            let (store, clock) = (if i % 2 == 0 { a.clone() } else { b.clone() }, clock.clone());
            tasks.spawn(async move { take(&store, &format!("p{i}"), &clock).await });
        }
        let (won, lost): (Vec<_>, Vec<_>) = tasks.join_all().await.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 9));
        assert!(lost.iter().all(|r| matches!(r, Err(StoreError::Held { .. }))));
        let lease = won.into_iter().next().unwrap().unwrap();
        assert!(lease.fence > fence);
        fence = lease.fence;
        a.lease_release(&lease).await.unwrap();
    }
}

#[tokio::test]
async fn who_slept_past_its_time_is_fenced_off() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Hand::default();
    let (a, b) = pair(dir.path(), &clock).await;
    let old = take(&a, "a", &clock).await.unwrap();
    clock.forward(50);
    a.lease_renew(&old, TTL, clock.now()).await.unwrap();
    clock.forward(50);
    a.lease_check(&old).await.unwrap();
    insta::assert_snapshot!(take(&b, "b", &clock).await.unwrap_err(), @"acme/123456789012 is being worked on by a until 2027-01-15T08:01:50Z; wait, or break the lease if that process is gone");
    clock.forward(10);
    assert!(a.lease_check(&old).await.is_err(), "its time is over");
    let new = take(&b, "a", &clock).await.unwrap();
    assert!(new.fence > old.fence);
    for lost in
        [a.lease_check(&old).await, a.lease_renew(&old, TTL, clock.now()).await, a.lease_release(&old).await]
    {
        assert!(matches!(lost, Err(StoreError::LeaseLost(_))));
    }
    b.lease_check(&new).await.unwrap();
}

#[tokio::test]
async fn the_guard_says_why_one_may_not_write() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Hand::default();
    let (a, b) = pair(dir.path(), &clock).await;
    let stop = StopFlag::default();
    let guard = a.lease_guard(vec![take(&a, "a", &clock).await.unwrap()], stop.clone());
    guard.check().await.unwrap();
    b.lease_break(SCOPE, &anna(), "it hangs").await.unwrap();
    insta::assert_snapshot!(guard.check().await.unwrap_err(), @"the lease on acme/123456789012 was lost: it ran out, was given back or was broken; start again");
    assert!(b.leases().await.unwrap().is_empty());
    assert!(b.lease_break(SCOPE, &anna(), "again").await.is_err());
    stop.stop();
    insta::assert_snapshot!(guard.check().await.unwrap_err(), @"somebody asked to stop");
    assert_eq!(b.audit_log(&Default::default(), 1).await.unwrap()[0].id(), "acme:1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appends_of_two_processes_make_one_chain() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = pair(dir.path(), &Hand::default()).await;
    let mut tasks = tokio::task::JoinSet::new();
    for i in 0..40 {
        let store = if i % 2 == 0 { a.clone() } else { b.clone() };
        tasks.spawn(async move { store.put_hold(&keeps::hold("acme")).await });
    }
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    let report = a.audit_verify(&Default::default()).await.unwrap();
    assert_eq!((report.ok, report.entries), (true, 40));
}
