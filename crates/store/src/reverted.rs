//! What was put back to how it was: held until the manifests agree, or a person lets it go on.
//!
//! Deliberately absent: whether they agree (`core::reverted`, `planner`).

use crate::audit::AuditKind;
use crate::db::{Conn, WriteTx};
use crate::error::{StoreError, read_json, to_json};
use crate::store::{Store, chain_of, system_actor};
use aplomo_core::Address;
use aplomo_core::address::AddressPattern;
use aplomo_core::approval::Actor;
use aplomo_core::reverted::Reverted;
use serde_json::json;
use std::collections::BTreeMap;

impl Store {
    /// Lets go on what the pattern matches; gives the addresses. Audited in each tenant's chain.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn reverted_release(
        &self,
        what: &AddressPattern,
        by: &Actor,
        why: &str,
    ) -> Result<Vec<Address>, StoreError> {
        let mut w = self.write().await?;
        let known = read(&mut w.tx).await?;
        let addresses: Vec<Address> = known.into_keys().filter(|address| what.matches(address)).collect();
        for address in &addresses {
            self.forget_reverted(&mut w, address, by, why).await?;
        }
        w.commit().await?;
        Ok(addresses)
    }

    /// The manifests say what was put back: what holds these addresses ends by itself.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn reverted_agreed(&self, addresses: &[Address]) -> Result<(), StoreError> {
        if addresses.is_empty() {
            return Ok(());
        }
        let mut w = self.write().await?;
        for address in addresses {
            let why = "the manifests say what was put back";
            self.forget_reverted(&mut w, address, &system_actor(), why).await?;
        }
        w.commit().await
    }

    async fn forget_reverted(
        &self,
        w: &mut WriteTx<'_>,
        address: &Address,
        by: &Actor,
        why: &str,
    ) -> Result<(), StoreError> {
        let query = sqlx::query("DELETE FROM reverted WHERE address = $1").bind(address.as_str());
        if query.execute(&mut *w.tx).await?.rows_affected() > 0 {
            let payload = json!({"reverted": address, "reason": why});
            w.audit(&chain_of(address.as_str()), AuditKind::Release, by, self.now(), payload).await?;
        }
        Ok(())
    }
}

/// Puts one, in the place of an earlier one at the address.
pub(crate) async fn put(conn: &mut Conn, reverted: &Reverted) -> Result<(), StoreError> {
    let sql = "INSERT INTO reverted (address, reverted) VALUES ($1, $2) \
               ON CONFLICT (address) DO UPDATE SET reverted = excluded.reverted";
    let query = sqlx::query(sql).bind(reverted.address.as_str());
    query.bind(to_json("what was put back", reverted)?).execute(conn).await?;
    Ok(())
}

pub(crate) async fn read(conn: &mut Conn) -> Result<BTreeMap<Address, Reverted>, StoreError> {
    let texts: Vec<String> =
        sqlx::query_scalar("SELECT reverted FROM reverted ORDER BY address").fetch_all(conn).await?;
    let one = |text: &String| {
        let reverted: Reverted = read_json("what was put back", text)?;
        Ok((reverted.address.clone(), reverted))
    };
    texts.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AuditFilter;
    use crate::tests::{applied, memory_store, run_record};
    use aplomo_core::RunId;

    async fn put_back(store: &Store) -> Address {
        store.run_start(&run_record("run1", &["www"])).await.unwrap();
        let mut record = applied("www");
        let address = record.outcome.address.clone();
        record.reverted = Some(Reverted {
            address: address.clone(),
            of: RunId::known("r0"),
            run: record.run.clone(),
            wished: None,
            source: aplomo_core::SourceName::known("s"),
            by: record.actor.clone(),
            at: store.now(),
        });
        store.applied(&record).await.unwrap();
        address
    }

    async fn held(store: &Store) -> Vec<Address> {
        store.memory(store.now()).await.unwrap().reverted.into_keys().collect()
    }

    #[tokio::test]
    async fn what_was_put_back_is_held_until_the_manifests_agree_or_a_person_says_so() {
        let store = memory_store().await;
        let before = store.decisions().await.unwrap();
        let address = put_back(&store).await;
        assert_eq!(held(&store).await, std::slice::from_ref(&address));
        assert_ne!(store.decisions().await.unwrap(), before, "it wakes the daemon");
        store.reverted_agreed(&[address.clone(), address.clone()]).await.unwrap();
        assert_eq!(held(&store).await, []);
        let log = store.audit_log(&AuditFilter::default(), 99).await.unwrap();
        let told = log.iter().filter(|e| e.kind == "release" && e.payload["reverted"].is_string());
        assert_eq!(told.count(), 1, "nothing is told twice");
        assert!(log.iter().any(|e| e.kind == "applied" && e.payload["reverted"]["of"] == "r0"));
        let no = AddressPattern("other".into());
        assert_eq!(store.reverted_release(&no, &system_actor(), "no").await.unwrap(), []);
    }
}
