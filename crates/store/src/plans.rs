//! Plans as they were made, and finding the change behind an effect digest.

use crate::db::{Conn, WriteTx};
use crate::error::{StoreError, read_json, to_json};
use crate::store::Store;
use aplomo_core::plan::{Action, Change};
use aplomo_core::{Digest, Plan, SourceName};
use jiff::Timestamp;
use serde::Serialize;
use sqlx::{QueryBuilder, Row as _, Sqlite};
use std::collections::BTreeMap;

const CHUNK: usize = 500;

/// A stored plan in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanSummary {
    /// Its digest.
    pub digest: Digest,
    /// The source it was stored for.
    pub source: SourceName,
    /// The moment it is a plan for.
    pub as_of: Timestamp,
    /// Changes by action.
    pub summary: BTreeMap<Action, u32>,
    /// Whether all was seen.
    pub complete: bool,
    /// Whether it may be applied.
    pub applyable: bool,
}

/// An effect that some plan showed.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundEffect {
    /// The newest plan that has it.
    pub plan: Digest,
    /// The source of that plan.
    pub source: SourceName,
    /// The change.
    pub change: Change,
}

impl Store {
    /// Stores a plan; storing it again only makes it the newest.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn plan_put(&self, plan: &Plan, source: &SourceName) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        put(&mut w, plan, source, self.now()).await?;
        w.commit().await
    }

    /// The newest plans, newest first.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn plans(&self, limit: u32) -> Result<Vec<PlanSummary>, StoreError> {
        let sql = "SELECT source, head FROM plans ORDER BY put_ms DESC, digest LIMIT $1";
        let rows = sqlx::query(sql).bind(i64::from(limit)).fetch_all(&self.inner.pool).await?;
        let summary = |row: &crate::db::Row| {
            let head: Plan = read_json("a plan", row.try_get(1)?)?;
            Ok(PlanSummary {
                digest: head.digest,
                source: source(row.try_get(0)?)?,
                as_of: head.as_of,
                summary: head.summary,
                complete: head.complete,
                applyable: head.applyable,
            })
        };
        rows.iter().map(summary).collect()
    }

    /// A whole plan.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn plan(&self, digest: &Digest) -> Result<Option<Plan>, StoreError> {
        load(&mut *self.read().await?, &digest.to_string()).await
    }

    /// The change with this effect digest in the newest plan that has it.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn find_by_digest(&self, effect: &Digest) -> Result<Option<FoundEffect>, StoreError> {
        let sql = "SELECT c.plan, p.source, c.change FROM plan_changes c JOIN plans p ON p.digest = c.plan \
                   WHERE c.digest = $1 ORDER BY p.put_ms DESC, p.digest LIMIT 1";
        let query = sqlx::query(sql).bind(effect.to_string());
        let Some(row) = query.fetch_optional(&self.inner.pool).await? else { return Ok(None) };
        let plan = row.try_get::<&str, _>(0)?.parse().map_err(|e| StoreError::unreadable("a plan", e))?;
        let change = read_json("a change", row.try_get(2)?)?;
        Ok(Some(FoundEffect { plan, source: source(row.try_get(1)?)?, change }))
    }

    /// Forgets all but the newest `keep` plans, those that runs executed and those of open pull requests; gives how many went.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn plans_prune(&self, keep: u32) -> Result<u64, StoreError> {
        let mut w = self.write().await?;
        let sql = "DELETE FROM plans WHERE digest NOT IN (SELECT plan FROM runs) AND digest NOT IN \
                   (SELECT p.plan FROM plan_pulls p JOIN pulls u ON u.repository = p.repository \
                   AND u.number = p.number AND u.concluded = 0) AND digest NOT IN (SELECT digest FROM plans ORDER BY put_ms DESC, digest LIMIT $1)";
        let gone = sqlx::query(sql).bind(i64::from(keep)).execute(&mut *w.tx).await?.rows_affected();
        w.commit().await?;
        Ok(gone)
    }
}

pub(crate) fn source(text: &str) -> Result<SourceName, StoreError> {
    SourceName::new(text).map_err(|e| StoreError::unreadable("a source", e))
}

pub(crate) async fn put(
    w: &mut WriteTx<'_>,
    plan: &Plan,
    source: &SourceName,
    now: Timestamp,
) -> Result<(), StoreError> {
    let digest = plan.digest.to_string();
    let again = sqlx::query("UPDATE plans SET put_ms = $2 WHERE digest = $1");
    let again = again.bind(&digest).bind(now.as_millisecond()).execute(&mut *w.tx).await?;
    if again.rows_affected() > 0 {
        return Ok(());
    }
    let head = head_of(plan);
    let query = sqlx::query("INSERT INTO plans (digest, source, put_ms, head) VALUES ($1, $2, $3, $4)");
    let query = query.bind(&digest).bind(source.as_str()).bind(now.as_millisecond());
    query.bind(to_json("a plan", &head)?).execute(&mut *w.tx).await?;
    let mut place = 0_i64;
    for chunk in plan.changes.chunks(CHUNK) {
        let texts = chunk.iter().map(|change| to_json("a change", change)).collect::<Result<Vec<_>, _>>()?;
        let mut q = QueryBuilder::<Sqlite>::new("INSERT INTO plan_changes (plan, place, digest, change) ");
        q.push_values(chunk.iter().zip(texts), |mut row, (change, text)| {
            row.push_bind(&digest).push_bind(place).push_bind(change.digest.to_string()).push_bind(text);
            place += 1;
        });
        q.build().execute(&mut *w.tx).await?;
    }
    Ok(())
}

/// The plan without its changes.
fn head_of(plan: &Plan) -> Plan {
    Plan {
        format_version: plan.format_version,
        digest: plan.digest,
        as_of: plan.as_of,
        wake: plan.wake,
        sources: plan.sources.clone(),
        complete: plan.complete,
        applyable: plan.applyable,
        narrowed: plan.narrowed,
        reverts: plan.reverts.clone(),
        summary: plan.summary.clone(),
        changes: Vec::new(),
        findings: plan.findings.clone(),
        unmanaged: plan.unmanaged.clone(),
        unverifiable: plan.unverifiable.clone(),
        coverage: plan.coverage,
        meta: plan.meta.clone(),
    }
}

pub(crate) async fn load(conn: &mut Conn, digest: &str) -> Result<Option<Plan>, StoreError> {
    let head: Option<String> = sqlx::query_scalar("SELECT head FROM plans WHERE digest = $1")
        .bind(digest)
        .fetch_optional(&mut *conn)
        .await?;
    let Some(head) = head else { return Ok(None) };
    let mut plan: Plan = read_json("a plan", &head)?;
    let changes =
        sqlx::query_scalar::<_, String>("SELECT change FROM plan_changes WHERE plan = $1 ORDER BY place");
    let changes = changes.bind(digest).fetch_all(conn).await?;
    plan.changes = changes.iter().map(|text| read_json("a change", text)).collect::<Result<_, _>>()?;
    Ok(Some(plan))
}
