//! Where the rules of a protection name a person.

use super::spec::Rules;
use crate::offboard::{Mentions, Person};

/// What the rules say of people, wherever they are said.
pub(crate) fn in_rules(who: &Person, rules: &Rules<'_>, at: &str, found: &mut Mentions) {
    let pushers = rules.allows_push.unwrap_or_default();
    found.actors(who, pushers, &format!("{at}/allowsPush"), ("may push", "nobody may push then"));
    for (n, bypass) in rules.bypass.unwrap_or_default().iter().enumerate() {
        if bypass.user.as_ref().is_some_and(|login| who.is(login)) {
            found.cut(format!("{at}/bypass/{n}"), "may pass by the protection");
        }
    }
}
