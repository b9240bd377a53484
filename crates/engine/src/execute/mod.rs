//! Executing a plan: what is approved, on the world as approved, in the order of the graph, one wave
//! after another; every call between an intent and an outcome; then the proof that it converged.
//!
//! A wave is every change whose dependencies are done. Before a wave its containers are read again.
//! What no longer matches is stale, with its group and its dependents; the rest goes on.

mod converge;
mod fresh;
mod half_made;
mod lease;
mod recheck;
mod recognise;
mod record;
mod resolve;
mod resume;
mod state;
mod unmake;
mod wave;

pub use lease::Stop;
pub use resume::Resumed;

use crate::connections::Connections;
use crate::{Engine, EngineError};
use aplomo_core::approval::{Approval, Grant};
use aplomo_core::ledger::Baseline;
use aplomo_core::plan::HeldBy;
use aplomo_core::ports::CallCounter;
use aplomo_core::run::{Ending, Run, RunMeta, Status};
use aplomo_core::safety::freeze::Today;
use aplomo_core::types::Counting;
use aplomo_core::{
    Action, Address, Change, Plan, RunId, Scope, SourceName, TenantName, Timestamp, TypeName, Types,
};
use aplomo_store::RunRecord;
use recheck::{Now, going_container};
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
        if order.resume.is_none() {
            self.check_plan(order.plan).await?;
        } else if order.plan.recompute_digest()? != order.plan.digest {
            return Err(EngineError::EditedPlan);
        }
        let lease = self.lease(order.plan, order.stop).await?;
        let result = self.execute_leased(order, &lease).await;
        order.connections.all().for_each(|connection| connection.rest());
        lease.give_back(self).await;
        result
    }

    async fn execute_leased(&self, order: &Order<'_>, lease: &lease::Held) -> Result<Run, EngineError> {
        let calls = CallCounter::default();
        let resumed = order.resume.is_some();
        let run = match &order.resume {
            // Somebody may have ended it between our reading of it and our lease.
            Some(run) => self.store.run(&run.run).await?.map_or_else(|| run.clone(), |stored| stored.run),
            None => {
                self.nothing_unfinished(order.plan).await?;
                self.start_run(order.plan).await?
            }
        };
        if run.ended.is_some() {
            return Ok(run);
        }
        let mut state = State::new(order.plan, run.run.clone(), resumed, &run.outcomes);
        self.know_ids(&mut state).await?;
        let interrupted = self.carry_out(order, &mut state, lease, &calls).await?;
        self.finish_run(run, state, interrupted, &calls).await
    }

    /// A new run could do again what an interrupted one did already.
    async fn nothing_unfinished(&self, plan: &Plan) -> Result<(), EngineError> {
        let tenants: BTreeSet<_> = plan.changes.iter().map(|c| c.address.tenant()).collect();
        let unfinished = self.store.unfinished_runs().await?;
        let same = |t: &TenantName| tenants.contains(t.as_str());
        match unfinished.into_iter().find(|stored| stored.run.tenants.iter().any(same)) {
            Some(stored) => Err(EngineError::Unfinished(stored.run.run.to_string())),
            None => Ok(()),
        }
    }

    /// Everything between the start of a run and its end. Yields why it was stopped, where it was.
    async fn carry_out(
        &self,
        order: &Order<'_>,
        state: &mut State<'_>,
        lease: &lease::Held,
        calls: &CallCounter,
    ) -> Result<Option<String>, EngineError> {
        let mut stopped = self.waves(order, state, lease, calls).await?;
        while stopped.is_none() && state.look_for_lost(self.clock.now()) {
            state.learn(self.store.attempts(&state.run).await?);
            // Where a call is neither conditional nor carries an idempotency key, its wave waits until
            // a reading that lags would show it.
            stopped = self.waves(order, state, lease, calls).await?;
        }
        if stopped.is_none() {
            state.skip_the_rest();
            // Taking the old object away is the end of a change that was begun: no freeze stops it.
            lease.watch(None);
            stopped = self.unmake(order, state, lease, calls).await?;
        }
        if stopped.is_none() {
            let unproven = self.prove_convergence(order, state, calls).await?;
            let lost = "answers were lost, and what became of those calls is not known yet";
            stopped = state.has_lost().then(|| lost.to_owned()).or(unproven);
        }
        Ok(stopped)
    }

    /// One wave after another, until none is left or something stops us. Approvals are proven before
    /// each: one that expired or was revoked meanwhile stops the run between changes.
    async fn waves(
        &self,
        order: &Order<'_>,
        state: &mut State<'_>,
        lease: &lease::Held,
        calls: &CallCounter,
    ) -> Result<Option<String>, EngineError> {
        loop {
            let approvals = self.approvals_for(order.plan).await?;
            lease.watch(self.grant(state, &approvals).await?);
            let wave = state.next_wave();
            if wave.is_empty() {
                return Ok(None);
            }
            if let Err(why) = aplomo_core::ports::Fence::check(lease).await {
                if lease.is_crossed() {
                    continue;
                }
                return Ok(Some(why));
            }
            self.wave(order, state, &wave, lease, calls).await?;
            (order.progress)(state.outcomes.len(), order.plan.changes.len());
            // Stopped in the middle of a wave: what is left of it was not refused, it goes on later.
            let open =
                |c: &&Change| state.outcomes.get(&c.address).is_none_or(|o| o.status != Status::Applied);
            if let Err(why) = aplomo_core::ports::Fence::check(lease).await
                && wave.iter().any(open)
            {
                // A freeze began: what it holds is refused, and the rest goes on.
                if lease.is_crossed() {
                    state.stopped_short(&wave);
                    state.learn(self.store.attempts(&state.run).await?);
                    continue;
                }
                return Ok(Some(why));
            }
        }
    }

    pub(crate) async fn approvals_for(&self, plan: &Plan) -> Result<Vec<Approval>, EngineError> {
        let tenants: BTreeSet<&str> = plan.changes.iter().map(|c| c.address.tenant()).collect();
        let mut approvals = Vec::new();
        for tenant in tenants {
            let Ok(tenant) = TenantName::new(tenant) else { continue };
            approvals.extend(self.store.approvals(&tenant).await?);
        }
        Ok(approvals)
    }

    /// Proves each change's approval, and that nothing recorded since stands in its way; a group with
    /// one change refused is refused as a whole, the contents of a container with the container. Yields when
    /// time alone may change this: when a freeze begins, for example.
    async fn grant(
        &self,
        state: &mut State<'_>,
        approvals: &[Approval],
    ) -> Result<Option<Timestamp>, EngineError> {
        let at = self.clock.now();
        let memory = self.store.memory(at).await?;
        let recorded = aplomo_resources::aplomo::recorded(&memory);
        let held_sources = self.store.held_sources().await?;
        let today = Today::of(&[&recorded.calendar], at);
        let now = Now { at, memory: &memory, recorded: &recorded, types: &self.types, held_sources, today };
        let lifts = |c: &Change| lifts_count(c, approvals, at);
        let over = now.too_many(state.plan, |c| lifts(c) || state.outcomes.contains_key(&c.address));
        state.approvers = approvals.iter().map(|a| (a.id.clone(), a.by.clone())).collect();
        for change in state.pending() {
            let put_back = now.put_back(change).filter(|_| state.plan.reverts.is_none());
            let stop = put_back.or_else(|| now.stop(change, state.commit_of(&change.source).as_ref()));
            // What was begun is ended: a freeze stops between changes.
            if let Some(why) = stop.or_else(|| now.shut(change).filter(|_| !state.is_begun(change))) {
                state.refuse(change, why);
                continue;
            }
            let counted =
                change.is_removal() && !lifts(change) && going_container(state.plan, change).is_none();
            let counted = counted && per_tenant(&self.types, change) && !now.is_teardown(change);
            if let Some(why) = over.get(change.address.tenant()).filter(|_| counted) {
                state.refuse(change, why.clone());
                continue;
            }
            match Grant::check(change, &change.source, approvals, at) {
                Ok(grant) => state.grant(&change.address, grant),
                Err(refusal) => state.refuse(change, refusal.to_string()),
            }
        }
        state.keep_contents_with_containers();
        state.close_groups("another change of its group is held, and they only work together");
        Ok(now.next())
    }

    async fn start_run(&self, plan: &Plan) -> Result<Run, EngineError> {
        let approvals = self.approvals_for(plan).await?;
        let run = Run {
            run: RunId::new(self.ids.fresh())?,
            tenants: plan.changes.iter().filter_map(|c| TenantName::new(c.address.tenant()).ok()).collect(),
            plan: plan.digest,
            started: self.clock.now(),
            ended: None,
            ending: None,
            outcomes: Vec::new(),
            converged: false,
            break_glass: self.glass_over(plan).await?,
            meta: RunMeta::default(),
        };
        let source = plan.sources.first().map_or(SourceName::known("unknown"), |s| s.name.clone());
        let record = RunRecord {
            run: run.run.clone(),
            tenants: run.tenants.clone(),
            source,
            plan: plan.clone(),
            approvals: approvals.iter().map(|a| a.id.clone()).collect(),
            break_glass: run.break_glass.clone(),
        };
        self.store.run_start(&record).await?;
        Ok(run)
    }

    async fn finish_run(
        &self,
        mut run: Run,
        mut state: State<'_>,
        interrupted: Option<String>,
        calls: &CallCounter,
    ) -> Result<Run, EngineError> {
        if interrupted.is_none() {
            self.keep_half_made(&mut state).await?;
        }
        let removed = counted(&state, Action::Delete);
        let created = counted(&state, Action::Create);
        if interrupted.is_none() {
            state.tell_waiting();
        }
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
        self.close_intents(&run).await?;
        self.store.baselines_lower(&removed).await?;
        self.expect(&created).await?;
        Ok(run)
    }

    /// Where the run created something, the next reading shall find at least what the ledger knows there.
    async fn expect(&self, created: &[(TypeName, Scope, u64)]) -> Result<(), EngineError> {
        if created.is_empty() {
            return Ok(());
        }
        let mut counts: BTreeMap<(&TypeName, Scope), u64> =
            created.iter().map(|(type_name, scope, _)| ((type_name, scope.clone()), 0)).collect();
        let memory = self.store.memory(self.clock.now()).await?;
        for entry in memory.ledger.values() {
            if let Some(count) = counts.get_mut(&(&entry.type_name, entry.scope.concrete())) {
                *count += 1;
            }
        }
        let baselines: Vec<Baseline> = counts
            .into_iter()
            .filter(|((_, scope), _)| scope.account.is_some())
            .map(|((type_name, scope), count)| Baseline { type_name: type_name.clone(), scope, count })
            .collect();
        Ok(self.store.baselines_raise(&baselines).await?)
    }
}

