//! Which function knows a field, and what all of them need.

use std::sync::Arc;

use serde_json::Value;

use super::cost::Cost;
use super::protection::rule;
use super::rules::ruleset;
use super::val::{Args, Obj, Of, Val};
use super::{orgs, repos};
use crate::auth::Caller;
use crate::clock::show as time;
use crate::ids::{Id, Sort, new_form, parse};
use crate::limits::Budget;
use crate::route::Level;
use crate::world::{Org, Repo, World};

/// One query's view.
#[derive(Clone)]
pub(super) struct Cx {
    pub(super) world: Arc<World>,
    pub(super) caller: Caller,
    pub(super) base: String,
    pub(super) new_node_ids: bool,
    pub(super) budget: Budget,
    pub(super) cost: Cost,
}

impl Cx {
    pub(super) fn id(&self, sort: Sort, id: Id) -> Val {
        Val::json(if self.new_node_ids { new_form(sort, id) } else { self.world.node_id(sort, id) })
    }

    pub(super) fn url(&self, rest: &str) -> Val {
        Val::json(format!("{}/{rest}", self.base))
    }

    pub(super) fn may(&self, repo: &Repo, permission: &str, level: Level) -> bool {
        self.caller.may(&self.world, repo, permission, level)
    }

    /// A repository that the caller sees, by its name; former names lead to it, too.
    fn repository(&self, owner: &str, args: &Args) -> Val {
        let name = text(args, "name");
        let former = || {
            let id = self.world.renamed.get(&format!("{owner}/{name}").to_lowercase())?;
            self.world.repos.get(id).filter(|_| args.get("followRenames") != Some(&Value::Bool(false)))
        };
        let found = self.world.repo_named(owner, name).or_else(former);
        match found.filter(|repo| self.caller.sees(&self.world, repo)) {
            Some(repo) => Val::of("Repository", repo.id),
            None => missing("a Repository", &format!("{owner}/{name}")),
        }
    }
}

pub(super) fn text<'a>(args: &'a Args, name: &str) -> &'a str {
    args.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn missing(what: &str, name: &str) -> Val {
    Val::Fail("NOT_FOUND", format!("Could not resolve to {what} with the name '{name}'."))
}

/// The value of a field of an object; of the query where there is none.
pub(super) fn resolve(cx: &Cx, obj: Option<&Obj>, name: &str, args: &Args) -> Val {
    let Some(obj) = obj else { return query(cx, name, args) };
    match &obj.of {
        Of::Fields(fields) => fields.get(name).cloned().unwrap_or(Val::NULL),
        Of::Id(id) => match obj.ty {
            "Repository" => repos::field(cx, *id, name, args),
            "Organization" => orgs::field(cx, *id, name, args),
            "Team" => orgs::team(cx, *id, name, args),
            "User" => user(cx, *id, name, args),
            "App" => app(cx, *id, name),
            _ => Val::NULL,
        },
    }
}

fn query(cx: &Cx, name: &str, args: &Args) -> Val {
    match name {
        "node" => node(cx, text(args, "id")),
        "nodes" => {
            let ids = args.get("ids").and_then(Value::as_array).cloned().unwrap_or_default();
            let unseen = &cx.world.quirks.unseen_nodes;
            let one = |id: &str| match parse(id) {
                Some((Sort::Repository, number)) if unseen.contains(&number) => Val::NULL,
                _ => node(cx, id),
            };
            Val::List(ids.iter().map(|id| one(id.as_str().unwrap_or_default())).collect())
        }
        "organization" => organization(cx, text(args, "login")),
        "repository" => cx.repository(text(args, "owner"), args),
        "repositoryOwner" => {
            let login = text(args, "login");
            let org = cx.world.org_named(login).map(|org| Val::of("Organization", org.id));
            Val::or_null(org.or_else(|| Some(Val::of("User", cx.world.user_named(login)?.id))))
        }
        "user" => match cx.world.user_named(text(args, "login")) {
            Some(user) => Val::of("User", user.id),
            None => missing("a User", text(args, "login")),
        },
        "viewer" => cx.caller.person().map_or_else(Val::hidden, |id| Val::of("User", id)),
        "rateLimit" => rate_limit(cx),
        _ => Val::NULL,
    }
}

