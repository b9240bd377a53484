//! What is noteworthy about a role as it was seen: whom one that nobody manages trusts, and what
//! others gave to one of ours. We leave alone what we did not put there, so it must be told.

use crate::change::list;
use crate::iam::arn::is_foreign;
use crate::iam::model::Role;
use crate::iam::policy::{Document, Shift, Use};
use aplomo_core::{Finding, Seen, Sight, Wanted};
use smol_str::SmolStr;

/// The policy that allows everything.
const EVERYTHING: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

fn called(role: &Role<Seen>) -> &str {
    role.name.value().map_or("a role", SmolStr::as_str)
}

/// `dangling-principal`, `anyone-trusted`, `external-without-id`: of a role in `account`.
#[must_use]
pub fn trusting(role: &Role<Seen>, account: &str) -> Vec<Finding> {
    let name = called(role);
    let trust = role.trust.value().and_then(|text| Document::read(text, Use::Trust).ok());
    let Some(trust) = trust else { return Vec::new() };
    let mut found: Vec<Finding> = trust.dangling().map(|id| dangling(name, id)).collect();
    for statement in trust.statements.iter().filter(|s| !s.asks_for("sts:externalid")) {
        for principal in statement.trusted() {
            if principal.is_anyone() && statement.conditions.is_empty() {
                let message = format!("{principal} may take the role {name}");
                let help = "name accounts, principals or an identity provider in its trust policy";
                found.push(Finding::warning("anyone-trusted", message).help(help));
            } else if is_foreign(principal, account) {
                let message = format!("{principal} may take the role {name} without an external id");
                let help = "ask for one, so that nobody else can make them use it for themselves";
                found.push(Finding::warning("external-without-id", message).help(help));
            }
        }
    }
    found
}

fn dangling(name: &str, id: &str) -> Finding {
    let message = format!("the role {name} trusts `{id}`, a role or user that was deleted");
    let help =
        "name the one that is meant now, or take it out: one of the same name made anew is not trusted";
    Finding::warning("dangling-principal", message).help(help)
}

/// `policy-not-ours`: inline policies and attachments that no manifest names, with what they give.
pub(super) fn added(role: &Role<Seen>, wanted: &Role<Wanted>) -> Vec<Finding> {
    let inline = role.inline.iter().filter(|(name, _)| !wanted.inline.contains_key(*name));
    let inline = inline.map(|(name, text)| (format!("the inline policy `{name}`"), gives(text)));
    let attached = role.attachments.keys().filter(|arn| !wanted.attachments.contains_key(*arn));
    let attached = attached.map(|arn| {
        let gives = if arn == EVERYTHING {
            "gains every action on every resource".to_owned()
        } else {
            "gains what that policy allows".to_owned()
        };
        (format!("the attached policy {arn}"), gives)
    });
    inline.chain(attached).map(|(what, gives)| not_ours(called(role), &what, &gives)).collect()
}

fn not_ours(role: &str, what: &str, gives: &str) -> Finding {
    let message = format!("the role {role} has {what}, which no manifest names: it {gives}");
    let help = "take it off the role, or write it into the manifest; Aplomo leaves alone what others added";
    Finding::warning("policy-not-ours", message).help(help)
}

/// What a document gives, as the end of a sentence about the role.
fn gives(text: &Sight<String>) -> String {
    let document = text.value().and_then(|text| Document::read(text, Use::Identity).ok());
    let Some(document) = document else { return "gains what is not understood here".to_owned() };
    let shift = Shift::between(None, Some(&document));
    list(shift.gained.into_iter().chain(shift.lost))
}
