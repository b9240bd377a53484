//! One request as its handler sees it: the values in the path, the question, the body, the caller, the world.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use crate::answer::{Answer, invalid, not_found, refusal};
use crate::auth::Caller;
use crate::ids::{Id, Sort};
use crate::webhooks::Event;
use crate::world::{Author, Map, Org, Repo, Team, World};

/// A request on its way through a handler.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) caller: &'a Caller,
    /// `http://127.0.0.1:port`.
    pub(crate) base: &'a str,
    pub(crate) path: &'a str,
    pub(crate) values: Vec<(String, String)>,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) body: Value,
    /// The repository in the path, once it was found to be visible.
    pub(crate) repo: Id,
    /// The organisation in the path, or the repository's.
    pub(crate) org: Id,
    /// Whether new node ids were asked for.
    pub(crate) new_node_ids: bool,
    /// Deliveries that the handler asks to be sent.
    pub(crate) deliveries: Vec<Id>,
    /// What happened, beside what follows from the call by itself.
    pub(crate) events: Vec<Event>,
    /// Where bare repositories are kept, if git is served.
    pub(crate) git: Option<PathBuf>,
}

impl Call<'_> {
    /// A value in the path.
    pub(crate) fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// A number in the path.
    pub(crate) fn number(&self, name: &str) -> Result<Id, Answer> {
        self.value(name).parse().map_err(|_| not_found())
    }

    /// The repository in the path.
    pub(crate) fn repo(&self) -> Result<&Repo, Answer> {
        self.world.repos.get(&self.repo).ok_or_else(not_found)
    }

    /// The same, to change it.
    pub(crate) fn repo_mut(&mut self) -> Result<&mut Repo, Answer> {
        self.world.repos.get_mut(&self.repo).ok_or_else(not_found)
    }

    /// The organisation in the path.
    pub(crate) fn org(&self) -> Result<&Org, Answer> {
        self.world.orgs.get(&self.org).ok_or_else(not_found)
    }

    /// The same, to change it.
    pub(crate) fn org_mut(&mut self) -> Result<&mut Org, Answer> {
        self.world.orgs.get_mut(&self.org).ok_or_else(not_found)
    }

    /// The team in the path.
    pub(crate) fn team(&self) -> Result<&Team, Answer> {
        self.org()?.team_slugged(self.value("team_slug")).ok_or_else(not_found)
    }

    /// The same, to change it.
    pub(crate) fn team_mut(&mut self) -> Result<&mut Team, Answer> {
        let slug = self.value("team_slug").to_owned();
        self.org_mut()?.team_slugged_mut(&slug).ok_or_else(not_found)
    }

    /// The person in the path.
    pub(crate) fn user(&self) -> Result<Id, Answer> {
        Ok(self.world.user_named(self.value("username")).ok_or_else(not_found)?.id)
    }

    /// Whom the caller acts as.
    pub(crate) fn author(&self) -> Result<Author, Answer> {
        self.caller.author(self.world).ok_or_else(|| refusal(401, "Requires authentication"))
    }

    /// The body as an object; no body is an empty one.
    pub(crate) fn fields(&self) -> Map {
        self.body.as_object().cloned().unwrap_or_default()
    }

    /// A text in the body.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }

    /// A switch in the body.
    pub(crate) fn switch(&self, name: &str) -> Option<bool> {
        self.body.get(name).and_then(Value::as_bool)
    }

    /// A text in the body that must be there.
    pub(crate) fn wanted(&self, resource: &str, name: &str) -> Result<String, Answer> {
        let missing = || invalid(resource, name, "missing_field", &format!("{name} is missing"));
        self.text(name).map(str::to_owned).ok_or_else(missing)
    }

    /// A node id in the form that was asked for.
    pub(crate) fn node(&self, sort: Sort, id: Id) -> String {
        if self.new_node_ids { crate::ids::new_form(sort, id) } else { self.world.node_id(sort, id) }
    }

    /// A URL of this server.
    pub(crate) fn url(&self, rest: &str) -> String {
        format!("{}/{rest}", self.base)
    }

    /// The URL of the repository in the path.
    pub(crate) fn repo_url(&self) -> String {
        let name = self.repo().map(|repo| self.world.full_name(repo)).unwrap_or_default();
        format!("{}/repos/{name}", self.base)
    }
}
