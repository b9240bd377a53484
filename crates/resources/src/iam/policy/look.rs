//! What is noteworthy in a document: who is trusted, and what it gives without bounds.

use super::pattern::covers;
use super::principal::{Principal, PrincipalKind};
use super::statement::{Document, Effect, Statement};

impl Statement {
    /// Whether it allows every action on every resource.
    #[must_use]
    pub fn allows_everything(&self) -> bool {
        let everywhere = self.resources.as_ref().is_some_and(super::Matching::is_everything);
        self.effect == Effect::Allow && self.actions.is_everything() && everywhere
    }

    /// Whether it allows the action (in lower case) on every resource, alone or among others.
    #[must_use]
    pub fn allows_everywhere(&self, action: &str) -> bool {
        let named = self.actions.patterns.iter().any(|pattern| covers(pattern, action));
        let everywhere = self.resources.as_ref().is_some_and(super::Matching::is_everything);
        self.effect == Effect::Allow && named != self.actions.negated && everywhere
    }

    /// Whether some condition compares this key (in lower case) with values.
    #[must_use]
    pub fn asks_for(&self, key: &str) -> bool {
        self.conditions.keys().any(|(operator, k)| k == key && super::condition::bare(operator) != "Null")
    }

    /// Whom it trusts; nobody where it denies or means all but some.
    pub fn trusted(&self) -> impl Iterator<Item = &Principal> {
        let trusting = self.effect == Effect::Allow;
        let plain = self.principals.as_ref().filter(|p| trusting && !p.negated);
        plain.into_iter().flat_map(|p| &p.who)
    }
}

impl Document {
    /// Ids of deleted roles and users in the place of principals, which trust nobody any more.
    pub fn dangling(&self) -> impl Iterator<Item = &str> {
        let all = self.statements.iter().filter_map(|s| s.principals.as_ref()).flat_map(|p| &p.who);
        all.filter_map(|principal| match principal {
            Principal::Of(PrincipalKind::Aws, text) if is_unique_id(text) => Some(text.as_str()),
            _ => None,
        })
    }
}

/// Whether a text is the unique id that AWS shows where a role (`AROA…`) or user (`AIDA…`) was deleted.
#[must_use]
pub fn is_unique_id(text: &str) -> bool {
    let known = text.starts_with("AROA") || text.starts_with("AIDA");
    known && text.len() >= 16 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}
