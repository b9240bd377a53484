//! What a repository may not be by its type, its tenant and its own words.

use super::expand::{Repo, said};
use super::parts::{MergeMethod, Visibility};
use crate::estate::Estate;
use crate::github::{at, overrides, part};
use crate::repository_type::{naming, unknown};
use aplomo_core::{Finding, Severity};
use serde_json::Value;

/// Runs all of them.
pub(super) fn run(repo: &Repo<'_>, estate: &Estate<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(unknown_type(repo, estate));
    found.extend(misnamed(repo));
    locked(repo, &mut found);
    found.extend(public(repo));
    values(repo, &mut found);
    found.extend(merging(repo));
    found
}

/// `unknown-repository-type`.
fn unknown_type(repo: &Repo<'_>, estate: &Estate<'_>) -> Option<Finding> {
    let written = repo.manifest.spec.r#type.as_ref()?;
    let known = repo.r#type.is_some();
    let finding = unknown(estate, &repo.manifest.reference.tenant, written).filter(|_| !known)?;
    Some(repo.manifest.finding_at(finding, "/spec/type"))
}

/// `repository-naming`.
fn misnamed(repo: &Repo<'_>) -> Option<Finding> {
    let of = repo.r#type.as_ref()?;
    let why = naming::broken(&of.spec.naming, repo.name())?;
    let message = format!("`{}` is no name for a {}: {why}", repo.name(), of.reference.name);
    let help = naming::proposal(&of.spec.naming, repo.name())
        .map_or_else(|| naming::rule(&of.spec.naming), |name| format!("for example `{name}`"));
    let pointer = if repo.manifest.spec.name.is_some() { "/spec/name" } else { "/metadata/name" };
    Some(repo.manifest.finding_at(Finding::error("repository-naming", message).help(help), pointer))
}

/// `locked-field`: what the type decides.
fn locked(repo: &Repo<'_>, found: &mut Vec<Finding>) {
    let Some(of) = &repo.r#type else { return };
    let (Ok(defaults), Ok(said)) = (serde_json::to_value(&of.spec.defaults), said(repo.manifest.spec)) else {
        return;
    };
    for path in &of.spec.locked {
        let Some(own) = at(&said, path) else { continue };
        if !overrides(at(&defaults, path), own) {
            continue;
        }
        let default = match at(&defaults, path) {
            Some(value) => format!("it is {}", shown(value)),
            None => "it is left unset".to_owned(),
        };
        let message = format!("`{path}` is decided by the type {}: {default}", of.reference.name);
        let help = "take it out here; the operator decides what the type locks";
        let pointer = format!("/spec/{}", path.split('.').map(part).collect::<Vec<_>>().join("/"));
        found.push(repo.manifest.finding_at(Finding::error("locked-field", message).help(help), &pointer));
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

/// Whether the type says that it must not be public: private by default, and locked so.
pub(super) fn must_be_private(repo: &Repo<'_>) -> bool {
    repo.r#type.as_ref().is_some_and(|of| {
        let private = of.spec.defaults.visibility.is_some_and(|v| v != Visibility::Public);
        private && of.spec.locked.iter().any(|path| path == "visibility")
    })
}

/// `public-repository`: public where the type is private unless said otherwise.
fn public(repo: &Repo<'_>) -> Option<Finding> {
    let usual = repo.r#type.as_ref().and_then(|of| of.spec.defaults.visibility)?;
    let public = repo.manifest.spec.visibility == Some(Visibility::Public);
    if !public || usual == Visibility::Public || must_be_private(repo) {
        return None;
    }
    let message = format!("everybody may read it, where its type is {}", usual.as_str());
    let finding = Finding::new(Severity::Warning, "public-repository", message);
    let help = "take `visibility` out, or be sure that nothing in it or its history is secret";
    Some(repo.manifest.finding_at(finding.help(help), "/spec/visibility"))
}

/// `plain-secret`: a variable that looks like one.
fn values(repo: &Repo<'_>, found: &mut Vec<Finding>) {
    let environments = repo.settings.environments.iter().enumerate();
    let of_environments = environments.map(|(n, e)| (format!("/spec/environments/{n}"), &e.variables));
    let all = std::iter::once(("/spec/actions".to_owned(), &repo.settings.actions.variables));
    for (at, variables) in all.chain(of_environments) {
        for name in variables.keys() {
            let upper = name.to_ascii_uppercase();
            let odd = ["SECRET", "PASSWORD", "TOKEN", "PRIVATE_KEY"].iter().any(|word| upper.contains(word));
            if odd {
                let message = format!(
                    "the variable `{name}` is named like a secret, and whoever may read the repository may read it"
                );
                let help = "name a secret of the tenant under `secrets`, and rotate it if it ever stood here";
                let pointer = format!("{at}/variables/{}", part(name));
                let finding = Finding::warning("plain-secret", message).help(help);
                found.push(repo.manifest.finding_at(finding, &pointer));
            }
        }
    }
}

/// `contradiction`: ways of merging that no type of protection lets through are told there; here what
/// the settings themselves contradict.
fn merging(repo: &Repo<'_>) -> Option<Finding> {
    let methods = repo.settings.merge.methods.as_deref()?;
    let titles = &repo.settings.merge.titles;
    let squash = titles.squash.is_some() || titles.squash_message.is_some();
    if !squash || methods.contains(&MergeMethod::Squash) || methods.is_empty() {
        return None;
    }
    let message = "it says how squashes are titled, and pull requests are not squashed";
    let finding =
        Finding::warning("contradiction", message).help("add `squash` to `methods`, or take the titles out");
    Some(repo.manifest.finding_at(finding, "/spec/merge/titles"))
}
