//! What ids are called now: readings tell, and writers need names in paths. Names change hands, ids do
//! not, so nothing is looked up by a name that was not read just before.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A thing of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// A repository's name, a team's slug, a user's login.
    pub(crate) name: String,
    /// Its GraphQL id.
    pub(crate) node: String,
}

/// Repositories, teams, users and apps by numeric id.
#[derive(Debug, Default)]
pub(crate) struct Names {
    repositories: Mutex<BTreeMap<String, Named>>,
    teams: Mutex<BTreeMap<String, Named>>,
    users: Mutex<BTreeMap<String, Named>>,
    apps: Mutex<BTreeMap<String, Named>>,
}

fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

macro_rules! sorts {
    ($($learn:ident, $find:ident, $field:ident;)*) => {$(
        pub(crate) fn $learn(&self, id: impl Into<String>, name: impl Into<String>, node: impl Into<String>) {
            open(&self.$field).insert(id.into(), Named { name: name.into(), node: node.into() });
        }
        pub(crate) fn $find(&self, id: &str) -> Option<Named> {
            open(&self.$field).get(id).cloned()
        }
    )*};
}

impl Names {
    sorts! {
        learn_repository, repository, repositories;
        learn_team, team, teams;
        learn_user, user, users;
        learn_app, app, apps;
    }
}
