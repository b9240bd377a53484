//! The HTTP side of the daemon: health, metrics and a read-only API about plans, runs and drift.
//!
//! It reads through one port, [`Backend`], and shows a caller only the tenants its token covers:
//! whatever cannot be attributed to one of them is left out. Webhooks come in by one route and wake only.
//! Deliberately absent: every way to write (people approve on GitHub or on the command line), TLS (a reverse proxy's business), the engine and
//! the store themselves (the binary joins them to [`Backend`]), and reading configuration.

mod access;
mod backend;
mod data;
mod dto;
mod error;
mod host;
mod layers;
mod limit;
mod metrics;
mod openapi;
mod problem;
mod routes;
mod serve;
mod text;
mod view;

pub use access::{Access, Gate, MIN_SECRET, Token};
pub use backend::{Backend, BackendError, Delivered, Delivery, NotReady, Only, Readiness};
pub use data::{
    AuditHead, BudgetData, DriftData, LockData, PerTenant, PlanData, PlanEntry, RunData, RunEntry,
    SourceData, StatusData, TenantData,
};
pub use error::ServeError;
pub use metrics::{
    Metrics, install_recorder, names, observe_plan, observe_reconcile, observe_report, observe_run,
};
pub use openapi::openapi_json;
pub use routes::{Api, router};
pub use serve::{GRACE, serve};
