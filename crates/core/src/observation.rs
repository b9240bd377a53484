//! Observations: what readers saw, and how much of it they could see.

use crate::datum::Datum;
use crate::fields::SeenFields;
use crate::name::{RemoteId, TypeName};
use crate::scope::Scope;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// The output that is `true` on what gives our own credentials their access: it is never taken away.
pub const OWN_ACCESS: &str = "ownAccess";

/// The ownership marks found on an object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum OwnerMark {
    /// The object's kind has marks and there is none, or it has none by nature.
    #[default]
    None,
    /// The marks could not be read: ownership unknown, nothing is written.
    Unknown,
    /// An Aplomo's mark, perhaps another installation's. Texts as found.
    Marked {
        /// The installation.
        installation: SmolStr,
        /// The tenant.
        tenant: SmolStr,
        /// The address; empty where the object was created but not yet fully marked.
        address: SmolStr,
    },
    /// Another tool's marks own it (CloudFormation, Terraform): its name.
    OtherTool(SmolStr),
}

/// One object as seen. `fields` are in the type's normal form.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// Its type.
    pub type_name: TypeName,
    /// Where it is; `container_of` is unset.
    pub scope: Scope,
    /// What the remote system calls it.
    pub id: RemoteId,
    /// Its natural key, as `Type::identity` gives it.
    pub key: Option<SmolStr>,
    /// Its marks.
    pub mark: OwnerMark,
    /// The idempotency key or caller reference it was created with, where the API tells.
    pub created_by: Option<SmolStr>,
    /// Its fields.
    pub fields: SeenFields,
    /// What others may refer to.
    pub outputs: BTreeMap<SmolStr, Datum>,
    /// Whether its container brought it along.
    pub brought_along: bool,
    /// The object exactly as read, in the provider's own form, where the normal form loses what an
    /// exact delete needs (how a TXT value was split). Opaque to all but the provider's writer.
    pub raw: Option<std::sync::Arc<str>>,
    /// What must happen outside before it is finished, in words (a validation, an invitation). It is a
    /// state and no difference.
    pub waiting: Option<String>,
}

/// How much of a type in a scope was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "coverage", content = "why")]
pub enum Coverage {
    /// All of it: absence is proven.
    Complete,
    /// At least what is listed: absence proves nothing. The reason in words.
    LowerBound(String),
    /// Nothing reliable. The reason in words, with the error code and request id.
    Failed(String),
}

impl Coverage {
    /// Whether absence is proven.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        matches!(self, Self::Complete)
    }

    /// The weaker of two readings of the same.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

/// What was read, by whom it may be trusted to be all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observation {
    /// The objects.
    pub objects: Vec<Observed>,
    /// How much was seen, per type and concrete scope. What is not listed was not looked at.
    pub coverage: BTreeMap<(TypeName, Scope), Coverage>,
    /// The services' own clock minus ours, where an answer told it: more than 60 s stops applying.
    pub skew_seconds: Option<i64>,
    /// When the reading began.
    pub at: Option<Timestamp>,
}

impl Observation {
    /// Puts another reading beside this one; of two coverages of the same the weaker counts.
    pub fn merge(&mut self, other: Self) {
        self.objects.extend(other.objects);
        for (key, coverage) in other.coverage {
            let weaker = match self.coverage.remove(&key) {
                Some(before) => before.and(coverage),
                None => coverage,
            };
            self.coverage.insert(key, weaker);
        }
        let widest = [self.skew_seconds, other.skew_seconds].into_iter().flatten().max_by_key(|s| s.abs());
        self.skew_seconds = widest;
        self.at = self.at.into_iter().chain(other.at).min();
    }

    /// The coverage of a type in a scope; `None` where nobody looked. Who read all around a container
    /// read what is in it.
    #[must_use]
    pub fn coverage_of(&self, type_name: &TypeName, scope: &Scope) -> Option<&Coverage> {
        let of = |scope: Scope| self.coverage.get(&(type_name.clone(), scope));
        of(scope.concrete()).or_else(|| of(scope.outer()))
    }
}
