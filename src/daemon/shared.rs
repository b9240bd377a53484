//! What the loop leaves for the HTTP server to show.

use aplomo_core::manifest::Snapshot;
use aplomo_core::{Plan, SourceName, TenantName, Timestamp};
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
    /// The tenants that manifests speak of.
    pub tenants: BTreeSet<TenantName>,
    /// Why the last turn failed, where it did.
    pub trouble: Option<String>,
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

    /// A plan was made: the last turn worked.
    pub fn planned(&self, plan: &Plan, tenants: BTreeSet<TenantName>) {
        let mut latest = self.latest();
        latest.plan = Some(Arc::new(plan.clone()));
        latest.tenants = tenants;
        latest.trouble = None;
    }

    /// A turn failed.
    pub fn trouble(&self, why: String) {
        self.latest().trouble = Some(why);
    }
}
