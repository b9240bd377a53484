//! Ports and peers as people write them.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use smol_str::SmolStr;
use std::borrow::Cow;
use std::fmt;

/// Where something comes from or goes to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a block like `10.0.0.0/16`, `self`, `{securityGroup: name}` or `{prefixList: name}` is wanted"
)]
pub enum Peer {
    /// A block, or `self` for the group itself.
    Text(SmolStr),
    /// A security group.
    #[serde(rename_all = "camelCase")]
    Group(GroupPeer),
    /// A prefix list.
    #[serde(rename_all = "camelCase")]
    List(ListPeer),
}

/// A security group.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupPeer {
    /// The name of a security group of this manifest, or the id of another.
    pub security_group: SmolStr,
}

/// A prefix list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListPeer {
    /// The name of a prefix list of this manifest, or the id of another.
    pub prefix_list: SmolStr,
}

/// A port, a range, all, or an ICMP type with its code. As the service has it: first and last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    /// The first port, or the ICMP type; -1 for all.
    pub from: i32,
    /// The last port, or the ICMP code; -1 for all.
    pub to: i32,
    /// Whether it was written as type and code.
    pub code: bool,
}

impl Ports {
    /// Reads `443`, `8000-8100`, `3/4` or `all`.
    ///
    /// # Errors
    /// What is allowed, in words.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const RULE: &str = "ports are written like `443`, `8000-8100` or `all`, from 0 to 65535";
        let number = |part: &str| {
            let part = part.trim();
            let plain = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            part.parse::<u16>().ok().filter(|_| plain).map(i32::from).ok_or(RULE)
        };
        if text.trim().eq_ignore_ascii_case("all") {
            return Ok(Self { from: -1, to: -1, code: false });
        }
        if let Some((kind, code)) = text.split_once('/') {
            return Ok(Self { from: number(kind)?, to: number(code)?, code: true });
        }
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        let ports = Self { from: number(from)?, to: number(to)?, code: false };
        if ports.from <= ports.to {
            Ok(ports)
        } else {
            Err("the first port of a range is not above the last")
        }
    }
}

impl<'de> Deserialize<'de> for Ports {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reads;
        impl Visitor<'_> for Reads {
            type Value = Ports;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a port, a range like `8000-8100` or `all`")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Ports, E> {
                Ports::parse(text).map_err(E::custom)
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Ports, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Ports, E> {
                self.visit_str(&number.to_string())
            }
        }
        deserializer.deserialize_any(Reads)
    }
}

impl JsonSchema for Ports {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Ports".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["integer", "string"], "format": "ports", "minimum": 0, "maximum": 65535,
            "pattern": "^([0-9]{1,5}([-/][0-9]{1,5})?|[aA][lL][lL])$"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ports_are_read_as_people_write_them() {
        let read = |text| Ports::parse(text).map(|p| (p.from, p.to));
        assert_eq!(read("443"), Ok((443, 443)));
        assert_eq!(read("8000-8100"), Ok((8000, 8100)));
        assert_eq!(read("All"), Ok((-1, -1)));
        assert_eq!(read("3/4"), Ok((3, 4)));
        for text in ["", "-", "9-8", "65536", "-1", "http", "1-2-3", "+1"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in ".{0,12}") {
            let _ = Ports::parse(&text);
        }
    }
}
