//! Where the trust of an IamProfile names a person: AWS knows no logins of GitHub, so most of it is for a
//! person to judge.

use super::spec::Trust;
use crate::offboard::{Mentions, Person, names};
use smol_str::SmolStr;

pub(super) fn people(trust: &Trust, who: &Person) -> Mentions {
    let mut found = Mentions::default();
    let others = trust.principals.iter().any(|arn| !who.emails.contains(&user(arn)))
        || !(trust.accounts.is_empty() && trust.services.is_empty())
        || trust.saml.is_some()
        || trust.oidc.is_some();
    for (n, arn) in trust.principals.iter().enumerate() {
        let (at, user) = (format!("/spec/trust/principals/{n}"), user(arn));
        let what = format!("`{user}` may take the role");
        if who.emails.contains(&user) && others {
            found.cut(at, what);
        } else if who.emails.contains(&user) {
            found.doubt(at, what, "the profile trusts nobody else: remove it, or name somebody else");
        } else if names(&user, who) {
            found.doubt(at, what, "only you know whether this user of AWS is the same person");
        }
    }
    texts(trust, who, &mut found);
    found
}

/// What is compared with texts that others issue: it may mean the person, and more than them.
fn texts(trust: &Trust, who: &Person, found: &mut Mentions) {
    let why = "it may mean them: only you know what the other side writes there";
    let subjects = trust.oidc.iter().flat_map(|oidc| &oidc.subjects).enumerate();
    for (n, subject) in subjects.filter(|(_, subject)| names(subject, who)) {
        found.doubt(format!("/spec/trust/oidc/subjects/{n}"), format!("trusts `{subject}`"), why);
    }
    for operator in
        trust.conditions.iter().filter(|(_, keys)| keys.values().any(|v| names(&v.to_string(), who)))
    {
        let at = crate::github::below("/spec/trust/conditions", operator.0);
        found.doubt(at, "a condition of the trust names them", why);
    }
    if trust.document.as_ref().is_some_and(|document| names(&document.to_string(), who)) {
        found.doubt("/spec/trust/document".to_owned(), "the trust policy names them", why);
    }
}

/// What an ARN calls its user, or the session of a role.
fn user(arn: &str) -> SmolStr {
    arn.rsplit(['/', ':']).next().unwrap_or(arn).to_lowercase().into()
}