/// Whether a standing approval lifts the guard on the number of removals for a change.
fn lifts_count(change: &Change, approvals: &[Approval], now: Timestamp) -> bool {
    let standing = approvals.iter().filter(|a| a.revoked.is_none() && now < a.expires);
    let named = standing.filter(|a| a.digests.contains(&change.digest));
    named.flat_map(|a| &a.lifts).any(|lift| lift.rule == HeldBy::GUARD_COUNT.0)
}

fn per_tenant(types: &Types, change: &Change) -> bool {
    types.get(change.type_name.as_str()).is_none_or(|t| t.counting() == Counting::PerTenant)
}

/// What the run created, or took away, by type and scope: the next reading shall find it, or not miss it.
fn counted(state: &State<'_>, action: Action) -> Vec<(TypeName, Scope, u64)> {
    let mut counts: BTreeMap<(TypeName, Scope), u64> = BTreeMap::new();
    let applied = state.outcomes.values().filter(|o| o.status == Status::Applied && o.action == action);
    for change in applied.filter_map(|o| change_at(state.plan, &o.address)) {
        let mut scope = change.scope.concrete();
        if let Some(id) = change.scope.container_of.as_ref().and_then(|of| state.ids.get(of)) {
            scope.container = Some(id.clone());
        }
        // Who counts around the container counts it too.
        let around = Some(scope.outer()).filter(|outer| *outer != scope);
        for scope in around.into_iter().chain([scope]) {
            *counts.entry((change.type_name.clone(), scope)).or_default() += 1;
        }
    }
    counts.into_iter().map(|((type_name, scope), count)| (type_name, scope, count)).collect()
}

/// How a run ended, from what became of its changes.
fn ending(run: &Run) -> Ending {
    let has = |status| run.outcomes.iter().any(|o| o.status == status);
    let only = |statuses: &[Status]| run.outcomes.iter().all(|o| statuses.contains(&o.status));
    if only(&[Status::Applied]) {
        Ending::Converged
    } else if has(Status::Waiting)
        && !has(Status::Failed)
        && !has(Status::Unknown)
        && !has(Status::Quarantined)
    {
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
