//! What the loop leaves for the HTTP server to show.

use aplomo_core::manifest::Snapshot;
use aplomo_core::safety::TenantState;
use aplomo_core::{Address, Plan, SourceName, TenantName, Timestamp};
use aplomo_engine::Planned;
use aplomo_planner::DriftReport;
use aplomo_server::SourceData;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The latest of everything.
#[derive(Debug, Default)]
pub struct Latest {
    /// The sources.
    pub sources: BTreeMap<SourceName, SourceData>,
    /// The newest plan.
    pub plan: Option<Arc<Plan>>,
    /// The tenants that manifests speak of or that are recorded, with their state as recorded.
    pub tenants: BTreeMap<TenantName, TenantState>,
    /// Since when drift is there.
    pub first_seen: BTreeMap<Address, Timestamp>,
    /// What was read of the sources in the last turn.
    pub snapshots: Arc<Vec<Snapshot>>,
    /// Why the last turn failed, where it did: a code, and in words.
    pub trouble: Option<(&'static str, String)>,
}

/// Shared between the loop and the server.
#[derive(Debug, Default)]
pub struct Shared(Mutex<Latest>);

impl Shared {
    /// The latest; hold it shortly.
    pub fn latest(&self) -> MutexGuard<'_, Latest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A source was read.
    pub fn source(&self, snapshot: &Snapshot, trouble: Option<&str>, held: Option<&str>, at: Timestamp) {
        let mut problems: Vec<String> = trouble.iter().map(|t| (*t).to_owned()).collect();
        problems.extend(snapshot.incomplete_because.iter().filter(|b| Some(b.as_str()) != trouble).cloned());
        let data = SourceData {
            name: snapshot.name.clone(),
            location: snapshot.path.clone(),
            speaks_for: snapshot.tenants.clone(),
            commit: snapshot.commit.clone(),
            read_at: Some(at),
            complete: snapshot.complete,
            held: held.map(Into::into),
            problems,
        };
        self.latest().sources.insert(snapshot.name.clone(), data);
    }

    /// What was read of the sources.
    pub fn read(&self, snapshots: &[Snapshot]) {
        self.latest().snapshots = Arc::new(snapshots.to_vec());
    }

    /// Only these sources are configured.
    pub fn keep_sources(&self, names: &BTreeSet<&SourceName>) {
        self.latest().sources.retain(|name, _| names.contains(name));
    }

    /// A plan was made.
    pub fn planned(&self, planned: &Planned, first_seen: BTreeMap<Address, Timestamp>) {
        let wished = planned.desired.tenants.keys().map(|name| (name.clone(), TenantState::default()));
        let recorded = planned.recorded.policies.iter().map(|(name, policy)| (name.clone(), policy.state));
        let tenants = wished.chain(recorded).collect();
        let plan = Arc::new(planned.plan.clone());
        let mut latest = self.latest();
        latest.plan = Some(plan);
        latest.tenants = tenants;
        latest.first_seen = first_seen;
    }

    /// How the last turn went.
    pub fn turned(&self, trouble: Option<(&'static str, String)>) {
        self.latest().trouble = trouble;
    }
}

impl crate::reports::office::Latest for Shared {
    /// Of one tenant among several: nothing that belongs to no tenant in particular, and no source that does
    /// not speak for it, for its readers may see neither.
    fn drift(&self, tenant: Option<&TenantName>) -> Option<(DriftReport, bool)> {
        let latest = self.latest();
        let plan = latest.plan.clone()?;
        let Some(tenant) = tenant else {
            return Some((aplomo_planner::drift(&plan).since(&latest.first_seen), false));
        };
        let part = aplomo_planner::filter((*plan).clone(), std::slice::from_ref(tenant), &[]);
        let mut drift = aplomo_planner::drift(&part).since(&latest.first_seen);
        let ours = |name: &TenantName| name == tenant || name.as_str() == TenantName::PLATFORM;
        if latest.tenants.keys().all(ours) {
            drift.coverage = aplomo_planner::drift(&plan).coverage;
            return Some((drift, false));
        }
        let speaks = |name: &SourceName| {
            let source = latest.sources.get(name).and_then(|source| source.speaks_for.as_ref());
            source.is_some_and(|tenants| tenants.contains(tenant))
        };
        drift.sources.retain(|source| speaks(&source.name));
        drift.unmanaged.clear();
        drift.unverifiable.retain(|one| one.address.is_some());
        drift.findings.retain(|finding| finding.tenant.is_some());
        Some((drift, true))
    }
}
