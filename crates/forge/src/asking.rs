//! Who may ask: who opened a pull request and everybody who pushed to it must be a contact of each tenant that it
//! touches, or of the operator's. By immutable id; by the base branch's Tenant manifest as far as that was applied.
//!
//! Deliberately absent: finding out who they are.

use crate::view::Note;
use aplomo_core::safety::{ContactPolicy, TenantPolicy};
use aplomo_core::{DesiredState, TenantName, safety::Recorded};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// Somebody on GitHub.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Somebody {
    /// The login of now.
    pub login: SmolStr,
    /// The immutable id.
    pub id: u64,
    /// The id that the login had when it was first met here.
    pub first_id: u64,
}

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Opened it.
    Author,
    /// Pushed to it.
    Pusher,
}

/// Why these people may not ask for changes of these tenants; empty where they may.
#[must_use]
pub fn objections(
    people: &[(Somebody, Part)],
    tenants: &BTreeSet<TenantName>,
    base: &DesiredState,
    recorded: &Recorded,
) -> BTreeSet<Note> {
    let mut notes = BTreeSet::new();
    for tenant in tenants {
        for (person, part) in people {
            notes.extend(objection(person, *part, tenant, base, recorded));
        }
    }
    notes
}

fn objection(
    person: &Somebody,
    part: Part,
    tenant: &TenantName,
    base: &DesiredState,
    recorded: &Recorded,
) -> Option<Note> {
    let platform = TenantName::known(TenantName::PLATFORM);
    let contact = [tenant, &platform].into_iter().find_map(|of| contact(person, of, base, recorded));
    let login = person.login.clone();
    let Some(contact) = contact else {
        return Some(match part {
            Part::Author => Note::AuthorMayNotAsk { login, tenant: tenant.clone() },
            Part::Pusher => Note::PusherMayNotAsk { login, tenant: tenant.clone() },
        });
    };
    // A manifest that names the id says whom it means; a login alone means whom it meant when it was first met.
    let other = contact.id.is_none() && person.first_id != person.id;
    other.then(|| Note::LoginChangedHands { login, tenant: tenant.clone() })
}

/// The contact that somebody is: in the base, and where anything was applied, in that as well. Who was added counts
/// once that was applied; who was taken out counts no more at once.
fn contact<'a>(
    person: &Somebody,
    tenant: &TenantName,
    base: &'a DesiredState,
    recorded: &Recorded,
) -> Option<&'a ContactPolicy> {
    let wished = named(person, base.tenants.get(tenant)?)?;
    match recorded.policies.get(tenant) {
        Some(applied) => named(person, applied).map(|_| wished),
        None => Some(wished),
    }
}

fn named<'a>(person: &Somebody, policy: &'a TenantPolicy) -> Option<&'a ContactPolicy> {
    let may = |c: &&ContactPolicy| c.role.may_ask() && c.is(&person.login, person.id);
    policy.contacts.iter().find(may)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::safety::ContactRole;

    fn acme() -> TenantName {
        TenantName::new("acme").unwrap()
    }
    fn somebody(login: &str, id: u64) -> Somebody {
        Somebody { login: login.into(), id, first_id: id }
    }
    fn policy(tenant: &TenantName, contacts: &[(&str, Option<u64>, ContactRole)]) -> TenantPolicy {
        let contacts = contacts.iter().map(|(login, id, role)| ContactPolicy {
            name: (*login).into(),
            login: Some((*login).into()),
            id: *id,
            role: *role,
        });
        TenantPolicy { contacts: contacts.collect(), ..TenantPolicy::protected(tenant.clone()) }
    }
    fn base(policies: Vec<TenantPolicy>) -> DesiredState {
        let tenants = policies.into_iter().map(|p| (p.name.clone(), p)).collect();
        DesiredState { tenants, ..DesiredState::default() }
    }
    fn ask(who: Somebody, base: &DesiredState, recorded: &Recorded) -> BTreeSet<Note> {
        objections(&[(who, Part::Author)], &BTreeSet::from([acme()]), base, recorded)
    }

    #[test]
    fn a_contact_of_the_tenant_or_the_operator_may_ask_and_nobody_else() {
        let platform = TenantName::known(TenantName::PLATFORM);
        let base = base(vec![
            policy(&acme(), &[("ana", None, ContactRole::Requester), ("sec", None, ContactRole::Security)]),
            policy(&platform, &[("olga", None, ContactRole::Technical)]),
        ]);
        let recorded = Recorded::default();
        for may in ["ana", "ANA", "olga"] {
            assert!(ask(somebody(may, 1), &base, &recorded).is_empty(), "{may}");
        }
        for may_not in ["sec", "eve"] {
            let note = Note::AuthorMayNotAsk { login: may_not.into(), tenant: acme() };
            assert_eq!(ask(somebody(may_not, 2), &base, &recorded), BTreeSet::from([note]));
        }
    }

    #[test]
    fn who_is_named_by_id_is_known_under_any_login_and_a_login_that_changed_hands_is_not() {
        let base = base(vec![policy(
            &acme(),
            &[("ana", Some(7), ContactRole::Requester), ("ben", None, ContactRole::Requester)],
        )]);
        let recorded = Recorded::default();
        assert!(ask(somebody("ana-renamed", 7), &base, &recorded).is_empty());
        assert!(!ask(somebody("ana", 8), &base, &recorded).is_empty());
        let taken_over = Somebody { login: "ben".into(), id: 9, first_id: 4 };
        let note = Note::LoginChangedHands { login: "ben".into(), tenant: acme() };
        assert_eq!(ask(taken_over, &base, &recorded), BTreeSet::from([note]));
    }

    #[test]
    fn who_is_added_counts_once_applied_and_who_is_taken_out_counts_no_more() {
        let both = [("ana", None, ContactRole::Requester), ("ben", None, ContactRole::Requester)];
        let applied = |contacts| Recorded {
            policies: [(acme(), policy(&acme(), contacts))].into(),
            ..Recorded::default()
        };
        let wished = base(vec![policy(&acme(), &both)]);
        assert!(!ask(somebody("ben", 2), &wished, &applied(&both[..1])).is_empty());
        let wished = base(vec![policy(&acme(), &both[..1])]);
        assert!(!ask(somebody("ben", 2), &wished, &applied(&both)).is_empty());
        assert!(ask(somebody("ana", 1), &wished, &applied(&both)).is_empty());
    }
}
