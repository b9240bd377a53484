//! What a person reaches, by what was seen: managed or not.
//!
//! Deliberately absent: what GitHub does not show us: ownership of the organisation, tokens, keys.

use super::names::{COLLABORATOR, REPOSITORY, TEAM, TEAM_MEMBERSHIP, USER, output};
use super::shape;
use aplomo_core::{Datum, Observation, Observed, RemoteId, Sight};
use smol_str::SmolStr;
use std::collections::HashMap;

/// An object that gives a person something.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach<'a> {
    /// The object.
    pub object: &'a Observed,
    /// What it gives, in words.
    pub what: String,
}

/// What a person is in an organisation, where that was seen: `owner`, `member`, `none`.
#[must_use]
pub fn role(seen: &Observation, organisation: &str, login: &str) -> Option<SmolStr> {
    let is = |o: &&Observed| {
        let here = o.scope.account.as_ref().is_some_and(|a| a.as_str().eq_ignore_ascii_case(organisation));
        here && o.type_name == USER && o.fields.text("/login").is_some_and(|l| l.eq_ignore_ascii_case(login))
    };
    let user = seen.objects.iter().find(is)?;
    user.outputs.get(output::ORGANISATION_ROLE).and_then(Datum::as_text).map(SmolStr::new)
}

/// Every object that names the person; the login is in normal form.
#[must_use]
pub fn reach<'a>(seen: &'a Observation, login: &str) -> Vec<Reach<'a>> {
    let places = seen.objects.iter().filter(|o| o.type_name == REPOSITORY || o.type_name == TEAM);
    let names: HashMap<&RemoteId, &str> =
        places.filter_map(|o| Some((&o.id, o.fields.text("/name")?))).collect();
    let github = seen.objects.iter().filter(|o| o.type_name.as_str().starts_with("github."));
    let gives = |object: &'a Observed| {
        let place = object.scope.container.as_ref();
        let called = place.map_or("the organisation", |id| names.get(id).copied().unwrap_or(id.as_str()));
        Some(Reach { object, what: gives(object, login, called)? })
    };
    github.filter_map(gives).collect()
}

fn gives(object: &Observed, login: &str, place: &str) -> Option<String> {
    let fields = &object.fields;
    let about = || fields.text("/login").and_then(|l| shape::login(l).ok()).is_some_and(|l| l == login);
    let invited = if fields.text("/invitation").is_some() { " (invited)" } else { "" };
    if object.type_name == COLLABORATOR {
        let permission = fields.text("/permission").unwrap_or("some permission");
        return about().then(|| format!("{permission} on the repository {place}{invited}"));
    }
    if object.type_name == TEAM_MEMBERSHIP {
        let role = fields.text("/role").unwrap_or("member");
        return about().then(|| format!("{role} of the team {place}{invited}"));
    }
    let actor = format!("user:{login}");
    let lists = fields.iter().filter_map(|(path, sight)| match sight {
        Sight::Value(Datum::List(items)) => Some((path, items)),
        _ => None,
    });
    // Who may pass by is written with how: `user:ana:always`.
    let is = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.strip_prefix(&actor).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    };
    let holds = |items: &[Datum]| items.iter().filter_map(Datum::as_text).any(is);
    let (path, _) = lists.into_iter().find(|(_, items)| holds(items))?;
    let what = path.as_str().trim_start_matches('/');
    let kind = object.type_name.as_str().rsplit('.').next().unwrap_or_default();
    let called = fields.text("/name").or_else(|| fields.text("/pattern")).unwrap_or(object.id.as_str());
    Some(format!("{what} of the {kind} {called} of {place}"))
}

#[cfg(test)]
mod tests {
    use super::super::names::{BRANCH_PROTECTION_RULE, ENVIRONMENT, RULESET};
    use super::*;
    use aplomo_core::observation::OwnerMark;
    use aplomo_core::{Account, FieldPath, Provider, Scope, TypeName};

    fn object(
        type_name: &TypeName,
        id: &str,
        within: Option<&str>,
        fields: &[(&'static str, Datum)],
    ) -> Observed {
        let organisation = Scope::account(Provider::known("github"), Account::known("acme"));
        Observed {
            type_name: type_name.clone(),
            scope: within.map_or(organisation.clone(), |id| organisation.within(RemoteId::new(id).unwrap())),
            id: RemoteId::new(id).unwrap(),
            key: None,
            mark: OwnerMark::None,
            created_by: None,
            fields: fields.iter().map(|(p, v)| (FieldPath::known(p), Sight::Value(v.clone()))).collect(),
            outputs: std::collections::BTreeMap::new(),
            brought_along: false,
            raw: None,
            waiting: None,
        }
    }

    fn list(items: &[&str]) -> Datum {
        Datum::List(items.iter().map(|item| Datum::from(*item)).collect())
    }

    #[test]
    fn what_was_seen_says_what_somebody_reaches() {
        let mut user = object(&USER, "5", None, &[("/login", "ana".into())]);
        user.outputs.insert(output::ORGANISATION_ROLE.into(), "owner".into());
        let seen = Observation {
            objects: vec![
                user,
                object(&REPOSITORY, "1", None, &[("/name", "shop".into())]),
                object(&TEAM, "2", None, &[("/name", "Core".into())]),
                object(
                    &COLLABORATOR,
                    "c",
                    Some("1"),
                    &[
                        ("/login", "Ana".into()),
                        ("/permission", "admin".into()),
                        ("/invitation", "pending".into()),
                    ],
                ),
                object(
                    &COLLABORATOR,
                    "d",
                    Some("1"),
                    &[("/login", "ana2".into()), ("/permission", "read".into())],
                ),
                object(
                    &TEAM_MEMBERSHIP,
                    "m",
                    Some("2"),
                    &[("/login", "ana".into()), ("/role", "maintainer".into())],
                ),
                object(
                    &ENVIRONMENT,
                    "e",
                    Some("1"),
                    &[("/name", "production".into()), ("/reviewers", list(&["team:core", "user:ana"]))],
                ),
                object(
                    &RULESET,
                    "r",
                    Some("9"),
                    &[("/name", "main".into()), ("/bypass", list(&["user:ana:always"]))],
                ),
                object(
                    &BRANCH_PROTECTION_RULE,
                    "b",
                    Some("1"),
                    &[("/pattern", "v*".into()), ("/pushers", list(&["user:ana2"]))],
                ),
            ],
            ..Observation::default()
        };
        assert_eq!(role(&seen, "Acme", "ana").as_deref(), Some("owner"));
        assert_eq!(role(&seen, "acme", "ben"), None, "not seen");
        let told: Vec<String> = reach(&seen, "ana").into_iter().map(|reach| reach.what).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        admin on the repository shop (invited)
        maintainer of the team Core
        reviewers of the Environment production of shop
        bypass of the Ruleset main of 9
        ");
    }
}
