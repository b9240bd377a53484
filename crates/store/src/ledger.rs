//! Writing the ledger, removals, baselines and first sightings.
//!
//! `Store::applied` is the usual door to the ledger; the functions here write no audit entry.

use crate::db::{Conn, WriteTx};
use crate::error::{StoreError, to_jcs, to_json};
use crate::memory::read_first_seen;
use crate::store::Store;
use aplomo_core::Address;
use aplomo_core::ledger::{Baseline, LedgerEntry, Removal};
use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite};
use std::collections::BTreeSet;

/// Rows per statement: far below the limit of 32,766 bound values.
const CHUNK: usize = 500;

impl Store {
    /// Puts entries, in the place of what was there. All or none.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn ledger_put(&self, entries: &[(Address, LedgerEntry)]) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        put_all(&mut w, entries).await?;
        w.commit().await
    }

    /// Forgets an address; gives whether it was there.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn ledger_remove(&self, address: &Address) -> Result<bool, StoreError> {
        let mut w = self.write().await?;
        let removed = remove(&mut w.tx, address).await?;
        w.commit().await?;
        Ok(removed)
    }

    /// Moves an entry to another address.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where `from` is not in the ledger, [`StoreError::Conflict`] where `to` is.
    pub async fn ledger_rename(&self, from: &Address, to: &Address) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        let there: Option<i64> = sqlx::query_scalar("SELECT 1 FROM ledger WHERE address = $1")
            .bind(to.as_str())
            .fetch_optional(&mut *w.tx)
            .await?;
        if there.is_some() {
            return Err(StoreError::Conflict { what: "ledger entry", id: to.to_string() });
        }
        let query = sqlx::query("UPDATE ledger SET address = $2, tenant = $3 WHERE address = $1");
        let query = query.bind(from.as_str()).bind(to.as_str()).bind(to.tenant());
        if query.execute(&mut *w.tx).await?.rows_affected() == 0 {
            return Err(StoreError::NotFound { what: "ledger entry", id: from.to_string() });
        }
        w.commit().await
    }

    /// Records a removal for the guards.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn record_removal(&self, removal: &Removal) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        put_removal(&mut w.tx, removal).await?;
        w.commit().await
    }

    /// Puts what was seen per type and concrete scope, in the place of what was there. All or none.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn baselines_put(&self, baselines: &[Baseline]) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        let sql = "INSERT INTO baselines (type_name, scope, seen) VALUES ($1, $2, $3) \
                   ON CONFLICT (type_name, scope) DO UPDATE SET seen = excluded.seen";
        for b in baselines {
            let query =
                sqlx::query(sql).bind(b.type_name.as_str()).bind(to_jcs("a scope", &b.scope.concrete())?);
            query.bind(i64::try_from(b.count).unwrap_or(i64::MAX)).execute(&mut *w.tx).await?;
        }
        w.commit().await
    }

    /// Takes over where drift is seen now: keeps the first time, adds what is new at `now`, drops what is
    /// resolved. `seen` must hold what could not be read this time too, or it counts as resolved.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn first_seen_update(
        &self,
        seen: &BTreeSet<Address>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        let known = read_first_seen(&mut w.tx).await?;
        for address in known.keys().filter(|address| !seen.contains(*address)) {
            let query = sqlx::query("DELETE FROM first_seen WHERE address = $1").bind(address.as_str());
            query.execute(&mut *w.tx).await?;
        }
        let new: Vec<&Address> = seen.iter().filter(|address| !known.contains_key(*address)).collect();
        for chunk in new.chunks(CHUNK) {
            let mut q = QueryBuilder::<Sqlite>::new("INSERT INTO first_seen (address, at) ");
            q.push_values(chunk, |mut row, address| {
                row.push_bind(address.as_str()).push_bind(now.to_string());
            });
            q.build().execute(&mut *w.tx).await?;
        }
        w.commit().await
    }
}

pub(crate) async fn put_all(
    w: &mut WriteTx<'_>,
    entries: &[(Address, LedgerEntry)],
) -> Result<(), StoreError> {
    for chunk in entries.chunks(CHUNK) {
        let texts = chunk.iter().map(|(_, entry)| to_json("a ledger entry", entry));
        let texts = texts.collect::<Result<Vec<_>, _>>()?;
        let mut q = QueryBuilder::<Sqlite>::new("INSERT INTO ledger (address, tenant, entry) ");
        q.push_values(chunk.iter().zip(texts), |mut row, ((address, _), text)| {
            row.push_bind(address.as_str()).push_bind(address.tenant()).push_bind(text);
        });
        q.push(" ON CONFLICT (address) DO UPDATE SET entry = excluded.entry");
        q.build().execute(&mut *w.tx).await?;
    }
    Ok(())
}

pub(crate) async fn put(conn: &mut Conn, address: &Address, entry: &LedgerEntry) -> Result<(), StoreError> {
    let sql = "INSERT INTO ledger (address, tenant, entry) VALUES ($1, $2, $3) \
               ON CONFLICT (address) DO UPDATE SET entry = excluded.entry";
    let query = sqlx::query(sql).bind(address.as_str()).bind(address.tenant());
    query.bind(to_json("a ledger entry", entry)?).execute(conn).await?;
    Ok(())
}

pub(crate) async fn remove(conn: &mut Conn, address: &Address) -> Result<bool, StoreError> {
    let query = sqlx::query("DELETE FROM ledger WHERE address = $1").bind(address.as_str());
    Ok(query.execute(conn).await?.rows_affected() > 0)
}

pub(crate) async fn put_removal(conn: &mut Conn, removal: &Removal) -> Result<(), StoreError> {
    let query = sqlx::query("INSERT INTO removals (at_ms, removal) VALUES ($1, $2)");
    let query = query.bind(removal.at.as_millisecond()).bind(to_json("a removal", removal)?);
    query.execute(conn).await?;
    Ok(())
}
