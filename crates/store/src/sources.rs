//! The last accepted head of each source, and sources that are held. Audited in `platform`'s chain.

use crate::audit::AuditKind;
use crate::error::{StoreError, read_json, to_json};
use crate::store::{Store, system_actor};
use aplomo_core::approval::Actor;
use aplomo_core::{CommitId, SourceName, TenantName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A source from which nothing is taken until somebody accepts its head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldSource {
    /// The source.
    pub source: SourceName,
    /// Why.
    pub reason: String,
    /// The head that was not accepted.
    pub head: Option<CommitId>,
    /// Since when.
    pub at: Timestamp,
}

const PLATFORM: TenantName = TenantName::known(TenantName::PLATFORM);

impl Store {
    /// The last accepted head of a source.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn accepted_head(&self, source: &SourceName) -> Result<Option<CommitId>, StoreError> {
        let query = sqlx::query_scalar("SELECT accepted FROM sources WHERE name = $1").bind(source.as_str());
        let head: Option<Option<String>> = query.fetch_optional(&self.inner.pool).await?;
        let head = head.flatten().map(CommitId::new).transpose();
        head.map_err(|e| StoreError::unreadable("an accepted head", e))
    }

    /// Accepts a head; a hold of the source ends with it. Nothing is written where it is accepted already.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn accept_head(
        &self,
        source: &SourceName,
        head: &CommitId,
        by: &Actor,
    ) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        let sql = "INSERT INTO sources (name, accepted) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE \
                   SET accepted = excluded.accepted, held = NULL \
                   WHERE sources.accepted IS NULL OR sources.accepted <> excluded.accepted OR sources.held IS NOT NULL";
        let query = sqlx::query(sql).bind(source.as_str()).bind(head.as_str());
        if query.execute(&mut *w.tx).await?.rows_affected() > 0 {
            let payload = json!({"source": source, "head": head});
            w.audit(&PLATFORM, AuditKind::SourceAccepted, by, self.now(), payload).await?;
        }
        w.commit().await
    }

    /// Holds a source.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn hold_source(
        &self,
        source: &SourceName,
        reason: &str,
        head: Option<&CommitId>,
    ) -> Result<(), StoreError> {
        let at = self.now();
        let held = HeldSource { source: source.clone(), reason: reason.to_owned(), head: head.cloned(), at };
        let mut w = self.write().await?;
        let sql = "INSERT INTO sources (name, held) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET held = excluded.held";
        let query = sqlx::query(sql).bind(source.as_str()).bind(to_json("a held source", &held)?);
        query.execute(&mut *w.tx).await?;
        let payload = json!({"source": source, "head": head, "reason": reason});
        w.audit(&PLATFORM, AuditKind::SourceHeld, &system_actor(), at, payload).await?;
        w.commit().await
    }

    /// Releases a held source without accepting a head; gives whether it was held.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn release_source(
        &self,
        source: &SourceName,
        by: &Actor,
        why: &str,
    ) -> Result<bool, StoreError> {
        let mut w = self.write().await?;
        let query = sqlx::query("UPDATE sources SET held = NULL WHERE name = $1 AND held IS NOT NULL");
        let was_held = query.bind(source.as_str()).execute(&mut *w.tx).await?.rows_affected() > 0;
        if was_held {
            let payload = json!({"source": source, "reason": why});
            w.audit(&PLATFORM, AuditKind::Release, by, self.now(), payload).await?;
        }
        w.commit().await?;
        Ok(was_held)
    }

    /// All held sources.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn held_sources(&self) -> Result<Vec<HeldSource>, StoreError> {
        let sql = "SELECT held FROM sources WHERE held IS NOT NULL ORDER BY name";
        let texts: Vec<String> = sqlx::query_scalar(sql).fetch_all(&self.inner.pool).await?;
        texts.iter().map(|text| read_json("a held source", text)).collect()
    }
}
