//! Teams, who is in them immediately, who is invited, and what they may do in repositories.

use super::access::{TeamRoles, spoken};
use super::people::People;
use crate::line::Line;
use crate::read::sweep::node::{id, items, lower, must, sight, text};
use crate::read::{Find, Haul, seen_of};
use aplomo_core::fields::Sight;
use aplomo_core::ledger::Memory;
use aplomo_core::{Coverage, Seen};
use aplomo_resources::github::model::{Team, TeamGrant, TeamMembership};
use aplomo_resources::github::names::{self, output};
use serde_json::Value;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// What teams are read with.
pub(super) struct Roster<'a> {
    pub(super) line: &'a Line<'a>,
    pub(super) people: &'a People,
    /// Teams that have `read` everywhere because they manage security, by id.
    pub(super) managers: &'a BTreeSet<String>,
    pub(super) roles: &'a TeamRoles,
    pub(super) memory: Option<&'a Memory>,
}

pub(super) fn all(haul: &mut Haul<'_>, roster: &Roster<'_>, teams: &[&Value]) {
    let grants = grants(haul, teams);
    let parents: BTreeMap<String, String> = teams
        .iter()
        .filter_map(|t| Some((id(t, "databaseId")?, id(&t["parentTeam"], "databaseId")?)))
        .collect();
    for team in teams {
        let (Some(id), Some(slug)) = (id(team, "databaseId"), must(team, "slug")) else {
            haul.cover(&names::TEAM, None, seen_of(false, "teams"));
            continue;
        };
        roster.line.site.names.learn_team(&*id, slug, must(team, "id").unwrap_or_default());
        own(haul, &id, slug, team);
        members(haul, roster, &id, team);
        for (repository, permission) in grants.get(&id).into_iter().flatten() {
            if !inherited(&grants, &parents, &id, (repository, permission))
                || recorded(roster.memory, &id, repository)
            {
                let own = roster.people.own_team(team);
                grant(haul, roster, (&id, slug, own), (repository, permission));
            }
        }
    }
}

fn own(haul: &mut Haul<'_>, id: &str, slug: &str, team: &Value) {
    let fields = Team::<Seen> {
        name: text(team, "name"),
        description: text(team, "description"),
        privacy: lower(team, "privacy"),
        notifications: sight(team, "notificationSetting", |v| {
            v.as_str().map(|word| word == "NOTIFICATIONS_ENABLED")
        }),
        parent: sight(team, "parentTeam", |parent| {
            parent["databaseId"].as_u64().map(|id| SmolStr::new(id.to_string()))
        }),
    };
    let find = Find::new(id).with(output::NODE_ID, must(team, "id")).with(output::SLUG, Some(slug));
    haul.take(&names::TEAM, find, &fields);
}

fn members(haul: &mut Haul<'_>, roster: &Roster<'_>, team: &str, node: &Value) {
    match items(node, "members") {
        Err(why) => haul.cover(&names::TEAM_MEMBERSHIP, Some(team), Coverage::Failed(why)),
        Ok((all, complete)) => {
            if !complete {
                haul.cover(&names::TEAM_MEMBERSHIP, Some(team), seen_of(false, "members"));
            }
            for edge in all {
                let role = lower(edge, "role");
                member(haul, roster, team, &edge["node"], role, None);
            }
        }
    }
    match items(node, "invitations") {
        // Who is invited is told to owners alone: absence then proves nothing.
        Err(why) => {
            let why = format!("invitations are not visible to our credentials ({why})");
            haul.cover(&names::TEAM_MEMBERSHIP, Some(team), Coverage::LowerBound(why));
        }
        Ok((all, complete)) => {
            if !complete {
                haul.cover(&names::TEAM_MEMBERSHIP, Some(team), seen_of(false, "invitations"));
            }
            for invitation in all.iter().filter(|i| !i["invitee"].is_null()) {
                let since = must(invitation, "createdAt");
                member(haul, roster, team, &invitation["invitee"], Sight::Hidden, since);
            }
        }
    }
}

