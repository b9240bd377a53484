//! References: a field that takes its value from another resource's output.

use crate::address::Address;
use crate::datum::Datum;
use crate::fields::FieldPath;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Points at an output of another resource. It stays symbolic in plans and digests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// The resource whose output is meant.
    pub to: Address,
    /// The output's name, e.g. `id` or `nameServers`.
    pub output: SmolStr,
    /// What the value must satisfy when it becomes known after approval.
    #[serde(default)]
    pub constraint: Constraint,
}

/// What a value unknown at approval must satisfy at the write.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "must", content = "be")]
pub enum Constraint {
    /// Any value that the named output yields.
    #[default]
    Any,
    /// A text, or a list of texts, that each end so.
    Suffix(SmolStr),
    /// A list of DNS names.
    HostNames,
}

impl Constraint {
    /// Whether the value satisfies the constraint.
    #[must_use]
    pub fn admits(&self, value: &Datum) -> bool {
        match (self, value) {
            (Self::Any, _) => true,
            (Self::Suffix(suffix), Datum::Text(t)) => t.ends_with(suffix.as_str()),
            (Self::HostNames, Datum::Text(t)) => {
                t.contains('.') && t.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
            }
            (_, Datum::List(items)) => !items.is_empty() && items.iter().all(|item| self.admits(item)),
            _ => false,
        }
    }
}

/// A reference as it stands in a change: where it is used, and what it resolved to when planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceUse {
    /// The field that holds it; `/$container` for the container of the scope.
    pub path: FieldPath,
    /// What it points at.
    #[serde(flatten)]
    pub reference: Reference,
    /// The value, where it was known when planned: at the write it must resolve to the same.
    pub resolved: Option<Datum>,
}
