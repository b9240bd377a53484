//! The words of a Domain as the service writes them, and the record type as a word of the manifest.

use super::spec::{CheckType, Continent, Failover};
use aplomo_resources::route53::dns::RecordType;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::{Value, json};
use std::borrow::Cow;

/// A record type as written: one of the words that Route 53 knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeWish(pub RecordType);

impl<'de> Deserialize<'de> for TypeWish {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = Cow::<str>::deserialize(deserializer)?;
        word.parse().map(TypeWish).map_err(D::Error::custom)
    }
}

impl JsonSchema for TypeWish {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "RecordType".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let word =
            |t: RecordType| json!({"const": t.word(), "type": "string", "description": capital(t.form())});
        let words: Vec<Value> = RecordType::ALL.into_iter().map(word).collect();
        json_schema!({ "oneOf": words })
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).chain(['.']).collect()
}

impl Failover {
    /// As the service writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Primary => "PRIMARY",
            Self::Secondary => "SECONDARY",
        }
    }
}

impl Continent {
    /// As the service writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Africa => "AF",
            Self::Antarctica => "AN",
            Self::Asia => "AS",
            Self::Europe => "EU",
            Self::NorthAmerica => "NA",
            Self::Oceania => "OC",
            Self::SouthAmerica => "SA",
        }
    }
}

impl CheckType {
    /// As the service writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
            Self::HttpStrMatch => "HTTP_STR_MATCH",
            Self::HttpsStrMatch => "HTTPS_STR_MATCH",
            Self::Tcp => "TCP",
        }
    }
}
