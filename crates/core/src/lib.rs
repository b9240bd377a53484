//! The vocabulary of Aplomo as types: what a manifest, a resource, an observation, a plan, an
//! approval and a run are, and the ports through which the edges serve the engine.
//!
//! Deliberately absent: input and output of any kind, clocks, randomness, async runtimes, SQL,
//! HTTP, and every fact about a particular kind (`catalog`) or type of remote object (`resources`).

pub mod address;
pub mod approval;
pub mod canonical;
pub mod datum;
pub mod digest;
pub mod fields;
pub mod finding;
pub mod ledger;
pub mod manifest;
pub mod model;
pub mod name;
pub mod node;
pub mod observation;
pub mod origin;
pub mod plan;
pub mod ports;
pub mod reference;
pub mod resource;
pub mod reverted;
pub mod run;
pub mod safety;
pub mod scope;
pub mod span;
pub mod told;
pub mod types;

pub use address::{Address, ManifestRef};
pub use datum::Datum;
pub use digest::Digest;
pub use fields::{FieldPath, Fields, Sight, Wish};
pub use finding::{Finding, Severity};
pub use jiff::{SignedDuration, Timestamp};
pub use model::{Mode, Model, Seen, Wanted};
pub use name::{
    Account, ActorName, CommitId, Installation, KindName, ManifestName, Provider, Region, RemoteId, RunId,
    SourceName, TenantName, TypeName,
};
pub use observation::{Coverage, Observation, Observed};
pub use origin::{Mark, Origin};
pub use plan::{Action, Change, Plan, Reason};
pub use reference::Reference;
pub use resource::{Desired, DesiredState};
pub use scope::Scope;
pub use span::span;
pub use types::{ResourceType, Risk, Type, Types};
