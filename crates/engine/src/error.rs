//! What can go wrong in the engine itself; what goes wrong with one change is in its outcome.

use aplomo_core::Digest;
use aplomo_core::name::BadName;
use aplomo_store::StoreError;

/// Why the engine could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A pull request takes more than it may.
    #[error(transparent)]
    TooMuch(#[from] crate::propose::TooMuch),
    /// An account could not be reached.
    #[error(transparent)]
    Connect(#[from] crate::connect::ConnectProblem),
    /// A digest does not recompute.
    #[error(
        "the plan's digests do not recompute: it was edited or damaged; make a new one with `aplomo plan --out`"
    )]
    EditedPlan,
    /// The plan is of a moment that is yet to come.
    #[error(
        "the plan is for {0}, which is yet to come: it shows what would be, and nothing of it is approved or applied now"
    )]
    FuturePlan(aplomo_core::Timestamp),
    /// The plan was not made with this store.
    #[error(
        "this plan was not made here: a plan is approved and applied with the store that it was planned with; plan again"
    )]
    StrangePlan,
    /// An approval names an effect that is not in the plan.
    #[error("no change of the plan has the digest {0}; `aplomo plan` shows the digests")]
    UnknownDigest(Digest),
    /// A lift names no guard that holds something.
    #[error("`{0}` is no guard that holds a change of this plan; `heldBy` in the plan names those that do")]
    NothingToLift(String),
    /// The tenant asks for a second, authenticated person.
    #[error("tenant `{0}` lets nobody lift a guard alone: it takes a second, authenticated person")]
    SecondPerson(String),
    /// The glass is not broken that way.
    #[error("the glass is not broken: {0}")]
    Glass(String),
    /// Another run is at work.
    #[error(
        "another run is at work on {scope}: {holder} holds it until {until}; wait for it, or see `aplomo status`"
    )]
    Busy {
        /// The tenant and account.
        scope: String,
        /// Who.
        holder: String,
        /// Until when, unless it is renewed.
        until: String,
    },
    /// An interrupted run of the same tenant comes before anything new.
    #[error(
        "run {0} was interrupted and comes first, for what became of its calls is not known; apply again to go on with it"
    )]
    Unfinished(String),
    /// Our clock cannot be trusted.
    #[error(
        "our clock and the services' differ by {0} seconds, more than 60: nothing is applied; set this machine's clock (NTP)"
    )]
    ClockSkew(i64),
    /// A name from a plan or the system is not well formed.
    #[error(transparent)]
    Name(#[from] BadName),
    /// JSON could not be written.
    #[error("a plan could not be written as JSON")]
    Json(#[from] serde_json::Error),
}
