//! `github.repo.TeamGrant` and `github.repo.Collaborator`: who may reach a repository, one by one.

use super::model::{Collaborator, TeamGrant};
use super::names::{COLLABORATOR, TEAM_GRANT, output};
use super::{people, shape};
use crate::change::{Delta, Notes, delta};
use crate::normal::{Normal, fill_absent};
use aplomo_core::fields::{SeenFields, WantedFields};
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover, Watch};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted};
use smol_str::SmolStr;

/// The most of a repository's grants that may go in a day, in thousandths.
const SHARE: u32 = 250;
/// What keeps a repository governable.
const ADMINISTRATOR: &str = "administrator";

/// The type of teams' permissions.
pub struct TeamGrants;

impl Type for TeamGrants {
    const NAME: TypeName = TEAM_GRANT;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::ShareOfContainer(SHARE);
    type Model<M: Mode> = TeamGrant<M>;

    fn normalise(mut model: TeamGrant<Wanted>) -> Result<TeamGrant<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("team-grant");
        normal.value("team", &mut model.team, team);
        normal.value("teamId", &mut model.team_id, shape::id);
        normal.value("permission", &mut model.permission, permission);
        normal.done(model)
    }
    fn identity_wanted(model: &TeamGrant<Wanted>) -> Option<SmolStr> {
        model.team.value().cloned()
    }
    fn identity(model: &TeamGrant<Seen>) -> Option<SmolStr> {
        model.team.value().cloned()
    }
    fn turnover(path: &FieldPath) -> Turnover {
        if path.as_str() == "/permission" { Turnover::InPlace } else { Turnover::CreateFirst }
    }
    fn assess(before: Option<&TeamGrant<Seen>>, after: Option<&TeamGrant<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let team = delta!(before, after, team);
        let who = format!("the team {}", team.after.or(team.before).map_or("", SmolStr::as_str));
        if before.is_some() && (team.changes() || delta!(before, after, team_id).changes()) && after.is_some()
        {
            notes.add(Risk::Sensitive, format!("another team is meant: {who}"));
        }
        granted(&mut notes, &who, &delta!(before, after, permission));
        notes.0
    }
    fn keeps(seen: &SeenFields) -> Option<&'static str> {
        administers(seen)
    }
}

/// The type of people's direct permissions.
pub struct Collaborators;

impl Type for Collaborators {
    const NAME: TypeName = COLLABORATOR;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::ShareOfContainer(SHARE);
    type Model<M: Mode> = Collaborator<M>;

    fn normalise(mut model: Collaborator<Wanted>) -> Result<Collaborator<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("collaborator");
        normal.value("login", &mut model.login, |login| shape::login(login));
        normal.value("user", &mut model.user, shape::id);
        normal.value("permission", &mut model.permission, permission);
        people::no_invitation(&mut normal, &model.invitation);
        fill_absent(&mut model.invitation);
        normal.done(model)
    }
    fn identity_wanted(model: &Collaborator<Wanted>) -> Option<SmolStr> {
        model.login.value().cloned()
    }
    fn identity(model: &Collaborator<Seen>) -> Option<SmolStr> {
        model.login.value().cloned()
    }
    fn turnover(path: &FieldPath) -> Turnover {
        people::turnover(path)
    }
    fn assess(before: Option<&Collaborator<Seen>>, after: Option<&Collaborator<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let login = delta!(before, after, login);
        let who = login.after.or(login.before).map_or("somebody", SmolStr::as_str);
        people::another(&mut notes, who, &delta!(before, after, user));
        people::again(&mut notes, who, &delta!(before, after, invitation), after.is_some());
        granted(&mut notes, who, &delta!(before, after, permission));
        notes.0
    }
    fn indifferent(path: &FieldPath, _: &WantedFields, seen: &SeenFields) -> bool {
        people::is_label(path, seen)
    }
    fn notices(seen: &Collaborator<Seen>, watch: &Watch<'_>) -> Vec<Finding> {
        people::notices(seen.login.value(), watch)
    }
    fn keeps(seen: &SeenFields) -> Option<&'static str> {
        // Who has not accepted keeps nothing yet.
        let invited = seen.text("/invitation").is_some();
        administers(seen).filter(|_| !invited)
    }
}

fn administers(seen: &SeenFields) -> Option<&'static str> {
    (seen.text("/permission") == Some("admin")).then_some(ADMINISTRATOR)
}

