//! `POST /orgs/{org}/repos`.

use serde_json::Value;

use super::change::taken;
use super::full;
use crate::answer::{Said, created, invalid};
use crate::call::Call;
use crate::world::Role;

pub(super) fn make(call: &mut Call<'_>) -> Said {
    let name = call.wanted("Repository", "name")?;
    let org = call.org()?.login.clone();
    if call.world.repo_named(&org, &name).is_some() {
        return Err(taken());
    }
    if name.is_empty() || name.len() > 100 {
        return Err(invalid("Repository", "name", "invalid", "name is too long (maximum is 100 characters)"));
    }
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
