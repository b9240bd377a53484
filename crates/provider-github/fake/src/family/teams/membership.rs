//! Who is in a team, and who is asked to be.

use serde_json::{Value, json};

use super::super::members::{invitation, invite};
use super::super::show::user;
use crate::answer::{Said, done, invalid, not_found, ok};
use crate::call::Call;
use crate::page;
use crate::world::{OrgRole, TeamRole};

/// The members of child teams count as members, too.
pub(super) fn list(call: &mut Call<'_>) -> Said {
    let (org, team) = (call.org()?, call.team()?);
    let wanted = call.query.get("role").map_or("all", String::as_str);
    let all = call.world.users.keys().copied().filter(|id| org.in_team(team, *id));
    let kept = all.filter(|id| {
        let role = org.team_role(*id, team.members.get(id).copied().unwrap_or(TeamRole::Member));
        wanted == "all" || role.rest() == wanted
    });
    page::list(call, kept.map(|id| user(call, id)).collect())
}

pub(super) fn invitations(call: &mut Call<'_>) -> Said {
    let pending = &call.team()?.pending;
    let all = call.org()?.invitations.values().filter(|one| one.failed.is_none());
    let kept = all.filter(|one| one.invitee.is_some_and(|id| pending.contains_key(&id)));
    page::list(call, kept.map(|one| invitation(call, one)).collect())
}

fn state(call: &Call<'_>, role: TeamRole, state: &str) -> Value {
    let team = call.team().map(|team| team.id).unwrap_or_default();
    let url = format!("organizations/{}/team/{team}/memberships/{}", call.org, call.value("username"));
    json!({"url": call.url(&url), "role": role.rest(), "state": state})
}

/// Whoever is in a child team is in it, too.
pub(super) fn show(call: &mut Call<'_>) -> Said {
    let (person, team, org) = (call.user()?, call.team()?, call.org()?);
    let below = || org.in_team(team, person).then_some(TeamRole::Member);
    if let Some(role) = team.members.get(&person).copied().or_else(below) {
        return ok(state(call, org.team_role(person, role), "active"));
    }
    let role = *team.pending.get(&person).ok_or_else(not_found)?;
    ok(state(call, role, "pending"))
}

/// A member of the organisation is in at once; anybody else is asked to join it first. An owner is a maintainer.
pub(super) fn set(call: &mut Call<'_>) -> Said {
    let person = call.user()?;
    let role = match call.text("role").unwrap_or("member") {
        "member" => TeamRole::Member,
        "maintainer" => TeamRole::Maintainer,
        _ => return Err(invalid("Team", "role", "invalid", "role must be member or maintainer")),
    };
    if !call.org()?.members.contains_key(&person) {
        call.team_mut()?.pending.insert(person, role);
        invite(call, person, OrgRole::Member)?;
        return ok(state(call, role, "pending"));
    }
    call.team_mut()?.members.insert(person, role);
    let role = call.org()?.team_role(person, role);
    ok(state(call, role, "active"))
}

pub(super) fn remove(call: &mut Call<'_>) -> Said {
    let person = call.user()?;
    let team = call.team_mut()?;
    let (was, asked) = (team.members.remove(&person), team.pending.remove(&person));
    if was.is_none() && asked.is_none() { Err(not_found()) } else { done() }
}
