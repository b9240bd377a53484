//! People: as look-ups (who has a login, and what they are here), and what is to be known of them where they have
//! access: their second factor, and whether they are ourselves.

use crate::line::Line;
use crate::read::sweep::node::{id, items, must, plain};
use crate::read::{Find, Haul, seen_of};
use crate::route::Route;
use aplomo_core::fields::Sight;
use aplomo_core::{Coverage, Seen};
use aplomo_resources::github::model::User;
use aplomo_resources::github::names::{self, output};
use serde_json::Value;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of people beside their grants, by id.
#[derive(Default)]
pub(super) struct People {
    pub(super) owners: BTreeSet<String>,
    /// Whether they have a second factor, of whom we are told: only owners are.
    second_factor: BTreeMap<String, bool>,
    /// Ourselves, where our access comes from grants: a person's token, and no owner's.
    own: Option<String>,
}

impl People {
    pub(super) fn of(members: &[&Value]) -> Self {
        let mut people = Self::default();
        for edge in members {
            let Some(id) = id(&edge["node"], "databaseId") else { continue };
            if must(edge, "role") == Some("ADMIN") {
                people.owners.insert(id.clone());
            }
            people.second_factor.extend(edge["hasTwoFactorEnabled"].as_bool().map(|on| (id, on)));
        }
        people
    }

    /// Who we are, and the second factors of people from outside: asked only where there are any.
    pub(super) async fn complete(&mut self, line: &Line<'_>, members: &[&Value], repositories: &[&Value]) {
        self.own = line.site.keys.person(line).await.filter(|own| !self.owners.contains(own));
        let inside: BTreeSet<String> =
            members.iter().filter_map(|member| id(&member["node"], "databaseId")).collect();
        let outside: BTreeSet<String> = repositories.iter().flat_map(|r| direct(r)).collect();
        let outside: BTreeSet<String> = outside.difference(&inside).cloned().collect();
        if outside.is_empty() {
            return;
        }
        let mut route = Route::list("/orgs/{org}/outside_collaborators", &[&line.site.organisation]);
        route.path.push_str("&filter=2fa_disabled");
        let (without, problem) = line.pages::<Value>(&route, None).await;
        let without: BTreeSet<String> = without.iter().filter_map(|person| id(person, "id")).collect();
        self.second_factor.extend(without.iter().map(|person| (person.clone(), false)));
        if problem.is_none() {
            self.second_factor.extend(outside.difference(&without).map(|person| (person.clone(), true)));
        }
    }

    /// What is known of a person, put on an object that gives that person access.
    pub(super) fn tell<'f>(&self, find: Find<'f>, person: &str) -> Find<'f> {
        let find = find.flagged(output::TWO_FACTOR, self.second_factor.get(person).copied());
        find.flagged(output::OWN_ACCESS, self.is_own(person))
    }

    fn is_own(&self, person: &str) -> Option<bool> {
        (self.own.as_deref() == Some(person)).then_some(true)
    }

    /// Whether what a team may do is what we may do.
    pub(super) fn own_team(&self, team: &Value) -> Option<bool> {
        let own = self.own.as_deref()?;
        let (members, _) = items(team, "members").ok()?;
        members.iter().any(|m| id(&m["node"], "databaseId").as_deref() == Some(own)).then_some(true)
    }
}

/// Who has a grant of their own in a repository.
fn direct(repository: &Value) -> Vec<String> {
    let Ok((all, _)) = items(repository, "collaborators") else { return Vec::new() };
    let of_repository = |source: &Value| must(&source["source"], "__typename") == Some("Repository");
    let granted = all.iter().filter(|edge| plain(edge, "permissionSources").any(of_repository));
    granted.filter_map(|edge| id(&edge["node"], "databaseId")).collect()
}

/// Everybody in the organisation, as look-ups.
pub(super) fn members(haul: &mut Haul<'_>, line: &Line<'_>, edges: &[&Value], people: &People) {
    for edge in edges {
        let person = &edge["node"];
        let (Some(id), Some(login)) = (id(person, "databaseId"), must(person, "login")) else {
            haul.cover(&names::USER, None, seen_of(false, "members of the organisation"));
            continue;
        };
        let role = if people.owners.contains(&id) { "owner" } else { "member" };
        let find = user(line, &id, login, must(person, "id").unwrap_or_default());
        let find = find.with(output::ORGANISATION_ROLE, Some(role));
        take(haul, find.flagged(output::TWO_FACTOR, people.second_factor.get(&id).copied()), login);
    }
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
