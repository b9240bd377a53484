//! From a Team manifest to the team and its memberships.

use super::Team;
use super::spec::{Privacy, TeamSpec};
use crate::estate::Estate;
use crate::github::{People, id, scope, tell};
use crate::kind::{Expansion, Manifest};
use crate::repository::wish;
use crate::{suggest, tenant};
use aplomo_core::resource::{Adopt, Collection};
use aplomo_core::{Address, Datum, Finding, ManifestName, Model as _, Scope, Type as _, Wanted, Wish};
use aplomo_resources::github::model::{Team as TeamModel, TeamMembership};
use aplomo_resources::github::team::{TeamMemberships, Teams};
use aplomo_resources::github::{TEAM, TEAM_MEMBERSHIP, output};
use smol_str::SmolStr;
use std::collections::BTreeSet;

pub(super) fn expand(manifest: &Manifest<'_, TeamSpec>, estate: &Estate<'_>) -> Expansion {
    let mut out = Expansion { ownership: manifest.spec.ownership.into(), ..Expansion::default() };
    let scope = scope(manifest.head, estate, manifest.spec.organization.as_ref(), &mut out.findings);
    let address = manifest.reference.resource(&TEAM, &[]);
    team(manifest, estate, &scope, &mut out);
    let mut people = People::new(manifest.head, estate, &scope);
    members(manifest, estate, (&scope, &address), &mut people, &mut out);
    let (users, said) = people.finish();
    out.resources.extend(users);
    out.findings.extend(said);
    out.collections.push(Collection {
        container: address,
        member: TEAM_MEMBERSHIP,
        ownership: manifest.spec.ownership.into(),
        ignore: Vec::new(),
    });
    out
}

fn team(manifest: &Manifest<'_, TeamSpec>, estate: &Estate<'_>, scope: &Scope, out: &mut Expansion) {
    let spec = manifest.spec;
    let privacy = |privacy| match privacy {
        Privacy::Visible => SmolStr::new_static("visible"),
        Privacy::Secret => SmolStr::new_static("secret"),
    };
    let model = TeamModel::<Wanted> {
        name: Wish::Value(spec.name.as_deref().unwrap_or(manifest.reference.name.as_str()).to_owned()),
        description: wish(spec.description.as_ref()),
        privacy: wish(spec.privacy.map(privacy).as_ref()),
        notifications: wish(spec.notifications.as_ref()),
        parent: parent(manifest, estate, &mut out.findings),
    };
    match Teams::normalise(model) {
        Ok(model) => {
            let mut team = manifest.desired(&TEAM, &[], scope.clone(), model.to_fields());
            if spec.privacy.is_none() {
                let usual =
                    TeamModel::<Wanted> { privacy: Wish::Value("visible".into()), ..Default::default() };
                team.defaults = usual.to_fields();
            }
            team.adopt = manifest.lifecycle.adopt.clone().map_or(Adopt::No, Adopt::Id);
            out.resources.push(team);
        }
        Err(wrong) => tell(manifest.head, wrong, "/spec", &mut out.findings),
    }
}

/// `unknown-team`, `team-loop`.
fn parent(
    manifest: &Manifest<'_, TeamSpec>,
    estate: &Estate<'_>,
    findings: &mut Vec<Finding>,
) -> Wish<SmolStr> {
    let Some(written) = &manifest.spec.parent else { return Wish::LeftAlone };
    let tenant = &manifest.reference.tenant;
    let name = ManifestName::new(written).ok().filter(|name| estate.knows::<Team>(tenant, name));
    let Some(name) = name else {
        let message = format!("there is no Team `{}`", written.escape_debug());
        let help = suggest::or_list(written, estate.names::<Team>(tenant), "the Teams are");
        let finding = Finding::error("unknown-team", message).help(help);
        findings.push(manifest.finding_at(finding, "/spec/parent"));
        return Wish::LeftAlone;
    };
    if above(estate, manifest, &name) {
        let message = format!("`{name}` is part of this team itself");
        let finding = Finding::error("team-loop", message).help("take one of the `parent`s out");
        findings.push(manifest.finding_at(finding, "/spec/parent"));
        return Wish::LeftAlone;
    }
    let reference = aplomo_core::ManifestRef { name, ..manifest.reference.clone() };
    id(&reference.resource(&TEAM, &[]))
}

/// Whether the team is among those above the named one.
fn above(estate: &Estate<'_>, manifest: &Manifest<'_, TeamSpec>, name: &ManifestName) -> bool {
    let mut seen = BTreeSet::new();
    let mut here = Some(name.clone());
    while let Some(name) = here {
        if name == manifest.reference.name {
            return true;
        }
        if !seen.insert(name.clone()) {
            return false;
        }
        let team = estate.get::<Team>(&manifest.reference.tenant, &name);
        here = team.and_then(|t| t.spec.parent.as_ref().and_then(|p| ManifestName::new(p).ok()));
    }
    false
}

fn members(
    manifest: &Manifest<'_, TeamSpec>,
    estate: &Estate<'_>,
    (scope, team): (&Scope, &Address),
    people: &mut People<'_>,
    out: &mut Expansion,
) {
    let spec = &manifest.spec.members;
    let strict = tenant::requires_two_factor(estate, &manifest.reference.tenant);
    let mut listed: BTreeSet<SmolStr> = BTreeSet::new();
    let all = [("maintainer", "maintainers", &spec.maintainers), ("member", "members", &spec.members)];
    for (role, field, logins) in all {
        for (n, written) in logins.iter().enumerate() {
            let pointer = format!("/spec/members/{field}/{n}");
            let Some((login, user)) = people.user(written, &pointer) else { continue };
            if !listed.insert(login.clone()) {
                let finding = Finding::error("duplicate-member", format!("`{login}` is listed twice"));
                out.findings.push(manifest.finding_at(finding.help("a person has one role"), &pointer));
                continue;
            }
            let place = Seat { manifest, scope, team, strict, pointer: &pointer };
            place.sit(login, &user, role, out);
        }
    }
}

/// Where somebody is written.
struct Seat<'a> {
    manifest: &'a Manifest<'a, TeamSpec>,
    scope: &'a Scope,
    team: &'a Address,
    strict: bool,
    pointer: &'a str,
}

impl Seat<'_> {
    fn sit(&self, login: SmolStr, user: &Address, role: &'static str, out: &mut Expansion) {
        let model = TeamMembership::<Wanted> {
            login: Wish::Value(login.clone()),
            user: id(user),
            role: Wish::Value(role.into()),
            ..TeamMembership::default()
        };
        let model = match TeamMemberships::normalise(model) {
            Ok(model) => model,
            Err(wrong) => return tell(self.manifest.head, wrong, self.pointer, &mut out.findings),
        };
        let inside = Scope { container_of: Some(self.team.clone()), ..self.scope.clone() };
        let mut part = self.manifest.desired(&TEAM_MEMBERSHIP, &[&login], inside, model.to_fields());
        part.origins.iter_mut().for_each(|origin| origin.line = self.manifest.place(self.pointer).line);
        part.hints.insert(SmolStr::new_static(output::LOGIN), Datum::from(login.as_str()));
        if self.strict {
            part.hints.insert(SmolStr::new_static("requireTwoFactor"), Datum::Bool(true));
        }
        if self.manifest.lifecycle.adopt.is_some() {
            part.adopt = Adopt::InContainer;
        }
        out.resources.push(part);
    }
}