fn member(
    haul: &mut Haul<'_>,
    roster: &Roster<'_>,
    team: &str,
    person: &Value,
    role: Sight<SmolStr>,
    invited: Option<&str>,
) {
    let (Some(id), Some(login)) = (id(person, "databaseId"), must(person, "login")) else {
        return haul.cover(&names::TEAM_MEMBERSHIP, Some(team), seen_of(false, "members"));
    };
    roster.line.site.names.learn_user(&*id, login, must(person, "id").unwrap_or_default());
    let fields = TeamMembership::<Seen> {
        login: Sight::Value(SmolStr::new(login.to_lowercase())),
        user: Sight::Value(SmolStr::new(&id)),
        role,
        owner: Sight::Value(roster.people.owners.contains(&id)),
        invitation: Sight::Absent,
    };
    let mut find = Find::new(&*id).within(team).with(output::LOGIN, Some(login));
    if let Some(since) = invited {
        find = find.with(output::INVITATION, Some("pending")).with(output::INVITED_AT, Some(since));
        find.waiting = Some(format!("{login} has not accepted the invitation to the organisation yet"));
    }
    haul.take(&names::TEAM_MEMBERSHIP, roster.people.tell(find, &id), &fields);
}

/// A team's repositories with its permissions there, by team and repository.
type Grants = BTreeMap<String, BTreeMap<String, String>>;

fn grants(haul: &mut Haul<'_>, teams: &[&Value]) -> Grants {
    let mut grants = Grants::new();
    for team in teams {
        let Some(team_id) = id(team, "databaseId") else { continue };
        let (all, complete) = match items(team, "repositories") {
            Ok(found) => found,
            Err(why) => {
                haul.cover(&names::TEAM_GRANT, None, Coverage::LowerBound(why));
                continue;
            }
        };
        if !complete {
            haul.cover(&names::TEAM_GRANT, None, seen_of(false, "repositories of teams"));
        }
        let own = grants.entry(team_id).or_default();
        for edge in all {
            match (id(&edge["node"], "databaseId"), must(edge, "permission")) {
                (Some(repository), Some(permission)) => drop(own.insert(repository, spoken(permission))),
                _ => haul.cover(&names::TEAM_GRANT, None, seen_of(false, "repositories of teams")),
            }
        }
    }
    grants
}

/// Whether a team has its permission from a parent: GitHub lists both alike. A permission of its own
/// that equals its parent's cannot be told from that, but by what we recorded.
fn inherited(
    grants: &Grants,
    parents: &BTreeMap<String, String>,
    team: &str,
    (repository, permission): (&str, &str),
) -> bool {
    let mut at = team;
    let mut seen = BTreeSet::new();
    while let Some(parent) = parents.get(at).filter(|parent| seen.insert((*parent).clone())) {
        if grants.get(parent).and_then(|own| own.get(repository)).is_some_and(|theirs| theirs == permission) {
            return true;
        }
        at = parent;
    }
    false
}

fn recorded(memory: Option<&Memory>, team: &str, repository: &str) -> bool {
    memory.into_iter().flat_map(|memory| memory.ledger.values()).any(|entry| {
        entry.type_name == names::TEAM_GRANT
            && entry.id.as_str() == team
            && entry.scope.container.as_ref().is_some_and(|c| c.as_str() == repository)
    })
}

fn grant(
    haul: &mut Haul<'_>,
    roster: &Roster<'_>,
    (team, slug, own): (&str, &str, Option<bool>),
    (repository, permission): (&str, &str),
) {
    let named = roster.roles.get(&(repository.to_owned(), team.to_owned()));
    let permission = named.cloned().unwrap_or_else(|| SmolStr::new(permission));
    let brought_along = permission == "read" && roster.managers.contains(team);
    let fields = TeamGrant::<Seen> {
        team: Sight::Value(SmolStr::new(slug)),
        team_id: Sight::Value(SmolStr::new(team)),
        permission: Sight::Value(permission),
    };
    let find = Find::new(team).within(repository).flagged(output::OWN_ACCESS, own);
    let find = Find { brought_along, ..find };
    haul.take(&names::TEAM_GRANT, find, &fields);
}
