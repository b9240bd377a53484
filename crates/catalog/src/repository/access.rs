//! Who may reach a repository.

use super::expand::Repo;
use super::parts::UserAccess;
use crate::estate::Estate;
use crate::github::{People, below, id, tell};
use crate::kind::Expansion;
use crate::tenant;
use aplomo_core::{Datum, Model as _, Type as _, Wanted, Wish};
use aplomo_resources::github::grant::{Collaborators, TeamGrants};
use aplomo_resources::github::model::{Collaborator, TeamGrant};
use aplomo_resources::github::{COLLABORATOR, TEAM_GRANT, output};
use smol_str::SmolStr;

pub(super) fn expand(repo: &Repo<'_>, estate: &Estate<'_>, people: &mut People<'_>, out: &mut Expansion) {
    for (slug, permission) in &repo.settings.access.teams {
        team(repo, slug, permission, people, out);
    }
    let strict = tenant::requires_two_factor(estate, &repo.manifest.reference.tenant);
    for (login, access) in &repo.settings.access.users {
        user(repo, (login, access), strict, people, out);
    }
}

fn team(repo: &Repo<'_>, slug: &str, permission: &SmolStr, people: &mut People<'_>, out: &mut Expansion) {
    let pointer = below("/spec/access/teams", slug);
    let team = people.team(slug, &pointer);
    let model = TeamGrant::<Wanted> {
        team: Wish::Value(team.slug.clone()),
        team_id: team.id(),
        permission: Wish::Value(permission.clone()),
    };
    match TeamGrants::normalise(model) {
        Ok(model) => {
            out.resources.push(repo.part(&TEAM_GRANT, &[&team.slug], model.to_fields(), &pointer));
        }
        Err(wrong) => tell(repo.manifest.head, wrong, &pointer, &mut out.findings),
    }
}

fn user(
    repo: &Repo<'_>,
    (written, access): (&SmolStr, &UserAccess),
    strict: bool,
    people: &mut People<'_>,
    out: &mut Expansion,
) {
    let pointer = below("/spec/access/users", written);
    let Some((login, address)) = people.user(written, &pointer) else { return };
    let model = Collaborator::<Wanted> {
        login: Wish::Value(login.clone()),
        user: id(&address),
        permission: Wish::Value(access.permission.clone()),
        invitation: Wish::Absent,
    };
    match Collaborators::normalise(model) {
        Ok(model) => {
            let mut part = repo.part(&COLLABORATOR, &[&login], model.to_fields(), &pointer);
            part.until = access.expires_at.map(|moment| moment.0);
            part.hints.insert(SmolStr::new_static(output::LOGIN), Datum::from(login.as_str()));
            if strict {
                part.hints.insert(SmolStr::new_static("requireTwoFactor"), Datum::Bool(true));
            }
            out.resources.push(part);
        }
        Err(wrong) => tell(repo.manifest.head, wrong, &pointer, &mut out.findings),
    }
}
