//! Lists, as objects so that they can grow.

use super::{DriftView, PlanSummary, RunSummary};
use serde::Serialize;
use utoipa::ToSchema;

/// The newest plans, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanList {
    /// The plans.
    pub(crate) plans: Vec<PlanSummary>,
}

/// The newest runs, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunList {
    /// The runs.
    pub(crate) runs: Vec<RunSummary>,
}

/// The latest drift report of each source.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DriftList {
    /// The reports.
    pub(crate) reports: Vec<DriftView>,
}
