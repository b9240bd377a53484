//! What a team may do in which repositories.

use serde_json::Value;

use super::super::repos::{minimal, plain};
use super::super::show::permissions;
use crate::answer::{Answer, Said, done, invalid, not_found, ok};
use crate::call::Call;
use crate::ids::Id;
use crate::page;
use crate::route::Level;
use crate::world::Role;

pub(super) fn list(call: &mut Call<'_>) -> Said {
    let (org, team) = (call.org()?, call.team()?);
    let repos =
        call.world.repos.values().filter(|repo| repo.owner == org.id && call.caller.sees(call.world, repo));
    let with = repos.filter_map(|repo| Some((repo, org.team_role_in(team, repo.id)?)));
    page::list_of(call, with.collect(), |(repo, role)| {
        let mut shown = minimal(call, repo);
        shown["permissions"] = permissions(Some(role));
        shown["role_name"] = role.name().into();
        shown
    })
}

fn repo(call: &Call<'_>) -> Result<Id, Answer> {
    let found = call.world.repo_named(call.value("owner"), call.value("repo"));
    Ok(found
        .filter(|repo| repo.owner == call.org && call.caller.sees(call.world, repo))
        .ok_or_else(not_found)?
        .id)
}

/// 204, or the repository where the media type asks for it; this shows the repository always.
pub(super) fn show(call: &mut Call<'_>) -> Said {
    let repo = &call.world.repos[&repo(call)?];
    let role = call.org()?.team_role_in(call.team()?, repo.id).ok_or_else(not_found)?;
    let mut shown = plain(call, repo);
    shown.insert("permissions".to_owned(), permissions(Some(role)));
    shown.insert("role_name".to_owned(), role.name().into());
    ok(Value::Object(shown))
}

fn may(call: &Call<'_>, id: Id) -> Result<(), Answer> {
    let repo = &call.world.repos[&id];
    if call.caller.may(call.world, repo, "administration", Level::Write) {
        return Ok(());
    }
    Err(crate::answer::forbidden("Resource not accessible by integration"))
}

pub(super) fn set(call: &mut Call<'_>) -> Said {
    let repo = repo(call)?;
    may(call, repo)?;
    let role = match call.text("permission") {
        None => Role::Push,
        Some(text) => {
            Role::parse(text).ok_or_else(|| invalid("Team", "permission", "custom", "Invalid permission"))?
        }
    };
    call.team_mut()?.repos.insert(repo, role);
    done()
}

pub(super) fn remove(call: &mut Call<'_>) -> Said {
    let repo = repo(call)?;
    may(call, repo)?;
    call.team_mut()?.repos.remove(&repo);
    done()
}
