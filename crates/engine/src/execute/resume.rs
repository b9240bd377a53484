//! After a crash: the next start finds the run, its stored plan and its open intents, looks at the
//! world, and goes on under the approvals that still stand. Nothing is resent blindly: what was done
//! is recognised by its effect, its mark or its idempotency key.

use super::state::State;
use super::{Order, lease::Stop};
use crate::connect::has_place;
use crate::connections::Connections;
use crate::observe::ways;
use crate::{Engine, EngineError};
use aplomo_core::approval::Grant;
use aplomo_core::ports::{CallCounter, Priority};
use aplomo_core::resource::CONTAINER_PATH;
use aplomo_core::run::{CallOutcome, Ending, Run};
use aplomo_core::safety::TenantPolicy;
use aplomo_core::{Change, Digest, Plan, RemoteId, TenantName};
use std::collections::{BTreeMap, BTreeSet};

/// Runs that were gone on with.
pub type Resumed = Vec<Run>;

impl Engine {
    /// Goes on with every run that was interrupted.
    ///
    /// # Errors
    /// When another process is at work on it, or the store fails.
    pub async fn resume_all(&self, stop: &Stop) -> Result<Resumed, EngineError> {
        let mut resumed = Vec::new();
        for stored in self.store.unfinished_runs().await? {
            let calls = CallCounter::default();
            let connections = self.connections_for(&stored.plan, &calls).await?;
            let id = stored.run.run.clone();
            if let Err(error) = reachable(&stored.plan, &connections) {
                if self.any_granted(&stored.plan).await? {
                    tracing::error!(run = %id, %error, "an interrupted run waits until its account can be reached");
                } else {
                    // Nobody wants the rest of it any more, so nobody has to wait for its account.
                    self.keep_what_it_made(&stored.plan, &stored.run).await?;
                    resumed.push(self.give_up(stored.run).await?);
                }
                continue;
            }
            let interrupted = stored.run.clone();
            tracing::warn!(run = %id, "going on with an interrupted run");
            let order = Order {
                plan: &stored.plan,
                connections: &connections,
                resume: Some(stored.run),
                stop,
                progress: &|_, _| {},
            };
            let mut run = match self.execute(&order).await {
                // Somebody is at work on it; whoever wants the same tenant and account meets the lease.
                Err(EngineError::Busy { scope, holder, .. }) => {
                    tracing::info!(run = %id, %scope, %holder, "another process is at work on it");
                    continue;
                }
                // Another version wrote it, or it was damaged: nothing of it is done any more.
                Err(EngineError::EditedPlan) => self.give_up(interrupted).await?,
                other => other?,
            };
            run.meta.add(&calls.calls());
            resumed.push(run);
        }
        Ok(resumed)
    }

    /// Ends an interrupted run that cannot be gone on with; the next plan shows what is left.
    async fn give_up(&self, mut run: Run) -> Result<Run, EngineError> {
        tracing::error!(run = %run.run, "an interrupted run is given up");
        run.ending = Some(Ending::Failed);
        run.ended = Some(self.clock.now());
        self.store.run_finish(&run).await?;
        self.close_intents(&run).await?;
        Ok(run)
    }

    /// Of a run that is given up without another look: what its journal says that it made stays ours.
    async fn keep_what_it_made(&self, plan: &Plan, run: &Run) -> Result<(), EngineError> {
        let mut state = State::new(plan, run.run.clone(), true, &run.outcomes);
        self.know_ids(&mut state).await?;
        self.keep_half_made(&mut state).await
    }

    /// What became of the calls without an answer is told by the outcomes of their changes.
    pub(super) async fn close_intents(&self, run: &Run) -> Result<(), EngineError> {
        for open in self.store.open_intents(Some(&run.run)).await? {
            let message =
                "the answer was lost in a crash; the changes' outcomes tell what was found".to_owned();
            self.store.close_intent(open.id, &CallOutcome::Unknown { message }).await?;
        }
        Ok(())
    }