fn organization(cx: &Cx, login: &str) -> Val {
    match cx.world.org_named(login) {
        Some(org) => Val::of("Organization", org.id),
        None => missing("an Organization", login),
    }
}

/// What an id that leads nowhere is answered.
pub(super) fn no_node(id: &str) -> String {
    format!("Could not resolve to a node with the global id of '{id}'")
}

/// By a node id of either form.
fn node(cx: &Cx, id: &str) -> Val {
    let gone = || Val::Fail("NOT_FOUND", no_node(id));
    let Some((sort, id)) = parse(id) else { return gone() };
    let world = &cx.world;
    let repos = || world.repos.values().filter(|repo| cx.caller.sees(world, repo));
    match sort {
        Sort::Protection => return repos().find_map(|repo| rule_of(cx, repo, id)).unwrap_or_else(gone),
        Sort::Ruleset => {
            let own = repos().find_map(|repo| Some(ruleset(cx, None, Some(repo), repo.rulesets.get(&id)?)));
            return own.or_else(|| org_ruleset(cx, id)).unwrap_or_else(gone);
        }
        _ => {}
    }
    let found = match sort {
        Sort::User => world.users.contains_key(&id).then_some("User"),
        Sort::Organization => world.orgs.contains_key(&id).then_some("Organization"),
        Sort::Team => world.team(id).map(|_| "Team"),
        Sort::App => world.apps.contains_key(&id).then_some("App"),
        Sort::Repository => {
            world.repos.get(&id).filter(|repo| cx.caller.sees(world, repo)).map(|_| "Repository")
        }
        _ => None,
    };
    found.map_or_else(gone, |ty| Val::of(ty, id))
}

fn rule_of(cx: &Cx, repo: &Repo, id: Id) -> Option<Val> {
    let one = repo.protections.values().find(|one| one.id == id)?;
    cx.may(repo, "administration", Level::Read).then(|| rule(cx, repo, one))
}

fn org_ruleset(cx: &Cx, id: Id) -> Option<Val> {
    let administers =
        |org: &&Org| cx.caller.may_org(&cx.world, org.id, "organization_administration", Level::Read);
    let mut orgs = cx.world.orgs.values().filter(administers);
    orgs.find_map(|org| Some(ruleset(cx, Some(org.id), None, org.rulesets.get(&id)?)))
}

fn rate_limit(cx: &Cx) -> Val {
    Val::fields(
        "RateLimit",
        [
            ("cost", Val::json(cx.cost.points())),
            ("limit", Val::json(cx.budget.limit)),
            ("nodeCount", Val::json(cx.cost.nodes)),
            ("remaining", Val::json(cx.budget.remaining())),
            ("used", Val::json(cx.budget.used)),
            ("resetAt", Val::json(time(cx.budget.reset))),
        ],
    )
}

fn user(cx: &Cx, id: Id, name: &str, args: &Args) -> Val {
    let Some(user) = cx.world.users.get(&id) else { return Val::NULL };
    match name {
        "id" => cx.id(Sort::User, id),
        "databaseId" => Val::json(id),
        "login" => Val::json(user.login.clone()),
        "name" => Val::json(user.name.clone()),
        "email" => Val::json(user.email.clone().unwrap_or_default()),
        "url" => cx.url(&user.login),
        "resourcePath" => Val::json(format!("/{}", user.login)),
        "createdAt" => Val::json(time(user.created_at)),
        "organization" => organization(cx, text(args, "login")),
        "repository" => cx.repository(&user.login, args),
        _ => Val::NULL,
    }
}

fn app(cx: &Cx, id: Id, name: &str) -> Val {
    let Some(app) = cx.world.apps.get(&id) else { return Val::NULL };
    match name {
        "id" => cx.id(Sort::App, id),
        "databaseId" => Val::json(id),
        "slug" => Val::json(app.slug.clone()),
        "name" => Val::json(app.name.clone()),
        "clientId" => Val::json(format!("Iv1.{id:016x}")),
        "url" => cx.url(&format!("apps/{}", app.slug)),
        "createdAt" | "updatedAt" => Val::json(time(app.created_at)),
        _ => Val::NULL,
    }
}

/// A repository of an owner that is already known.
pub(super) fn of_owner(cx: &Cx, owner: &str, args: &Args) -> Val {
    cx.repository(owner, args)
}
