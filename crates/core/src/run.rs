//! Runs: what executing approved changes came to.

use crate::address::Address;
use crate::digest::Digest;
use crate::fields::FieldPath;
use crate::name::{RemoteId, RunId, TenantName};
use crate::plan::Action;
use crate::safety::BreakGlass;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// What became of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Done.
    Applied,
    /// Refused or failed; nothing happened.
    Failed,
    /// The world moved since it was planned.
    Stale,
    /// Held by a guard, a hold or a missing approval.
    Held,
    /// Something outside must happen first.
    Waiting,
    /// Not tried, because something it depends on did not happen.
    Skipped,
    /// Done, and it would not stay so.
    Quarantined,
    /// The answer was lost: it may or may not have happened.
    Unknown,
}

/// The outcome of one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeOutcome {
    /// The address.
    pub address: Address,
    /// What was to be done.
    pub action: Action,
    /// What became of it.
    pub status: Status,
    /// Why not, in words with the way out.
    pub error: Option<String>,
    /// The services' request ids.
    pub request_ids: Vec<String>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// Everything is as wished.
    Converged,
    /// Some of it is.
    Partial,
    /// Something outside must happen first.
    Waiting,
    /// Nothing was allowed.
    Refused,
    /// Nothing worked.
    Failed,
    /// It was stopped between changes; the next start resumes it.
    Interrupted,
}

/// A run as `apply --format json` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Its id.
    pub run: RunId,
    /// The tenants it touched.
    pub tenants: BTreeSet<TenantName>,
    /// The plan it executed.
    pub plan: Digest,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// How it ended.
    pub ending: Option<Ending>,
    /// The outcomes, in the order of their addresses.
    pub outcomes: Vec<ChangeOutcome>,
    /// Whether everything it touched is as wished.
    pub converged: bool,
    /// Freezes and windows of its tenants that were broken open when it began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub break_glass: Vec<BreakGlass>,
    /// No part of the result.
    pub meta: RunMeta,
}

/// Calls a run took.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunMeta {
    /// Calls by `service:Action`.
    pub api_calls: BTreeMap<String, u64>,
}

impl RunMeta {
    /// Adds calls that were made around the run.
    pub fn add(&mut self, calls: &BTreeMap<String, u64>) {
        for (call, count) in calls {
            *self.api_calls.entry(call.clone()).or_default() += count;
        }
    }
}

/// A call that is about to be made: durable before it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Intent {
    /// The run.
    pub run: RunId,
    /// The tenant, whose audit chain it enters.
    pub tenant: TenantName,
    /// `service:Action`.
    pub call: SmolStr,
    /// The changes it carries: address and effect digest.
    pub changes: Vec<(Address, Digest)>,
    /// The idempotency key that travels with it, where the call takes one.
    pub key: SmolStr,
    /// Of a call that makes an object without marks or key: the wished fields that it carries. Should its
    /// answer be lost, an object of the wished name that has them all is what it made. Empty for other calls.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub carries: BTreeSet<FieldPath>,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "result")]
pub enum CallOutcome {
    /// The service said yes.
    Done {
        /// Its request id.
        request_id: Option<String>,
        /// The object that it made, so that it is found again without marks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        born: Option<RemoteId>,
    },
    /// The service said no; nothing happened.
    Refused {
        /// Its error code.
        code: String,
        /// Its message.
        message: String,
        /// Its request id.
        request_id: Option<String>,
    },
    /// No answer: it may or may not have happened.
    Unknown {
        /// What was noticed.
        message: String,
    },
}

/// An intent without an outcome, found after a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIntent {
    /// Its number in the journal.
    pub id: i64,
    /// The intent.
    pub intent: Intent,
    /// When it was written.
    pub at: Timestamp,
}
