//! What GitHub does later, by itself.

use jiff::Timestamp;

use super::World;
use crate::ids::Id;

/// Something that will happen.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// A repository arrives at its new owner.
    Transfer { repo: Id, to: Id, name: String },
}

impl World {
    /// Lets happen what is due.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        self.now = now;
        while let Some(at) = self.due.iter().position(|(when, _)| *when <= now) {
            let (_, due) = self.due.remove(at);
            self.happen(due);
        }
    }

    fn happen(&mut self, due: Due) {
        match due {
            Due::Transfer { repo, to, name } => self.arrive(repo, to, name),
        }
    }

    /// Teams stay behind: they belong to the old owner.
    fn arrive(&mut self, id: Id, to: Id, name: String) {
        let Some(repo) = self.repos.get(&id) else { return };
        let (old, from) = (self.full_name(repo).to_lowercase(), repo.owner);
        if let Some(org) = self.orgs.get_mut(&from) {
            org.teams.values_mut().for_each(|team| {
                team.repos.remove(&id);
            });
        }
        if let Some(repo) = self.repos.get_mut(&id) {
            (repo.owner, repo.name, repo.updated_at) = (to, name, self.now);
        }
        self.renamed.insert(old, id);
    }
}
