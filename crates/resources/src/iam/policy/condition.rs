//! Conditions in normal form: operators in their usual spelling, keys in lower case, values as texts.

use aplomo_core::Timestamp;
use smol_str::{SmolStr, ToSmolStr as _, format_smolstr};
use std::net::IpAddr;

/// The operators that AWS documents.
const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];
const SETS: [&str; 2] = ["ForAllValues:", "ForAnyValue:"];
const IF_EXISTS: &str = "IfExists";

/// The operator in its usual spelling, with its set operator and `IfExists`; one that is not known
/// here stays as it is.
pub(super) fn operator(text: &str) -> SmolStr {
    let set = SETS.into_iter().find(|set| starts_with(text, set)).unwrap_or_default();
    let rest = text.get(set.len()..).unwrap_or_default();
    let found = OPERATORS.into_iter().find_map(|name| {
        let tail = rest.get(name.len()..).filter(|_| starts_with(rest, name))?;
        let tail = if tail.is_empty() {
            Some("")
        } else {
            tail.eq_ignore_ascii_case(IF_EXISTS).then_some(IF_EXISTS)
        };
        tail.map(|tail| format_smolstr!("{set}{name}{tail}"))
    });
    found.unwrap_or_else(|| text.into())
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// The operator without its set operator and `IfExists`.
pub(super) fn bare(operator: &str) -> &str {
    let name = SETS.into_iter().find_map(|set| operator.strip_prefix(set)).unwrap_or(operator);
    name.strip_suffix(IF_EXISTS).unwrap_or(name)
}

/// A value as its operator understands it.
pub(super) fn value(operator: &str, text: &str) -> SmolStr {
    match bare(operator) {
        "Bool" | "Null" => text.to_ascii_lowercase().into(),
        "IpAddress" | "NotIpAddress" => network(text),
        name if name.starts_with("Date") => moment(text),
        _ => text.into(),
    }
}

/// A single address is a network of one.
fn network(text: &str) -> SmolStr {
    let (address, length) = text.split_once('/').map_or((text, None), |(a, l)| (a, Some(l)));
    let Ok(address) = address.parse::<IpAddr>() else { return text.into() };
    let whole = if address.is_ipv4() { "32" } else { "128" };
    format_smolstr!("{address}/{}", length.unwrap_or(whole))
}

/// A moment, written as such or as seconds of the epoch.
fn moment(text: &str) -> SmolStr {
    let epoch = || text.parse::<i64>().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    let moment = text.parse::<Timestamp>().ok().or_else(epoch);
    moment.map_or_else(|| text.into(), |moment| moment.to_smolstr())
}
