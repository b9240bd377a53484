//! A document as typed statements in normal form.

use super::principal::Principals;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// `2008-10-17`, also where none is written: variables are plain text.
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// Allow or Deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Allows.
    Allow,
    /// Denies, whatever else allows.
    Deny,
}

/// Actions or resources: those that match one of the patterns, or all but those.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Matching {
    /// Whether all but these are meant (`NotAction`, `NotResource`).
    pub negated: bool,
    /// The patterns, none of which is covered by another.
    pub patterns: BTreeSet<SmolStr>,
}

/// Values by operator and key; all must hold, each by one of its values.
pub type Conditions = BTreeMap<(SmolStr, SmolStr), BTreeSet<SmolStr>>;

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Statement {
    /// Whether it allows.
    pub effect: Effect,
    /// Who is meant; `None` in policies of roles and users.
    pub principals: Option<Principals>,
    /// What may be done; actions in lower case.
    pub actions: Matching,
    /// With what; `None` in trust policies.
    pub resources: Option<Matching>,
    /// On which conditions.
    pub conditions: Conditions,
}

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Document {
    /// The version of the language.
    pub version: Version,
    /// The statements.
    pub statements: BTreeSet<Statement>,
}

impl Version {
    /// As written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::V2008 => "2008-10-17",
            Self::V2012 => "2012-10-17",
        }
    }
}

impl Effect {
    /// As written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

impl Matching {
    /// Whether everything is meant.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        !self.negated && self.patterns.contains("*")
    }
}
