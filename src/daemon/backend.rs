//! Joins the HTTP server's port to the store and to what the loop left.

use super::desks::Desks;
use super::shared::Shared;
use super::sources::secret;
use crate::config::Config;
use crate::context::Cx;
use crate::failure::Failure;
use anyhow::Context as _;
use aplomo_core::ports::{BudgetLevel, Fut};
use aplomo_core::safety::TenantState;
use aplomo_core::{Digest, Plan, RunId, SourceName, TenantName, Timestamp};
use aplomo_engine::{Engine, Stop};
use aplomo_planner::DriftReport;
use aplomo_server::{
    Access, Api, AuditHead, Backend, BackendError, BudgetData, Delivered, Delivery, DriftData, Gate,
    LockData, PlanData, PlanEntry, Readiness, RunData, RunEntry, StatusData, TenantData, Token,
};
use aplomo_store::{Head, LeaseRow, RunSummary, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server that was started.
pub struct Server {
    /// Who may call; replaced when the configuration changes.
    pub gate: Gate,
    task: JoinHandle<()>,
}

impl Server {
    /// Waits until it has answered what it was asked.
    pub async fn finish(self) {
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the API server ended early");
        }
    }
}

/// Who may call, as the configuration says.
///
/// # Errors
/// Where a token's reference or a tenant's name is not well formed.
pub fn access(config: &Config, vars: &BTreeMap<String, String>) -> Result<Access, Failure> {
    let token = |t: &crate::config::TokenConfig| -> Result<Token, Failure> {
        let tenants =
            t.tenants.as_ref().map(|names| names.iter().map(TenantName::new).collect::<Result<_, _>>());
        Ok(Token {
            name: t.name.as_str().into(),
            secret: secret(&t.token, vars)?,
            tenants: tenants.transpose()?,
        })
    };
    let tokens = config.tokens.iter().map(token).collect::<Result<_, _>>()?;
    Ok(Access { tokens, public_host: config.public_host.clone() })
}

/// Listens and serves until told to stop.
///
/// # Errors
/// Where the address cannot be used, or others could reach it without a token.
pub async fn start(
    cx: &Cx,
    (engine, shared, desks): (&Arc<Engine>, &Arc<Shared>, &Arc<Desks>),
    stop: &Stop,
) -> Result<Server, Failure> {
    let address: SocketAddr = cx
        .config
        .listen
        .parse()
        .with_context(|| format!("`listen: {}` is no address like 127.0.0.1:9180", cx.config.listen))?;
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let at = listener.local_addr().context("the listener has no address")?;
    let gate = Gate::new(&access(&cx.config, &cx.env.vars)?, at).map_err(Failure::refused)?;
    let metrics = aplomo_server::install_recorder().map_err(Failure::failed)?;
    let backend = Arc::new(Joined {
        engine: Arc::clone(engine),
        shared: Arc::clone(shared),
        desks: Arc::clone(desks),
        started: engine.clock.now(),
    });
    let api = Api { backend, gate: gate.clone(), metrics };
    tracing::info!("listening on http://{at}");
    let (stop, clock) = (stop.clone(), Arc::clone(&engine.clock));
    let stopped = async move {
        while !stop.is_stopped() {
            clock.sleep(Duration::from_millis(100)).await;
        }
    };
    let task = tokio::spawn(async move {
        if let Err(error) = aplomo_server::serve(listener, api, stopped).await {
            tracing::error!(%error, "the API server stopped");
        }
    });
    Ok(Server { gate, task })
}

struct Joined {
    engine: Arc<Engine>,
    shared: Arc<Shared>,
    desks: Arc<Desks>,
    started: Timestamp,
}

fn lock(row: LeaseRow) -> LockData {
    LockData { scope: row.scope, holder: row.holder, since: row.since, until: row.until }
}

fn failed(error: StoreError) -> BackendError {
    BackendError(error.to_string())
}

impl Joined {
    fn speaks_for(&self, source: &SourceName) -> Option<BTreeSet<TenantName>> {
        // An unknown source may speak for anybody: shown only to those who see all.
        self.shared.latest().sources.get(source).and_then(|s| s.speaks_for.clone())
    }

