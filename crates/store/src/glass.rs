//! Freezes and windows that somebody broke open: recorded and audited in the chain of the tenant.
//!
//! Deliberately absent: whether one opens anything (`core::safety::BreakGlass`).

use crate::audit::AuditKind;
use crate::error::{StoreError, read_json, to_json};
use crate::store::Store;
use aplomo_core::TenantName;
use aplomo_core::approval::Actor;
use aplomo_core::safety::BreakGlass;
use serde_json::json;

impl Store {
    /// The newest of each tenant, expired ones too.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn glass(&self) -> Result<Vec<BreakGlass>, StoreError> {
        let sql = "SELECT glass FROM break_glass ORDER BY tenant";
        let texts: Vec<String> = sqlx::query_scalar(sql).fetch_all(&self.inner.pool).await?;
        texts.iter().map(|text| read_json("a broken glass", text)).collect()
    }

    /// Records that somebody asked to open a tenant's freezes and windows, in the place of `before`, which must
    /// be what is there: two people who ask at the same moment do not lose one another's word. `opens` is whether
    /// they are open by that.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where somebody else was faster; trouble with the store.
    pub async fn glass_put(
        &self,
        glass: &BreakGlass,
        before: Option<&BreakGlass>,
        opens: bool,
    ) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        let there: Option<String> = sqlx::query_scalar("SELECT glass FROM break_glass WHERE tenant = $1")
            .bind(glass.tenant.as_str())
            .fetch_optional(&mut *w.tx)
            .await?;
        let there: Option<BreakGlass> = there.map(|text| read_json("a broken glass", &text)).transpose()?;
        if there.as_ref() != before {
            return Err(StoreError::Conflict { what: "break-glass", id: glass.tenant.to_string() });
        }
        let sql = "INSERT INTO break_glass (tenant, glass) VALUES ($1, $2) \
                   ON CONFLICT (tenant) DO UPDATE SET glass = excluded.glass";
        let query = sqlx::query(sql).bind(glass.tenant.as_str()).bind(to_json("a broken glass", glass)?);
        query.execute(&mut *w.tx).await?;
        if let Some(last) = glass.by.last() {
            let payload = json!({"tenant": glass.tenant, "until": glass.until, "reason": last.reason,
                "opens": opens, "people": glass.people()});
            w.audit(&glass.tenant, AuditKind::BreakGlass, &last.who, self.now(), payload).await?;
        }
        w.commit().await
    }

    /// Closes the glass of a tenant; gives what was there, in force or not.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn glass_end(
        &self,
        tenant: &TenantName,
        by: &Actor,
        why: &str,
    ) -> Result<Option<BreakGlass>, StoreError> {
        let mut w = self.write().await?;
        let sql = "DELETE FROM break_glass WHERE tenant = $1 RETURNING glass";
        let text: Option<String> =
            sqlx::query_scalar(sql).bind(tenant.as_str()).fetch_optional(&mut *w.tx).await?;
        let Some(text) = text else { return Ok(None) };
        let glass: BreakGlass = read_json("a broken glass", &text)?;
        let payload = json!({"tenant": tenant, "until": glass.until, "reason": why});
        w.audit(tenant, AuditKind::BreakGlassEnded, by, self.now(), payload).await?;
        w.commit().await?;
        Ok(Some(glass))
    }
}
