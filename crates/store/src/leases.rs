//! Leases: one run per tenant and account at a time, over all processes on the store.
//!
//! Each lease has a fence, a number that only grows per scope; a holder that slept past its time sees
//! before the next write that the fence moved on.

use crate::audit::AuditKind;
use crate::db::Row;
use crate::error::StoreError;
use crate::store::{Store, chain_of};
use aplomo_core::approval::Actor;
use aplomo_core::ports::{Fence, Fut};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;
use sqlx::Row as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A lease that we hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What is leased, e.g. `acme/123456789012`.
    pub scope: String,
    /// Who holds it.
    pub holder: String,
    /// Its number: larger than any earlier one of this scope.
    pub fence: i64,
}

/// A lease as `status` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeaseRow {
    /// What is leased.
    pub scope: String,
    /// By whom.
    pub holder: String,
    /// Its number.
    pub fence: i64,
    /// Since when it is theirs.
    pub since: Timestamp,
    /// Until when, unless renewed; may be past.
    pub until: Timestamp,
}

fn after(now: Timestamp, ttl: Duration) -> i64 {
    let ttl = SignedDuration::try_from(ttl).unwrap_or(SignedDuration::MAX);
    now.checked_add(ttl).unwrap_or(Timestamp::MAX).as_millisecond()
}

fn time(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
}

impl Store {
    /// Takes the lease where nobody holds it, or its time is over. Holding it oneself counts as held.
    ///
    /// # Errors
    /// [`StoreError::Held`] with holder and time; trouble with the store.
    pub async fn lease_acquire(
        &self,
        scope: &str,
        holder: &str,
        ttl: Duration,
        now: Timestamp,
    ) -> Result<Lease, StoreError> {
        let mut w = self.write().await?;
        let query = sqlx::query("SELECT holder, until_ms FROM leases WHERE scope = $1").bind(scope);
        if let Some(row) = query.fetch_optional(&mut *w.tx).await? {
            let (by, until): (Option<String>, i64) = (row.try_get(0)?, row.try_get(1)?);
            if let Some(by) = by.filter(|_| until > now.as_millisecond()) {
                return Err(StoreError::Held { scope: scope.to_owned(), by, until: time(until) });
            }
        }
        let sql = "INSERT INTO leases (scope, holder, fence, until_ms, since_ms) VALUES ($1, $2, 1, $3, $4) \
                   ON CONFLICT (scope) DO UPDATE SET holder = excluded.holder, fence = leases.fence + 1, \
                   until_ms = excluded.until_ms, since_ms = excluded.since_ms RETURNING fence";
        let query = sqlx::query_scalar(sql).bind(scope).bind(holder).bind(after(now, ttl));
        let query = query.bind(now.as_millisecond());
        let fence = query.fetch_one(&mut *w.tx).await?;
        w.commit().await?;
        Ok(Lease { scope: scope.to_owned(), holder: holder.to_owned(), fence })
    }

    /// Holds on to a lease from `now` for `ttl`. Late is fine while nobody else took it.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`]; trouble with the store.
    pub async fn lease_renew(&self, lease: &Lease, ttl: Duration, now: Timestamp) -> Result<(), StoreError> {
        self.lease_update(lease, Some(after(now, ttl))).await
    }

    /// Gives a lease back.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] where it was not ours any more; trouble with the store.
    pub async fn lease_release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.lease_update(lease, None).await
    }

    async fn lease_update(&self, lease: &Lease, until: Option<i64>) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        let sql = "UPDATE leases SET until_ms = COALESCE($4, 0), holder = CASE WHEN $4 IS NULL THEN NULL ELSE holder END \
                   WHERE scope = $1 AND holder = $2 AND fence = $3";
        let query = sqlx::query(sql).bind(&lease.scope).bind(&lease.holder).bind(lease.fence).bind(until);
        if query.execute(&mut *w.tx).await?.rows_affected() == 0 {
            return Err(StoreError::LeaseLost(lease.scope.clone()));
        }
        w.commit().await
    }

    /// Whether the lease is still ours at this moment.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] where it is not; trouble with the store.
    pub async fn lease_check(&self, lease: &Lease) -> Result<(), StoreError> {
        let sql = "SELECT until_ms FROM leases WHERE scope = $1 AND holder = $2 AND fence = $3";
        let query = sqlx::query_scalar(sql).bind(&lease.scope).bind(&lease.holder).bind(lease.fence);
        let until: Option<i64> = query.fetch_optional(&self.inner.pool).await?;
        let ours = until.is_some_and(|until| until > self.now().as_millisecond());
        if ours { Ok(()) } else { Err(StoreError::LeaseLost(lease.scope.clone())) }
    }

    /// All leases that were not given back; those past their time too.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn leases(&self) -> Result<Vec<LeaseRow>, StoreError> {
        let sql = "SELECT scope, holder, fence, until_ms, since_ms FROM leases WHERE holder IS NOT NULL ORDER BY scope";
        let lease = |row: &Row| {
            let (scope, holder, fence) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let (until, since) = (time(row.try_get(3)?), time(row.try_get(4)?));
            Ok(LeaseRow { scope, holder, fence, since, until })
        };
        sqlx::query(sql).fetch_all(&self.inner.pool).await?.iter().map(lease).collect()
    }

    /// Takes a lease away from its holder, audited in the chain of the scope's tenant; the holder notices
    /// before its next write.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where nobody holds it.
    pub async fn lease_break(&self, scope: &str, by: &Actor, why: &str) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        let query = sqlx::query_scalar("SELECT holder FROM leases WHERE scope = $1 AND holder IS NOT NULL")
            .bind(scope);
        let holder: Option<String> = query.fetch_optional(&mut *w.tx).await?;
        let holder = holder.ok_or_else(|| StoreError::NotFound { what: "lease", id: scope.to_owned() })?;
        let query =
            sqlx::query("UPDATE leases SET holder = NULL, fence = fence + 1 WHERE scope = $1").bind(scope);
        query.execute(&mut *w.tx).await?;
        let payload = json!({"scope": scope, "holder": holder, "reason": why});
        w.audit(&chain_of(scope), AuditKind::LeaseBroken, by, self.now(), payload).await?;
        w.commit().await
    }

    /// A fence over leases that all must be ours, and a flag that asks to stop.
    #[must_use]
    pub fn lease_guard(&self, leases: Vec<Lease>, stop: StopFlag) -> LeaseGuard {
        LeaseGuard { store: self.clone(), leases, stop }
    }
}

/// Asks to stop between writes; clones share it.
#[derive(Debug, Clone, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// Asks to stop.
    pub fn stop(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
    /// Whether somebody asked.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// The [`Fence`] before each write.
#[derive(Debug, Clone)]
pub struct LeaseGuard {
    store: Store,
    leases: Vec<Lease>,
    stop: StopFlag,
}

impl Fence for LeaseGuard {
    fn check(&self) -> Fut<'_, Result<(), String>> {
        Box::pin(async move {
            if self.stop.is_stopped() {
                return Err("somebody asked to stop".to_owned());
            }
            for lease in &self.leases {
                self.store.lease_check(lease).await.map_err(|e| e.to_string())?;
            }
            Ok(())
        })
    }
}
