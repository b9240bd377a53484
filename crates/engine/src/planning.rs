//! From snapshots to a plan: looks at the world, plans, and remembers what a later plan needs.

use crate::connections::Connections;
use crate::observe::View;
use crate::{Engine, EngineError};
use aplomo_core::finding::Severity;
use aplomo_core::ledger::{Baseline, Memory};
use aplomo_core::manifest::Snapshot;
use aplomo_core::plan::PlanSource;
use aplomo_core::ports::{CallCounter, Priority};
use aplomo_core::safety::Recorded;
use aplomo_core::{
    Address, DesiredState, Finding, Observation, Plan, Reason, SourceName, TenantName, Timestamp,
};
use aplomo_planner::PlanInput;
use std::collections::{BTreeMap, BTreeSet};

/// A plan with what it was made from.
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// The wishes.
    pub desired: DesiredState,
    /// What was seen.
    pub observation: Observation,
    /// The ways into the accounts.
    pub connections: Connections,
    /// Errors from outside, in words.
    pub problems: Vec<String>,
    /// What was recorded as applied when it was planned: only this loosens anything.
    pub recorded: Recorded,
}

/// What a plan is asked for.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// The moment to plan for; the clock's now where it is not given.
    pub as_of: Option<Timestamp>,
    /// Who goes first when the budget is short.
    pub drift_scan: bool,
    /// Sources of which nothing may be applied, and why, beyond those that the store holds.
    pub held: BTreeMap<SourceName, String>,
    /// Whether secrets are resolved: for what the operator's sources say, never for a pull request. Without
    /// it they are neither compared nor written.
    pub secrets: bool,
    /// Whether ledger entries of objects that are neither wished nor there any more are dropped, and what
    /// holds that which was put back and is wished so now: for those who go on to apply. Nothing outside our own store follows from it.
    pub forget: bool,
}

/// What the store need not remember any more.
pub(crate) struct Over {
    /// Ledger entries of objects that are neither wished nor there.
    forgotten: Vec<Address>,
    /// What was put back and is wished so now.
    agreed: Vec<Address>,
}

impl Engine {
    /// Makes a plan of what the snapshots wish. Writes nothing outside our own store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn plan(&self, snapshots: &[Snapshot], options: &PlanOptions) -> Result<Planned, EngineError> {
        let now = self.clock.now();
        let memory = self.store.memory(now).await?;
        let planned = self.plan_for(snapshots, options, (&memory, now), |_| ()).await?;
        self.remember(&planned.plan, &memory, &planned.observation, now).await;
        Ok(planned)
    }

    /// Plans with this memory for the wishes that `bend` makes of those of the manifests.
    pub(crate) async fn plan_for(
        &self,
        snapshots: &[Snapshot],
        options: &PlanOptions,
        (memory, now): (&Memory, Timestamp),
        bend: impl FnOnce(&mut DesiredState),
    ) -> Result<Planned, EngineError> {
        let begun = self.clock.elapsed();
        let calls = CallCounter::default();
        let priority = if options.drift_scan { Priority::Drift } else { Priority::Plan };
        let mut view = self.look_for(snapshots, memory, &calls, (priority, options.secrets), bend).await;
        aplomo_planner::retract(&mut view.desired, memory, &self.types);
        aplomo_planner::filled(&mut view.desired, memory);
        let recorded = aplomo_resources::aplomo::recorded(memory);
        aplomo_planner::depart(&mut view.desired, &recorded, memory);
        let mut held_sources = self.held_sources(snapshots).await?;
        held_sources.extend(options.held.clone());
        let (remembered, seen) = ((memory, &recorded), (&view.desired, &view.observation));
        let as_of = options.as_of.unwrap_or(now);
        let (mut plan, over) = self.plan_of(snapshots, remembered, seen, as_of, held_sources)?;
        if options.forget {
            self.forget(&over.forgotten).await?;
            self.store.reverted_agreed(&over.agreed).await?;
        }
        plan.meta.api_calls = calls.calls();
        plan.meta.took_ms = u64::try_from((self.clock.elapsed() - begun).as_millis()).unwrap_or(u64::MAX);
        let View { desired, observation, connections, problems } = view;
        Ok(Planned { plan, desired, observation, connections, problems, recorded })
    }

    /// The plan, and what may be forgotten.
    pub(crate) fn plan_of(
        &self,
        snapshots: &[Snapshot],
        (memory, recorded): (&Memory, &Recorded),
        (desired, observation): (&DesiredState, &Observation),
        as_of: Timestamp,
        held_sources: BTreeMap<SourceName, String>,
    ) -> Result<(Plan, Over), EngineError> {
        let input = PlanInput {
            installation: &self.installation,
            version: &self.version,
            as_of,
            desired,
            sources: snapshots.iter().map(|s| plan_source(s, desired)).collect(),
            commits: snapshots.iter().map(|s| (s.name.clone(), s.commit.clone())).collect(),
            observation,
            memory,
            recorded,
            types: &self.types,
            held_sources,
        };
        let mut plan = aplomo_planner::plan(&input);
        let over =
            Over { forgotten: aplomo_planner::forgotten(&input), agreed: aplomo_planner::agreed(&input) };
        if let Some(skew) = observation.skew_seconds.filter(|s| s.abs() > MAX_SKEW_SECONDS) {
            plan.findings.push(skew_finding(skew));
            plan.applyable = false;
            plan.digest = plan.recompute_digest()?;
        }
        Ok((plan, over))
    }

    /// Drops ledger entries, each with an audit entry of the form that `recover` understands.
    async fn forget(&self, addresses: &[Address]) -> Result<(), EngineError> {
        for address in addresses {
            self.store.ledger_remove(address).await?;
            let payload = serde_json::json!({"address": address, "action": "forget", "status": "applied",
                "ledger": aplomo_store::LedgerStep::Remove});
            let tenant = TenantName::new(address.tenant())?;
            let actor = aplomo_store::system_actor();
            self.store.audit_append(&tenant, aplomo_store::AuditKind::Applied, &actor, payload).await?;
            tracing::info!(%address, "neither wished nor there any more: forgotten");
        }
        Ok(())
    }

    /// Since when drift is there, by address.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn first_seen(&self) -> Result<BTreeMap<Address, Timestamp>, EngineError> {
        Ok(self.store.memory(self.clock.now()).await?.first_seen)
    }

    /// What people decided, as a text that changes when they decide something.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn decisions(&self) -> Result<String, EngineError> {
        Ok(self.store.decisions().await?)
    }

    async fn held_sources(
        &self,
        snapshots: &[Snapshot],
    ) -> Result<BTreeMap<SourceName, String>, EngineError> {
        let held = self.store.held_sources().await?;
        let named: BTreeSet<_> = snapshots.iter().map(|s| &s.name).collect();
        Ok(held.into_iter().filter(|h| named.contains(&h.source)).map(|h| (h.source, h.reason)).collect())
    }

    /// Keeps what was seen for the next plan: counts per scope, and since when a drift is there.
    /// Losing this only makes later plans more careful, so a store that cannot be written does not
    /// stop a plan.
    async fn remember(&self, plan: &Plan, memory: &Memory, seen: &Observation, now: Timestamp) {
        let mut drifting: BTreeSet<_> = plan
            .changes
            .iter()
            .filter(|c| c.fields.iter().any(|f| f.reason == Reason::Drift) || c.reason == Reason::Drift)
            .map(|c| c.address.clone())
            .collect();
        let known: BTreeSet<_> = memory.first_seen.keys().cloned().collect();
        if !plan.complete {
            // What could not be read this time is not resolved.
            drifting.extend(known.iter().cloned());
        }
        if drifting != known
            && let Err(error) = self.store.first_seen_update(&drifting, now).await
        {
            tracing::warn!(%error, "could not remember since when drift is there");
        }
        let baselines = baselines(plan, seen);
        if memory.baselines != baselines
            && let Err(error) = self.store.baselines_put(&baselines).await
        {
            tracing::warn!(%error, "could not remember how much was seen");
        }
    }
}

