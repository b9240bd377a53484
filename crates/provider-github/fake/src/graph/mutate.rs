//! Mutations: which there are, who may, and what they give back. Each has the rules of the same write over REST.

use serde_json::Value;

use super::protection::rule;
use super::resolve::{Cx, no_node, text};
use super::shield;
use super::val::{Args, Val};
use crate::answer::Answer;
use crate::call::Call;
use crate::family::{CHANGE_REPO, SHOW_REPO, protection_told};
use crate::ids::{Id, Sort, parse};
use crate::route::Level;
use crate::webhooks::{Event, addressed, before, of};
use crate::world::{Map, Protection, Repo, World};

/// What a mutation came to.
pub(super) struct Done {
    pub(super) world: World,
    pub(super) event: Option<Event>,
    pub(super) shows: Shows,
}

/// What a payload shows.
pub(super) enum Shows {
    Nothing,
    Repository(Id),
    /// Of a repository the protection of a pattern.
    Rule(Id, String),
}

/// The type of an error and its message.
pub(super) type Refused = (&'static str, String);

/// Carries one out on a copy of the world: a refused one leaves nothing behind.
pub(super) fn run(cx: &Cx, name: &str, input: &Args) -> Result<Done, Refused> {
    let mut world = World::clone(&cx.world);
    let (repo, rule) = match name {
        "createBranchProtectionRule" | "updateRepository" => (by_id(cx, text(input, "repositoryId"))?, None),
        _ => by_rule(cx, text(input, "branchProtectionRuleId"))?,
    };
    allowed(cx, repo, name)?;
    let mut call = Call {
        world: &mut world,
        caller: &cx.caller,
        base: &cx.base,
        path: "/graphql",
        values: Vec::new(),
        query: std::collections::BTreeMap::new(),
        body: Value::Null,
        repo: repo.id,
        org: repo.owner,
        new_node_ids: cx.new_node_ids,
        deliveries: Vec::new(),
        events: Vec::new(),
        git: None,
    };
    let (event, shows) = match name {
        "updateRepository" => (repository(&mut call, input)?, Shows::Repository(repo.id)),
        _ => protection(&mut call, name, (repo, rule), input)?,
    };
    Ok(Done { world, event, shows })
}

/// What is shown of it.
pub(super) fn payload(cx: &Cx, shows: &Shows, input: &Args) -> Val {
    let one = |repo: &Id, pattern: &String| {
        let repo = cx.world.repos.get(repo)?;
        Some(rule(cx, repo, repo.protections.get(pattern)?))
    };
    let (name, shown) = match shows {
        Shows::Nothing => ("", Val::NULL),
        Shows::Repository(id) => ("repository", Val::of("Repository", *id)),
        Shows::Rule(repo, pattern) => ("branchProtectionRule", Val::or_null(one(repo, pattern))),
    };
    let client = Val::Json(input.get("clientMutationId").cloned().unwrap_or_default());
    Val::fields("Payload", [(name, shown), ("clientMutationId", client)])
}

fn by_id<'a>(cx: &'a Cx, id: &str) -> Result<&'a Repo, Refused> {
    let found = parse(id).filter(|(sort, _)| *sort == Sort::Repository);
    let found = found.and_then(|(_, id)| cx.world.repos.get(&id));
    found.filter(|repo| cx.caller.sees(&cx.world, repo)).ok_or_else(|| ("NOT_FOUND", no_node(id)))
}

fn by_rule<'a>(cx: &'a Cx, id: &str) -> Result<(&'a Repo, Option<&'a Protection>), Refused> {
    let number = parse(id).filter(|(sort, _)| *sort == Sort::Protection).map(|(_, id)| id);
    let mut seen = cx.world.repos.values().filter(|repo| cx.caller.sees(&cx.world, repo));
    let found = seen.find_map(|repo| {
        let rule = repo.protections.values().find(|one| Some(one.id) == number)?;
        Some((repo, Some(rule)))
    });
    found.ok_or_else(|| ("NOT_FOUND", no_node(id)))
}

fn allowed(cx: &Cx, repo: &Repo, name: &str) -> Result<(), Refused> {
    if repo.archived {
        return Err(("FORBIDDEN", "Repository was archived so is read-only.".to_owned()));
    }
    if cx.may(repo, "administration", Level::Write) {
        return Ok(());
    }
    let login = cx.caller.person().and_then(|id| cx.world.users.get(&id)).map(|user| &user.login);
    let message = login.map_or_else(
        || "Resource not accessible by integration".to_owned(),
        |login| {
            let (first, rest) = name.split_at(1);
            let name = format!("{}{rest}", first.to_uppercase());
            format!("{login} does not have the correct permissions to execute `{name}`")
        },
    );
    Err(("FORBIDDEN", message))
}

/// Fields and what `PATCH /repos/{owner}/{repo}` calls them, which does the rest.
const SETTINGS: [(&str, &str); 8] = [
    ("name", "name"),
    ("description", "description"),
    ("homepageUrl", "homepage"),
    ("hasIssuesEnabled", "has_issues"),
    ("hasProjectsEnabled", "has_projects"),
    ("hasWikiEnabled", "has_wiki"),
    ("hasDiscussionsEnabled", "has_discussions"),
    ("template", "is_template"),
];

fn repository(call: &mut Call<'_>, input: &Args) -> Result<Option<Event>, Refused> {
    let sent =
        SETTINGS.iter().filter_map(|(field, key)| Some(((*key).to_owned(), input.get(*field)?.clone())));
    call.body = Value::Object(sent.filter(|(_, value)| !value.is_null()).collect());
    let was = before(call, Some(SHOW_REPO));
    let answer = (CHANGE_REPO.run)(call).map_err(refused)?;
    Ok(of(call, CHANGE_REPO, was, &answer))
}

/// A refusal of REST in the words of GraphQL.
fn refused(answer: Answer) -> Refused {
    let kind = match answer.status {
        403 => "FORBIDDEN",
        404 => "NOT_FOUND",
        _ => "UNPROCESSABLE",
    };
    let body = answer.body.unwrap_or_default();
    let told = body["errors"][0]["message"].as_str().or_else(|| body["message"].as_str());
    (kind, told.unwrap_or_default().to_owned())
}

fn protection(
    call: &mut Call<'_>,
    name: &str,
    (repo, old): (&Repo, Option<&Protection>),
    input: &Args,
) -> Result<(Option<Event>, Shows), Refused> {
    let now = call.world.now;
    let (action, one) = match (name, old) {
        ("deleteBranchProtectionRule", Some(old)) => ("deleted", old.clone()),
        (_, Some(old)) => ("edited", shield::changed(call, old.clone(), input)?),
        (_, None) => {
            let id = call.world.ids.next();
            let new = Protection { id, created_at: now, ..Protection::default() };
            ("created", shield::changed(call, new, input)?)
        }
    };
    let all = &mut call.repo_mut().map_err(refused)?.protections;
    if let Some(old) = old {
        all.remove(&old.pattern);
    }
    let shows = Shows::Rule(repo.id, one.pattern.clone());
    let told = protection_told(call.world, repo.id, &one);
    let shows = if action == "deleted" { Shows::Nothing } else { shows };
    if action != "deleted" {
        call.repo_mut().map_err(refused)?.protections.insert(one.pattern.clone(), one);
    }
    let payload = Map::from_iter([("action".to_owned(), action.into()), ("rule".to_owned(), told)]);
    Ok((Some(addressed(call, "branch_protection_rule", payload, None)), shows))
}
