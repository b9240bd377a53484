//! The journal: an intent is durable before its call is made, an outcome after.
//!
//! Deliberately absent: finding out what became of an open intent (`engine`).

use crate::audit::AuditKind;
use crate::error::{StoreError, read_json, to_json};
use crate::store::{Store, system_actor};
use aplomo_core::RunId;
use aplomo_core::ports::{Fut, Journal, JournalError};
use aplomo_core::run::{CallOutcome, Intent, OpenIntent};
use serde_json::json;
use sqlx::Row as _;

impl Journal for Store {
    fn intend<'a>(&'a self, intent: &'a Intent) -> Fut<'a, Result<i64, JournalError>> {
        Box::pin(async move { self.write_intent(intent).await.map_err(|e| JournalError(e.to_string())) })
    }
    /// A lost answer ([`CallOutcome::Unknown`]) leaves the intent open.
    fn settle<'a>(&'a self, id: i64, outcome: &'a CallOutcome) -> Fut<'a, Result<(), JournalError>> {
        let pending = matches!(outcome, CallOutcome::Unknown { .. });
        Box::pin(async move {
            self.write_outcome(id, outcome, pending).await.map_err(|e| JournalError(e.to_string()))
        })
    }
}

impl Store {
    async fn write_intent(&self, intent: &Intent) -> Result<i64, StoreError> {
        let now = self.now();
        let mut w = self.write().await?;
        let sql = "INSERT INTO intents (run, at, intent, pending) VALUES ($1, $2, $3, 1) RETURNING id";
        let query = sqlx::query_scalar(sql).bind(intent.run.as_str()).bind(now.to_string());
        let id: i64 = query.bind(to_json("an intent", intent)?).fetch_one(&mut *w.tx).await?;
        let changes = intent.changes.iter().map(|(a, d)| json!({"address": a, "digest": d}));
        let changes = changes.collect::<Vec<_>>();
        let payload = json!({"intent": id, "run": intent.run, "call": intent.call, "key": intent.key, "changes": changes});
        w.audit(&intent.tenant, AuditKind::Intent, &system_actor(), now, payload).await?;
        w.commit().await?;
        Ok(id)
    }

    async fn write_outcome(&self, id: i64, outcome: &CallOutcome, pending: bool) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        let sql =
            "UPDATE intents SET outcome = $2, pending = $3 WHERE id = $1 AND pending = 1 RETURNING intent";
        let query = sqlx::query_scalar(sql).bind(id).bind(to_json("an outcome", outcome)?);
        let found: Option<String> = query.bind(i64::from(pending)).fetch_optional(&mut *w.tx).await?;
        let text = found.ok_or_else(|| StoreError::NotFound { what: "open intent", id: id.to_string() })?;
        let intent: Intent = read_json("an intent", &text)?;
        let payload = json!({"intent": id, "run": intent.run, "call": intent.call, "outcome": outcome});
        w.audit(&intent.tenant, AuditKind::Outcome, &system_actor(), self.now(), payload).await?;
        w.commit().await
    }

    /// Intents of which we do not know what became, oldest first: without outcome (a crash), or with a
    /// lost answer.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn open_intents(&self, run: Option<&RunId>) -> Result<Vec<OpenIntent>, StoreError> {
        let sql =
            "SELECT id, intent, at FROM intents WHERE pending = 1 AND ($1 IS NULL OR run = $1) ORDER BY id";
        let rows = sqlx::query(sql).bind(run.map(RunId::as_str)).fetch_all(&self.inner.pool).await?;
        let open = |row: &crate::db::Row| {
            let at =
                row.try_get::<String, _>(2)?.parse().map_err(|e| StoreError::unreadable("an intent", e))?;
            Ok(OpenIntent { id: row.try_get(0)?, intent: read_json("an intent", row.try_get(1)?)?, at })
        };
        rows.iter().map(open).collect()
    }

    /// Closes an open intent with what was found out, for good even where that is
    /// [`CallOutcome::Unknown`].
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where no such intent is open.
    pub async fn close_intent(&self, id: i64, outcome: &CallOutcome) -> Result<(), StoreError> {
        self.write_outcome(id, outcome, false).await
    }
}
