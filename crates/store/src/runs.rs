//! Runs: stored with their whole plan, so that a crash can be resumed.

use crate::audit::AuditKind;
use crate::db::{Conn, Row};
use crate::error::{StoreError, read_json, to_json};
use crate::plans;
use crate::store::{Store, system_actor};
use aplomo_core::run::{ChangeOutcome, Ending, Run, RunMeta, Status};
use aplomo_core::safety::BreakGlass;
use aplomo_core::{Digest, Plan, RunId, SourceName, TenantName};
use serde_json::json;
use smol_str::SmolStr;
use sqlx::Row as _;
use std::collections::{BTreeMap, BTreeSet};

/// A run that is about to begin.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    /// Its id.
    pub run: RunId,
    /// The tenants it touches.
    pub tenants: BTreeSet<TenantName>,
    /// The source whose plan it executes.
    pub source: SourceName,
    /// The plan.
    pub plan: Plan,
    /// Ids of the approvals it rests on.
    pub approvals: Vec<SmolStr>,
    /// Freezes and windows of its tenants that are broken open.
    pub break_glass: Vec<BreakGlass>,
}

/// A run with all that is needed to resume it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRun {
    /// The run with its outcomes so far.
    pub run: Run,
    /// The source.
    pub source: SourceName,
    /// Ids of the approvals.
    pub approvals: Vec<SmolStr>,
    /// The plan.
    pub plan: Plan,
}

/// A run in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSummary {
    /// The run, its outcomes left out.
    pub run: Run,
    /// The source.
    pub source: SourceName,
    /// How many changes came to what.
    pub counts: BTreeMap<Status, u64>,
}

impl Store {
    /// Records that a run begins now, with its whole plan; audited for each tenant.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the id is taken.
    pub async fn run_start(&self, record: &RunRecord) -> Result<(), StoreError> {
        let now = self.now();
        let run = Run {
            run: record.run.clone(),
            tenants: record.tenants.clone(),
            plan: record.plan.digest,
            started: now,
            ended: None,
            ending: None,
            outcomes: Vec::new(),
            converged: false,
            break_glass: record.break_glass.clone(),
            meta: RunMeta::default(),
        };
        let mut w = self.write().await?;
        plans::put(&mut w, &record.plan, &record.source, now).await?;
        let sql = "INSERT INTO runs (id, source, plan, approvals, started_ms, unfinished, run) \
                   VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT (id) DO NOTHING";
        let query =
            sqlx::query(sql).bind(run.run.as_str()).bind(record.source.as_str()).bind(run.plan.to_string());
        let query = query.bind(to_json("a run", &record.approvals)?).bind(now.as_millisecond());
        if query.bind(to_json("a run", &run)?).execute(&mut *w.tx).await?.rows_affected() == 0 {
            return Err(StoreError::Conflict { what: "run", id: run.run.to_string() });
        }
        let mut payload = json!({"run": run.run, "plan": run.plan, "source": record.source});
        if !run.break_glass.is_empty() {
            payload["breakGlass"] = json!(run.break_glass);
        }
        for tenant in &record.tenants {
            w.audit(tenant, AuditKind::RunStarted, &system_actor(), now, payload.clone()).await?;
        }
        w.commit().await
    }

