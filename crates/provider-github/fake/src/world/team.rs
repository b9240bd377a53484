//! Teams.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Role;
use crate::ids::Id;

/// A person's place in a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub enum TeamRole {
    Member,
    Maintainer,
}

impl TeamRole {
    /// As REST says it.
    #[must_use]
    pub const fn rest(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Maintainer => "maintainer",
        }
    }
}

/// A team.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Team {
    pub id: Id,
    pub slug: String,
    pub name: String,
    pub description: Option<String>,
    /// `closed` or `secret`.
    pub privacy: String,
    /// `notifications_enabled` or `notifications_disabled`.
    pub notification_setting: String,
    pub parent: Option<Id>,
    pub members: BTreeMap<Id, TeamRole>,
    /// Asked to join the organisation first.
    pub pending: BTreeMap<Id, TeamRole>,
    pub repos: BTreeMap<Id, Role>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
