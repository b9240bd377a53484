//! Drift that people put off: recorded, audited, over by itself.

use crate::audit::AuditKind;
use crate::error::{StoreError, read_json, to_json};
use crate::store::{Store, chain_of};
use aplomo_core::Address;
use aplomo_core::approval::Actor;
use aplomo_core::told::Snooze;
use jiff::Timestamp;
use serde_json::json;

impl Store {
    /// Puts drift off, in the place of what was said of the address before.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn snooze_put(&self, snooze: &Snooze) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        let sql = "INSERT INTO snoozes (address, snooze) VALUES ($1, $2) \
                   ON CONFLICT (address) DO UPDATE SET snooze = excluded.snooze";
        let query = sqlx::query(sql).bind(snooze.address.as_str()).bind(to_json("a snooze", snooze)?);
        query.execute(&mut *w.tx).await?;
        let payload = json!({"address": snooze.address, "until": snooze.until, "reason": snooze.reason});
        let chain = chain_of(snooze.address.as_str());
        w.audit(&chain, AuditKind::Snooze, &snooze.by, self.now(), payload).await?;
        w.commit().await
    }

    /// Ends it; gives whether there was one.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn snooze_end(&self, address: &Address, by: &Actor, why: &str) -> Result<bool, StoreError> {
        let mut w = self.write().await?;
        let query = sqlx::query("DELETE FROM snoozes WHERE address = $1").bind(address.as_str());
        let ended = query.execute(&mut *w.tx).await?.rows_affected() > 0;
        if ended {
            let payload = json!({"snooze": address, "reason": why});
            let chain = chain_of(address.as_str());
            w.audit(&chain, AuditKind::Release, by, self.now(), payload).await?;
        }
        w.commit().await?;
        Ok(ended)
    }

    /// What is put off at a moment, in the order of the addresses.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn snoozes(&self, at: Timestamp) -> Result<Vec<Snooze>, StoreError> {
        let texts: Vec<String> = sqlx::query_scalar("SELECT snooze FROM snoozes ORDER BY address")
            .fetch_all(&self.inner.pool)
            .await?;
        let all = texts.iter().map(|text| read_json("a snooze", text));
        let mut all = all.collect::<Result<Vec<Snooze>, _>>()?;
        all.retain(|snooze| snooze.until > at);
        Ok(all)
    }
}
