//! What a pull request would do: the wishes of its merge and of its base, planned over one observation that is as wide as
//! what it touches.
//!
//! Deliberately absent: git, who may ask, and approvals. Secrets are not resolved: a pull request's plan knows none.

use crate::observe::View;
use crate::{Engine, EngineError};
use aplomo_catalog::Accounts;
use aplomo_core::approval::PullRef;
use aplomo_core::ledger::Memory;
use aplomo_core::manifest::Snapshot;
use aplomo_core::ports::{CallCounter, Priority, ReadCx};
use aplomo_core::safety::Recorded;
use aplomo_core::{Change, DesiredState, Finding, Plan, SourceName, TenantName};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

mod touched;
use touched::Touched;

/// How often it is looked whether reading takes more than it may.
const LOOK: Duration = Duration::from_millis(100);

/// What is proposed.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// All sources as they are.
    pub base: &'a [Snapshot],
    /// The same, with one as it would be.
    pub merge: &'a [Snapshot],
    /// That one.
    pub source: &'a SourceName,
    /// How long looking may take.
    pub patience: Duration,
    /// How many calls looking may make.
    pub calls: u64,
}

/// What came of it.
pub struct Proposed {
    /// The effects. Narrowed to them; its digest is what an approval of all of it names.
    pub plan: Plan,
    /// What differed before, of the tenants that are touched.
    pub before: Vec<Change>,
    /// Tenants of which something differs.
    pub tenants: BTreeSet<TenantName>,
    /// The wishes of the base: its tenants' rules count.
    pub base: DesiredState,
    /// What was recorded as applied.
    pub recorded: Recorded,
    /// Errors from outside, in words.
    pub problems: Vec<String>,
}

/// Looking took more than it may.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// Of time.
    #[error("looking at what it touches took more than {0} s")]
    Time(u64),
    /// Of calls.
    #[error("looking at what it touches took {made} calls, and {most} are allowed")]
    Calls {
        /// So many.
        made: u64,
        /// Of so many.
        most: u64,
    },
}

impl Engine {
    /// Plans what a pull request would do. Writes nothing outside our own store, and no more there than what was read.
    ///
    /// # Errors
    /// When the store cannot be read; [`EngineError::TooMuch`] where looking exceeds what is allowed.
    pub async fn propose(&self, asked: &Asked<'_>) -> Result<Proposed, EngineError> {
        let begun = self.clock.elapsed();
        let now = self.clock.now();
        let calls = CallCounter::default();
        let memory = self.store.memory(now).await?;
        let recorded = aplomo_resources::aplomo::recorded(&memory);
        let looked = tokio::select! {
            looked = self.look_narrowly(asked, &memory, &recorded, &calls) => looked,
            too_much = self.too_much(asked, &calls) => return Err(too_much.into()),
        };
        let Looked { mut view, mut base, touched } = looked;
        for desired in [&mut view.desired, &mut base] {
            aplomo_planner::retract(desired, &memory, &self.types);
            aplomo_planner::filled(desired, &memory);
            aplomo_planner::depart(desired, &recorded, &memory);
        }
        let plan = |snapshots, desired: &DesiredState| {
            let wish = (desired, &view.observation);
            self.plan_of(snapshots, (&memory, &recorded), wish, now, BTreeMap::new()).map(|(plan, _)| plan)
        };
        let (merged, before) = (plan(asked.merge, &view.desired)?, plan(asked.base, &base)?);
        let tenants = touched.tenants();
        let proposal = aplomo_planner::proposal(merged, &before, touched.addresses(), asked.source);
        let mut plan = proposal.plan;
        plan.meta.api_calls = calls.calls();
        plan.meta.took_ms = u64::try_from((self.clock.elapsed() - begun).as_millis()).unwrap_or(u64::MAX);
        let View { problems, .. } = view;
        Ok(Proposed { plan, before: proposal.before, tenants, base, recorded, problems })
    }

    /// What reads and writes beside planning go through: counted, and rationed like a plan.
    #[must_use]
    pub fn errand<'a>(&'a self, calls: &'a CallCounter) -> ReadCx<'a> {
        self.read_cx(calls, Priority::Plan)
    }

    /// What is recorded as applied.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn recorded(&self) -> Result<Recorded, EngineError> {
        Ok(aplomo_resources::aplomo::recorded(&self.store.memory(self.clock.now()).await?))
    }

    /// What snapshots wish, and what is recorded as applied, without looking at the world.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn wishes(&self, snapshots: &[Snapshot]) -> Result<(DesiredState, Recorded), EngineError> {
        Ok((aplomo_catalog::expand(snapshots, &Accounts::default()), self.recorded().await?))
    }

    /// Keeps the plan of a pull request: approvals of it are for that alone.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn keep_plan_for(&self, plan: &Plan, pull: &PullRef) -> Result<(), EngineError> {
        self.store.plan_of_pull(&plan.digest, pull).await?;
        self.keep_plan(plan).await
    }

    /// Comes back when looking takes more than it may.
    async fn too_much(&self, asked: &Asked<'_>, calls: &CallCounter) -> TooMuch {
        let begun = self.clock.elapsed();
        loop {
            self.clock.sleep(LOOK).await;
            let made: u64 = calls.calls().values().sum();
            if made > asked.calls {
                return TooMuch::Calls { made, most: asked.calls };
            }
            if self.clock.elapsed() - begun > asked.patience {
                return TooMuch::Time(asked.patience.as_secs());
            }
        }
    }

    /// Expands both wishes, and reads what they differ in.
    async fn look_narrowly(
        &self,
        asked: &Asked<'_>,
        memory: &Memory,
        recorded: &Recorded,
        calls: &CallCounter,
    ) -> Looked {
        let cx = ReadCx { memory: Some(memory), ..self.read_cx(calls, Priority::Plan) };
        let consents: BTreeMap<_, _> =
            recorded.safeties.iter().map(|(m, s)| (m.clone(), s.consents.clone())).collect();
        let mut accounts = Accounts { consents: Some(consents), ..Accounts::default() };
        let expand = |accounts: &Accounts| {
            let wishes = [asked.merge, asked.base].map(|wish| aplomo_catalog::expand(wish, accounts));
            let touched = Touched::new(&wishes[0], &wishes[1], memory);
            (wishes, touched)
        };
        let providers = expand(&accounts).1.providers();
        let own = self.own_ways_at(&cx, &providers).await;
        accounts.default = own.iter().find_map(crate::observe::ways::Own::account).cloned();
        let ([merge, base], touched) = expand(&accounts);
        let mut view = View {
            desired: touched.narrowed(&merge, &base),
            observation: aplomo_resources::aplomo::observe(memory),
            connections: crate::connections::Connections::default(),
            problems: Vec::new(),
        };
        view.observation.at = Some(self.clock.now());
        self.connect_all(&cx, own, &mut view, recorded, Vec::new()).await;
        let near = touched.remembered(memory);
        for (account, connection) in view.connections.clone().reading() {
            self.read_account(&cx, account, connection, &near, &mut view).await;
        }
        view.problems.extend(crate::observe::outside_failures(&view.observation));
        view.problems.sort();
        view.problems.dedup();
        let found: Vec<Finding> = std::mem::take(&mut view.desired.findings);
        let mut base = base;
        view.desired = merge;
        view.desired.findings.extend(found.clone());
        base.findings.extend(found);
        Looked { view, base, touched }
    }
}

/// What was looked at.
struct Looked {
    /// The merge's wishes, with what was seen.
    view: View,
    /// The base's wishes.
    base: DesiredState,
    touched: Touched,
}
