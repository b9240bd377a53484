//! Who may reach a repository, as it was seen. What the organisation and child teams inherit is not told
//! as a grant of the repository, and so is nobody's here.

use super::Fields;
use aplomo_core::{Model as _, Observed, Seen, Sight};
use aplomo_resources::github::model::{Collaborator, TeamGrant};
use aplomo_resources::github::{COLLABORATOR, TEAM_GRANT};

pub(super) fn write(inside: &[&Observed], spec: &mut Fields, notes: &mut Vec<String>) {
    let (mut teams, mut users) = (Fields::default(), Fields::default());
    for object in of(inside, |o| o.type_name == TEAM_GRANT) {
        let model = TeamGrant::<Seen>::from_fields(&object.fields).unwrap_or_default();
        match (model.team.value(), model.permission.value()) {
            (Some(team), Some(permission)) => teams.text(team, Some(permission)),
            (team, _) => notes.push(unknown(team.map(AsRef::as_ref))),
        }
    }
    for object in of(inside, |o| o.type_name == COLLABORATOR) {
        let model = Collaborator::<Seen>::from_fields(&object.fields).unwrap_or_default();
        let (Some(login), Some(permission)) = (model.login.value(), model.permission.value()) else {
            notes.push(unknown(model.login.value().map(AsRef::as_ref)));
            continue;
        };
        if let Sight::Value(what) = &model.invitation {
            let why = format!("the invitation of `{login}` is {what}: they have no access, and get none");
            notes.push(why);
            continue;
        }
        let mut user = Fields::default();
        user.text("permission", Some(permission));
        users.part(login, user);
    }
    let mut access = Fields::default();
    // Whoever is let in by hand afterwards is told, and not taken out, until somebody decides otherwise.
    access.word("ownership", Some("additive"));
    access.part("teams", teams);
    access.part("users", users);
    spec.part("access", access);
}

fn unknown(who: Option<&str>) -> String {
    let who = who.unwrap_or("somebody");
    format!("what `{who}` may do could not be seen: that is left alone")
}

/// The objects of a type in the order of their keys.
pub(super) fn of<'o>(inside: &[&'o Observed], is: impl Fn(&Observed) -> bool) -> Vec<&'o Observed> {
    let mut all: Vec<&Observed> = inside.iter().copied().filter(|object| is(object)).collect();
    all.sort_by(|a, b| (&a.key, &a.id).cmp(&(&b.key, &b.id)));
    all
}
