//! What the API answers with. Separate from core's types, so that those may change without breaking
//! anybody's program; where both show the same thing the JSON is the one of cli.md.

mod change;
mod drift;
mod lists;
mod locks;
mod plan;
mod run;
mod status;
mod words;

pub(crate) use change::{ChangeView, ScopeView};
pub(crate) use drift::DriftView;
pub(crate) use lists::{DriftList, PlanList, RunList};
pub(crate) use plan::{
    FindingView, MetaView, PlanSourceView, PlanSummary, PlanView, UnmanagedView, UnverifiableView,
};
pub(crate) use run::{RunSummary, RunView};
pub(crate) use status::StatusView;
pub(crate) use words::{Action, Ending, Reason, Risk, Severity, Status};

use serde_json::Value;

/// A value of core as JSON. Cannot fail for what core holds; should it, nothing false is shown.
fn json<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_else(|_| Value::String("(cannot be shown)".to_owned()))
}
