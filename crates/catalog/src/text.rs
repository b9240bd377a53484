//! Values that people write as text or number and that mean one thing: fractions and seconds.
//!
//! Nothing here computes with floats: digits are read as digits.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::borrow::Cow;
use std::fmt;

/// A share between 0 and 1, in thousandths. Written `0.3`, `30%` or `1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    /// Thousandths, 0 to 1000.
    pub permille: u32,
}

/// Seconds. Written as a number, or with a unit: `90s`, `5m`, `1h`, `2d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(pub u32);

/// The longest time to live that DNS knows.
pub const MAX_TTL: u32 = 2_147_483_647;

impl Fraction {
    /// Reads `0.3`, `.25`, `1`, `30%` or `12.5%`; at most three decimals (one with `%`).
    ///
    /// # Errors
    /// What is allowed, in words.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const RULE: &str =
            "a share is written like `0.3` or `30%`, between 0 and 1, at most to the thousandth";
        let (digits, scale) = text.strip_suffix('%').map_or((text, 3), |percent| (percent.trim_end(), 1));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let decimals = decimals.trim_end_matches('0');
        if decimals.len() > scale || (whole.is_empty() && decimals.is_empty()) || whole.len() > 4 {
            return Err(RULE);
        }
        let number = format!("{whole}{decimals:0<scale$}");
        let plain = number.bytes().all(|b| b.is_ascii_digit());
        match number.parse::<u32>() {
            Ok(permille) if plain && permille <= 1000 => Ok(Self { permille }),
            _ => Err(RULE),
        }
    }
}

impl Seconds {
    /// Reads `300`, `90s`, `5m`, `1h`, `2d` or `1w`.
    ///
    /// # Errors
    /// What is allowed, in words.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const RULE: &str = "a time is seconds from 0 to 2147483647, or written like `90s`, `5m`, `1h`, `2d`";
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = match &text[digits.len()..] {
            "" | "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            "w" => 604_800,
            _ => return Err(RULE),
        };
        let plain = digits.bytes().all(|b| b.is_ascii_digit());
        let seconds = digits.parse::<u32>().ok().filter(|_| plain).and_then(|n| n.checked_mul(unit));
        seconds.filter(|s| *s <= MAX_TTL).map(Self).ok_or(RULE)
    }
}

macro_rules! from_text {
    ($name:ident, $format:literal, $schema:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Reads;
                impl Visitor<'_> for Reads {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("a number or text in the form `", $format, "`"))
                    }
                    fn visit_str<E: Error>(self, text: &str) -> Result<$name, E> {
                        $name::parse(text).map_err(E::custom)
                    }
                    fn visit_i64<E: Error>(self, number: i64) -> Result<$name, E> {
                        self.visit_str(&number.to_string())
                    }
                    fn visit_u64<E: Error>(self, number: u64) -> Result<$name, E> {
                        self.visit_str(&number.to_string())
                    }
                }
                deserializer.deserialize_any(Reads)
            }
        }
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

from_text!(
    Fraction,
    "fraction",
    json_schema!({"type": ["number", "string"], "format": "fraction", "minimum": 0, "maximum": 1,
        "pattern": "^([01]|[01]?\\.[0-9]{1,3}0*|[0-9]{1,3}(\\.[0-9]0*)?\\s*%)$"})
);
from_text!(
    Seconds,
    "seconds",
    json_schema!({"type": ["integer", "string"], "format": "seconds", "minimum": 0, "maximum": MAX_TTL,
        "pattern": "^[0-9]{1,10}[smhdw]?$"})
);

/// Checks a text by the `format` of its schema; formats not known here are not ours to check.
pub(crate) fn check_format(format: &str, text: &str) -> Result<(), String> {
    match format {
        "fraction" => Fraction::parse(text).map(drop).map_err(str::to_owned),
        "seconds" => Seconds::parse(text).map(drop).map_err(str::to_owned),
        "name" => aplomo_core::ManifestName::new(text).map(drop).map_err(|bad| format!("a name {}", bad.why)),
        "remote-id" => aplomo_core::RemoteId::new(text).map(drop).map_err(|bad| format!("an id {}", bad.why)),
        "ports" => crate::environment::Ports::parse(text).map(drop).map_err(str::to_owned),
        "digits-12" if text.len() != 12 || !text.bytes().all(|b| b.is_ascii_digit()) => {
            Err("an account id has exactly 12 digits, in quotes".to_owned())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shares_are_read_digit_by_digit() {
        for (text, permille) in
            [("0.3", 300), (".25", 250), ("1", 1000), ("30%", 300), ("12.5%", 125), ("0", 0)]
        {
            assert_eq!(Fraction::parse(text), Ok(Fraction { permille }), "{text}");
        }
        for text in ["", ".", "%", "1.001", "-0.1", "2", "0.0001", "101%", "a", "0.3 ", "٣%"] {
            assert!(Fraction::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_have_units() {
        for (text, seconds) in
            [("300", 300), ("90s", 90), ("5m", 300), ("1h", 3600), ("2d", 172_800), ("0", 0)]
        {
            assert_eq!(Seconds::parse(text), Ok(Seconds(seconds)), "{text}");
        }
        for text in ["", "m", "-1", "1.5", "5 m", "5y", "2147483648", "99999w", "+3"] {
            assert!(Seconds::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_readers(text in ".{0,12}") {
            let _ = (Fraction::parse(&text), Seconds::parse(&text));
        }
    }
}