    fn speaks_for_all(&self, plan: &Plan) -> Option<BTreeSet<TenantName>> {
        let each = plan.sources.iter().map(|s| self.speaks_for(&s.name));
        each.collect::<Option<Vec<_>>>().map(|sets| sets.into_iter().flatten().collect())
    }

    async fn status_now(&self) -> Result<StatusData, BackendError> {
        let now = self.engine.clock.now();
        let (holds, quarantine) = self.engine.store.attention().await.map_err(failed)?;
        let heads = self.engine.store.heads().await.map_err(failed)?;
        let runs = self.engine.store.runs(50).await.map_err(failed)?;
        let (sources, names, plan) = {
            let latest = self.shared.latest();
            (latest.sources.values().cloned().collect(), latest.tenants.clone(), latest.plan.clone())
        };
        let mut tenants = Vec::new();
        for (name, state) in &names {
            let last_run = self.last_run(name, &runs).await?;
            tenants.push(tenant(name, *state, plan.as_deref(), &heads, last_run));
        }
        Ok(StatusData {
            now,
            started: self.started,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            installation: self.engine.store.installation().clone(),
            tenants,
            sources,
            holds: holds.into_iter().filter(|h| h.until > now).collect(),
            quarantine,
            locks: self.engine.store.leases().await.map_err(failed)?.into_iter().map(lock).collect(),
            break_glass: self.engine.open_glass(now).await.map_err(|e| BackendError(e.to_string()))?,
            budgets: self.engine.budgets().into_iter().map(budget).collect(),
        })
    }

    /// The last run of a tenant, with the outcomes that the list does not have.
    async fn last_run(
        &self,
        tenant: &TenantName,
        runs: &[RunSummary],
    ) -> Result<Option<RunEntry>, BackendError> {
        let Some(last) = runs.iter().find(|r| r.run.tenants.contains(tenant)) else { return Ok(None) };
        let stored = self.engine.store.run(&last.run.run).await.map_err(failed)?;
        Ok(stored.map(|s| RunEntry::new(&s.run, s.source)))
    }

    async fn run_entries(&self, limit: u32) -> Result<Vec<RunEntry>, BackendError> {
        let mut entries = Vec::new();
        for summary in self.engine.store.runs(limit).await.map_err(failed)? {
            let stored = self.engine.store.run(&summary.run.run).await.map_err(failed)?;
            entries.extend(stored.map(|s| RunEntry::new(&s.run, s.source)));
        }
        Ok(entries)
    }

    async fn plan_entries(&self, limit: u32) -> Result<Vec<PlanEntry>, BackendError> {
        let mut entries = Vec::new();
        for summary in self.engine.store.plans(limit).await.map_err(failed)? {
            let plan = self.engine.store.plan(&summary.digest).await.map_err(failed)?;
            entries.extend(plan.map(|p| PlanEntry::new(&p, self.speaks_for_all(&p))));
        }
        Ok(entries)
    }

    fn drift_now(&self) -> Vec<DriftData> {
        let (sources, plan, first_seen) = {
            let latest = self.shared.latest();
            (
                latest.sources.keys().cloned().collect::<Vec<_>>(),
                latest.plan.clone(),
                latest.first_seen.clone(),
            )
        };
        let Some(plan) = plan else { return Vec::new() };
        let report = aplomo_planner::drift(&plan).since(&first_seen);
        sources.iter().enumerate().map(|(i, name)| self.drift_of(name, &report, i == 0)).collect()
    }

    /// The share of one source. What belongs to no source in particular is told with the first.
    fn drift_of(&self, source: &SourceName, report: &DriftReport, first: bool) -> DriftData {
        let mine = |changes: &[aplomo_core::Change]| {
            changes.iter().filter(|c| c.source == *source).cloned().collect()
        };
        DriftData {
            source: source.clone(),
            speaks_for: self.speaks_for(source),
            format_version: report.format_version,
            as_of: report.as_of,
            sources: report.sources.iter().filter(|s| s.name == *source).cloned().collect(),
            complete: report.complete,
            changes: mine(&report.changes),
            pending: mine(&report.pending),
            findings: if first { report.findings.clone() } else { Vec::new() },
            unmanaged: if first { report.unmanaged.clone() } else { Vec::new() },
            unverifiable: if first { report.unverifiable.clone() } else { Vec::new() },
            meta: report.meta.clone(),
        }
    }
}

