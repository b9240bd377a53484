//! How many different people gave some approvals.
//!
//! Deliberately absent: whether a name is true. A claimed name is recorded as claimed; two claims
//! count as two people only if the names differ.

use super::{Actor, Approval, Known};
use std::collections::BTreeSet;

/// What one person is known by.
#[derive(Default)]
struct Person {
    names: BTreeSet<String>,
    ids: BTreeSet<String>,
}

/// The names of the different people, one for each. A rule of the configuration is nobody. Whoever
/// shares a name (letter case aside) or an immutable id with another may be the same person, so the
/// two count once: too few is the safe side.
pub(super) fn people(approvals: &[&Approval]) -> Vec<String> {
    different_people(approvals.iter().map(|a| &a.by))
}

/// As `people`, of people who did something else together.
#[must_use]
pub fn different_people<'a>(all: impl Iterator<Item = &'a Actor>) -> Vec<String> {
    let mut people: Vec<Person> = Vec::new();
    for by in all.filter(|by| by.how != Known::Policy) {
        let name = by.name.as_str().trim().to_lowercase();
        let id = if let Known::Authenticated(id) = &by.how { Some(id.to_string()) } else { None };
        let mut one = Person { names: BTreeSet::from([name]), ids: id.into_iter().collect() };
        let shares = |p: &Person| !p.names.is_disjoint(&one.names) || !p.ids.is_disjoint(&one.ids);
        let (same, others): (Vec<_>, Vec<_>) = people.into_iter().partition(shares);
        for mut known in same {
            one.names.append(&mut known.names);
            one.ids.append(&mut known.ids);
        }
        people = others;
        people.push(one);
    }
    let mut names: Vec<String> = people.into_iter().filter_map(|p| p.names.into_iter().next()).collect();
    names.sort();
    names
}
