//! Ports: what the edges implement. Readers and writers are different types, so a dry run has
//! nothing to write with; the only way to write is [`WriteCx::once`], which journals around the call.
//!
//! Deliberately absent: any implementation. Boxed futures need no runtime here.

use crate::address::Address;
use crate::approval::Grant;
use crate::fields::WantedFields;
use crate::name::{Installation, RemoteId, RunId, TypeName};
use crate::observation::{Observation, Observed};
use crate::plan::Change;
use crate::run::{CallOutcome, Intent, Status};
use crate::scope::Scope;
use jiff::Timestamp;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

mod budget;
pub use budget::{Budget, BudgetLevel, CallCounter, Priority};

/// A boxed future.
pub type Fut<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The time, and waiting for it.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
    /// A time that only goes forward, for measuring; its zero is arbitrary.
    fn elapsed(&self) -> Duration;
    /// Ends after the duration.
    fn sleep(&self, duration: Duration) -> Fut<'_, ()>;
}

/// Fresh ids.
pub trait Ids: Send + Sync {
    /// A fresh id of 26 lower-case letters and digits, or another text that is unique for ever.
    fn fresh(&self) -> String;
}

/// The journal could not be written: the call must not be made.
#[derive(Debug, Clone, thiserror::Error)]
#[error(
    "the journal could not be written ({0}), so nothing was sent; free disk space or repair the store, then apply again"
)]
pub struct JournalError(pub String);

/// Durable intents and outcomes.
pub trait Journal: Send + Sync {
    /// Makes the intent durable and gives its number.
    fn intend<'a>(&'a self, intent: &'a Intent) -> Fut<'a, Result<i64, JournalError>>;
    /// Records what became of it.
    fn settle<'a>(&'a self, id: i64, outcome: &'a CallOutcome) -> Fut<'a, Result<(), JournalError>>;
}

/// Whether we may still write: the lease is ours and nobody asked to stop.
pub trait Fence: Send + Sync {
    /// Checked before each write; the reason where not.
    fn check(&self) -> Fut<'_, Result<(), String>>;
}

/// What a reader needs.
pub struct ReadCx<'a> {
    /// Who reads, for the budget.
    pub priority: Priority,
    /// The budget.
    pub budget: &'a dyn Budget,
    /// Counts calls.
    pub calls: &'a CallCounter,
    /// The clock.
    pub clock: &'a dyn Clock,
    /// What the store remembers, where a reader may leave unasked what never changes; `None` where all
    /// shall be read anew.
    pub memory: Option<&'a crate::ledger::Memory>,
    /// Objects of which nothing that may lag is believed, whatever that costs: something is about to be
    /// written to them, or was and did not show. Of all others a listing in bulk will do.
    pub exact: &'a [RemoteId],
    /// Whether objects beside `exact` matter only as neighbours and containers, as before a write: then
    /// fields that cost a call for each object may stay hidden.
    pub around: bool,
    /// What the reading is for, where a reader's cost depends on it; `None` where nobody can say.
    pub sought: Option<&'a Sought>,
}

/// What a reading is for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// Natural keys of what is wished, by what readers name in [`Reader::costly`].
    pub costly: BTreeMap<(TypeName, &'static str), BTreeSet<SmolStr>>,
    /// What alone matters, before and after a write; `None`: all there is.
    pub narrow: Option<Narrow>,
}

/// A reading around a few objects. More may be told; coverage is expected for these alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrow {
    /// Their types.
    pub types: BTreeSet<TypeName>,
    /// Their ids, and those of the containers that they are in or shall be in.
    pub ids: BTreeSet<RemoteId>,
}

impl Sought {
    /// The natural keys of what is wished with this field.
    #[must_use]
    pub fn keys(&self, type_name: &TypeName, path: &'static str) -> BTreeSet<SmolStr> {
        self.costly.get(&(type_name.clone(), path)).cloned().unwrap_or_default()
    }
}

