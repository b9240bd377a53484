//! The planner: wishes and what was seen become a plan, as plain data.
//!
//! Pure and synchronous. It knows no kind and no type by name: what it needs to know of types comes
//! through [`aplomo_core::types::ResourceType`]. Two conventions tie it to settings, which live in the
//! scope of provider `aplomo`: a change with the field `/state` there is a tenant's settings, one with
//! `/ownership` a manifest's safety.
//!
//! Before planning, [`retract()`], [`filled()`], [`rekeyed()`] and [`depart()`] complete the wish with what the
//! store remembers.
//!
//! Deliberately absent: reading, writing, clocks, approvals, and the checks of manifests.

mod accounts;
mod approvers;
mod archive;
mod assemble;
mod build;
mod containers;
mod coverage;
mod depart;
mod depends;
mod diff;
mod draft;
mod drift;
mod ending;
mod exclusive;
mod filled;
mod filter;
mod freezes;
mod graph;
mod groups;
mod guards;
mod holds;
mod keep;
mod matching;
mod neighbours;
mod occupied;
mod order;
mod place;
mod proposal;
mod reasons;
mod rekeyed;
mod removal;
mod render;
mod retract;
mod revert;
mod seal;
mod superseded;
mod survey;
mod unmanaged;
mod world;

pub use containers::{containers, forgotten};
pub use depart::depart;
pub use drift::{DriftReport, Share, Shares, drift};
pub use filled::filled;
pub use filter::filter;
pub use graph::{GraphFormat, graph};
pub use proposal::{Proposal, proposal};
pub use rekeyed::rekeyed;
pub use render::{
    Style, escape_html, escape_text, field_text, markdown, moment, render, render_with, value_text,
};
pub use retract::retract;
pub use revert::{Back, Cannot, agreed, overlay, settle, way_back};
pub use superseded::superseded;

use aplomo_core::ledger::Memory;
use aplomo_core::plan::{Plan, PlanSource};
use aplomo_core::safety::Recorded;
use aplomo_core::{CommitId, DesiredState, Installation, Observation, SourceName, Timestamp, Types};
use std::collections::BTreeMap;

/// Everything a plan follows from.
pub struct PlanInput<'a> {
    /// Who we are: marks of others are refused.
    pub installation: &'a Installation,
    /// The version of Aplomo: the same commit under another one has the reason `upgrade`.
    pub version: &'a str,
    /// The moment to plan for.
    pub as_of: Timestamp,
    /// The wishes.
    pub desired: &'a DesiredState,
    /// The sources as they shall be shown; `complete` of all of them enters the plan's.
    pub sources: Vec<PlanSource>,
    /// The commit of each source, where it has one.
    pub commits: BTreeMap<SourceName, Option<CommitId>>,
    /// What was seen.
    pub observation: &'a Observation,
    /// What the store remembers.
    pub memory: &'a Memory,
    /// Safeties and policies as applied.
    pub recorded: &'a Recorded,
    /// The types.
    pub types: &'a Types,
    /// Sources of which nothing is applied, and why: rewritten history, for example.
    pub held_sources: BTreeMap<SourceName, String>,
}

/// Plans. The same input gives the same plan; `meta` holds the version alone.
#[must_use]
pub fn plan(input: &PlanInput<'_>) -> Plan {
    assemble::assemble(input)
}
