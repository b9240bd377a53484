//! From a Repository manifest to the repository and everything in it.

use super::spec::{RepositorySpec, Settings};
use super::{Repository, access, checks, content, wanted};
use crate::branch_protection::protect_by_type;
use crate::estate::Estate;
use crate::github::{People, Secrets, merged, scope, tell};
use crate::kind::{Expansion, Manifest};
use crate::repository_type::{RepositoryTypeSpec, type_of};
use aplomo_core::fields::WantedFields;
use aplomo_core::resource::{Adopt, Collection, Desired};
use aplomo_core::{
    Address, Datum, Finding, ManifestName, Model as _, Scope, TenantName, Type as _, TypeName,
};
use aplomo_resources::github::repository::Repositories;
use aplomo_resources::github::{COLLABORATOR, LABEL, REPOSITORY, TEAM_GRANT};
use smol_str::SmolStr;

/// A repository with all that is known of it before it is made into resources.
pub(crate) struct Repo<'a> {
    pub(crate) manifest: Manifest<'a, RepositorySpec>,
    /// What holds, the type's defaults included.
    pub(crate) settings: Settings,
    /// Its type, where one was found.
    pub(crate) r#type: Option<Manifest<'a, RepositoryTypeSpec>>,
    pub(crate) scope: Scope,
    pub(crate) address: Address,
}

impl Repo<'_> {
    /// Its name on GitHub.
    pub(crate) fn name(&self) -> &str {
        self.manifest.spec.name.as_deref().unwrap_or(self.manifest.reference.name.as_str())
    }

    /// Where things in it are.
    pub(crate) fn inside(&self) -> Scope {
        Scope { container_of: Some(self.address.clone()), ..self.scope.clone() }
    }

    /// Something in it, with the place that asks for it.
    pub(super) fn part(&self, type_name: &TypeName, key: &[&str], fields: WantedFields, at: &str) -> Desired {
        let mut part = self.manifest.desired(type_name, key, self.inside(), fields);
        let mark = self.manifest.place(at);
        part.origins.iter_mut().for_each(|origin| origin.line = mark.line);
        if self.manifest.lifecycle.adopt.is_some() {
            part.adopt = Adopt::InContainer;
        }
        part
    }
}

/// The repository that a manifest describes.
pub(crate) fn repo<'e>(
    estate: &'e Estate<'_>,
    tenant: &TenantName,
    name: &ManifestName,
    findings: &mut Vec<Finding>,
) -> Option<Repo<'e>> {
    known(estate.get::<Repository>(tenant, name)?, estate, findings)
}

fn known<'a>(
    manifest: Manifest<'a, RepositorySpec>,
    estate: &'a Estate<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Repo<'a>> {
    let scope = scope(manifest.head, estate, manifest.spec.organization.as_ref(), findings);
    let address = manifest.reference.resource(&REPOSITORY, &[]);
    let found =
        manifest.spec.r#type.as_ref().and_then(|name| type_of(estate, &manifest.reference.tenant, name));
    let settings = match with_defaults(manifest.spec, found.as_ref()) {
        Ok(settings) => settings,
        Err(why) => {
            let message = format!("with the defaults of its type it is no repository: {why}");
            findings.push(manifest.finding_at(Finding::error("bad-defaults", message), "/spec/type"));
            return None;
        }
    };
    Some(Repo { manifest, settings, r#type: found, scope, address })
}

/// What a repository says over what its type gives.
fn with_defaults(
    spec: &RepositorySpec,
    of: Option<&Manifest<'_, RepositoryTypeSpec>>,
) -> Result<Settings, serde_json::Error> {
    let defaults = match of {
        Some(of) => serde_json::to_value(&of.spec.defaults)?,
        None => serde_json::Value::Null,
    };
    serde_json::from_value(merged(defaults, said(spec)?))
}

/// What a repository says itself, without what is its own alone.
pub(super) fn said(spec: &RepositorySpec) -> Result<serde_json::Value, serde_json::Error> {
    let mut said = serde_json::to_value(spec)?;
    if let Some(map) = said.as_object_mut() {
        for own in ["organization", "name", "type"] {
            map.remove(own);
        }
        for part in ["access", "labels"] {
            // The usual ownership cannot be told from one that is left out: it says nothing.
            let usual = map.get(part).and_then(|p| p.get("ownership")).is_some_and(|o| o == "additive");
            if usual && let Some(part) = map.get_mut(part).and_then(|p| p.as_object_mut()) {
                part.remove("ownership");
            }
        }
    }
    Ok(said)
}

pub(super) fn expand(manifest: &Manifest<'_, RepositorySpec>, estate: &Estate<'_>) -> Expansion {
    let mut out = Expansion::default();
    let Some(repo) = known(Manifest { head: manifest.head, spec: manifest.spec }, estate, &mut out.findings)
    else {
        return out;
    };
    out.findings.extend(checks::run(&repo, estate));
    out.resources.extend(repository(&repo, &mut out.findings));
    let mut people = People::new(manifest.head, estate, &repo.scope);
    access::expand(&repo, estate, &mut people, &mut out);
    let mut secrets = Secrets::new(manifest.head, estate);
    content::expand(&repo, &mut people, &mut secrets, &mut out);
    protect_by_type(&repo, &mut people, &mut out);
    let (users, said) = people.finish();
    out.resources.extend(users);
    out.findings.extend(said);
    out.findings.append(&mut secrets.findings);
    collections(&repo, &mut out);
    out
}

fn repository(repo: &Repo<'_>, findings: &mut Vec<Finding>) -> Option<Desired> {
    let model = match Repositories::normalise(wanted::model(repo)) {
        Ok(model) => model,
        Err(wrong) => {
            tell(repo.manifest.head, wrong, "/spec", findings);
            return None;
        }
    };
    let mut desired = repo.manifest.desired(&REPOSITORY, &[], repo.scope.clone(), model.to_fields());
    desired.defaults = wanted::defaults(repo);
    desired.adopt = repo.manifest.lifecycle.adopt.clone().map_or(Adopt::No, Adopt::Id);
    if checks::must_be_private(repo) {
        desired.hints.insert(SmolStr::new_static("mustBePrivate"), Datum::Bool(true));
    }
    Some(desired)
}

fn collections(repo: &Repo<'_>, out: &mut Expansion) {
    let access = repo.settings.access.ownership.into();
    let all = [(TEAM_GRANT, access), (COLLABORATOR, access), (LABEL, repo.settings.labels.ownership.into())];
    out.collections.extend(all.into_iter().map(|(member, ownership)| Collection {
        container: repo.address.clone(),
        member,
        ownership,
        ignore: Vec::new(),
    }));
}