fn team(slug: &SmolStr) -> Result<SmolStr, String> {
    let normal = shape::slug(slug);
    if normal.is_empty() {
        return Err(format!("`{}` is no slug of a team", slug.escape_debug()));
    }
    Ok(normal)
}

fn permission(text: &SmolStr) -> Result<SmolStr, String> {
    let normal = shape::permission(text);
    let fine = !normal.is_empty() && !normal.chars().any(char::is_control);
    fine.then_some(normal).ok_or_else(|| "it is empty, or holds control characters".to_owned())
}

/// Access gained and lost.
fn granted(notes: &mut Notes, who: &str, delta: &Delta<'_, SmolStr>) {
    match (delta.before, delta.after) {
        (None, Some(new)) if delta.hidden => {
            notes.add(Risk::Sensitive, format!("{who} gets {new}; what it has now is hidden from us"));
        }
        (None, Some(new)) => notes.add(Risk::Sensitive, format!("{who} gets {new}")),
        (Some(old), None) => notes.add(Risk::Sensitive, format!("{who} loses {old}")),
        (Some(old), Some(new)) if old != new => {
            let way = match (shape::rank(old), shape::rank(new)) {
                (Some(a), Some(b)) if a < b => "gets",
                (Some(_), Some(_)) => "is brought down to",
                _ => "goes to",
            };
            notes.add(Risk::Sensitive, format!("{who} {way} {new}, from {old}"));
        }
        _ => {}
    }
}

/// Whether an object is an outside collaborator's without two-factor authentication, as outputs tell.
pub(crate) fn without_second_factor(watch: &Watch<'_>) -> bool {
    watch.outputs.get(output::TWO_FACTOR) == Some(&aplomo_core::Datum::Bool(false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::{Model as _, Sight, Wish};

    fn seen(permission: &str) -> Collaborator<Seen> {
        let permission = Sight::Value(permission.into());
        Collaborator { login: Sight::Value("ana".into()), permission, ..Default::default() }
    }

    fn wanted(permission: &str) -> Collaborator<Wanted> {
        let permission = Wish::Value(permission.into());
        let model = Collaborator { login: Wish::Value("Ana".into()), permission, ..Default::default() };
        Collaborators::normalise(model).unwrap()
    }

    fn told(before: Option<&Collaborator<Seen>>, after: Option<&Collaborator<Wanted>>) -> String {
        let assessment = Collaborators::assess(before, after);
        assert_eq!(assessment.risk, Risk::Sensitive);
        assessment.notes.join("; ")
    }

    #[test]
    fn access_gained_and_lost_is_told() {
        assert_eq!(told(None, Some(&wanted("push"))), "ana gets write");
        assert_eq!(told(Some(&seen("read")), Some(&wanted("admin"))), "ana gets admin, from read");
        assert_eq!(
            told(Some(&seen("admin")), Some(&wanted("pull"))),
            "ana is brought down to read, from admin"
        );
        assert_eq!(told(Some(&seen("triage")), None), "ana loses triage");
        assert_eq!(
            Collaborators::assess(Some(&seen("write")), Some(&wanted("push"))),
            Assessment::default(),
            "push and write are one"
        );
    }

    #[test]
    fn a_login_that_changed_hands_is_another_person() {
        let mut before = seen("read");
        before.user = Sight::Value("1".into());
        let mut after = wanted("read");
        after.user = Wish::Value("2".into());
        let told = told(Some(&before), Some(&after));
        assert!(told.contains("another person"), "{told}");
        assert_ne!(Collaborators::turnover(&FieldPath::known("/user")), Turnover::InPlace);
    }

    #[test]
    fn a_new_login_of_the_same_person_is_no_difference() {
        let label = FieldPath::known("/login");
        assert!(Collaborators::indifferent(&label, &wanted("read").to_fields(), &seen("read").to_fields()));
        let permission = FieldPath::known("/permission");
        let fields = (wanted("read").to_fields(), seen("read").to_fields());
        assert!(!Collaborators::indifferent(&permission, &fields.0, &fields.1));
    }

    #[test]
    fn administrators_keep_a_repository() {
        assert_eq!(Collaborators::keeps(&seen("admin").to_fields()), Some("administrator"));
        assert_eq!(Collaborators::keeps(&seen("write").to_fields()), None);
        let mut lapsed = seen("admin");
        lapsed.invitation = Sight::Value("expired".into());
        assert_eq!(Collaborators::keeps(&lapsed.to_fields()), None);
    }
}