/// More than this between the services' clocks and ours stops expiry, approval and apply.
pub const MAX_SKEW_SECONDS: i64 = 60;

fn skew_finding(skew: i64) -> Finding {
    let message = format!("our clock and the services' differ by {skew} seconds: nothing is applied");
    Finding::new(Severity::Error, "clock-skew", message)
        .help("set the clock of this machine (NTP), then plan again")
}

/// A source as a plan shows it: not complete as well where one of its manifests has errors.
fn plan_source(snapshot: &Snapshot, desired: &DesiredState) -> PlanSource {
    let complete = snapshot.complete && desired.completeness.complete_sources.contains(&snapshot.name);
    let mut because = snapshot.incomplete_because.clone();
    if !complete {
        let own = format!("{}: ", snapshot.name);
        let said = desired.completeness.because.iter().filter_map(|why| why.strip_prefix(&own));
        because.extend(said.map(str::to_owned));
        let mut seen = BTreeSet::new();
        because.retain(|why| seen.insert(why.clone()));
    }
    PlanSource {
        name: snapshot.name.clone(),
        path: snapshot.path.clone(),
        commit: snapshot.commit.clone(),
        complete,
        because,
    }
}

/// How much was seen, of what was seen in full and is not suspiciously little.
fn baselines(plan: &Plan, seen: &Observation) -> Vec<Baseline> {
    let doubted = |type_name: &aplomo_core::TypeName, scope: &aplomo_core::Scope| {
        plan.unverifiable.iter().any(|u| u.scope.concrete() == *scope && u.types.contains(type_name))
    };
    let mut counts: BTreeMap<_, u64> = BTreeMap::new();
    for object in &seen.objects {
        // Who read all around a container counted what is in it.
        let (own, outer) = (object.scope.clone(), object.scope.outer());
        let scope =
            if seen.coverage.contains_key(&(object.type_name.clone(), own.clone())) { own } else { outer };
        *counts.entry((&object.type_name, scope)).or_default() += 1;
    }
    let complete = seen.coverage.iter().filter(|((t, s), c)| c.is_complete() && !doubted(t, s));
    complete
        .filter(|((_, scope), _)| scope.account.is_some())
        .map(|((type_name, scope), _)| Baseline {
            type_name: type_name.clone(),
            scope: scope.clone(),
            count: counts.get(&(type_name, scope.clone())).copied().unwrap_or_default(),
        })
        .collect()
}
