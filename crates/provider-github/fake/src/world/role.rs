//! What a person may do in a repository, and from where. Custom repository roles are absent.

use std::collections::BTreeSet;

use super::{OrgRole, Repo, World};
use crate::ids::Id;

/// A right in a repository, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub enum Role {
    Pull,
    Triage,
    Push,
    Maintain,
    Admin,
}

impl Role {
    pub(crate) const ALL: [Self; 5] = [Self::Pull, Self::Triage, Self::Push, Self::Maintain, Self::Admin];

    /// As REST asks for it and lists it under `permissions`.
    #[must_use]
    pub const fn rest(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Triage => "triage",
            Self::Push => "push",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        }
    }

    /// As `role_name` says it: push and write are one.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pull => "read",
            Self::Triage => "triage",
            Self::Push => "write",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        }
    }

    /// As GraphQL's `DefaultRepositoryPermissionField`, which knows three.
    pub(crate) const fn coarse(self) -> &'static str {
        match self {
            Self::Pull | Self::Triage => "READ",
            Self::Push | Self::Maintain => "WRITE",
            Self::Admin => "ADMIN",
        }
    }

    /// Either word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.rest() == text || role.name() == text)
    }
}

/// Where a right comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Ownership, or the organisation's default for its members.
    Organization,
    /// A team.
    Team(Id),
    /// The repository's own list.
    Direct,
}

/// One right and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// What.
    pub role: Role,
    /// From where.
    pub source: Source,
}

/// A team's right in one repository, and everybody it reaches.
struct Reach {
    grant: Grant,
    members: BTreeSet<Id>,
}

impl World {
    /// What each team of the owner gives in a repository, worked out once for all people.
    fn reaches(&self, repo: &Repo) -> Vec<Reach> {
        let Some(org) = self.orgs.get(&repo.owner) else { return Vec::new() };
        let with = org.teams.values().filter_map(|team| Some((team, org.team_role_in(team, repo.id)?)));
        with.map(|(team, role)| Reach {
            grant: Grant { role, source: Source::Team(team.id) },
            members: org.whole_team(team),
        })
        .collect()
    }

    fn grants_among(&self, repo: &Repo, reaches: &[Reach], user: Id) -> Vec<Grant> {
        let mut grants: Vec<Grant> =
            self.orgs.get(&repo.owner).and_then(|org| org.default_grant(user)).into_iter().collect();
        grants.extend(reaches.iter().filter(|reach| reach.members.contains(&user)).map(|reach| reach.grant));
        grants.extend(repo.direct.get(&user).map(|role| Grant { role: *role, source: Source::Direct }));
        grants
    }

    /// Every grant that a person has in a repository.
    #[must_use]
    pub fn grants(&self, repo: &Repo, user: Id) -> Vec<Grant> {
        self.grants_among(repo, &self.reaches(repo), user)
    }

    /// The highest of them.
    #[must_use]
    pub fn role(&self, repo: &Repo, user: Id) -> Option<Role> {
        self.grants(repo, user).into_iter().map(|grant| grant.role).max()
    }

    /// Everybody with a grant in a repository.
    #[must_use]
    pub fn with_access(&self, repo: &Repo) -> Vec<(Id, Vec<Grant>)> {
        let reaches = self.reaches(repo);
        let all = self.users.keys().map(|user| (*user, self.grants_among(repo, &reaches, *user)));
        all.filter(|(_, grants)| !grants.is_empty()).collect()
    }

    /// Whether a person owns the organisation.
    #[must_use]
    pub fn owns(&self, org: Id, user: Id) -> bool {
        self.orgs.get(&org).is_some_and(|org| org.members.get(&user) == Some(&OrgRole::Admin))
    }
}
