//! GitHub: repositories, who may reach them, teams, and what protects branches.
//!
//! One type per remote object, so that guards, drift and approvals are per atom: a team's grant, a
//! person's, a label. What GitHub shows under names that change hands (logins, slugs) is kept by id.

pub mod model;
pub mod names;
