//! What is noteworthy about a role as it was seen, whoever made it.
//!
//! For drift reports; nothing here depends on a wish.

use crate::iam::arn::is_foreign;
use crate::iam::model::Role;
use crate::iam::policy::{Document, Use};
use aplomo_core::{Finding, Seen};
use smol_str::SmolStr;

/// `dangling-principal`, `external-without-id`: of a role in `account`.
#[must_use]
pub fn inspect(role: &Role<Seen>, account: &str) -> Vec<Finding> {
    let name = role.name.value().map_or("a role", SmolStr::as_str);
    let trust = role.trust.value().and_then(|text| Document::read(text, Use::Trust).ok());
    let Some(trust) = trust else { return Vec::new() };
    let mut found: Vec<Finding> = trust.dangling().map(|id| dangling(name, id)).collect();
    for statement in trust.statements.iter().filter(|s| !s.asks_for("sts:externalid")) {
        for principal in statement.trusted().filter(|p| is_foreign(p, account)) {
            let message = format!("{principal} may take the role {name} without an external id");
            let help = "ask for one, so that nobody else can make them use it for themselves";
            found.push(Finding::warning("external-without-id", message).help(help));
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