    /// Records what became of a change that was not applied, in the place of an earlier outcome.
    ///
    /// # Errors
    /// Trouble with the store, or a run that was never started.
    pub async fn run_outcome(&self, run: &RunId, outcome: &ChangeOutcome) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        put_outcome(&mut w.tx, run, outcome).await?;
        w.commit().await
    }

    /// Records how a run ended; audited for each tenant with its own changes only, then heads are
    /// published. An interrupted run stays unfinished and may be finished again under the same id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where the run was never started.
    pub async fn run_finish(&self, run: &Run) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        let unfinished = run.ending.is_none_or(|ending| ending == Ending::Interrupted);
        let bare = Run { outcomes: Vec::new(), ..run.clone() };
        let query =
            sqlx::query("UPDATE runs SET run = $2, unfinished = $3 WHERE id = $1").bind(run.run.as_str());
        let query = query.bind(to_json("a run", &bare)?).bind(i64::from(unfinished));
        if query.execute(&mut *w.tx).await?.rows_affected() == 0 {
            return Err(StoreError::NotFound { what: "run", id: run.run.to_string() });
        }
        for outcome in &run.outcomes {
            put_outcome(&mut w.tx, &run.run, outcome).await?;
        }
        for tenant in &run.tenants {
            let payload = finish_payload(run, tenant);
            w.audit(tenant, AuditKind::RunFinished, &system_actor(), self.now(), payload).await?;
        }
        w.commit().await?;
        self.publish_heads(Some(&run.tenants)).await;
        Ok(())
    }

    /// Runs that did not end or were interrupted, oldest first.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn unfinished_runs(&self) -> Result<Vec<StoredRun>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT run, source, approvals FROM runs WHERE unfinished = 1 ORDER BY started_ms, id";
        let mut runs = Vec::new();
        for row in sqlx::query(sql).fetch_all(&mut *tx).await? {
            runs.push(stored(&mut tx, &row).await?);
        }
        Ok(runs)
    }

    /// One run.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn run(&self, id: &RunId) -> Result<Option<StoredRun>, StoreError> {
        let mut tx = self.read().await?;
        let query = sqlx::query("SELECT run, source, approvals FROM runs WHERE id = $1").bind(id.as_str());
        let Some(row) = query.fetch_optional(&mut *tx).await? else { return Ok(None) };
        stored(&mut tx, &row).await.map(Some)
    }

    /// The newest runs, newest first.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn runs(&self, limit: u32) -> Result<Vec<RunSummary>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT run, source FROM runs ORDER BY started_ms DESC, id DESC LIMIT $1";
        let mut runs = Vec::new();
        for row in sqlx::query(sql).bind(i64::from(limit)).fetch_all(&mut *tx).await? {
            let run: Run = read_json("a run", row.try_get(0)?)?;
            let counts = counts(&mut tx, &run.run).await?;
            runs.push(RunSummary { run, source: plans::source(row.try_get(1)?)?, counts });
        }
        Ok(runs)
    }
}

/// What a tenant's chain tells: its own changes, and why those that were not applied were not.
fn finish_payload(run: &Run, tenant: &TenantName) -> serde_json::Value {
    let own = || run.outcomes.iter().filter(|outcome| outcome.address.tenant() == tenant.as_str());
    let applied = own().filter(|outcome| outcome.status == Status::Applied).count();
    let rest: Vec<_> = own().filter(|outcome| outcome.status != Status::Applied).collect();
    json!({"run": run.run, "plan": run.plan, "ending": run.ending, "converged": run.converged,
        "applied": applied, "notApplied": rest})
}

pub(crate) async fn put_outcome(
    conn: &mut Conn,
    run: &RunId,
    outcome: &ChangeOutcome,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO outcomes (run, address, status, outcome) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (run, address) DO UPDATE SET status = excluded.status, outcome = excluded.outcome";
    let status = to_json("a status", &outcome.status)?;
    let query = sqlx::query(sql).bind(run.as_str()).bind(outcome.address.as_str()).bind(status);
    query.bind(to_json("an outcome", outcome)?).execute(conn).await?;
    Ok(())
}

async fn counts(conn: &mut Conn, run: &RunId) -> Result<BTreeMap<Status, u64>, StoreError> {
    let query = sqlx::query("SELECT status, COUNT(*) FROM outcomes WHERE run = $1 GROUP BY status");
    let rows = query.bind(run.as_str()).fetch_all(conn).await?;
    let count = |row: &Row| {
        let count = u64::try_from(row.try_get::<i64, _>(1)?).unwrap_or(0);
        Ok((read_json("a status", row.try_get(0)?)?, count))
    };
    rows.iter().map(count).collect()
}

async fn stored(conn: &mut Conn, row: &Row) -> Result<StoredRun, StoreError> {
    let mut run: Run = read_json("a run", row.try_get(0)?)?;
    let sql = "SELECT outcome FROM outcomes WHERE run = $1 ORDER BY address";
    let outcomes: Vec<String> = sqlx::query_scalar(sql).bind(run.run.as_str()).fetch_all(&mut *conn).await?;
    run.outcomes = outcomes.iter().map(|text| read_json("an outcome", text)).collect::<Result<_, _>>()?;
    Ok(StoredRun {
        source: plans::source(row.try_get(1)?)?,
        approvals: read_json("a run", row.try_get(2)?)?,
        plan: plan_of(conn, &run.plan).await?,
        run,
    })
}

async fn plan_of(conn: &mut Conn, digest: &Digest) -> Result<Plan, StoreError> {
    let plan = plans::load(conn, &digest.to_string()).await?;
    plan.ok_or_else(|| StoreError::NotFound { what: "plan", id: digest.to_string() })
}
