//! A Team manifest for a team as it was seen.

use super::{Fields, finish, hidden, is_hidden};
use crate::import::{Imported, Options};
use aplomo_core::{Model as _, Observed, Seen, Sight};
use aplomo_resources::github::model::{Team, TeamMembership};
use aplomo_resources::github::{TEAM, TEAM_MEMBERSHIP};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Writes a Team manifest. Who has not accepted an invitation is noted.
pub(crate) fn team_manifest(team: &Observed, inside: &[&Observed], options: &Options) -> Imported {
    let model = Team::<Seen>::from_fields(&team.fields).unwrap_or_default();
    let (mut spec, mut notes) = (Fields::default(), Vec::new());
    let name = model.name.value().map_or("", String::as_str);
    spec.text("name", Some(name).filter(|name| *name != options.name.as_str()));
    spec.text("description", model.description.value());
    spec.word("privacy", model.privacy.value());
    spec.word("notifications", model.notifications.value());
    spec.text("parent", parent(&model, options, &mut notes));
    members(inside, &mut spec, &mut notes);
    spec.word("ownership", Some("additive"));
    let unseen = [
        ("description", is_hidden(&model.description)),
        ("privacy", is_hidden(&model.privacy)),
        ("notifications", is_hidden(&model.notifications)),
        ("parent", is_hidden(&model.parent)),
    ];
    let unseen: Vec<&str> = unseen.iter().filter(|(_, is)| *is).map(|(field, _)| *field).collect();
    hidden(&mut notes, "the team", &unseen);
    finish("Team", (team, "team"), options, &spec, notes)
}

fn parent(model: &Team<Seen>, options: &Options, notes: &mut Vec<String>) -> Option<SmolStr> {
    let id = model.parent.value()?;
    let of = options.others.iter().find(|((type_name, of), _)| *type_name == TEAM && of.as_str() == id);
    if of.is_none() {
        notes.push(format!(
            "it is part of the team {id}, which no manifest describes: `parent` is left alone"
        ));
    }
    of.map(|(_, name)| SmolStr::new(name.as_str()))
}

fn members(inside: &[&Observed], spec: &mut Fields, notes: &mut Vec<String>) {
    let mut by_role: BTreeMap<&str, Vec<SmolStr>> = BTreeMap::new();
    for object in inside.iter().filter(|o| o.type_name == TEAM_MEMBERSHIP) {
        let model = TeamMembership::<Seen>::from_fields(&object.fields).unwrap_or_default();
        let Some(login) = model.login.value() else { continue };
        if object.waiting.is_some() || model.invitation != Sight::Absent {
            notes.push(format!("`{login}` is invited and not in it yet: name them once they are"));
            continue;
        }
        match model.role.value().map(SmolStr::as_str) {
            Some("maintainer") => by_role.entry("maintainers").or_default().push(login.clone()),
            Some("member") => by_role.entry("members").or_default().push(login.clone()),
            _ => notes.push(format!("what `{login}` is in it could not be seen: they are left alone")),
        }
    }
    let mut members = Fields::default();
    for (role, mut logins) in by_role {
        logins.sort();
        members.texts(role, Some(logins));
    }
    spec.part("members", members);
}
