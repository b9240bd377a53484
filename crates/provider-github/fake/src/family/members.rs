//! Members of an organisation, invitations, people from outside.

use serde_json::{Value, json};

use super::show::{doer, org_short, user};
use crate::answer::{Answer, Said, created, done, forbidden, invalid, not_found, ok};
use crate::call::Call;
use crate::clock::show as time;
use crate::ids::{Id, Sort};
use crate::page;
use crate::route::{Route, org_get, org_write};
use crate::world::{OrgInvitation, OrgRole, World};

const MEMBER: &str = "/orgs/{org}/memberships/{username}";
const INVITED: &str = "/orgs/{org}/invitations";
const OUTSIDE: &str = "/orgs/{org}/outside_collaborators";

pub(super) const ROUTES: &[Route] = &[
    org_get("/orgs/{org}/members", "members", list),
    org_get("/orgs/{org}/members/{username}", "members", |call| {
        let person = call.user()?;
        if call.org()?.members.contains_key(&person) { done() } else { Err(not_found()) }
    }),
    org_write("DELETE", "/orgs/{org}/members/{username}", "members", remove),
    org_get(MEMBER, "members", show),
    org_write("PUT", MEMBER, "members", set),
    org_write("DELETE", MEMBER, "members", remove),
    org_get(INVITED, "members", |call| invitations(call, false)),
    org_write("POST", INVITED, "members", ask),
    org_write("DELETE", "/orgs/{org}/invitations/{invitation_id}", "members", |call| {
        let id = call.number("invitation_id")?;
        call.org_mut()?.invitations.remove(&id).ok_or_else(not_found)?;
        done()
    }),
    org_get("/orgs/{org}/failed_invitations", "members", |call| invitations(call, true)),
    org_get(OUTSIDE, "members", outside),
    org_write("DELETE", "/orgs/{org}/outside_collaborators/{username}", "members", remove_outsider),
];

/// `filter=2fa_disabled` is for owners.
fn unprotected(call: &Call<'_>, id: Id) -> Result<bool, Answer> {
    if call.query.get("filter").is_none_or(|filter| filter == "all") {
        return Ok(true);
    }
    if call.caller.person().is_some_and(|person| !call.world.owns(call.org, person)) {
        return Err(forbidden("Only owners can use this filter."));
    }
    Ok(call.world.users.get(&id).is_some_and(|user| !user.two_factor))
}

fn list(call: &mut Call<'_>) -> Said {
    let wanted = call.query.get("role").map_or("all", String::as_str);
    let mut shown = Vec::new();
    for (id, role) in &call.org()?.members {
        if (wanted == "all" || role.rest() == wanted) && unprotected(call, *id)? {
            shown.push(user(call, *id));
        }
    }
    page::list(call, shown)
}

