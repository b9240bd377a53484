//! `POST /orgs/{org}/repos`.

use serde_json::Value;

use super::change::taken;
use super::full;
use crate::answer::{Answer, Said, created, forbidden, invalid, not_found};
use crate::call::Call;
use crate::ids::Id;
use crate::route::Level;
use crate::world::Role;

pub(super) fn make(call: &mut Call<'_>) -> Said {
    let name = free_name(call)?;
    let org = call.org()?.login.clone();
    let private = call.switch("private").unwrap_or(false);
    let usual = if private { "private" } else { "public" };
    let visibility = call.text("visibility").unwrap_or(usual).to_owned();
    let fields = call.fields();
    let empty = call.switch("auto_init") != Some(true);
    let id = call.world.add_repo(call.org, &name);
    call.world.renamed.remove(&format!("{org}/{name}").to_lowercase());
    call.repo = id;
    let repo = call.repo_mut()?;
    repo.visibility = visibility;
    if empty {
        repo.branches.clear();
    }
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("custom_properties", Value::Object(all)) => repo.properties.extend(all),
            (_, value) if repo.settings.contains_key(&name) => {
                repo.settings.insert(name, value);
            }
            _ => {}
        }
    }
    if let Some(person) = call.caller.person() {
        call.repo_mut()?.direct.insert(person, Role::Admin);
    }
    let team = call.body.get("team_id").and_then(Value::as_u64);
    if let Some(team) = team.and_then(|team| call.org_mut().ok()?.teams.get_mut(&team)) {
        team.repos.insert(id, Role::Pull);
    }
    let url = call.repo_url();
    created(full(call, call.repo()?)).map(|answer| answer.header("location", url))
}

/// A name that the organisation does not have yet.
fn free_name(call: &Call<'_>) -> Result<String, Answer> {
    let name = call.wanted("Repository", "name")?;
    if call.world.repo_named(&call.org()?.login, &name).is_some() {
        return Err(taken());
    }
    if name.is_empty() || name.len() > 100 {
        return Err(invalid("Repository", "name", "invalid", "name is too long (maximum is 100 characters)"));
    }
    Ok(name)
}

/// `POST …/generate`: a repository with the branches of a template, in the organisation that the body names.
pub(super) fn generate(call: &mut Call<'_>) -> Said {
    let template = template(call)?;
    let owner = call.text("owner").and_then(|login| call.world.org_named(login)).map(|org| org.id);
    call.org = owner.unwrap_or(call.world.repos[&template].owner);
    if !call.caller.may_org(call.world, call.org, "administration", Level::Write) {
        return Err(forbidden("Resource not accessible by integration"));
    }
    let mut branches = call.world.repos[&template].branches.clone();
    let usual = call.world.repos[&template].text("default_branch").to_owned();
    if call.switch("include_all_branches") != Some(true) {
        branches.retain(|name, _| *name == usual);
    }
    let mut made = make(call)?;
    let repo = call.repo_mut()?;
    repo.branches = branches;
    repo.settings.insert("default_branch".to_owned(), usual.into());
    made.body = Some(full(call, call.repo()?));
    Ok(made)
}

fn template(call: &Call<'_>) -> Result<Id, Answer> {
    let found = call.world.repo_named(call.value("template_owner"), call.value("template_repo"));
    let found = found.filter(|repo| call.caller.sees(call.world, repo)).ok_or_else(not_found)?;
    if found.on("is_template") {
        return Ok(found.id);
    }
    Err(invalid("Repository", "template", "custom", "is not a template repository"))
}
