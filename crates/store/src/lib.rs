//! What Aplomo remembers: ledger, journal, runs, plans, approvals, holds, sources, leases and the
//! signed audit chains, in one SQLite file.
//!
//! What changes state through [`Store`] and matters to an auditor writes its audit entry in the same
//! transaction (approval, lift, approval-revoked, hold, release, quarantined, run-started, intent,
//! outcome, applied, run-finished, source-held, source-accepted, lease-broken, break-glass,
//! break-glass-ended, key-rotated, recovered). Callers append the rest: plan-shown, refusal, config-changed, version-changed.
//!
//! A command line beside a daemon needs no lock on the store file: SQLite orders the writes, and
//! leases with fences order the runs.
//!
//! Deliberately absent: deciding anything (`planner`, `engine`), the clock and ids (ports of `core`),
//! and SQL that only SQLite knows, except in `db` and the migrations: PostgreSQL shall follow.

mod applied;
mod approvals;
mod attempts;
mod attention;
mod audit;
mod db;
mod deliveries;
mod error;
mod generation;
mod glass;
mod heads;
mod journal;
mod key;
mod leases;
mod ledger;
mod letters;
mod marks;
mod memory;
mod notes;
mod people;
mod plans;
mod pulls;
mod recover;
mod reverted;
mod runs;
mod snoozes;
mod sources;
mod store;
#[cfg(test)]
mod tests;

pub use applied::{AppliedRecord, LedgerStep};
pub use attempts::Attempts;
pub use audit::{
    AuditEntry, AuditFilter, AuditKind, ExportHeader, Problem, VerifyOptions, VerifyReport, verify_export,
};
pub use deliveries::Delivery;
pub use error::StoreError;
pub use heads::Head;
pub use key::{PublicKey, SigningKey};
pub use leases::{Lease, LeaseGuard, LeaseRow, StopFlag};
pub use letters::{Letter, Waiting};
pub use people::Suspension;
pub use plans::{FoundEffect, PlanSummary};
pub use recover::RecoverReport;
pub use runs::{RunRecord, RunSummary, StoredRun};
pub use sources::HeldSource;
pub use store::{Options, Store, system_actor};
