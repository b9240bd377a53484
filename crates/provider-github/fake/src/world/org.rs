//! Organisations: members, invitations, and what repositories inherit.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::{Grant, Hook, Map, Role, Ruleset, Secret, Source, Team, TeamRole, Variable};
use crate::ids::Id;

/// A person's place in an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub enum OrgRole {
    Admin,
    Member,
}

impl OrgRole {
    /// As REST says it.
    #[must_use]
    pub const fn rest(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }
}

/// Somebody is asked to join.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct OrgInvitation {
    pub id: Id,
    pub invitee: Option<Id>,
    pub email: Option<String>,
    pub role: OrgRole,
    pub inviter: Id,
    pub created_at: Timestamp,
    /// When and why it came to nothing.
    pub failed: Option<(Timestamp, String)>,
}

/// An organisation.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct Org {
    pub id: Id,
    pub login: String,
    pub created_at: Timestamp,
    /// What `PATCH /orgs/{org}` sets and `GET` shows, by its REST name.
    pub settings: Map,
    pub members: BTreeMap<Id, OrgRole>,
    pub invitations: BTreeMap<Id, OrgInvitation>,
    pub teams: BTreeMap<Id, Team>,
    pub rulesets: BTreeMap<Id, Ruleset>,
    /// Definitions of custom properties, as REST writes them.
    pub properties: Vec<Value>,
    pub variables: BTreeMap<String, Variable>,
    pub secrets: BTreeMap<String, Secret>,
    pub hooks: BTreeMap<Id, Hook>,
    pub actions: Map,
    /// Teams that see every repository because they manage its security.
    pub security_managers: BTreeSet<Id>,
    /// Keys of `security_and_analysis` that an enforced security configuration owns.
    pub enforced_security: BTreeSet<String>,
}

impl Org {
    /// What membership alone gives.
    pub(crate) fn default_grant(&self, user: Id) -> Option<Grant> {
        let role = match self.members.get(&user)? {
            OrgRole::Admin => Role::Admin,
            OrgRole::Member => Role::parse(self.settings.get("default_repository_permission")?.as_str()?)?,
        };
        Some(Grant { role, source: Source::Organization })
    }

    /// The members of a team and of its child teams: that is what a team's rights reach.
    pub(crate) fn whole_team(&self, team: &Team) -> BTreeSet<Id> {
        let mut all: BTreeSet<Id> = team.members.keys().copied().collect();
        let children = self.teams.values().filter(|child| child.parent == Some(team.id));
        all.extend(children.flat_map(|child| self.whole_team(child)));
        all
    }

    /// Whether somebody is in a team or in one of its child teams.
    pub(crate) fn in_team(&self, team: &Team, user: Id) -> bool {
        team.members.contains_key(&user) || self.whole_team(team).contains(&user)
    }

    /// What a team may do in a repository: its own grant, or as the manager of security.
    pub(crate) fn team_role_in(&self, team: &Team, repo: Id) -> Option<Role> {
        let managing = self.security_managers.contains(&team.id).then_some(Role::Pull);
        team.repos.get(&repo).copied().max(managing)
    }

    /// An owner is a maintainer whatever was asked for.
    pub(crate) fn team_role(&self, user: Id, role: TeamRole) -> TeamRole {
        if self.members.get(&user) == Some(&OrgRole::Admin) { TeamRole::Maintainer } else { role }
    }

    /// A text setting.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.settings.get(name).and_then(Value::as_str)
    }
}
