//! The words of a plan: what is done, why, from which state, and what holds it back.

use crate::address::Address;
use crate::fields::SeenFields;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;
use std::fmt;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// A new object.
    Create,
    /// The object is changed.
    Update,
    /// A new object takes the place of the old one.
    Replace,
    /// The object goes.
    Delete,
    /// An existing object becomes ours; nothing else of it changes.
    Adopt,
    /// The address of an object changes; the object stays.
    Move,
    /// The object stays and is no longer ours.
    Release,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 7] =
        [Self::Create, Self::Update, Self::Replace, Self::Delete, Self::Adopt, Self::Move, Self::Release];
    /// The word, as in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Adopt => "adopt",
            Self::Move => "move",
            Self::Release => "release",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Why a field differs. Ordered from weakest to strongest: a change has the strongest of its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// Time moved.
    Schedule,
    /// The wish moved.
    Manifest,
    /// Aplomo moved: the same commit plans differently.
    Upgrade,
    /// No record of what was applied.
    Unknown,
    /// The world moved.
    Drift,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Schedule => "schedule",
            Self::Manifest => "manifest",
            Self::Upgrade => "upgrade",
            Self::Unknown => "unknown",
            Self::Drift => "drift",
        })
    }
}

/// The state before a change.
#[derive(Debug, Clone, PartialEq)]
pub enum Before {
    /// Nothing is there.
    Absent,
    /// The container, yet to be created, will bring it along.
    CreatedWith(Address),
    /// It is there, so.
    Seen(SeenFields),
}

impl Before {
    /// The fields, where something was seen.
    #[must_use]
    pub const fn fields(&self) -> Option<&SeenFields> {
        if let Self::Seen(fields) = self { Some(fields) } else { None }
    }
}

impl Serialize for Before {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => s.serialize_none(),
            Self::CreatedWith(address) => s.collect_map([("createdWith", address)]),
            Self::Seen(fields) => fields.serialize(s),
        }
    }
}

impl<'de> Deserialize<'de> for Before {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let value = serde_json::Value::deserialize(d)?;
        if value.is_null() {
            return Ok(Self::Absent);
        }
        if let Some(text) = value.get("createdWith").and_then(|v| v.as_str()) {
            return text.parse().map(Self::CreatedWith).map_err(D::Error::custom);
        }
        serde_json::from_value(value).map(Self::Seen).map_err(D::Error::custom)
    }
}

/// What holds a change back: the name of a guard, a hold or a missing lift.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HeldBy(pub SmolStr);

impl HeldBy {
    /// The guard on the number of removals; may be lifted.
    pub const GUARD_COUNT: Self = Self(SmolStr::new_static("guard:max-deletes"));
    /// The guard on the share of removals; may be lifted.
    pub const GUARD_FRACTION: Self = Self(SmolStr::new_static("guard:max-fraction"));
    /// A person's hold.
    pub const HOLD: Self = Self(SmolStr::new_static("hold"));
    /// It did not converge before.
    pub const QUARANTINE: Self = Self(SmolStr::new_static("quarantine"));
    /// It was put back to how it was, and the manifests say otherwise.
    pub const REVERTED: Self = Self(SmolStr::new_static("reverted"));
    /// Deletion was not allowed by an applied change.
    pub const PROTECTED: Self = Self(SmolStr::new_static("protected"));
    /// The collection is only observed.
    pub const OBSERVE: Self = Self(SmolStr::new_static("observe"));
    /// The tenant is frozen, or goes and this is no part of that.
    pub const TENANT_STATE: Self = Self(SmolStr::new_static("tenant-state"));
    /// The tenant's account changed and nobody accepted the move.
    pub const ACCOUNT: Self = Self(SmolStr::new_static("account-changed"));
    /// An error finding stands for its tenant.
    pub const INVALID: Self = Self(SmolStr::new_static("invalid"));
    /// What it depends on, or its pair, is held.
    pub const DEPENDENCY: Self = Self(SmolStr::new_static("dependency"));
    /// Things are in it that stay, and the service deletes it only empty.
    pub const OCCUPIED: Self = Self(SmolStr::new_static("occupied"));
    /// It would take our own access away.
    pub const OWN_ACCESS: Self = Self(SmolStr::new_static("own-access"));
    /// It would take the last administrator of what it is in.
    pub const LAST_KEEPER: Self = Self(SmolStr::new_static("last-keeper"));
    /// A freeze; it ends by itself.
    pub const FREEZE: Self = Self(SmolStr::new_static("freeze"));
    /// No window of its tenant or environment is open; one opens by itself.
    pub const WINDOW: Self = Self(SmolStr::new_static("window"));
    /// The source's history was rewritten.
    pub const SOURCE: Self = Self(SmolStr::new_static("source-held"));

    /// Whether an approval may lift it by name.
    #[must_use]
    pub fn liftable(&self) -> bool {
        self.0.starts_with("guard:")
    }

    /// Whether it ends by itself: what it holds may be approved, and is applied when it is over.
    #[must_use]
    pub fn passes(&self) -> bool {
        *self == Self::FREEZE || *self == Self::WINDOW
    }
}

impl fmt::Display for HeldBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
