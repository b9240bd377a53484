//! Which permissions of an App the work needs. `deploy/github` is written from this, and a test holds
//! the two together.

use crate::keys::Purpose;
use aplomo_core::TypeName;
use aplomo_resources::github::names;
use std::collections::{BTreeMap, BTreeSet};

/// A permission to write, in GitHub's words.
pub(crate) type Need = &'static str;

/// What planning looks at: all of it is asked for with `read`.
pub const READ_PERMISSIONS: &[&str] = &[
    "actions",
    "actions_variables",
    "administration",
    "contents",
    "environments",
    "issues",
    "members",
    "metadata",
    "organization_administration",
    "organization_custom_org_roles",
    "organization_custom_properties",
    "pages",
    "repository_custom_properties",
    "repository_hooks",
    "secrets",
    "vulnerability_alerts",
];

/// What writing objects of a type needs beside reading; all of it with `write`.
#[must_use]
pub fn write_permissions(type_name: &TypeName) -> &'static [Need] {
    match type_name {
        t if *t == names::REPOSITORY => &["administration", "contents", "pages", "vulnerability_alerts"],
        t if *t == names::TEAM_GRANT => &["administration", "members"],
        t if *t == names::ENVIRONMENT => &["administration", "environments"],
        t if *t == names::VARIABLE => &["actions_variables", "environments"],
        t if *t == names::SECRET => &["secrets", "environments"],
        t if *t == names::WEBHOOK => &["repository_hooks"],
        t if *t == names::LABEL => &["issues"],
        t if *t == names::CUSTOM_PROPERTY => {
            &["repository_custom_properties", "organization_custom_properties"]
        }
        t if *t == names::RULESET => &["administration", "organization_administration"],
        t if *t == names::TEAM || *t == names::TEAM_MEMBERSHIP => &["members"],
        t if *t == names::ACTIONS_SETTINGS => &["administration", "actions"],
        _ => &["administration"],
    }
}

/// What talking about pull requests needs: with `write`, and these with `read`.
pub const DESK_PERMISSIONS: (&[&str], &[&str]) =
    (&["checks", "contents", "issues", "pull_requests"], &["members", "metadata"]);

/// The permissions to ask for: what the purpose needs, as far as the installation has it. What it does not
/// have cannot be minted, and is found missing by the call that needs it.
pub(crate) fn granted(purpose: &Purpose, held: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    if *purpose == Purpose::Desk {
        let (writes, reads) = DESK_PERMISSIONS;
        let writes = writes.iter().map(|p| (*p, "write")).filter(|(p, _)| may_write(held, p));
        let reads = reads.iter().map(|p| (*p, "read")).filter(|(p, _)| held.contains_key(*p));
        return writes
            .chain(reads)
            .map(|(permission, level)| (permission.to_owned(), level.to_owned()))
            .collect();
    }
    let none = BTreeSet::new();
    let needs = if let Purpose::Write { needs, .. } = purpose { needs } else { &none };
    let reads = READ_PERMISSIONS.iter().filter(|p| held.contains_key(**p)).map(|p| (*p, "read"));
    let written = needs.iter().filter(|p| may_write(held, p)).map(|p| (*p, "write"));
    reads.chain(written).map(|(permission, level)| (permission.to_owned(), level.to_owned())).collect()
}

fn may_write(held: &BTreeMap<String, String>, permission: &str) -> bool {
    matches!(held.get(permission).map(String::as_str), Some("write" | "admin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn a_planners_token_has_no_permission_to_write_whatever_the_installation_holds() {
        let held = held(&[("administration", "write"), ("members", "write"), ("workflows", "write")]);
        let asked = granted(&Purpose::Read, &held);
        assert!(asked.values().all(|level| level == "read"));
        assert_eq!(asked.keys().collect::<Vec<_>>(), ["administration", "members"]);
    }

    #[test]
    fn a_desks_token_talks_and_manages_nothing() {
        let held = held(&[("administration", "write"), ("pull_requests", "write"), ("members", "write")]);
        let asked = granted(&Purpose::Desk, &held);
        assert_eq!(
            asked,
            [("members".to_owned(), "read".to_owned()), ("pull_requests".to_owned(), "write".to_owned())]
                .into()
        );
    }

    #[test]
    fn a_writers_token_writes_what_its_steps_need_and_no_more() {
        let held = held(&[("administration", "write"), ("members", "write"), ("issues", "read")]);
        let needs = write_permissions(&names::LABEL).iter().chain(write_permissions(&names::TEAM)).copied();
        let asked = granted(&Purpose::Write { needs: needs.collect(), repositories: None }, &held);
        assert_eq!(asked["members"], "write");
        assert_eq!(asked["administration"], "read");
        assert_eq!(asked["issues"], "read", "the installation has no more");
    }
}
