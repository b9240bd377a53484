//! GitHub: repositories, who may reach them, teams, and what protects branches.
//!
//! One type per remote object, so that guards, drift and approvals are per atom: a team's grant, a
//! person's, a label. What GitHub shows under names that change hands (logins) is kept by id.

pub mod actions;
pub mod branch_rule;
pub mod delivery;
pub mod effective;
pub mod environment;
pub mod extras;
pub mod grant;
pub mod model;
pub mod names;
mod people;
mod protection;
pub mod reach;
pub mod repository;
pub mod ruleset;
pub mod setting;
pub mod shape;
pub mod strength;
pub mod team;

pub use names::*;
