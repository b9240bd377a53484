//! Plain values of fields: no floats by construction, so that digests are exact.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::fmt;

/// A value in normal form. Lists are sorted already where order has no meaning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Datum {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text.
    Text(SmolStr),
    /// A list, or a set in sorted order.
    List(Vec<Datum>),
    /// A structure; as the value of a field only inside lists (see `fields`) or empty.
    Map(BTreeMap<SmolStr, Datum>),
}

impl Datum {
    /// The same value as JSON.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            Self::Bool(b) => Value::Bool(*b),
            Self::Int(i) => Value::from(*i),
            Self::Text(t) => Value::String(t.to_string()),
            Self::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Self::Map(m) => Value::Object(m.iter().map(|(k, v)| (k.to_string(), v.to_json())).collect()),
        }
    }

    /// A value from JSON; `None` where it holds null or a number that is not a 64-bit integer.
    #[must_use]
    pub fn from_json(json: &serde_json::Value) -> Option<Self> {
        use serde_json::Value;
        Some(match json {
            Value::Null => return None,
            Value::Bool(b) => Self::Bool(*b),
            Value::Number(n) => Self::Int(n.as_i64()?),
            Value::String(t) => Self::Text(t.into()),
            Value::Array(items) => Self::List(items.iter().map(Self::from_json).collect::<Option<_>>()?),
            Value::Object(m) => Self::Map(
                m.iter().map(|(k, v)| Some((SmolStr::new(k), Self::from_json(v)?))).collect::<Option<_>>()?,
            ),
        })
    }

    /// The text, where it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(t) => Some(t),
            _ => None,
        }
    }
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(t) => f.write_str(t),
            other => write!(f, "{}", other.to_json()),
        }
    }
}

impl Serialize for Datum {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(b) => s.serialize_bool(*b),
            Self::Int(i) => s.serialize_i64(*i),
            Self::Text(t) => s.serialize_str(t),
            Self::List(items) => s.collect_seq(items),
            Self::Map(m) => s.collect_map(m),
        }
    }
}

impl<'de> Deserialize<'de> for Datum {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let json = serde_json::Value::deserialize(d)?;
        Self::from_json(&json).ok_or_else(|| D::Error::custom("nulls and fractions are not field values"))
    }
}

impl From<&str> for Datum {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}
impl From<i64> for Datum {
    fn from(i: i64) -> Self {
        Self::Int(i)
    }
}
impl From<bool> for Datum {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}
