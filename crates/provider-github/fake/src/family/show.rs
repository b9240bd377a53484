//! People, organisations and teams as REST shows them inside other things.

use serde_json::{Value, json};

use crate::call::Call;
use crate::clock::show as time;
use crate::ids::{Id, Sort};
use crate::world::{App, Author, Map, Org, Role, Team, World};

pub(crate) fn object(value: Value) -> Map {
    if let Value::Object(map) = value { map } else { Map::new() }
}

/// A person.
pub(crate) fn user(call: &Call<'_>, id: Id) -> Value {
    let login = call.world.users.get(&id).map_or("ghost", |user| &user.login);
    account(call, login, id, call.node(Sort::User, id), "User")
}

/// A person, or the account that an App has of its own.
pub(crate) fn author(call: &Call<'_>, one: Author) -> Value {
    match one {
        Author::Person(id) => user(call, id),
        Author::App(id) => {
            let slug = call.world.apps.get(&id).map_or("ghost", |app| &app.slug);
            account(call, &format!("{slug}[bot]"), id, call.node(Sort::User, id), "Bot")
        }
    }
}

/// What somebody is to the owner of the repository in the path.
pub(crate) fn association(call: &Call<'_>, one: Author) -> &'static str {
    let (Author::Person(id), Ok(org), Ok(repo)) = (one, call.org(), call.repo()) else { return "NONE" };
    if org.members.contains_key(&id) {
        "MEMBER"
    } else if repo.direct.contains_key(&id) {
        "COLLABORATOR"
    } else {
        "NONE"
    }
}

/// Nobody reacted.
pub(crate) fn reactions(url: &str) -> Value {
    json!({
        "url": format!("{url}/reactions"), "total_count": 0, "+1": 0, "-1": 0, "laugh": 0, "hooray": 0,
        "confused": 0, "heart": 0, "rocket": 0, "eyes": 0,
    })
}

/// An organisation where an account is shown: as the owner of a repository.
pub(crate) fn owner(call: &Call<'_>, id: Id) -> Value {
    let login = call.world.orgs.get(&id).map_or("ghost", |org| &org.login);
    account(call, login, id, call.node(Sort::Organization, id), "Organization")
}

fn account(call: &Call<'_>, login: &str, id: Id, node_id: String, sort: &str) -> Value {
    let url = call.url(&format!("users/{login}"));
    json!({
        "login": login, "id": id, "node_id": node_id, "type": sort, "site_admin": false,
        "gravatar_id": "", "avatar_url": format!("{url}/avatar"), "url": url, "user_view_type": "public",
        "html_url": call.url(login), "followers_url": format!("{url}/followers"),
        "following_url": format!("{url}/following{{/other_user}}"), "gists_url": format!("{url}/gists{{/gist_id}}"),
        "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{url}/subscriptions"), "organizations_url": format!("{url}/orgs"),
        "repos_url": format!("{url}/repos"), "events_url": format!("{url}/events{{/privacy}}"),
        "received_events_url": format!("{url}/received_events"),
    })
}

/// An organisation by itself, short.
pub(crate) fn org_short(call: &Call<'_>, org: &Org) -> Value {
    let url = call.url(&format!("orgs/{}", org.login));
    json!({
        "login": org.login, "id": org.id, "node_id": call.node(Sort::Organization, org.id), "url": url,
        "repos_url": format!("{url}/repos"), "events_url": format!("{url}/events"),
        "hooks_url": format!("{url}/hooks"), "issues_url": format!("{url}/issues"),
        "members_url": format!("{url}/members{{/member}}"),
        "public_members_url": format!("{url}/public_members{{/member}}"),
        "avatar_url": format!("{url}/avatar"), "description": org.settings.get("description"),
    })
}

/// A team; `role` is what it has in the repository that is being looked at.
pub(crate) fn team(call: &Call<'_>, org: &Org, team: &Team, role: Option<Role>) -> Value {
    let mut shown = team_short(call, org, team, role);
    let parent = team.parent.and_then(|id| org.teams.get(&id));
    shown.insert(
        "parent".to_owned(),
        parent.map_or(Value::Null, |p| Value::Object(team_short(call, org, p, None))),
    );
    if role.is_some() {
        shown.insert("permissions".to_owned(), permissions(role));
        shown.insert("access_source".to_owned(), "direct".into());
    }
    Value::Object(shown)
}

pub(crate) fn team_short(call: &Call<'_>, org: &Org, team: &Team, role: Option<Role>) -> Map {
    let url = call.url(&format!("organizations/{}/team/{}", org.id, team.id));
    object(json!({
        "id": team.id, "node_id": call.node(Sort::Team, team.id), "name": team.name, "slug": team.slug,
        "description": team.description, "privacy": team.privacy, "type": "organization",
        "notification_setting": team.notification_setting, "organization_id": org.id,
        "permission": role.unwrap_or(Role::Pull).rest(), "url": url,
        "html_url": call.url(&format!("orgs/{}/teams/{}", org.login, team.slug)),
        "members_url": format!("{url}/members{{/member}}"), "repositories_url": format!("{url}/repos"),
    }))
}

/// The five switches, of which a role turns on all up to itself.
pub(crate) fn permissions(role: Option<Role>) -> Value {
    let switches = Role::ALL.into_iter().map(|one| (one.rest().to_owned(), Value::Bool(role >= Some(one))));
    Value::Object(switches.collect())
}

/// An App.
pub(crate) fn app(call: &Call<'_>, app: &App) -> Value {
    json!({
        "id": app.id, "slug": app.slug, "node_id": call.node(Sort::App, app.id), "name": app.name,
        "owner": owner(call, app.owner), "description": "", "client_id": format!("Iv1.{:016x}", app.id),
        "external_url": call.url("about"), "html_url": call.url(&format!("apps/{}", app.slug)),
        "created_at": time(app.created_at), "updated_at": time(app.created_at),
        "permissions": app.permissions, "events": app.events,
    })
}

/// Somebody to name as the doer where the caller is an App.
pub(crate) fn doer(world: &World, call_person: Option<Id>, org: Id) -> Id {
    let owner = || world.orgs.get(&org).and_then(|org| org.members.keys().next().copied());
    call_person.or_else(owner).unwrap_or_default()
}
