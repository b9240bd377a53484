//! Executing a plan: what is approved, on the world as approved, in the order of the graph, one wave
//! after another; every call between an intent and an outcome; then the proof that it converged.
//!
//! A wave is every change whose dependencies are done. Before a wave its containers are read again.
//! What no longer matches is stale, with its group and its dependents; the rest goes on.

mod converge;
mod fresh;
mod lease;
mod record;
mod resolve;
mod resume;
mod state;
mod wave;

pub use lease::Stop;
pub use resume::Resumed;

use crate::observe::{Connections, lease_keys};
use crate::{Engine, EngineError};
use aplomo_core::approval::{Approval, Grant};
use aplomo_core::ports::CallCounter;
use aplomo_core::run::{Ending, Run, RunMeta, Status};
use aplomo_core::{Action, Address, Change, Plan, RunId, Scope, SourceName, TenantName, TypeName};
use aplomo_store::RunRecord;
use state::State;
use std::collections::{BTreeMap, BTreeSet};

/// What to execute.
pub struct Order<'a> {
    /// The plan, complete: changes without a standing approval are reported as held.
    pub plan: &'a Plan,
    /// The ways into the accounts.
    pub connections: &'a Connections,
    /// The interrupted run to go on with.
    pub resume: Option<Run>,
    /// Told when to stop between changes.
    pub stop: &'a Stop,
    /// Told of progress: changes done, changes in all.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

impl Engine {
    /// Executes the approved changes of a plan.
    ///
    /// # Errors
    /// When the plan was edited, another run holds a tenant, or the store cannot be written; nothing
    /// was sent then, or what was sent is in the journal and the next start goes on from there.
    pub async fn execute(&self, order: &Order<'_>) -> Result<Run, EngineError> {
        if order.plan.recompute_digest()? != order.plan.digest {
            return Err(EngineError::EditedPlan);
        }
        let lease = self.lease(lease_keys(order.plan), order.stop).await?;
        let result = self.execute_leased(order, &lease).await;
        lease.give_back(self).await;
        result
    }

    async fn execute_leased(&self, order: &Order<'_>, lease: &lease::Held) -> Result<Run, EngineError> {
        let calls = CallCounter::default();
        let approvals = self.approvals_for(order.plan).await?;
        let resumed = order.resume.is_some();
        let run = match &order.resume {
            Some(run) => run.clone(),
            None => self.start_run(order.plan, &approvals).await?,
        };
        let mut state = State::new(order.plan, run.run.clone(), resumed, &run.outcomes);
        self.know_ids(&mut state).await?;
        self.grant(&mut state, &approvals);
        let mut interrupted = None;
        loop {
            let wave = state.next_wave();
            if wave.is_empty() {
                break;
            }
            if let Err(why) = aplomo_core::ports::Fence::check(lease).await {
                interrupted = Some(why);
                break;
            }
            self.wave(order, &mut state, &wave, lease, &calls).await?;
            (order.progress)(state.outcomes.len(), order.plan.changes.len());
        }
        if interrupted.is_none() {
            state.skip_the_rest();
            self.prove_convergence(order, &mut state, &calls).await?;
        }
        self.finish_run(run, state, interrupted, &calls).await
    }

    async fn approvals_for(&self, plan: &Plan) -> Result<Vec<Approval>, EngineError> {
        let tenants: BTreeSet<&str> = plan.changes.iter().map(|c| c.address.tenant()).collect();
        let mut approvals = Vec::new();
        for tenant in tenants {
            let Ok(tenant) = TenantName::new(tenant) else { continue };
            approvals.extend(self.store.approvals(&tenant).await?);
        }
        Ok(approvals)
    }

