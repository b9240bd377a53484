//! Reading all that a plan needs to remember, at one moment.

use crate::db::{Conn, Row};
use crate::error::{StoreError, read_json};
use crate::store::Store;
use aplomo_core::Address;
use aplomo_core::ledger::{Baseline, LedgerEntry, Memory};
use futures_util::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use std::collections::BTreeMap;

impl Store {
    /// The ledger, removals of the 24 hours before `now`, holds (expired ones too), quarantine, baselines,
    /// when drift was first seen, and what was broken open (expired ones too).
    ///
    /// # Errors
    /// Trouble with the store, or a document in it that does not read back.
    pub async fn memory(&self, now: Timestamp) -> Result<Memory, StoreError> {
        let mut tx = self.read().await?;
        let since =
            now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN).as_millisecond();
        let removals = "SELECT removal FROM removals WHERE at_ms >= $1 ORDER BY id";
        let removals: Vec<String> = sqlx::query_scalar(removals).bind(since).fetch_all(&mut *tx).await?;
        Ok(Memory {
            ledger: read_ledger(&mut tx).await?,
            removals: removals.iter().map(|text| read_json("a removal", text)).collect::<Result<_, _>>()?,
            holds: documents(&mut tx, "SELECT hold FROM holds ORDER BY what", "a hold").await?,
            quarantine: documents(&mut tx, "SELECT entry FROM quarantine ORDER BY address", "a quarantine")
                .await?,
            reverted: crate::reverted::read(&mut tx).await?,
            baselines: read_baselines(&mut tx).await?,
            first_seen: read_first_seen(&mut tx).await?,
            glass: documents(&mut tx, "SELECT glass FROM break_glass ORDER BY tenant", "a broken glass")
                .await?,
        })
    }
}

async fn documents<T: DeserializeOwned>(
    c: &mut Conn,
    sql: &'static str,
    what: &str,
) -> Result<Vec<T>, StoreError> {
    let texts: Vec<String> = sqlx::query_scalar(sql).fetch_all(c).await?;
    texts.iter().map(|text| read_json(what, text)).collect()
}

fn address(row: &Row) -> Result<Address, StoreError> {
    row.try_get::<&str, _>(0)?.parse().map_err(|e| StoreError::unreadable("an address", e))
}

/// Row by row: 100,000 entries never exist twice.
async fn read_ledger(conn: &mut Conn) -> Result<BTreeMap<Address, LedgerEntry>, StoreError> {
    let mut rows = sqlx::query("SELECT address, entry FROM ledger ORDER BY address").fetch(conn);
    let mut ledger = BTreeMap::new();
    while let Some(row) = rows.try_next().await? {
        let address = address(&row)?;
        let entry = serde_json::from_str(row.try_get(1)?)
            .map_err(|e| StoreError::unreadable(format!("the ledger entry of {address}"), e))?;
        ledger.insert(address, entry);
    }
    Ok(ledger)
}

async fn read_baselines(conn: &mut Conn) -> Result<Vec<Baseline>, StoreError> {
    let sql = "SELECT type_name, scope, seen FROM baselines ORDER BY type_name, scope";
    let baseline = |row: Row| {
        let type_name =
            row.try_get::<&str, _>(0)?.parse().map_err(|e| StoreError::unreadable("a baseline", e))?;
        let count = u64::try_from(row.try_get::<i64, _>(2)?).unwrap_or(0);
        Ok(Baseline { type_name, scope: read_json("a scope", row.try_get(1)?)?, count })
    };
    sqlx::query(sql).fetch_all(conn).await?.into_iter().map(baseline).collect()
}

pub(crate) async fn read_first_seen(conn: &mut Conn) -> Result<BTreeMap<Address, Timestamp>, StoreError> {
    let seen = |row: Row| {
        let at = row.try_get::<&str, _>(1)?.parse().map_err(|e| StoreError::unreadable("a time", e))?;
        Ok((address(&row)?, at))
    };
    sqlx::query("SELECT address, at FROM first_seen").fetch_all(conn).await?.into_iter().map(seen).collect()
}