    /// The connections that the scopes of a stored plan need; `calls` counts what that took.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn connections_for(
        &self,
        plan: &Plan,
        calls: &CallCounter,
    ) -> Result<Connections, EngineError> {
        let cx = self.read_cx(calls, Priority::Apply);
        let memory = self.store.memory(self.clock.now()).await?;
        let recorded = aplomo_resources::aplomo::recorded(&memory);
        let tenants: BTreeSet<_> =
            plan.changes.iter().filter_map(|c| TenantName::new(c.address.tenant()).ok()).collect();
        let mut connections = Connections::default();
        let policies: BTreeMap<_, _> = tenants
            .iter()
            .filter_map(|tenant| {
                let known = recorded.policies.get(tenant).cloned();
                Some((tenant, known.or_else(|| planned_policy(plan, tenant))?))
            })
            .collect();
        for connector in &self.connectors {
            let provider = connector.provider();
            let mut through_ours = false;
            for tenant in &tenants {
                let policy = policies.get(tenant).filter(|p| has_place(p, &provider));
                through_ours |= policy.is_none();
                let Some(policy) = policy else { continue };
                match ways::tenant_way(&cx, &**connector, policy).await {
                    Ok((account, connection)) => connections.add_for(tenant, account, connection),
                    Err(problem) => {
                        tracing::error!(%problem, "an account of the plan cannot be reached");
                        connections.bar(tenant, provider.clone());
                    }
                }
            }
            match ways::way_in(&cx, &**connector, None).await {
                Ok(Some((account, connection))) => connections.add_own(account, connection, through_ours),
                Ok(None) => {}
                Err(problem) => tracing::debug!(%problem, "own credentials do not work"),
            }
        }
        Ok(connections)
    }

    /// The ids that references may need: from the ledger, and from what was known when it was planned.
    pub(super) async fn know_ids(&self, state: &mut State<'_>) -> Result<(), EngineError> {
        let memory = self.store.memory(self.clock.now()).await?;
        for open in self.store.open_intents(Some(&state.run)).await? {
            let at = open.at;
            state.open.extend(open.intent.changes.into_iter().map(|(address, _)| (address, at)));
        }
        state.learn(self.store.attempts(&state.run).await?);
        let moved: BTreeSet<_> = state.plan.changes.iter().filter_map(|c| c.moved_from.as_ref()).collect();
        let references = state.plan.changes.iter().flat_map(|c| &c.references);
        let used: BTreeSet<_> = references.map(|used| &used.reference.to).collect();
        for (address, entry) in memory.ledger {
            state.ids.insert(address.clone(), entry.id.clone());
            if used.contains(&address) {
                state.places.insert(address.clone(), entry.scope.outer());
            }
            if moved.contains(&address) {
                state.moving.insert(address, entry);
            }
        }
        for used in state.plan.changes.iter().flat_map(|c| &c.references) {
            let id = used.resolved.as_ref().and_then(|v| v.as_text()).and_then(|id| RemoteId::new(id).ok());
            if let Some(id) = id.filter(|_| used.reference.output == "id" || used.path == CONTAINER_PATH) {
                state.ids.entry(used.reference.to.clone()).or_insert(id);
            }
        }
        Ok(())
    }

    /// Whether an approval stands for at least one change of the plan.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn any_granted(&self, plan: &Plan) -> Result<bool, EngineError> {
        Ok(!self.granted(plan).await?.is_empty())
    }

    /// The effects of the plan that a standing approval lets through.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn granted(&self, plan: &Plan) -> Result<Vec<Digest>, EngineError> {
        let approvals = self.approvals_for(plan).await?;
        let now = self.clock.now();
        let open = plan.changes.iter().filter(|c| Grant::check(c, &c.source, &approvals, now).is_ok());
        Ok(open.map(|c| c.digest).collect())
    }

    /// Keeps a plan that is shown, so that its effects can be approved by digest; audited per tenant.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn keep_plan(&self, plan: &Plan) -> Result<(), EngineError> {
        let Some(source) = plan.sources.first() else { return Ok(()) };
        if plan.changes.is_empty() || self.store.plan(&plan.digest).await?.is_some() {
            return Ok(());
        }
        self.store.plan_put(plan, &source.name).await?;
        let tenants: BTreeSet<_> =
            plan.changes.iter().filter_map(|c| TenantName::new(c.address.tenant()).ok()).collect();
        for tenant in tenants {
            let changes = || plan.changes.iter().filter(|c| c.address.tenant() == tenant.as_str());
            let named: BTreeSet<_> = changes().map(|c| &c.source).collect();
            let sources: Vec<_> = plan.sources.iter().filter(|s| named.contains(&s.name)).collect();
            let payload =
                serde_json::json!({"plan": plan.digest, "changes": changes().count(), "sources": sources});
            let actor = aplomo_store::system_actor();
            self.store.audit_append(&tenant, aplomo_store::AuditKind::PlanShown, &actor, payload).await?;
        }
        self.store.plans_prune(KEPT_PLANS).await?;
        Ok(())
    }

    /// The plan with this digest, or the newest that has the effect with this digest.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn plan_with(&self, digest: Digest) -> Result<Option<(Plan, Option<Digest>)>, EngineError> {
        if let Some(plan) = self.store.plan(&digest).await? {
            return Ok(Some((plan, None)));
        }
        let Some(found) = self.store.find_by_digest(&digest).await? else { return Ok(None) };
        Ok(self.store.plan(&found.plan).await?.map(|plan| (plan, Some(digest))))
    }
}

/// How many plans are kept for approval by digest.
const KEPT_PLANS: u32 = 200;

/// The policy of a tenant of which nothing is recorded yet: what the plan says of its settings, which is what
/// it was made with.
fn planned_policy(plan: &Plan, tenant: &TenantName) -> Option<TenantPolicy> {
    let is = |c: &&Change| {
        c.type_name == aplomo_resources::aplomo::TENANT_SETTINGS && c.address.tenant() == tenant.as_str()
    };
    let change = plan.changes.iter().find(is)?;
    aplomo_resources::aplomo::policy(&change.address, change.after.as_ref()?)
}

/// An interrupted run goes on only where it can look: what it cannot see it would take for not done.
fn reachable(plan: &Plan, connections: &Connections) -> Result<(), EngineError> {
    match plan.changes.iter().map(|c| &c.scope).find(|scope| !connections.reach(scope)) {
        Some(scope) => Err(EngineError::Connect(crate::connect::ConnectProblem {
            message: format!(
                "a run was interrupted, and its account {} cannot be reached to go on with it",
                scope.outer()
            ),
        })),
        None => Ok(()),
    }
}