fn tenant(
    name: &TenantName,
    state: TenantState,
    plan: Option<&Plan>,
    heads: &[Head],
    last_run: Option<RunEntry>,
) -> TenantData {
    let changes = || plan.iter().flat_map(|p| &p.changes).filter(|c| c.address.tenant() == name.as_str());
    let drifting = changes().filter(|c| c.reason == aplomo_core::Reason::Drift).count();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    TenantData {
        name: name.clone(),
        state: state_word(state).into(),
        last_run,
        drift_as_of: plan.map(|p| p.as_of),
        drift_changes: count(drifting),
        pending_changes: count(changes().count() - drifting),
        audit_head: heads.iter().find(|h| h.tenant == *name).map(|h| AuditHead { seq: h.seq, hash: h.hash }),
    }
}

fn budget(level: BudgetLevel) -> BudgetData {
    BudgetData {
        account: level.account,
        service: level.service,
        available: level.available,
        burst: level.burst,
        per_second: level.per_second,
        throttled_since: level.throttled_since,
        slow_until: level.slow_until,
    }
}

/// The word of kinds.md.
const fn state_word(state: TenantState) -> &'static str {
    match state {
        TenantState::Active => "active",
        TenantState::Frozen => "frozen",
        TenantState::Leaving => "leaving",
        TenantState::Released => "released",
    }
}

type Only<'a> = Option<&'a BTreeSet<TenantName>>;

impl Backend for Joined {
    fn status(&self) -> Fut<'_, Result<StatusData, BackendError>> {
        Box::pin(self.status_now())
    }
    fn plans<'a>(&'a self, limit: u32, _only: Only<'a>) -> Fut<'a, Result<Vec<PlanEntry>, BackendError>> {
        Box::pin(self.plan_entries(limit))
    }
    fn plan<'a>(&'a self, digest: &'a Digest) -> Fut<'a, Result<Option<PlanData>, BackendError>> {
        Box::pin(async move {
            let plan = self.engine.store.plan(digest).await.map_err(failed)?;
            Ok(plan.map(|plan| PlanData { speaks_for: self.speaks_for_all(&plan), plan }))
        })
    }
    fn runs<'a>(&'a self, limit: u32, _only: Only<'a>) -> Fut<'a, Result<Vec<RunEntry>, BackendError>> {
        Box::pin(self.run_entries(limit))
    }
    fn run<'a>(&'a self, id: &'a RunId) -> Fut<'a, Result<Option<RunData>, BackendError>> {
        Box::pin(async move {
            let stored = self.engine.store.run(id).await.map_err(failed)?;
            Ok(stored.map(|s| RunData { run: s.run, source: s.source }))
        })
    }
    fn drift(&self) -> Fut<'_, Result<Vec<DriftData>, BackendError>> {
        Box::pin(async move { Ok(self.drift_now()) })
    }
    fn delivered<'a>(&'a self, delivery: &'a Delivery<'a>) -> Fut<'a, Result<Delivered, BackendError>> {
        Box::pin(async move { self.desks.delivered(&self.engine, delivery).await.map_err(failed) })
    }
    fn ready(&self) -> Fut<'_, Readiness> {
        Box::pin(async move {
            let mut ready = Readiness::ready();
            if let Err(error) = self.engine.store.heads().await {
                ready = ready.because("store-unreachable", error.to_string());
            }
            let latest = self.shared.latest();
            if let Some((code, why)) = &latest.trouble {
                ready = ready.because(code, why.clone());
            } else if latest.plan.is_none() {
                ready =
                    ready.because("nothing-planned-yet", "no source was read and planned since the start");
            }
            ready
        })
    }
}
