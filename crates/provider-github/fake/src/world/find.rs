//! Looking things up by the names people use; GitHub's names know no case.

use super::{App, Org, Repo, Team, User, World};
use crate::ids::Id;

impl World {
    /// A person.
    #[must_use]
    pub fn user_named(&self, login: &str) -> Option<&User> {
        self.users.values().find(|user| user.login.eq_ignore_ascii_case(login))
    }

    /// An organisation.
    #[must_use]
    pub fn org_named(&self, login: &str) -> Option<&Org> {
        self.orgs.values().find(|org| org.login.eq_ignore_ascii_case(login))
    }

    /// A repository by its present name.
    #[must_use]
    pub fn repo_named(&self, owner: &str, name: &str) -> Option<&Repo> {
        let owner = self.org_named(owner)?.id;
        self.repos.values().find(|repo| repo.owner == owner && repo.name.eq_ignore_ascii_case(name))
    }

    /// As [`World::repo_named`], to change it.
    pub fn repo_named_mut(&mut self, owner: &str, name: &str) -> Option<&mut Repo> {
        let id = self.repo_named(owner, name)?.id;
        self.repos.get_mut(&id)
    }

    /// As [`World::org_named`], to change it.
    pub fn org_named_mut(&mut self, login: &str) -> Option<&mut Org> {
        let id = self.org_named(login)?.id;
        self.orgs.get_mut(&id)
    }

    /// An App.
    #[must_use]
    pub fn app_slugged(&self, slug: &str) -> Option<&App> {
        self.apps.values().find(|app| app.slug == slug)
    }

    /// A team by its number, and whose it is.
    #[must_use]
    pub fn team(&self, id: Id) -> Option<(&Org, &Team)> {
        self.orgs.values().find_map(|org| Some((org, org.teams.get(&id)?)))
    }

    /// `owner/name`.
    #[must_use]
    pub fn full_name(&self, repo: &Repo) -> String {
        let owner = self.orgs.get(&repo.owner).map_or("ghost", |org| &org.login);
        format!("{owner}/{}", repo.name)
    }
}

impl Org {
    /// A team by its slug.
    #[must_use]
    pub fn team_slugged(&self, slug: &str) -> Option<&Team> {
        self.teams.values().find(|team| team.slug.eq_ignore_ascii_case(slug))
    }

    /// As [`Org::team_slugged`], to change it.
    pub fn team_slugged_mut(&mut self, slug: &str) -> Option<&mut Team> {
        self.teams.values_mut().find(|team| team.slug.eq_ignore_ascii_case(slug))
    }
}
