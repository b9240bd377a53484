//! Manifests for what is on GitHub: Repository, Team, BranchProtection.
//!
//! What was seen is written; what was hidden, or what a manifest has no word for, is left alone and noted.
//! Deliberately absent: RepositoryType. Which repositories are of a kind is for the operator to say.

mod access;
mod content;
mod protection;
mod repository;
mod team;

pub(super) use protection::{classic_manifest, no_classic, no_ruleset, ruleset_manifest};
pub(super) use repository::repository_manifest;
pub(super) use team::team_manifest;

use super::tree::Fields;
use super::yaml::scalar;
use super::{Imported, Options};
use aplomo_core::{Observed, Sight};

/// The manifest around a spec.
fn finish(
    kind: &str,
    (object, what): (&Observed, &str),
    options: &Options,
    spec: &Fields,
    notes: Vec<String>,
) -> Imported {
    let (name, tenant) = (scalar(options.name.as_str()), scalar(options.tenant.as_str()));
    let mut yaml = format!(
        "# Imported from the {what} {}.\napiVersion: aplomo/v1\nkind: {kind}\nmetadata:\n  name: {name}\n  tenant: {tenant}\n",
        object.id
    );
    if options.adopt {
        yaml.push_str(&format!("lifecycle:\n  adopt: {}\n", scalar(object.id.as_str())));
    }
    yaml.push_str(&if spec.is_empty() {
        "spec: {}\n".to_owned()
    } else {
        format!("spec:\n{}", spec.block(2))
    });
    Imported { yaml, notes, ..Imported::default() }
}

/// Notes which fields could not be seen, so that they are left alone.
fn hidden(notes: &mut Vec<String>, what: &str, fields: &[&str]) {
    if !fields.is_empty() {
        notes.push(format!("{what}: {} could not be seen and is left alone", fields.join(", ")));
    }
}

/// Whether nobody let us see.
const fn is_hidden<T>(sight: &Sight<T>) -> bool {
    matches!(sight, Sight::Hidden)
}
