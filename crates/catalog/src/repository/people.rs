//! Where a Repository, or the defaults of a type, name a person, and which secrets that lets them read.

use super::expand::{Repo, repo};
use super::parts::{EnvironmentWish, UserAccess};
use super::spec::RepositorySpec;
use crate::estate::Estate;
use crate::github::below;
use crate::kind::Manifest;
use crate::offboard::{Mentions, Person};
use crate::team::{self, Team};
use aplomo_core::ManifestName;
use aplomo_resources::github::shape;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn people(manifest: &Manifest<'_, RepositorySpec>, who: &Person, estate: &Estate<'_>) -> Mentions {
    let (mut found, spec) = (Mentions::default(), manifest.spec);
    in_settings(who, (&spec.access.users, &spec.environments), "/spec", &mut found);
    let named = &manifest.reference;
    if let Some(repo) = repo(estate, &named.tenant, &named.name, &mut Vec::new())
        && writes(&repo, who, estate)
    {
        let actions = &repo.settings.actions.secrets;
        let environments = repo.settings.environments.iter().flat_map(|e| e.secrets.values());
        found.secrets = actions.values().chain(environments).cloned().collect();
    }
    found
}

/// What a repository says of people, wherever it is said.
pub(crate) fn in_settings(
    who: &Person,
    (users, environments): (&BTreeMap<SmolStr, UserAccess>, &[EnvironmentWish]),
    at: &str,
    found: &mut Mentions,
) {
    for (login, access) in users.iter().filter(|(login, _)| who.is(login)) {
        let what = format!("has `{}` on the repository", access.permission);
        found.cut(below(&format!("{at}/access/users"), login), what);
    }
    for (n, environment) in environments.iter().enumerate() {
        let what = format!("reviewer of the environment {}", environment.name);
        let note = "deployments to it then wait for nobody: name another reviewer";
        let reviewers = environment.reviewers.as_deref().unwrap_or_default();
        found.actors(who, reviewers, &format!("{at}/environments/{n}/reviewers"), (&what, note));
    }
}

/// Whether the person could write workflows, which read secrets.
fn writes(repo: &Repo<'_>, who: &Person, estate: &Estate<'_>) -> bool {
    let lets = |permission: &str| !matches!(shape::permission(permission).as_str(), "read" | "triage");
    let access = &repo.settings.access;
    let direct = access.users.iter().any(|(login, user)| who.is(login) && lets(&user.permission));
    let theirs = teams_of(who, repo, estate);
    let by_team =
        |(slug, permission): (&SmolStr, &SmolStr)| lets(permission) && theirs.contains(&shape::slug(slug));
    direct || access.teams.iter().any(by_team)
}

/// The slugs of the teams that manifests put the person in.
fn teams_of(who: &Person, repo: &Repo<'_>, estate: &Estate<'_>) -> BTreeSet<SmolStr> {
    let tenant = &repo.manifest.reference.tenant;
    let names = estate.names::<Team>(tenant).filter_map(|name| ManifestName::new(name).ok());
    let teams = names.filter_map(|name| {
        let team = estate.get::<Team>(tenant, &name)?;
        let written = team.spec.name.as_deref().unwrap_or(name.as_str());
        team::is_in(team.spec, who).then(|| shape::slug(written))
    });
    teams.collect()
}