/// Which objects of a scope to read.
#[derive(Debug, Clone, Copy)]
pub enum Pick<'a> {
    /// All of them.
    All,
    /// These, by remote id, where reading them is cheaper than reading all; more is allowed.
    Ids(&'a [RemoteId]),
}

/// How far one reading of a reader goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// A whole account: it is asked once, without a region.
    Account,
    /// A region of an account, with what is inside the containers there: coverage that it reports for
    /// the region counts for every container in it.
    Region,
    /// One container.
    Container,
}

impl Reach {
    /// The scope to ask for, to learn of what lives in `scope`.
    #[must_use]
    pub fn around(self, scope: &Scope) -> Scope {
        match self {
            Self::Account => Scope { region: None, ..scope.outer() },
            Self::Region => scope.outer(),
            Self::Container => scope.concrete(),
        }
    }
}

/// Reads one call family. Never fails: what could not be read is told by the coverage.
pub trait Reader: Send + Sync {
    /// The types it yields.
    fn feeds(&self) -> &[TypeName];
    /// The types that must be read before: for a reader of containers' contents, the container's type.
    fn after(&self) -> &[TypeName];
    /// Whether it is asked only of containers that nobody wishes any more: what is in them decides whether
    /// they may go, and nobody manages it.
    fn only_of_going(&self) -> bool {
        false
    }
    /// How far one reading goes.
    fn reach(&self) -> Reach {
        if self.after().is_empty() { Reach::Account } else { Reach::Container }
    }
    /// Fields that cost a call for each object, so that they are read only where they are wished; with an
    /// empty path: objects that are looked up one by one by their natural key. See [`ReadCx::sought`].
    fn costly(&self) -> &[(TypeName, &'static str)] {
        &[]
    }
    /// Whether it is asked only of containers in which a wish, a collection or the ledger names something
    /// that it feeds: where looking costs a call for each.
    fn only_where_named(&self) -> bool {
        false
    }
    /// Whether it only completes what others read: it is asked where something wished or recorded was not seen
    /// by them, where everything there is ours to judge, and for drift reports.
    fn only_where_missing(&self) -> bool {
        false
    }
    /// Reads. `scope` is of the reader's reach.
    fn read<'a>(&'a self, cx: &'a ReadCx<'a>, scope: &'a Scope, pick: Pick<'a>) -> Fut<'a, Observation>;
}

/// Ownership marks to put on what is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    /// The installation.
    pub installation: Installation,
    /// The tenant.
    pub tenant: SmolStr,
    /// The address.
    pub address: Address,
}

/// One change on its way to a writer: approved, fresh, resolved.
#[derive(Debug, Clone)]
pub struct ApprovedStep<'a> {
    /// The change as approved.
    pub change: &'a Change,
    /// The scope with everything known.
    pub scope: Scope,
    /// The remote id, where it exists.
    pub id: Option<RemoteId>,
    /// The whole object as it was read just now; `None` where there is none.
    pub fresh: Option<Observed>,
    /// `after` with every reference resolved; `None` for a delete or release.
    pub after: Option<WantedFields>,
    /// The marks it shall carry.
    pub marks: Marks,
    /// hash(run, effect digest, attempt), for calls that take an idempotency key.
    pub key: SmolStr,
    /// The object an earlier, interrupted attempt of ours made for this change, if one was found.
    pub found: Option<RemoteId>,
    grant: Grant,
}

