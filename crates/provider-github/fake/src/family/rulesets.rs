//! Rulesets of repositories and organisations.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::rules::{check, fill};
use super::show::object;
use crate::answer::{Answer, Said, created, done, not_found, ok};
use crate::call::Call;
use crate::clock::show as time;
use crate::ids::{Id, Sort};
use crate::page;
use crate::route::{Level, Route, get, org_get, org_write, write};
use crate::world::{Map, Ruleset};

const ALL: &str = "/repos/{owner}/{repo}/rulesets";
const ONE: &str = "/repos/{owner}/{repo}/rulesets/{ruleset_id}";
const ORG_ALL: &str = "/orgs/{org}/rulesets";
const ORG_ONE: &str = "/orgs/{org}/rulesets/{ruleset_id}";
const REPO: &str = "administration";
const ORG: &str = "organization_administration";

pub(super) const ROUTES: &[Route] = &[
    get(ALL, "metadata", list),
    write("POST", ALL, REPO, make),
    get(ONE, "metadata", one),
    write("PUT", ONE, REPO, change),
    write("DELETE", ONE, REPO, delete),
    org_get(ORG_ALL, ORG, list),
    org_write("POST", ORG_ALL, ORG, make),
    org_get(ORG_ONE, ORG, one),
    org_write("PUT", ORG_ONE, ORG, change),
    org_write("DELETE", ORG_ONE, ORG, delete),
];

fn own<'a>(call: &'a Call<'_>) -> Result<&'a BTreeMap<Id, Ruleset>, Answer> {
    if call.repo == 0 { Ok(&call.org()?.rulesets) } else { Ok(&call.repo()?.rulesets) }
}

fn own_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut BTreeMap<Id, Ruleset>, Answer> {
    if call.repo == 0 { Ok(&mut call.org_mut()?.rulesets) } else { Ok(&mut call.repo_mut()?.rulesets) }
}

/// The repository's own, and from the organisation those that reach it; `true` for the organisation's.
pub(crate) fn reaching<'a>(call: &'a Call<'_>) -> Result<Vec<(bool, &'a Ruleset)>, Answer> {
    let mut all: Vec<(bool, &Ruleset)> = own(call)?.values().map(|one| (call.repo == 0, one)).collect();
    if call.repo != 0 && call.query.get("includes_parents").is_none_or(|text| text != "false") {
        let (org, repo) = (call.org()?, call.repo()?);
        all.extend(
            org.rulesets.values().filter(|one| super::rules::reaches(one, repo)).map(|one| (true, one)),
        );
    }
    Ok(all)
}

fn short(call: &Call<'_>, from_org: bool, one: &Ruleset) -> Map {
    let org = call.org().map(|org| org.login.clone()).unwrap_or_default();
    let (source_type, source, parent) = if from_org {
        ("Organization", org.clone(), call.url(&format!("orgs/{org}")))
    } else {
        let name = call.repo().map(|repo| call.world.full_name(repo)).unwrap_or_default();
        ("Repository", name, call.repo_url())
    };
    object(json!({
        "id": one.id, "name": one.name, "target": one.target, "source_type": source_type, "source": source,
        "enforcement": one.enforcement, "node_id": call.node(Sort::Ruleset, one.id),
        "_links": {"self": {"href": format!("{parent}/rulesets/{}", one.id)},
                   "html": {"href": format!("{parent}/rules/{}", one.id)}},
        "created_at": time(one.created_at), "updated_at": time(one.updated_at),
    }))
}

/// Whole; bypass actors only to those who may write the ruleset.
fn full(call: &Call<'_>, from_org: bool, one: &Ruleset) -> Value {
    let mut shown = short(call, from_org, one);
    shown.insert("conditions".to_owned(), one.conditions.clone());
    shown.insert("rules".to_owned(), one.rules.clone().into());
    shown.insert("current_user_can_bypass".to_owned(), "never".into());
    if may_write(call, from_org) {
        shown.insert("bypass_actors".to_owned(), one.bypass_actors.clone().into());
    }
    Value::Object(shown)
}

fn may_write(call: &Call<'_>, from_org: bool) -> bool {
    if from_org {
        return call.caller.may_org(call.world, call.org, ORG, Level::Write);
    }
    call.repo().is_ok_and(|repo| call.caller.may(call.world, repo, REPO, Level::Write))
}

fn list(call: &mut Call<'_>) -> Said {
    let targets = call.query.get("targets").cloned();
    let wanted = |one: &Ruleset| targets.as_ref().is_none_or(|list| list.split(',').any(|t| t == one.target));
    let all = reaching(call)?.into_iter().filter(|(_, one)| wanted(one));
    page::list(call, all.map(|(org, one)| Value::Object(short(call, org, one))).collect())
}

fn one(call: &mut Call<'_>) -> Said {
    let id = call.number("ruleset_id")?;
    let found = reaching(call)?.into_iter().find(|(_, one)| one.id == id);
    let (org, one) = found.ok_or_else(not_found)?;
    ok(full(call, org, one))
}

fn make(call: &mut Call<'_>) -> Said {
    let name = call.wanted("Ruleset", "name")?;
    let enforcement = call.wanted("Ruleset", "enforcement")?;
    let (id, now) = (call.world.ids.next(), call.world.now);
    let mut one = Ruleset {
        id,
        name,
        target: call.text("target").unwrap_or("branch").to_owned(),
        enforcement,
        conditions: json!({"ref_name": {"include": [], "exclude": []}}),
        rules: Vec::new(),
        bypass_actors: Vec::new(),
        created_at: now,
        updated_at: now,
    };
    set(call, &mut one)?;
    check(call, &one, own(call)?)?;
    let shown = full(call, call.repo == 0, &one);
    own_mut(call)?.insert(id, one);
    created(shown)
}

/// What the body names; what it leaves out stays.
fn set(call: &Call<'_>, one: &mut Ruleset) -> Result<(), Answer> {
    let list = |name: &str| call.body.get(name).and_then(Value::as_array).cloned();
    if let Some(conditions) = call.body.get("conditions").filter(|value| value.is_object()) {
        one.conditions = conditions.clone();
    }
    if let Some(rules) = list("rules") {
        one.rules = rules.into_iter().map(|rule| fill(call, rule)).collect();
    }
    if let Some(actors) = list("bypass_actors") {
        let ignored = actors.is_empty() && call.world.quirks.keeps_last_bypass_actors;
        if !ignored {
            one.bypass_actors = super::rules::actors(actors);
        }
    }
    one.name = call.text("name").map_or_else(|| one.name.clone(), str::to_owned);
    one.target = call.text("target").map_or_else(|| one.target.clone(), str::to_owned);
    one.enforcement = call.text("enforcement").map_or_else(|| one.enforcement.clone(), str::to_owned);
    Ok(())
}

fn change(call: &mut Call<'_>) -> Said {
    let id = call.number("ruleset_id")?;
    let mut one = own(call)?.get(&id).ok_or_else(not_found)?.clone();
    set(call, &mut one)?;
    one.updated_at = call.world.now;
    check(call, &one, own(call)?)?;
    let shown = full(call, call.repo == 0, &one);
    own_mut(call)?.insert(id, one);
    ok(shown)
}

fn delete(call: &mut Call<'_>) -> Said {
    let id = call.number("ruleset_id")?;
    own_mut(call)?.remove(&id).ok_or_else(not_found)?;
    done()
}