    /// Proves each change's approval; a group with one change refused is refused as a whole.
    fn grant(&self, state: &mut State<'_>, approvals: &[Approval]) {
        let now = self.clock.now();
        state.approvers = approvals.iter().map(|a| (a.id.clone(), a.by.clone())).collect();
        for change in state.pending() {
            match Grant::check(change, &change.source, approvals, now) {
                Ok(grant) => state.grant(&change.address, grant),
                Err(refusal) => state.refuse(change, refusal.to_string()),
            }
        }
        state.close_groups("another change of its group is held, and they only work together");
    }

    async fn start_run(&self, plan: &Plan, approvals: &[Approval]) -> Result<Run, EngineError> {
        let run = Run {
            run: RunId::new(self.ids.fresh())?,
            tenants: plan.changes.iter().filter_map(|c| TenantName::new(c.address.tenant()).ok()).collect(),
            plan: plan.digest,
            started: self.clock.now(),
            ended: None,
            ending: None,
            outcomes: Vec::new(),
            converged: false,
            meta: RunMeta::default(),
        };
        let source = plan.sources.first().map_or(SourceName::known("unknown"), |s| s.name.clone());
        let record = RunRecord {
            run: run.run.clone(),
            tenants: run.tenants.clone(),
            source,
            plan: plan.clone(),
            approvals: approvals.iter().map(|a| a.id.clone()).collect(),
        };
        self.store.run_start(&record).await?;
        Ok(run)
    }

    async fn finish_run(
        &self,
        mut run: Run,
        state: State<'_>,
        interrupted: Option<String>,
        calls: &CallCounter,
    ) -> Result<Run, EngineError> {
        let removed = removed(&state);
        run.outcomes = state.outcomes.into_values().collect();
        run.meta.api_calls = calls.calls();
        run.converged = run.outcomes.iter().all(|o| o.status == Status::Applied) && interrupted.is_none();
        run.ending = Some(if interrupted.is_some() { Ending::Interrupted } else { ending(&run) });
        if let Some(why) = interrupted {
            tracing::warn!(run = %run.run, %why, "stopped between changes; the next start goes on");
            return Ok(run);
        }
        run.ended = Some(self.clock.now());
        self.store.run_finish(&run).await?;
        self.store.baselines_lower(&removed).await?;
        Ok(run)
    }
}

/// What the run took away, by type and scope: the next reading shall not miss it.
fn removed(state: &State<'_>) -> Vec<(TypeName, Scope, u64)> {
    let mut counts: BTreeMap<(TypeName, Scope), u64> = BTreeMap::new();
    let applied =
        state.outcomes.values().filter(|o| o.status == Status::Applied && o.action == Action::Delete);
    for change in applied.filter_map(|o| change_at(state.plan, &o.address)) {
        let mut scope = change.scope.concrete();
        if let Some(id) = change.scope.container_of.as_ref().and_then(|of| state.ids.get(of)) {
            scope.container = Some(id.clone());
        }
        *counts.entry((change.type_name.clone(), scope)).or_default() += 1;
    }
    counts.into_iter().map(|((type_name, scope), count)| (type_name, scope, count)).collect()
}

/// How a run ended, from what became of its changes.
fn ending(run: &Run) -> Ending {
    let has = |status| run.outcomes.iter().any(|o| o.status == status);
    let only = |statuses: &[Status]| run.outcomes.iter().all(|o| statuses.contains(&o.status));
    if only(&[Status::Applied]) {
        Ending::Converged
    } else if has(Status::Waiting) && only(&[Status::Applied, Status::Waiting, Status::Skipped]) {
        Ending::Waiting
    } else if has(Status::Applied) || has(Status::Quarantined) {
        Ending::Partial
    } else if only(&[Status::Held, Status::Stale, Status::Skipped]) {
        Ending::Refused
    } else {
        Ending::Failed
    }
}

/// Finds a change by its address.
pub(crate) fn change_at<'a>(plan: &'a Plan, address: &Address) -> Option<&'a Change> {
    plan.changes.binary_search_by(|c| c.address.cmp(address)).ok().map(|i| &plan.changes[i])
}
