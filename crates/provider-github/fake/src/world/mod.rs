//! What exists: plain data, without HTTP. Tests read and change it directly; so "what is really there" is never
//! asked of the interface under test.

mod apps;
mod check;
mod due;
mod find;
mod issue;
mod org;
mod repo;
mod role;
mod seed;
mod team;
pub(crate) use seed::slug;

pub use apps::{App, Delivery, Holder, Installation, Permissions, Token};
pub use check::{Activity, CheckRun, CheckSuite};
pub(crate) use due::Due;
pub use issue::{Author, Comment, Issue, Merged, Pull, Review};
pub use org::{Org, OrgInvitation, OrgRole};
pub use repo::{
    Actors, Autolink, DeployKey, Environment, Hook, Label, Protection, Repo, RepoInvitation, Resting,
    Reviews, Ruleset, Secret, Variable,
};
pub use role::{Grant, Role, Source};
pub use team::{Team, TeamRole};

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use crate::ids::{Id, Ids, Sort, new_form, old_form};

/// A JSON object.
pub type Map = serde_json::Map<String, Value>;

/// A person.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "GitHub's own words")]
pub struct User {
    pub id: Id,
    pub login: String,
    pub name: Option<String>,
    pub email: Option<String>,
    /// Whether two-factor authentication is on.
    pub two_factor: bool,
    pub created_at: Timestamp,
}

/// Everything there is.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "maps by id of what their types say")]
pub struct World {
    pub users: BTreeMap<Id, User>,
    pub orgs: BTreeMap<Id, Org>,
    pub repos: BTreeMap<Id, Repo>,
    pub apps: BTreeMap<Id, App>,
    pub installations: BTreeMap<Id, Installation>,
    pub tokens: BTreeMap<String, Token>,
    pub deliveries: Vec<Delivery>,
    /// Things whose node ids are of the old form unless the request asks for the new one.
    pub old_node_ids: BTreeSet<(Sort, Id)>,
    /// Former full names in lower case.
    pub renamed: BTreeMap<String, Id>,
    /// How GitHub differs from what one would expect.
    pub quirks: Quirks,
    pub(crate) due: Vec<(Timestamp, Due)>,
    pub(crate) ids: Ids,
    /// The moment of the present request.
    pub now: Timestamp,
}

/// Behaviour that is reported of the real GitHub but not at all times.
#[derive(Debug, Clone, Default)]
pub struct Quirks {
    /// An empty `bypass_actors` leaves the last actors in place.
    pub keeps_last_bypass_actors: bool,
    /// Seconds until a transfer has happened.
    pub transfer_takes: i64,
    /// Repositories that are `null` where they are asked for by node id, though listings name them.
    pub unseen_nodes: BTreeSet<Id>,
    /// Days until an invitation is void.
    pub invitation_days: i64,
}

impl World {
    pub(crate) fn new(seed: u64, now: Timestamp) -> Self {
        Self {
            users: BTreeMap::new(),
            orgs: BTreeMap::new(),
            repos: BTreeMap::new(),
            apps: BTreeMap::new(),
            installations: BTreeMap::new(),
            tokens: BTreeMap::new(),
            deliveries: Vec::new(),
            old_node_ids: BTreeSet::new(),
            renamed: BTreeMap::new(),
            quirks: Quirks { transfer_takes: 60, invitation_days: 7, ..Quirks::default() },
            due: Vec::new(),
            ids: Ids::new(seed),
            now,
        }
    }

    /// The node id as a reader who does not ask for the new form gets it.
    #[must_use]
    pub fn node_id(&self, sort: Sort, id: Id) -> String {
        if self.old_node_ids.contains(&(sort, id)) { old_form(sort, id) } else { new_form(sort, id) }
    }
}
