//! Who has access to a repository, and who was asked.

use serde_json::{Value, json};

use super::repos::minimal;
use super::show::{doer, permissions, team, user};
use crate::answer::{Answer, Said, created, done, invalid, not_found, ok};
use crate::call::Call;
use crate::clock::show as time;
use crate::ids::{Id, Sort};
use crate::page;
use crate::route::{Route, get, write};
use crate::world::{Grant, RepoInvitation, Role, Source, World};

const ALL: &str = "/repos/{owner}/{repo}/collaborators";
const ONE: &str = "/repos/{owner}/{repo}/collaborators/{username}";
const INVITED: &str = "/repos/{owner}/{repo}/invitations";
const INVITATION: &str = "/repos/{owner}/{repo}/invitations/{invitation_id}";

pub(super) const ROUTES: &[Route] = &[
    get(ALL, "metadata", list),
    get(ONE, "metadata", is_one),
    write("PUT", ONE, "administration", add),
    write("DELETE", ONE, "administration", remove),
    get("/repos/{owner}/{repo}/collaborators/{username}/permission", "metadata", permission),
    get("/repos/{owner}/{repo}/teams", "metadata", teams),
    get(INVITED, "administration", |call| {
        let all = call.repo()?.invitations.values();
        page::list(call, all.map(|one| invitation(call, one)).collect())
    }),
    write("PATCH", INVITATION, "administration", change_invitation),
    write("DELETE", INVITATION, "administration", |call| {
        let id = call.number("invitation_id")?;
        call.repo_mut()?.invitations.remove(&id).ok_or_else(not_found)?;
        done()
    }),
];

/// Whether an invitation is void.
pub(crate) fn expired(world: &World, invitation: &RepoInvitation) -> bool {
    world.now.as_second() - invitation.created_at.as_second() >= world.quirks.invitation_days * 86_400
}

fn invitation(call: &Call<'_>, one: &RepoInvitation) -> Value {
    let repo = call.repo().ok();
    json!({
        "id": one.id, "node_id": call.node(Sort::Invitation, one.id),
        "repository": repo.map(|repo| minimal(call, repo)), "invitee": user(call, one.invitee),
        "inviter": user(call, one.inviter), "permissions": one.role.name(), "created_at": time(one.created_at),
        "expired": expired(call.world, one), "url": format!("{}/invitations/{}", call.repo_url(), one.id),
        "html_url": format!("{}/invitations", call.repo_url()),
    })
}

/// Of which affiliation somebody is.
pub(crate) fn is_affiliated(world: &World, org: Id, person: Id, grants: &[Grant], affiliation: &str) -> bool {
    let direct = grants.iter().any(|grant| grant.source == Source::Direct);
    let member = world.orgs.get(&org).is_some_and(|org| org.members.contains_key(&person));
    match affiliation.to_ascii_lowercase().as_str() {
        "direct" => direct,
        "outside" => direct && !member,
        _ => true,
    }
}

fn list(call: &mut Call<'_>) -> Said {
    let affiliation = call.query.get("affiliation").cloned().unwrap_or_default();
    let floor = call.query.get("permission").and_then(|text| Role::parse(text));
    let all = call.world.with_access(call.repo()?).into_iter();
    let kept = all.filter(|(id, grants)| is_affiliated(call.world, call.org, *id, grants, &affiliation));
    let ranked = kept.map(|(id, grants)| (id, grants.iter().map(|grant| grant.role).max()));
    let shown = ranked.filter(|(_, role)| *role >= floor).map(|(id, role)| {
        let mut shown = user(call, id);
        shown["permissions"] = permissions(role);
        shown["role_name"] = role.map_or("read", Role::name).into();
        shown
    });
    page::list(call, shown.collect())
}

fn is_one(call: &mut Call<'_>) -> Said {
    let person = call.user()?;
    if call.world.role(call.repo()?, person).is_some() { done() } else { Err(not_found()) }
}

/// The old word knows no triage and no maintain.
fn permission(call: &mut Call<'_>) -> Said {
    let person = call.user()?;
    let role = call.world.role(call.repo()?, person);
    let legacy = match role {
        Some(Role::Admin) => "admin",
        Some(Role::Push | Role::Maintain) => "write",
        Some(Role::Pull | Role::Triage) => "read",
        None => "none",
    };
    let mut shown = user(call, person);
    shown["permissions"] = permissions(role);
    shown["role_name"] = role.map_or("", Role::name).into();
    ok(json!({"permission": legacy, "role_name": role.map_or("", Role::name), "user": shown}))
}

fn asked_role(call: &Call<'_>, field: &str) -> Result<Role, Answer> {
    let Some(text) = call.text(field) else { return Ok(Role::Push) };
    Role::parse(text).ok_or_else(|| invalid("Repository", field, "custom", "Invalid permission"))
}

/// A member has access at once; anybody else is asked first.
fn add(call: &mut Call<'_>) -> Said {
    let (person, role) = (call.user()?, asked_role(call, "permission")?);
    let member = call.org()?.members.contains_key(&person);
    if member || call.repo()?.direct.contains_key(&person) {
        call.repo_mut()?.direct.insert(person, role);
        return done();
    }
    let (world_now, days) = (call.world.now, call.world.quirks.invitation_days);
    let inviter = doer(call.world, call.caller.person(), call.org);
    let asked = call.repo()?.invitations.values().find(|one| one.invitee == person).map(|one| one.id);
    let id = asked.unwrap_or_else(|| call.world.ids.next());
    let mut one = RepoInvitation { id, invitee: person, inviter, role, created_at: world_now };
    if let Some(old) = call.repo()?.invitations.get(&id) {
        // Asking again does not begin the time anew while it runs.
        let void = world_now.as_second() - old.created_at.as_second() >= days * 86_400;
        one.created_at = if void { world_now } else { old.created_at };
    }
    let shown = invitation(call, &one);
    call.repo_mut()?.invitations.insert(id, one);
    created(shown)
}

/// Takes the direct grant and an invitation; what teams give stays.
fn remove(call: &mut Call<'_>) -> Said {
    let person = call.user()?;
    let repo = call.repo_mut()?;
    repo.direct.remove(&person);
    repo.invitations.retain(|_, one| one.invitee != person);
    done()
}

fn change_invitation(call: &mut Call<'_>) -> Said {
    let (id, role) = (call.number("invitation_id")?, asked_role(call, "permissions")?);
    call.repo_mut()?.invitations.get_mut(&id).ok_or_else(not_found)?.role = role;
    ok(invitation(call, &call.repo()?.invitations[&id]))
}

/// The teams of a repository, the managers of security among them.
fn teams(call: &mut Call<'_>) -> Said {
    let (org, repo) = (call.org()?, call.repo);
    let with = org.teams.values().filter_map(|one| Some((one, org.team_role_in(one, repo)?)));
    page::list(call, with.map(|(one, role)| team(call, org, one, Some(role))).collect())
}

impl World {
    /// The invited person says yes.
    pub fn accept_invitation(&mut self, repo: Id, invitation: Id) {
        if let Some(repo) = self.repos.get_mut(&repo)
            && let Some(one) = repo.invitations.remove(&invitation)
        {
            repo.direct.insert(one.invitee, one.role);
        }
    }
}
