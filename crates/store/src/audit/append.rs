//! Appending to a chain, inside a write transaction: appends are serialised by it.

use super::entry::{AuditEntry, FORMAT_VERSION, exact, genesis};
use super::kind::AuditKind;
use crate::db::WriteTx;
use crate::error::{StoreError, to_jcs};
use crate::key::SigningKey;
use crate::store::Store;
use aplomo_core::approval::Actor;
use aplomo_core::{Installation, TenantName};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::Row as _;

/// What an entry is sealed with.
pub(crate) struct Sealer {
    pub(crate) installation: Installation,
    pub(crate) key: SigningKey,
}

impl WriteTx<'_> {
    /// Appends one entry; it is durable with the transaction.
    pub(crate) async fn audit(
        &mut self,
        tenant: &TenantName,
        kind: AuditKind,
        actor: &Actor,
        at: Timestamp,
        payload: Value,
    ) -> Result<AuditEntry, StoreError> {
        let (last, prev) = self.tail(tenant).await?;
        let actor = serde_json::to_value(actor).map_err(|e| StoreError::unreadable("an actor", e))?;
        let mut entry = AuditEntry {
            format_version: FORMAT_VERSION,
            tenant: tenant.to_string(),
            seq: last + 1,
            at: at.to_string(),
            kind: kind.word().to_owned(),
            actor,
            payload: exact(payload),
            prev,
            hash: String::new(),
            key_id: self.sealer.key.public().id(),
            signature: String::new(),
        };
        let hash = entry.recompute()?;
        entry.hash = hash.to_string();
        entry.signature = self.sealer.key.sign(&hash);
        insert(self, &entry).await?;
        self.tails.insert(tenant.clone(), (entry.seq, entry.hash.clone()));
        Ok(entry)
    }

    async fn tail(&mut self, tenant: &TenantName) -> Result<(i64, String), StoreError> {
        if let Some(tail) = self.tails.get(tenant) {
            return Ok(tail.clone());
        }
        if self.tails.is_empty() {
            self.check_key().await?;
        }
        let sql = "SELECT seq, hash FROM audit WHERE tenant = $1 ORDER BY seq DESC LIMIT 1";
        match sqlx::query(sql).bind(tenant.as_str()).fetch_optional(&mut *self.tx).await? {
            Some(row) => Ok((row.try_get(0)?, row.try_get(1)?)),
            None => Ok((0, genesis(&self.sealer.installation, tenant.as_str())?)),
        }
    }
}

async fn insert(w: &mut WriteTx<'_>, e: &AuditEntry) -> Result<(), StoreError> {
    let sql = "INSERT INTO audit (tenant, seq, at, kind, actor, payload, prev, hash, key_id, signature) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let query = sqlx::query(sql).bind(&e.tenant).bind(e.seq).bind(&e.at).bind(&e.kind);
    let query = query.bind(to_jcs("an actor", &e.actor)?).bind(to_jcs("an audit payload", &e.payload)?);
    let query = query.bind(&e.prev).bind(&e.hash).bind(&e.key_id).bind(&e.signature);
    query.execute(&mut *w.tx).await?;
    Ok(())
}

impl WriteTx<'_> {
    /// Another process may have rotated the key since we opened the store.
    async fn check_key(&mut self) -> Result<(), StoreError> {
        let ours = self.sealer.key.public();
        match super::newest_key(&mut self.tx).await? {
            Some(key) if key != ours => Err(StoreError::OtherKey { found: key.id(), given: ours.id() }),
            _ => Ok(()),
        }
    }
}

impl Store {
    /// Appends one entry to a tenant's chain. Fractions and whole numbers beyond 2^53 in the payload
    /// become texts. The caller keeps secrets out.
    ///
    /// # Errors
    /// Trouble with the store; nothing is appended then.
    pub async fn audit_append(
        &self,
        tenant: &TenantName,
        kind: AuditKind,
        actor: &Actor,
        payload: Value,
    ) -> Result<AuditEntry, StoreError> {
        let mut w = self.write().await?;
        let entry = w.audit(tenant, kind, actor, self.now(), payload).await?;
        w.commit().await?;
        Ok(entry)
    }

    /// Lets another key sign from here on. Every chain gets an entry signed by the old key that names
    /// the new one, and one signed by the new key. The store is closed: open it with the new key.
    ///
    /// # Errors
    /// Trouble with the store; the old key stays then.
    pub async fn rotate_key(self, new: &SigningKey, by: &Actor) -> Result<(), StoreError> {
        let sealer = Sealer { installation: self.installation().clone(), key: new.clone() };
        let (old, at) = (self.public_key().to_string(), self.now());
        let payload = serde_json::json!({"from": old, "to": new.public().to_string()});
        let mut w = self.write().await?;
        let names: Vec<String> = sqlx::query_scalar("SELECT DISTINCT tenant FROM audit ORDER BY tenant")
            .fetch_all(&mut *w.tx)
            .await?;
        let tenants = names.iter().map(TenantName::new).collect::<Result<Vec<_>, _>>();
        let tenants = tenants.map_err(|e| StoreError::unreadable("an audit chain", e))?;
        for tenant in &tenants {
            w.audit(tenant, AuditKind::KeyRotated, by, at, payload.clone()).await?;
        }
        let mut w = WriteTx { sealer: &sealer, ..w };
        for tenant in &tenants {
            w.audit(tenant, AuditKind::KeyRotated, by, at, payload.clone()).await?;
        }
        super::add_key(&mut w.tx, &new.public()).await?;
        w.commit().await?;
        self.close().await;
        Ok(())
    }
}
