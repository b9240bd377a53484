//! People of the organisation, as look-ups: who has a login, and what they are here.

use crate::line::Line;
use crate::read::sweep::node::{id, must};
use crate::read::{Find, Haul, seen_of};
use crate::route::Route;
use aplomo_core::fields::Sight;
use aplomo_core::{Coverage, Seen};
use aplomo_resources::github::model::User;
use aplomo_resources::github::names::{self, output};
use serde_json::Value;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// Owners by id. Everybody is taken as a look-up.
pub(super) fn members(haul: &mut Haul<'_>, line: &Line<'_>, edges: &[&Value]) -> BTreeSet<String> {
    let mut owners = BTreeSet::new();
    for edge in edges {
        let person = &edge["node"];
        let (Some(id), Some(login)) = (id(person, "databaseId"), must(person, "login")) else {
            haul.cover(&names::USER, None, seen_of(false, "members of the organisation"));
            continue;
        };
        let owner = must(edge, "role") == Some("ADMIN");
        if owner {
            owners.insert(id.clone());
        }
        let role = if owner { "owner" } else { "member" };
        let two_factor = edge["hasTwoFactorEnabled"].as_bool().map(|on| if on { "true" } else { "false" });
        let find = user(line, &id, login, must(person, "id").unwrap_or_default());
        let find = find.with(output::ORGANISATION_ROLE, Some(role)).with(output::TWO_FACTOR, two_factor);
        take(haul, find, login);
    }
    owners
}

fn user(line: &Line<'_>, id: &str, login: &str, node: &str) -> Find<'static> {
    line.site.names.learn_user(id, login, node);
    Find::new(id).with(output::NODE_ID, Some(node)).with(output::LOGIN, Some(login))
}

fn take(haul: &mut Haul<'_>, find: Find<'_>, login: &str) {
    let fields = User::<Seen> { login: Sight::Value(SmolStr::new(login.to_lowercase())) };
    haul.take(&names::USER, find, &fields);
}

/// People who are asked for and are not in the organisation: a call each.
pub(super) async fn others(haul: &mut Haul<'_>, line: &Line<'_>, logins: &BTreeSet<SmolStr>) {
    for login in logins {
        let route = Route::get("/users/{username}", &[login]);
        match line.ask::<Value>(&route).await {
            Ok(person) => {
                let (Some(id), Some(login)) = (id(&person, "id"), must(&person, "login")) else { continue };
                let find = user(line, &id, login, must(&person, "node_id").unwrap_or_default());
                take(haul, find.with(output::ORGANISATION_ROLE, Some("none")), login);
            }
            // Accounts are public: whom nobody can see is not there.
            Err(problem) if problem.is_not_visible() => {}
            Err(problem) => haul.cover(&names::USER, None, Coverage::LowerBound(problem.to_string())),
        }
    }
}
