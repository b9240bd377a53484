//! Teams.

mod access;
mod membership;

use serde_json::{Value, json};

use super::show::{object, team, team_short};
use crate::answer::{Answer, Said, created, done, invalid, not_found, ok};
use crate::call::Call;
use crate::clock::show as time;
use crate::ids::Id;
use crate::page;
use crate::route::{Route, org_get, org_write};
use crate::world::{Team, TeamRole};

const ALL: &str = "/orgs/{org}/teams";
const ONE: &str = "/orgs/{org}/teams/{team_slug}";
const MEMBER: &str = "/orgs/{org}/teams/{team_slug}/memberships/{username}";
const REPO: &str = "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}";

const ROLES: &str = "organization_custom_org_roles";
/// The number of the role of those who manage security, the only one here.
const MANAGER: Id = 138;

pub(super) const ROUTES: &[Route] = &[
    org_get(ALL, "members", |call| {
        let org = call.org()?;
        page::list(call, org.teams.values().map(|one| team(call, org, one, None)).collect())
    }),
    org_write("POST", ALL, "members", make),
    org_get(ONE, "members", |call| ok(full(call, call.team()?))),
    org_write("PATCH", ONE, "members", change),
    org_write("DELETE", ONE, "members", delete),
    org_get("/orgs/{org}/teams/{team_slug}/teams", "members", children),
    org_get("/orgs/{org}/teams/{team_slug}/members", "members", membership::list),
    org_get("/orgs/{org}/teams/{team_slug}/invitations", "members", membership::invitations),
    org_get(MEMBER, "members", membership::show),
    org_write("PUT", MEMBER, "members", membership::set),
    org_write("DELETE", MEMBER, "members", membership::remove),
    org_get("/orgs/{org}/teams/{team_slug}/repos", "members", access::list),
    org_get(REPO, "members", access::show),
    org_write("PUT", REPO, "members", access::set),
    org_write("DELETE", REPO, "members", access::remove),
    org_get("/orgs/{org}/organization-roles", ROLES, |call| ok(roles(call))),
    org_get("/orgs/{org}/organization-roles/{role_id}/teams", ROLES, with_role),
    org_get("/orgs/{org}/security-managers", "organization_administration", |call| {
        let org = call.org()?;
        let managers = org.teams.values().filter(|one| org.security_managers.contains(&one.id));
        ok(managers.map(|one| Value::Object(team_short(call, org, one, None))).collect())
    }),
];

fn roles(call: &Call<'_>) -> Value {
    let at = time(call.org().map_or(call.world.now, |org| org.created_at));
    let role = json!({
        "id": MANAGER, "name": "security_manager", "description": "Reads all and manages security alerts",
        "base_role": "read", "source": "Predefined", "permissions": [], "organization": null, "created_at": at,
        "updated_at": at,
    });
    json!({"total_count": 1, "roles": [role]})
}

fn with_role(call: &mut Call<'_>) -> Said {
    if call.number("role_id")? != MANAGER {
        return Err(not_found());
    }
    let org = call.org()?;
    let managers = org.teams.values().filter(|one| org.security_managers.contains(&one.id));
    page::list(call, managers.map(|one| team(call, org, one, None)).collect())
}

fn full(call: &Call<'_>, one: &Team) -> Value {
    let Ok(org) = call.org() else { return Value::Null };
    let mut shown = object(team(call, org, one, None));
    let members = call.world.users.keys().filter(|user| org.in_team(one, **user)).count();
    shown.extend(object(json!({
        "members_count": members, "repos_count": one.repos.len(), "created_at": time(one.created_at),
        "updated_at": time(one.updated_at), "organization": super::orgs::full(call, org),
    })));
    Value::Object(shown)
}

fn children(call: &mut Call<'_>) -> Said {
    let (org, parent) = (call.org()?, call.team()?.id);
    let all = org.teams.values().filter(|one| one.parent == Some(parent));
    page::list(call, all.map(|one| team(call, org, one, None)).collect())
}

fn free_name(call: &Call<'_>, name: &str, own: Id) -> Result<(), Answer> {
    let slug = crate::world::slug(name);
    if call.org()?.teams.values().any(|one| one.slug == slug && one.id != own) {
        return Err(invalid("Team", "name", "already_exists", "Name must be unique for this org"));
    }
    Ok(())
}

/// The parent that the body names: none, left alone, or one that exists.
fn parent(call: &Call<'_>) -> Result<Option<Option<Id>>, Answer> {
    let Some(value) = call.body.get("parent_team_id") else { return Ok(None) };
    let Some(id) = value.as_u64() else { return Ok(Some(None)) };
    call.org()?.teams.get(&id).ok_or_else(not_found)?;
    Ok(Some(Some(id)))
}

fn make(call: &mut Call<'_>) -> Said {
    let name = call.wanted("Team", "name")?;
    free_name(call, &name, 0)?;
    let parent = parent(call)?.flatten();
    let logins = call.body.get("maintainers").and_then(Value::as_array).cloned().unwrap_or_default();
    let named = logins.iter().filter_map(|login| Some(call.world.user_named(login.as_str()?)?.id));
    // Whoever makes a team is in it.
    let maintainers: Vec<Id> = named.chain(call.caller.person()).collect();
    let id = call.world.add_team(call.org, &name, &[]);
    let fields = call.body.clone();
    let org = call.org_mut()?;
    let Some(team) = org.teams.get_mut(&id) else { return Err(not_found()) };
    team.members = maintainers.into_iter().map(|person| (person, TeamRole::Maintainer)).collect();
    // A team below another is visible.
    team.privacy = if parent.is_some() { "closed" } else { "secret" }.to_owned();
    team.parent = parent;
    set(team, &fields);
    let slug = team.slug.clone();
    call.values.push(("team_slug".to_owned(), slug));
    created(full(call, call.team()?))
}

fn set(team: &mut Team, fields: &Value) {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(description) = fields.get("description") {
        team.description = description.as_str().map(str::to_owned);
    }
    team.privacy = text("privacy").unwrap_or_else(|| team.privacy.clone());
    team.notification_setting =
        text("notification_setting").unwrap_or_else(|| team.notification_setting.clone());
}

fn change(call: &mut Call<'_>) -> Said {
    let (id, name, now) = (call.team()?.id, call.text("name").map(str::to_owned), call.world.now);
    if let Some(name) = &name {
        free_name(call, name, id)?;
    }
    let (parent, fields) = (parent(call)?, call.body.clone());
    if parent == Some(Some(id)) {
        return Err(invalid("Team", "parent_team_id", "custom", "A team cannot be its own parent"));
    }
    let team = call.org_mut()?.teams.get_mut(&id).ok_or_else(not_found)?;
    if let Some(name) = name {
        team.slug = crate::world::slug(&name);
        team.name = name;
    }
    team.parent = parent.unwrap_or(team.parent);
    team.updated_at = now;
    set(team, &fields);
    ok(full(call, &call.org()?.teams[&id]))
}

/// Its child teams go with it.
fn delete(call: &mut Call<'_>) -> Said {
    let mut gone = vec![call.team()?.id];
    let org = call.org_mut()?;
    while let Some(id) = gone.pop() {
        org.teams.remove(&id);
        org.security_managers.remove(&id);
        gone.extend(org.teams.values().filter(|one| one.parent == Some(id)).map(|one| one.id));
    }
    done()
}