/// Everybody with a direct grant who is no member.
fn outsiders(call: &Call<'_>) -> Result<Vec<Id>, Answer> {
    let org = call.org()?;
    let repos = call.world.repos.values().filter(|repo| repo.owner == org.id);
    let mut all: Vec<Id> = repos.flat_map(|repo| repo.direct.keys().copied()).collect();
    all.retain(|id| !org.members.contains_key(id));
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

fn outside(call: &mut Call<'_>) -> Said {
    let mut shown = Vec::new();
    for id in outsiders(call)? {
        if unprotected(call, id)? {
            shown.push(user(call, id));
        }
    }
    page::list(call, shown)
}

fn remove_outsider(call: &mut Call<'_>) -> Said {
    let (person, org) = (call.user()?, call.org);
    if call.org()?.members.contains_key(&person) {
        let text = "You cannot specify an organization member to remove as an outside collaborator.";
        return Err(invalid("OutsideCollaborator", "username", "custom", text));
    }
    for repo in call.world.repos.values_mut().filter(|repo| repo.owner == org) {
        repo.direct.remove(&person);
        repo.invitations.retain(|_, one| one.invitee != person);
    }
    done()
}

fn membership(call: &Call<'_>, person: Id, role: OrgRole, state: &str) -> Result<Value, Answer> {
    let org = call.org()?;
    let url = call.url(&format!("orgs/{}", org.login));
    let login = call.world.users.get(&person).map_or("ghost", |user| &user.login);
    Ok(json!({
        "url": format!("{url}/memberships/{login}"), "state": state, "role": role.rest(),
        "organization_url": url, "organization": org_short(call, org), "user": user(call, person),
    }))
}

fn asked<'a>(call: &'a Call<'_>, person: Id) -> Option<&'a OrgInvitation> {
    let all = &call.world.orgs.get(&call.org)?.invitations;
    all.values().find(|one| one.invitee == Some(person) && one.failed.is_none())
}

fn show(call: &mut Call<'_>) -> Said {
    let person = call.user()?;
    if let Some(role) = call.org()?.members.get(&person) {
        return ok(membership(call, person, *role, "active")?);
    }
    let role = asked(call, person).ok_or_else(not_found)?.role;
    ok(membership(call, person, role, "pending")?)
}

fn set(call: &mut Call<'_>) -> Said {
    let person = call.user()?;
    let role = if call.text("role") == Some("admin") { OrgRole::Admin } else { OrgRole::Member };
    if call.org()?.members.contains_key(&person) {
        if role == OrgRole::Member {
            keep_an_owner(call, person)?;
        }
        call.org_mut()?.members.insert(person, role);
        return ok(membership(call, person, role, "active")?);
    }
    invite(call, person, role)?;
    ok(membership(call, person, role, "pending")?)
}

fn keep_an_owner(call: &Call<'_>, person: Id) -> Result<(), Answer> {
    let mut others = call.org()?.members.iter().filter(|(id, _)| **id != person);
    if others.any(|(_, role)| *role == OrgRole::Admin) {
        return Ok(());
    }
    Err(forbidden("You cannot remove the last owner of the organization."))
}

/// Asks a person to join, once.
pub(crate) fn invite(call: &mut Call<'_>, person: Id, role: OrgRole) -> Result<Id, Answer> {
    if let Some(id) = asked(call, person).map(|one| one.id) {
        if let Some(one) = call.org_mut()?.invitations.get_mut(&id) {
            one.role = role;
        }
        return Ok(id);
    }
    let (id, created_at) = (call.world.ids.next(), call.world.now);
    let inviter = doer(call.world, call.caller.person(), call.org);
    let one =
        OrgInvitation { id, invitee: Some(person), email: None, role, inviter, created_at, failed: None };
    call.org_mut()?.invitations.insert(id, one);
    Ok(id)
}

/// Leaving takes teams, direct grants and invitations along.
fn remove(call: &mut Call<'_>) -> Said {
    let (person, id) = (call.user()?, call.org);
    let member = call.org()?.members.contains_key(&person);
    if !member && asked(call, person).is_none() {
        return Err(not_found());
    }
    if member {
        keep_an_owner(call, person)?;
    }
    let org = call.org_mut()?;
    org.members.remove(&person);
    org.invitations.retain(|_, one| one.invitee != Some(person));
    for team in org.teams.values_mut() {
        team.members.remove(&person);
        team.pending.remove(&person);
    }
    for repo in call.world.repos.values_mut().filter(|repo| member && repo.owner == id) {
        repo.direct.remove(&person);
    }
    done()
}

pub(crate) fn invitation(call: &Call<'_>, one: &OrgInvitation) -> Value {
    let login = one.invitee.and_then(|id| call.world.users.get(&id)).map(|user| user.login.clone());
    let role = if one.role == OrgRole::Admin { "admin" } else { "direct_member" };
    let failed = one.failed.as_ref();
    let teams = call.org().map(|org| {
        org.teams.values().filter(|team| one.invitee.is_some_and(|id| team.pending.contains_key(&id))).count()
    });
    json!({
        "id": one.id, "node_id": call.node(Sort::Invitation, one.id), "login": login, "email": one.email,
        "role": role, "created_at": time(one.created_at), "inviter": user(call, one.inviter),
        "failed_at": failed.map(|(at, _)| time(*at)), "failed_reason": failed.map(|(_, why)| why),
        "team_count": teams.unwrap_or_default(), "invitation_source": "member",
        "invitation_teams_url": call.url(&format!("organizations/{}/invitations/{}/teams", call.org, one.id)),
    })
}

fn invitations(call: &mut Call<'_>, failed: bool) -> Said {
    let all = call.org()?.invitations.values().filter(|one| one.failed.is_some() == failed);
    page::list(call, all.map(|one| invitation(call, one)).collect())
}

fn ask(call: &mut Call<'_>) -> Said {
    let role = if call.text("role") == Some("admin") { OrgRole::Admin } else { OrgRole::Member };
    let person = call.body.get("invitee_id").and_then(Value::as_u64);
    if person.is_some_and(|id| call.org().is_ok_and(|org| org.members.contains_key(&id))) {
        return Err(invalid(
            "OrganizationInvitation",
            "data",
            "unprocessable",
            "Invitee is already a part of this organization",
        ));
    }
    let id = match person.filter(|id| call.world.users.contains_key(id)) {
        Some(person) => invite(call, person, role)?,
        None => by_mail(call, role)?,
    };
    let teams = call.body.get("team_ids").and_then(Value::as_array).cloned().unwrap_or_default();
    for team in teams.iter().filter_map(Value::as_u64) {
        let team = call.org_mut()?.teams.get_mut(&team).ok_or_else(not_found)?;
        team.pending.extend(person.map(|person| (person, crate::world::TeamRole::Member)));
    }
    created(invitation(call, &call.org()?.invitations[&id]))
}

fn by_mail(call: &mut Call<'_>, role: OrgRole) -> Result<Id, Answer> {
    let email = Some(call.wanted("OrganizationInvitation", "email")?);
    let (id, created_at) = (call.world.ids.next(), call.world.now);
    let inviter = doer(call.world, call.caller.person(), call.org);
    call.org_mut()?
        .invitations
        .insert(id, OrgInvitation { id, invitee: None, email, role, inviter, created_at, failed: None });
    Ok(id)
}

impl World {
    /// The invited person joins, and the teams that wait for it.
    pub fn join(&mut self, org: Id, person: Id) {
        let Some(org) = self.orgs.get_mut(&org) else { return };
        let asked = org.invitations.values().find(|one| one.invitee == Some(person) && one.failed.is_none());
        let Some((id, role)) = asked.map(|one| (one.id, one.role)) else { return };
        org.invitations.remove(&id);
        org.members.insert(person, role);
        for team in org.teams.values_mut() {
            let role = team.pending.remove(&person);
            team.members.extend(role.map(|role| (person, role)));
        }
    }
}
