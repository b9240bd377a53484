//! The models of GitHub's objects in normal form.
//!
//! Flags are always seen as `true` or `false`; a text that is empty is absent. Permissions are `read`,
//! `triage`, `write`, `maintain`, `admin`, or the name of a custom role. People and teams in sets stand
//! by name (`team:core`, `user:ana`) so that an approver can read them, and beside the set a map holds
//! the id behind each name, so that a name that changes hands is a difference.
//!
//! Deliberately absent: what a manifest says (`catalog`), what calls it takes (the provider).

mod access;
mod actions;
mod extras;
mod protection;
mod repository;

pub use access::{Collaborator, Team, TeamGrant, TeamMembership, User};
pub use actions::{ActionsSettings, Environment, Secret, Variable};
pub use extras::{Autolink, CustomProperty, DeployKey, Label, Webhook};
pub use protection::{BranchProtectionRule, Ruleset};
pub use repository::Repository;
