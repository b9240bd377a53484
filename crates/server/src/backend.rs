//! The port through which the server reads; the binary joins it to the engine and the store.
//!
//! A backend gives everything it knows: leaving out what a caller may not see is the server's work.

use crate::data::{DriftData, PlanData, PlanEntry, RunData, RunEntry, StatusData};
use aplomo_core::ports::Fut;
use aplomo_core::{Digest, RunId, TenantName};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// Why something could not be read. The text goes to the log, not to the caller.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct BackendError(pub String);

/// Some tenants, as a hint: `None` asks for all. More than asked for may be given; the server leaves
/// out what the caller may not see in any case.
pub type Only<'a> = Option<&'a BTreeSet<TenantName>>;

/// A delivery of a webhook as it came: nothing of it is checked yet.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// What happened, in GitHub's word for it.
    pub event: &'a str,
    /// GitHub's id for it.
    pub id: &'a str,
    /// How it is signed.
    pub signature: Option<&'a str>,
    /// The body as it came.
    pub body: &'a [u8],
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// It is in the queue, or was before.
    Queued,
    /// It is genuine and nothing follows from it.
    Nothing,
    /// Its signature is not right: nothing was read of it.
    Forged,
    /// No webhook is configured.
    NotExpected,
}

/// What the API needs to read.
pub trait Backend: Send + Sync {
    /// Where everything stands now. Also read at each scrape of `/metrics`, so it should be cheap.
    fn status(&self) -> Fut<'_, Result<StatusData, BackendError>>;
    /// The newest plans that concern one of `only`, newest first, at most `limit` (1 to 200).
    fn plans<'a>(&'a self, limit: u32, only: Only<'a>) -> Fut<'a, Result<Vec<PlanEntry>, BackendError>>;
    /// A whole plan; `None` where there is none of this digest.
    fn plan<'a>(&'a self, digest: &'a Digest) -> Fut<'a, Result<Option<PlanData>, BackendError>>;
    /// The newest runs that concern one of `only`, newest first, at most `limit` (1 to 200).
    fn runs<'a>(&'a self, limit: u32, only: Only<'a>) -> Fut<'a, Result<Vec<RunEntry>, BackendError>>;
    /// A whole run; `None` where there is none of this id.
    fn run<'a>(&'a self, id: &'a RunId) -> Fut<'a, Result<Option<RunData>, BackendError>>;
    /// The latest drift report of each source.
    fn drift(&self) -> Fut<'_, Result<Vec<DriftData>, BackendError>>;
    /// A delivery of a webhook came in. It must be durable when this ends well.
    fn delivered<'a>(&'a self, delivery: &'a Delivery<'a>) -> Fut<'a, Result<Delivered, BackendError>>;
    /// Whether the daemon can do its work, and why not.
    fn ready(&self) -> Fut<'_, Readiness>;
}

/// Whether the daemon can do its work: nothing stands in the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readiness {
    /// What stands in the way.
    pub reasons: Vec<NotReady>,
}

impl Readiness {
    /// Nothing stands in the way.
    #[must_use]
    pub fn ready() -> Self {
        Self::default()
    }
    /// One more thing that stands in the way.
    #[must_use]
    pub fn because(mut self, code: &'static str, message: impl Into<String>) -> Self {
        self.reasons.push(NotReady { code: SmolStr::new_static(code), message: message.into() });
        self
    }
    /// Whether nothing stands in the way.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        self.reasons.is_empty()
    }
}

/// Something that stands in the way of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotReady {
    /// A stable name in kebab case that names no tenant, e.g. `store-unreachable`; anybody may see it.
    pub code: SmolStr,
    /// What is wrong and the way out; only callers who may see every tenant are shown it.
    pub message: String,
}
