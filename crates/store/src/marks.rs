//! Holds and the quarantine: what must not be written, and letting it go on.

use crate::audit::AuditKind;
use crate::error::{StoreError, read_json, to_json};
use crate::store::{Store, chain_of, system_actor};
use aplomo_core::Address;
use aplomo_core::address::AddressPattern;
use aplomo_core::approval::Actor;
use aplomo_core::ledger::{Hold, Quarantine};
use serde_json::json;

impl Store {
    /// Puts a hold, in the place of one on the same pattern. Audited in the chain of the tenant that
    /// the pattern begins with, else in `platform`'s.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn put_hold(&self, hold: &Hold) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        let sql = "INSERT INTO holds (what, hold) VALUES ($1, $2) \
                   ON CONFLICT (what) DO UPDATE SET hold = excluded.hold";
        let query = sqlx::query(sql).bind(hold.what.0.as_str()).bind(to_json("a hold", hold)?);
        query.execute(&mut *w.tx).await?;
        let payload = json!({"what": hold.what, "until": hold.until, "reason": hold.reason});
        w.audit(&chain_of(&hold.what.0), AuditKind::Hold, &hold.by, self.now(), payload).await?;
        w.commit().await
    }

    /// Releases the holds on this pattern and on addresses it matches; gives them.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn release_hold(
        &self,
        what: &AddressPattern,
        by: &Actor,
        why: &str,
    ) -> Result<Vec<Hold>, StoreError> {
        let mut w = self.write().await?;
        let texts: Vec<String> =
            sqlx::query_scalar("SELECT hold FROM holds ORDER BY what").fetch_all(&mut *w.tx).await?;
        let holds = texts.iter().map(|text| read_json("a hold", text)).collect::<Result<Vec<Hold>, _>>()?;
        let covered =
            |hold: &Hold| hold.what == *what || hold.what.0.parse().is_ok_and(|a: Address| what.matches(&a));
        let holds: Vec<Hold> = holds.into_iter().filter(covered).collect();
        for hold in &holds {
            let query = sqlx::query("DELETE FROM holds WHERE what = $1").bind(hold.what.0.as_str());
            query.execute(&mut *w.tx).await?;
            let payload = json!({"hold": hold.what, "reason": why});
            w.audit(&chain_of(&hold.what.0), AuditKind::Release, by, self.now(), payload).await?;
        }
        w.commit().await?;
        Ok(holds)
    }

    /// Puts an address in quarantine, in the place of an earlier entry.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn quarantine_put(&self, entry: &Quarantine) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        let sql = "INSERT INTO quarantine (address, entry) VALUES ($1, $2) \
                   ON CONFLICT (address) DO UPDATE SET entry = excluded.entry";
        let query = sqlx::query(sql).bind(entry.address.as_str()).bind(to_json("a quarantine", entry)?);
        query.execute(&mut *w.tx).await?;
        let payload = json!({"address": entry.address, "field": entry.field, "why": entry.why,
            "commit": entry.commit, "digest": entry.digest});
        let chain = chain_of(entry.address.as_str());
        w.audit(&chain, AuditKind::Quarantined, &system_actor(), self.now(), payload).await?;
        w.commit().await
    }

    /// Lets everything that the pattern matches out of quarantine; gives the addresses.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn quarantine_release(
        &self,
        what: &AddressPattern,
        by: &Actor,
        why: &str,
    ) -> Result<Vec<Address>, StoreError> {
        let mut w = self.write().await?;
        let texts: Vec<String> = sqlx::query_scalar("SELECT address FROM quarantine ORDER BY address")
            .fetch_all(&mut *w.tx)
            .await?;
        let addresses = texts.iter().map(|text| text.parse()).collect::<Result<Vec<Address>, _>>();
        let mut addresses = addresses.map_err(|e| StoreError::unreadable("a quarantine", e))?;
        addresses.retain(|address| what.matches(address));
        for address in &addresses {
            let query = sqlx::query("DELETE FROM quarantine WHERE address = $1").bind(address.as_str());
            query.execute(&mut *w.tx).await?;
            let payload = json!({"quarantine": address, "reason": why});
            w.audit(&chain_of(address.as_str()), AuditKind::Release, by, self.now(), payload).await?;
        }
        w.commit().await?;
        Ok(addresses)
    }
}