impl<'a> ApprovedStep<'a> {
    /// Binds a change to the proof of its approval; `None` where the proof is for another effect.
    #[must_use]
    pub fn new(change: &'a Change, grant: Grant, scope: Scope, marks: Marks, key: SmolStr) -> Option<Self> {
        (grant.digest() == change.digest).then(|| Self {
            change,
            scope,
            id: change.id.clone(),
            fresh: None,
            after: change.after.clone(),
            marks,
            key,
            found: None,
            grant,
        })
    }
    /// The proof.
    #[must_use]
    pub const fn grant(&self) -> &Grant {
        &self.grant
    }
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepOutcome {
    /// The address.
    pub address: Address,
    /// What became of it.
    pub status: Status,
    /// The remote id, where it exists now.
    pub id: Option<RemoteId>,
    /// What went wrong, in words with the way out.
    pub error: Option<String>,
    /// Request ids.
    pub request_ids: Vec<String>,
}

/// Writes one call family. Decides nothing.
pub trait Writer: Send + Sync {
    /// The types it writes.
    fn feeds(&self) -> &[TypeName];
    /// How long after a write an object may still be missing from reads.
    fn settle(&self) -> Duration;
    /// Writes a batch of steps of one scope; one outcome per step, in any order.
    fn write<'a>(&'a self, cx: &'a WriteCx<'a>, batch: &'a [ApprovedStep<'a>]) -> Fut<'a, Vec<StepOutcome>>;
}

/// What a writer needs; its only way out.
pub struct WriteCx<'a> {
    /// The run, which every intent names.
    pub run: &'a RunId,
    /// Durable intents and outcomes.
    pub journal: &'a dyn Journal,
    /// Whether we may still write.
    pub fence: &'a dyn Fence,
    /// The budget.
    pub budget: &'a dyn Budget,
    /// Counts calls.
    pub calls: &'a CallCounter,
    /// The clock.
    pub clock: &'a dyn Clock,
}

/// Why a call was not made, or what the service answered when it was not a yes.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CallError {
    /// The journal failed before the call: nothing was sent.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The lease is gone or we were asked to stop: nothing was sent.
    #[error("stopped before the call: {0}")]
    Fenced(String),
    /// The service refused; nothing happened.
    #[error("{code}: {message}")]
    Refused {
        /// The service's error code.
        code: String,
        /// The service's message.
        message: String,
        /// Its request id.
        request_id: Option<String>,
    },
    /// No answer: it may or may not have happened.
    #[error("no answer ({0}): it may or may not have happened; the next run finds out")]
    Unknown(String),
}

impl WriteCx<'_> {
    /// Makes a call: checks the fence, makes the intent durable, calls, records the outcome.
    /// `call` yields its value with the request id, or a [`CallError`].
    ///
    /// # Errors
    /// See [`CallError`]. If the outcome cannot be recorded after the call, the answer stands and the
    /// next start finds the open intent.
    pub async fn once<T, F>(&self, intent: &Intent, call: F) -> Result<(T, Option<String>), CallError>
    where
        F: Future<Output = Result<(T, Option<String>), CallError>> + Send,
    {
        self.make(intent, call, |_| None).await
    }

    /// As [`WriteCx::once`], for a call that makes an object: `born` finds its id in the answer. It is as
    /// durable as the outcome, so that whoever goes on after an interruption finds the object again.
    ///
    /// # Errors
    /// As [`WriteCx::once`].
    pub async fn make<T, F>(
        &self,
        intent: &Intent,
        call: F,
        born: impl Fn(&T) -> Option<RemoteId>,
    ) -> Result<(T, Option<String>), CallError>
    where
        F: Future<Output = Result<(T, Option<String>), CallError>> + Send,
    {
        self.fence.check().await.map_err(CallError::Fenced)?;
        let id = self.journal.intend(intent).await?;
        let result = call.await;
        let outcome = match &result {
            Ok((value, request_id)) => {
                CallOutcome::Done { request_id: request_id.clone(), born: born(value) }
            }
            Err(CallError::Refused { code, message, request_id }) => CallOutcome::Refused {
                code: code.clone(),
                message: message.clone(),
                request_id: request_id.clone(),
            },
            Err(other) => CallOutcome::Unknown { message: other.to_string() },
        };
        let recorded = self.journal.settle(id, &outcome).await;
        drop(recorded); // an unrecorded outcome is an open intent, which the next start looks up
        result
    }
}
