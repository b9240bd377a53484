//! What a Team manifest says. The doc comments are the documentation of its fields.

use crate::envelope::OwnershipWish;
use schemars::JsonSchema;
use serde::Deserialize;
use smol_str::SmolStr;

/// A team of an organisation on GitHub and who is in it. People are kept by their immutable id, whatever they
/// call themselves; who is invited and has not accepted is waited for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TeamSpec {
    /// The organisation's login; the tenant's unless set.
    pub organization: Option<SmolStr>,
    /// Its name; the manifest's name unless set. GitHub makes its slug from it.
    pub name: Option<SmolStr>,
    /// What it is for.
    pub description: Option<String>,
    /// Who sees it. A new team is visible unless set.
    pub privacy: Option<Privacy>,
    /// Whether mentions of the team notify its members.
    pub notifications: Option<bool>,
    /// The Team it is part of, by the name of its manifest: it has what that may reach. Left alone unless set.
    pub parent: Option<SmolStr>,
    /// Who is in it.
    pub members: Members,
    /// Whether others that are in it stay. `exclusive` takes them out, from the plan after it was applied.
    pub ownership: OwnershipWish,
}

/// Who sees a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Privacy {
    /// Every member of the organisation.
    Visible,
    /// Its members and the owners.
    Secret,
}

/// Who is in a team, by login.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Members {
    /// Who may change its settings and members.
    pub maintainers: Vec<SmolStr>,
    /// The others.
    pub members: Vec<SmolStr>,
}
