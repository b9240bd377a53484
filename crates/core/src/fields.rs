//! The normal form of a resource as the planner sees it: a sorted list of paths with their values.
//!
//! Structures are flattened to JSON Pointers (`/alias/target`), so the generic diff compares path by
//! path and never by position. Only lists stay whole; a list whose order has no meaning is sorted.

use crate::datum::Datum;
use crate::reference::Reference;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};
use std::fmt;

mod json;

/// A JSON Pointer to a field, e.g. `/ttl` or `/tags/cost~1centre`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldPath(SmolStr);

impl FieldPath {
    /// A path known at compile time; begins with `/`.
    #[must_use]
    pub const fn known(path: &'static str) -> Self {
        Self(SmolStr::new_static(path))
    }
    /// A path from text.
    #[must_use]
    pub fn new(path: &str) -> Self {
        Self(path.into())
    }
    /// The path one level down; the part is escaped as RFC 6901 says.
    #[must_use]
    pub fn child(&self, part: &str) -> Self {
        Self(format_smolstr!("{}/{}", self.0, part.replace('~', "~0").replace('/', "~1")))
    }
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Whether the path lies below the other.
    #[must_use]
    pub fn is_below(&self, other: &Self) -> bool {
        self.0.strip_prefix(other.0.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
impl fmt::Debug for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0.as_str())
    }
}

/// A keyed fingerprint of a secret: `keyId:mac`. The secret itself never comes this far.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub SmolStr);

impl Fingerprint {
    /// Which key it was made with. Only fingerprints of one key can be compared.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.0.split_once(':').map_or("", |(key, _)| key)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What a manifest wishes of one field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Wish<T = Datum> {
    /// Nothing: not compared, not written.
    #[default]
    LeftAlone,
    /// The field shall not be there.
    Absent,
    /// The field shall have this value.
    Value(T),
    /// The field shall have the value of another resource's output.
    Reference(Box<Reference>),
    /// The field shall hold the secret with this fingerprint.
    Secret(Fingerprint),
}

/// What was seen of one field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Sight<T = Datum> {
    /// It has this value.
    Value(T),
    /// It is not there.
    #[default]
    Absent,
    /// Our credentials may not see it; it may be anything.
    Hidden,
}

impl<T> Wish<T> {
    /// The value, where one is wished literally.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(v) => Some(v),
            _ => None,
        }
    }
}

impl<T> Sight<T> {
    /// The value, where one was seen.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(v) => Some(v),
            _ => None,
        }
    }
}

/// Fields by path, sorted, each path once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields<T>(Vec<(FieldPath, T)>);

impl<T> Default for Fields<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> FromIterator<(FieldPath, T)> for Fields<T> {
    fn from_iter<I: IntoIterator<Item = (FieldPath, T)>>(entries: I) -> Self {
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries.dedup_by(|later, first| later.0 == first.0);
        // A plan holds hundreds of thousands of these for as long as it lives.
        entries.shrink_to_fit();
        Self(entries)
    }
}

impl<T> Fields<T> {
    /// The field at a path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&T> {
        self.0.binary_search_by(|(p, _)| p.as_str().cmp(path)).ok().map(|i| &self.0[i].1)
    }
    /// All fields in the order of their paths.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&FieldPath, &T)> + Clone {
        self.0.iter().map(|(p, v)| (p, v))
    }
    /// Puts a field, in the place of what was there.
    pub fn set(&mut self, path: FieldPath, value: T) {
        match self.0.binary_search_by(|(p, _)| p.cmp(&path)) {
            Ok(i) => self.0[i].1 = value,
            Err(i) => self.0.insert(i, (path, value)),
        }
    }
    /// Takes a field away.
    pub fn remove(&mut self, path: &str) -> Option<T> {
        self.0.binary_search_by(|(p, _)| p.as_str().cmp(path)).ok().map(|i| self.0.remove(i).1)
    }
    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there is no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Fields as wished.
pub type WantedFields = Fields<Wish>;
/// Fields as seen.
pub type SeenFields = Fields<Sight>;

impl Fields<Sight> {
    /// The value seen at a path.
    #[must_use]
    pub fn value(&self, path: &str) -> Option<&Datum> {
        self.get(path).and_then(Sight::value)
    }
    /// The text seen at a path.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.value(path).and_then(Datum::as_text)
    }
}

impl Fields<Wish> {
    /// The value wished at a path, where it is literal.
    #[must_use]
    pub fn value(&self, path: &str) -> Option<&Datum> {
        self.get(path).and_then(Wish::value)
    }
    /// The text wished at a path, where it is literal.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.value(path).and_then(Datum::as_text)
    }
    /// Every reference with its path.
    pub fn references(&self) -> impl Iterator<Item = (&FieldPath, &Reference)> {
        self.iter().filter_map(|(path, wish)| match wish {
            Wish::Reference(r) => Some((path, &**r)),
            _ => None,
        })
    }
}
