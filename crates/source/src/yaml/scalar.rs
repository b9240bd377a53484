//! What a plain scalar means: the core schema of YAML 1.2.
//!
//! Deliberately absent: YAML 1.1 (`yes`, `on`, `0o` without prefix, sexagesimals) and arithmetic with floats.

use aplomo_core::node::NodeValue;
use smol_str::SmolStr;

/// The value of a plain scalar. Whole numbers beyond 64 bits keep their text as [`NodeValue::Float`].
pub(super) fn resolve(text: &str) -> NodeValue {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return NodeValue::Null,
        "true" | "True" | "TRUE" => return NodeValue::Bool(true),
        "false" | "False" | "FALSE" => return NodeValue::Bool(false),
        _ => {}
    }
    let starts_like_number =
        text.starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '-' || c == '.');
    let number = if starts_like_number { number(text) } else { None };
    number.unwrap_or_else(|| NodeValue::Text(SmolStr::new(text)))
}

fn number(text: &str) -> Option<NodeValue> {
    let float = || NodeValue::Float(SmolStr::new(text));
    let based = |digits: &str, radix: u32| {
        let ok = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
        ok.then(|| i64::from_str_radix(digits, radix).map_or_else(|_| float(), NodeValue::Int))
    };
    if let Some(digits) = text.strip_prefix("0x") {
        return based(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return based(digits, 8);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text.parse().map_or_else(|_| float(), NodeValue::Int));
    }
    let special = matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN");
    (special || is_float(unsigned)).then(float)
}

/// Digits with at most one point, at least one digit, then perhaps an exponent.
fn is_float(unsigned: &str) -> bool {
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_ok = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        !e.is_empty() && digits(e)
    });
    !(whole.is_empty() && fraction.is_empty()) && digits(whole) && digits(fraction) && exponent_ok
}

/// Whether writing this number plain loses zeros in front that may have mattered, as in an account id.
pub(super) fn loses_zeros(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    unsigned.len() > 1 && unsigned.starts_with('0') && unsigned.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match resolve(text) {
            NodeValue::Null => "null".into(),
            NodeValue::Bool(b) => format!("bool {b}"),
            NodeValue::Int(i) => format!("int {i}"),
            NodeValue::Float(t) => format!("float {t}"),
            NodeValue::Text(t) => format!("text {t}"),
            NodeValue::List(_) | NodeValue::Map(_) => "?".into(),
        }
    }

    #[test]
    fn plain_scalars_follow_the_core_schema() {
        let cases = [
            ("no", "text no"),
            ("on", "text on"),
            ("Yes", "text Yes"),
            ("true", "bool true"),
            ("~", "null"),
            ("", "null"),
            ("0755", "int 755"),
            ("0o17", "int 15"),
            ("0xFF", "int 255"),
            ("0x", "text 0x"),
            ("0x-1", "text 0x-1"),
            ("-12", "int -12"),
            ("+7", "int 7"),
            ("+", "text +"),
            ("-", "text -"),
            (".", "text ."),
            ("1_000", "text 1_000"),
            ("12:30:45", "text 12:30:45"),
            ("9223372036854775807", "int 9223372036854775807"),
            ("9223372036854775808", "float 9223372036854775808"),
            ("1.", "float 1."),
            (".5", "float .5"),
            ("1e3", "float 1e3"),
            ("1e", "text 1e"),
            ("e3", "text e3"),
            ("-.inf", "float -.inf"),
            (".nan", "float .nan"),
            ("-.nan", "text -.nan"),
            ("1.2.3.4", "text 1.2.3.4"),
            ("2026-11-23", "text 2026-11-23"),
        ];
        for (text, wanted) in cases {
            assert_eq!(shown(text), wanted, "for {text:?}");
        }
        assert!(loses_zeros("012345678901"));
        assert!(!loses_zeros("0") && !loses_zeros("10") && !loses_zeros("0.5"));
    }
}
