//! What the kinds of GitHub share: where things are, people and teams behind names, secrets.
//!
//! Deliberately absent: what any one kind says.

mod merge;
mod people;
mod secret;

pub(crate) use merge::{at, merged, overrides};
pub(crate) use people::{People, below, known_ids};
pub(crate) use secret::Secrets;
pub use secret::UNREADABLE as SECRET_UNREADABLE;

use crate::estate::Estate;
use crate::kind::Head;
use crate::tenant;
use aplomo_core::{Address, Finding, Reference, Scope, Wish};
use smol_str::SmolStr;

/// The scope of an organisation, with a finding where none is known.
pub(crate) fn scope(
    head: &Head<'_>,
    estate: &Estate<'_>,
    named: Option<&SmolStr>,
    findings: &mut Vec<Finding>,
) -> Scope {
    let scope = tenant::github_scope(estate, &head.reference.tenant, named);
    if scope.account.is_none() {
        let message = "it is not known which organisation this is in";
        let help = "set `spec.organization`, or `spec.github.organization` in the Tenant";
        let finding = Finding::error("no-organization", message).help(help);
        findings.push(head.finding_at(finding, "/spec"));
    }
    scope
}

/// A reference to another resource's id.
pub(crate) fn id<T>(to: &Address) -> Wish<T> {
    let reference = Reference { to: to.clone(), output: "id".into(), constraint: Default::default() };
    Wish::Reference(Box::new(reference))
}

/// Part of a JSON Pointer.
pub(crate) fn part(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Places findings of a type's normal form at a part of the manifest.
pub(crate) fn tell(head: &Head<'_>, wrong: Vec<Finding>, pointer: &str, findings: &mut Vec<Finding>) {
    findings.extend(wrong.into_iter().map(|finding| head.finding_at(finding, pointer)));
}
