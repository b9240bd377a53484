//! Where a Tenant names a person, and which mail addresses its contacts give them.

use super::Tenant;
use super::spec::{Contact, Role, TenantSpec};
use crate::estate::Estate;
use crate::offboard::{Mentions, Person};
use aplomo_core::ManifestName;
use smol_str::SmolStr;
use std::collections::BTreeSet;

pub(super) fn people(spec: &TenantSpec, who: &Person) -> Mentions {
    let mut found = Mentions::default();
    let theirs = |contact: &Contact| is_certain(contact, who);
    let security = |contact: &&Contact| contact.role == Role::Security;
    let watched = spec.contacts.iter().any(|c| security(&c));
    let left = spec.contacts.iter().filter(|c| !theirs(c)).any(|c| security(&c));
    for (n, contact) in spec.contacts.iter().enumerate() {
        let (at, what) = (format!("/spec/contacts/{n}"), format!("contact ({})", contact.role.as_str()));
        if theirs(contact) {
            let note = (watched && !left).then_some("the tenant has no security contact then");
            found.cut_noting(at, what, note);
        } else if let Some(why) = doubt(contact, who) {
            found.doubt(at, what, why);
        }
    }
    found
}

/// By login; by an address that is theirs where no other login stands beside it.
fn is_certain(contact: &Contact, who: &Person) -> bool {
    match &contact.github {
        Some(login) => who.is(login),
        None => address(contact).is_some_and(|email| who.emails.contains(&email)),
    }
}

fn doubt(contact: &Contact, who: &Person) -> Option<&'static str> {
    let email = address(contact)?;
    let theirs = who.emails.contains(&email) || who.perhaps.contains(&email);
    let why = match &contact.github {
        Some(_) => "it has an address of theirs and the login of somebody else",
        None => "it has an address of theirs and no login: say `--email` if the address is theirs alone",
    };
    theirs.then_some(why)
}

fn address(contact: &Contact) -> Option<SmolStr> {
    contact.email.as_ref().map(|email| email.trim().to_lowercase().into())
}

/// The addresses of contacts with the person's login, in all tenants.
pub(crate) fn emails_of(estate: &Estate<'_>, who: &Person) -> BTreeSet<SmolStr> {
    let named = estate.entries.keys().filter_map(|reference| {
        let name = ManifestName::new(reference.name.as_str()).ok()?;
        estate.get::<Tenant>(&reference.tenant, &name)
    });
    let contacts = named.flat_map(|tenant| &tenant.spec.contacts);
    let theirs = contacts.filter(|contact| contact.github.as_ref().is_some_and(|login| who.is(login)));
    theirs.filter_map(address).filter(|email| !who.emails.contains(email)).collect()
}
