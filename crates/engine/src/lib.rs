//! The engine: observes, plans, executes approved changes, proves convergence, and keeps watch.
//!
//! Deliberately absent: any provider (see `connect`), the terminal, HTTP, and the decisions
//! themselves, which are pure functions in `planner` and `core`.

pub mod approve;
pub mod budget;
pub mod clock;
pub mod connect;
pub mod connections;
pub mod departing;
pub mod error;
pub mod execute;
pub mod glass;
pub mod holder;
pub mod observe;
pub mod planning;
pub mod propose;
pub mod recover;
pub mod revert;
pub mod secrets;

pub use approve::{Approved, Approving};
pub use connections::Connections;
pub use departing::Short;
pub use error::EngineError;
pub use execute::{Order, Stop};
pub use glass::Broken;
pub use observe::{Survey, Surveyed};
pub use planning::{MAX_SKEW_SECONDS, PlanOptions, Planned};
pub use propose::{Asked, Proposed, TooMuch};
pub use revert::Reverting;

use aplomo_core::ports::{Budget, BudgetLevel, Clock, Ids};
use aplomo_core::{Installation, Types};
use aplomo_store::Store;
use connect::Connector;
use secrets::Secrets;
use std::sync::Arc;

/// What an engine is joined from.
pub struct Parts {
    /// What it remembers.
    pub store: Store,
    /// The types it knows.
    pub types: Types,
    /// How it reaches each provider.
    pub connectors: Vec<Arc<dyn Connector>>,
    /// Where it learns which secrets there are.
    pub secrets: Arc<dyn Secrets>,
    /// One budget per account and service.
    pub budget: Arc<dyn Budget>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Fresh ids.
    pub ids: Arc<dyn Ids>,
    /// Its name in ownership marks.
    pub installation: Installation,
    /// The version of Aplomo.
    pub version: String,
    /// Its name as a holder of leases; see [`holder`].
    pub holder: String,
}

/// The engine.
pub struct Engine {
    /// What it remembers.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    pub(crate) types: Types,
    pub(crate) connectors: Vec<Arc<dyn Connector>>,
    pub(crate) secrets: Arc<dyn Secrets>,
    pub(crate) budget: Arc<dyn Budget>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) installation: Installation,
    pub(crate) version: String,
    pub(crate) holder: String,
}

impl Engine {
    /// Joins an engine.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { store, types, connectors, secrets, budget, clock, ids, installation, version, holder } =
            parts;
        Self { store, clock, types, connectors, secrets, budget, ids, installation, version, holder }
    }

    /// What is left of the budgets that this process used.
    #[must_use]
    pub fn budgets(&self) -> Vec<BudgetLevel> {
        self.budget.levels()
    }
}
