//! `github.org.Team`, `github.org.TeamMembership`, and the look-up `github.org.User`.

use super::model::{Team, TeamMembership, User};
use super::names::{TEAM, TEAM_MEMBERSHIP, USER};
use super::{people, shape};
use crate::change::{Notes, delta};
use crate::normal::{Normal, fill_absent, is_set};
use aplomo_core::fields::{SeenFields, WantedFields};
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover, Watch};
use aplomo_core::{Datum, FieldPath, Finding, Seen, Type, TypeName, Wanted, Wish};
use smol_str::SmolStr;

/// The type of teams. Its identity is the slug that GitHub makes of the name.
pub struct Teams;

impl Type for Teams {
    const NAME: TypeName = TEAM;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    /// GitHub deletes child teams with their parent.
    const TAKES_ALONG: bool = true;
    type Model<M: Mode> = Team<M>;

    fn normalise(mut model: Team<Wanted>) -> Result<Team<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("team");
        shape::text(&mut normal, "name", &mut model.name, 255);
        if model.name.value().is_some_and(|name| shape::slug(name).is_empty()) || model.name == Wish::Absent {
            normal.wrong("name", "it needs a letter or digit");
        }
        shape::text(&mut normal, "description", &mut model.description, 1024);
        normal.word("privacy", &mut model.privacy, &["visible", "secret"]);
        normal.value("parent", &mut model.parent, shape::id);
        if is_set(&model.parent) && model.privacy.value().is_some_and(|p| p == "secret") {
            normal.wrong("privacy", "a secret team is part of no other");
        }
        normal.done(model)
    }
    fn identity_wanted(model: &Team<Wanted>) -> Option<SmolStr> {
        model.name.value().map(|name| shape::slug(name))
    }
    fn identity(model: &Team<Seen>) -> Option<SmolStr> {
        model.name.value().map(|name| shape::slug(name))
    }
    fn hangs_on(seen: &SeenFields) -> Option<&str> {
        seen.text("/parent")
    }
    fn turnover(_: &FieldPath) -> Turnover {
        Turnover::InPlace
    }
    fn assess(before: Option<&Team<Seen>>, after: Option<&Team<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let name = delta!(before, after, name);
        let called = name.before.or(name.after).map_or("", String::as_str);
        match (before, after) {
            (Some(_), None) => {
                let note =
                    format!("the team {called} goes, with its child teams and all that they may reach");
                notes.add(Risk::Outage, note);
            }
            (Some(_), Some(_)) => changed(&mut notes, called, before, after),
            _ => {}
        }
        notes.0
    }
}

fn changed(notes: &mut Notes, called: &str, before: Option<&Team<Seen>>, after: Option<&Team<Wanted>>) {
    let name = delta!(before, after, name);
    if let (Some(old), Some(new)) = (name.before, name.after)
        && shape::slug(old) != shape::slug(new)
    {
        let note = format!("{old} is called {new}: what names its slug (CODEOWNERS, workflows) must follow");
        notes.add(Risk::Sensitive, note);
    }
    if delta!(before, after, parent).changes() {
        notes.add(
            Risk::Sensitive,
            format!("{called} gets another place among the teams: it has what its parents may reach"),
        );
    }
    let privacy = delta!(before, after, privacy);
    if privacy.changes() && privacy.before.is_some_and(|p| p == "secret") {
        notes.add(Risk::Sensitive, format!("the whole organisation sees {called} and who is in it"));
    }
}

/// The type of memberships.
pub struct TeamMemberships;

impl Type for TeamMemberships {
    const NAME: TypeName = TEAM_MEMBERSHIP;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::ShareOfContainer(250);
    type Model<M: Mode> = TeamMembership<M>;

