//! Who may do what: direct grants of people, told apart from what comes by teams and the organisation.

use super::people::People;
use crate::line::Line;
use crate::read::sweep::node::{id, items, must, plain};
use crate::read::{Find, Haul, seen_of};
use aplomo_core::fields::Sight;
use aplomo_core::{Coverage, Seen};
use aplomo_resources::github::model::Collaborator;
use aplomo_resources::github::names::{self, output};
use serde_json::Value;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// The name of the role behind a team's grant, by repository and team: GraphQL's lists of a team's
/// repositories know no custom roles, the sources of permissions do.
pub(super) type TeamRoles = BTreeMap<(String, String), SmolStr>;

pub(super) fn collaborators(
    haul: &mut Haul<'_>,
    line: &Line<'_>,
    repository: &str,
    node: &Value,
    people: &People,
    roles: &mut TeamRoles,
) {
    let (all, complete) = match items(node, "collaborators") {
        Ok(found) => found,
        Err(why) => return haul.cover(&names::COLLABORATOR, Some(repository), Coverage::Failed(why)),
    };
    if !complete {
        haul.cover(&names::COLLABORATOR, Some(repository), seen_of(false, "collaborators"));
    }
    for edge in all {
        if edge["permissionSources"].is_null()
            || crate::read::sweep::node::hidden(&edge["permissionSources"]).is_some()
        {
            let why = "GitHub does not tell where people's permissions come from".to_owned();
            haul.cover(&names::COLLABORATOR, Some(repository), Coverage::LowerBound(why));
            continue;
        }
        for source in plain(edge, "permissionSources") {
            let role = role(source);
            match must(&source["source"], "__typename") {
                Some("Team") => {
                    if let (Some(team), Some(role)) = (id(&source["source"], "databaseId"), role) {
                        roles.insert((repository.to_owned(), team), role);
                    }
                }
                Some("Repository") => direct(haul, (line, people), repository, &edge["node"], role),
                Some(_) => {}
                // A source that is not shown may be a grant of its own.
                None => haul.cover(&names::COLLABORATOR, Some(repository), seen_of(false, "permissions")),
            }
        }
    }
}

/// The role's own name where there is one; GraphQL's coarse word else.
fn role(source: &Value) -> Option<SmolStr> {
    let name = must(source, "roleName").filter(|name| !name.is_empty());
    let name = name.or_else(|| must(source, "permission"))?;
    Some(SmolStr::new(spoken(name)))
}

/// GitHub's words for permissions, of which REST has two for read and write.
pub(crate) fn spoken(name: &str) -> String {
    match name.to_lowercase().as_str() {
        "pull" => "read".to_owned(),
        "push" => "write".to_owned(),
        "read" | "triage" | "write" | "maintain" | "admin" => name.to_lowercase(),
        _ => name.to_owned(),
    }
}

fn direct(
    haul: &mut Haul<'_>,
    (line, people): (&Line<'_>, &People),
    repository: &str,
    person: &Value,
    role: Option<SmolStr>,
) {
    let (Some(id), Some(login)) = (id(person, "databaseId"), must(person, "login")) else {
        return haul.cover(&names::COLLABORATOR, Some(repository), seen_of(false, "collaborators"));
    };
    line.site.names.learn_user(&*id, login, must(person, "id").unwrap_or_default());
    let fields = Collaborator::<Seen> {
        login: Sight::Value(SmolStr::new(login.to_lowercase())),
        user: Sight::Value(SmolStr::new(&id)),
        permission: role.map_or(Sight::Hidden, Sight::Value),
        invitation: Sight::Absent,
    };
    let find = Find::new(&*id).within(repository).with(output::LOGIN, Some(login));
    haul.take(&names::COLLABORATOR, people.tell(find, &id), &fields);
}