    fn normalise(mut model: TeamMembership<Wanted>) -> Result<TeamMembership<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("team-membership");
        normal.value("login", &mut model.login, |login| shape::login(login));
        normal.value("user", &mut model.user, shape::id);
        normal.word("role", &mut model.role, &["maintainer", "member"]);
        if is_set(&model.owner) {
            normal.wrong("organisationOwner", "it is seen, not wished");
        }
        people::no_invitation(&mut normal, &model.invitation);
        fill_absent(&mut model.invitation);
        normal.done(model)
    }
    fn identity_wanted(model: &TeamMembership<Wanted>) -> Option<SmolStr> {
        model.login.value().cloned()
    }
    fn identity(model: &TeamMembership<Seen>) -> Option<SmolStr> {
        model.login.value().cloned()
    }
    fn turnover(path: &FieldPath) -> Turnover {
        people::turnover(path)
    }
    fn assess(before: Option<&TeamMembership<Seen>>, after: Option<&TeamMembership<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let login = delta!(before, after, login);
        let who = login.after.or(login.before).map_or("somebody", SmolStr::as_str);
        people::another(&mut notes, who, &delta!(before, after, user));
        people::again(&mut notes, who, &delta!(before, after, invitation), after.is_some());
        let role = delta!(before, after, role);
        match (before, after) {
            (None, Some(_)) => {
                let role = role.after.map_or("member", SmolStr::as_str);
                notes.add(Risk::Sensitive, format!("{who} becomes {role}, with all that the team may reach"));
            }
            (Some(_), None) => notes.add(Risk::Sensitive, format!("{who} loses all that the team may reach")),
            (Some(_), Some(_)) if role.changes() => {
                let role = role.after.map_or("member", SmolStr::as_str);
                notes.add(Risk::Sensitive, format!("{who} becomes {role}"));
            }
            _ => {}
        }
        notes.0
    }
    fn indifferent(path: &FieldPath, _: &WantedFields, seen: &SeenFields) -> bool {
        // An owner of the organisation is maintainer of every team, whatever is asked for.
        let owner = seen.value("/organisationOwner") == Some(&Datum::Bool(true));
        people::is_label(path, seen) || (path.as_str() == "/role" && owner)
    }
    fn notices(seen: &TeamMembership<Seen>, watch: &Watch<'_>) -> Vec<Finding> {
        people::notices(seen.login.value(), watch)
    }
}

/// The type of the look-up of people. Wished to be observed only.
pub struct Users;

impl Type for Users {
    const NAME: TypeName = USER;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::Exempt;
    type Model<M: Mode> = User<M>;

    fn normalise(mut model: User<Wanted>) -> Result<User<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("user");
        normal.value("login", &mut model.login, |login| shape::login(login));
        normal.done(model)
    }
    fn identity_wanted(model: &User<Wanted>) -> Option<SmolStr> {
        model.login.value().cloned()
    }
    fn identity(model: &User<Seen>) -> Option<SmolStr> {
        model.login.value().cloned()
    }
    fn turnover(_: &FieldPath) -> Turnover {
        Turnover::InPlace
    }
    fn assess(_: Option<&User<Seen>>, _: Option<&User<Wanted>>) -> Assessment {
        Assessment::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::{Model as _, Sight};

    #[test]
    fn an_owner_is_maintainer_whatever_is_wished() {
        let role = FieldPath::known("/role");
        let mut seen =
            TeamMembership::<Seen> { role: Sight::Value("maintainer".into()), ..Default::default() };
        let none = WantedFields::default();
        assert!(!TeamMemberships::indifferent(&role, &none, &seen.to_fields()));
        seen.owner = Sight::Value(true);
        assert!(TeamMemberships::indifferent(&role, &none, &seen.to_fields()));
    }

    #[test]
    fn a_renamed_team_says_what_must_follow() {
        let before = Team::<Seen> { name: Sight::Value("Core".into()), ..Default::default() };
        let after = |name: &str| Team::<Wanted> { name: Wish::Value(name.into()), ..Default::default() };
        assert_eq!(Teams::assess(Some(&before), Some(&after("core"))), Assessment::default());
        let told = Teams::assess(Some(&before), Some(&after("Kernel")));
        assert_eq!(told.risk, Risk::Sensitive);
        assert_eq!(Teams::assess(Some(&before), None).risk, Risk::Outage);
        assert!(
            Teams::normalise(Team {
                privacy: Wish::Value("Secret".into()),
                parent: Wish::Value("7".into()),
                ..after("x")
            })
            .is_err()
        );
    }
}
