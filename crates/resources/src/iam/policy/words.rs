//! Conditions and lists in words.

use super::condition::bare;
use super::statement::Conditions;
use crate::change::list;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// All conditions in words: `aws:multifactorauthpresent is true and …`.
pub(super) fn conditions(conditions: &Conditions) -> String {
    list(conditions.iter().map(|((operator, key), values)| one(operator, key, values)))
}

/// One condition in words.
pub(super) fn one(operator: &str, key: &str, values: &BTreeSet<SmolStr>) -> String {
    let values = choice(values);
    let if_there = if operator.ends_with("IfExists") { ", where it is there" } else { "" };
    let all = if operator.starts_with("ForAllValues:") { "every " } else { "" };
    let some = if operator.starts_with("ForAnyValue:") { "some " } else { "" };
    let verb = verb(bare(operator)).map_or_else(|| format!("fits {operator}"), str::to_owned);
    if bare(operator) == "Null" {
        let there = if values == "true" { "is not there" } else { "is there" };
        return format!("{key} {there}");
    }
    format!("{all}{some}{key} {verb} {values}{if_there}")
}

fn verb(operator: &str) -> Option<&'static str> {
    Some(match operator {
        "StringEquals" | "NumericEquals" | "DateEquals" | "Bool" | "ArnEquals" | "BinaryEquals" => "is",
        "StringNotEquals" | "NumericNotEquals" | "DateNotEquals" | "ArnNotEquals" => "is not",
        "StringEqualsIgnoreCase" => "is, in any case,",
        "StringNotEqualsIgnoreCase" => "is not, in any case,",
        "StringLike" | "ArnLike" => "is like",
        "StringNotLike" | "ArnNotLike" => "is not like",
        "NumericLessThan" => "is less than",
        "NumericLessThanEquals" => "is at most",
        "NumericGreaterThan" => "is more than",
        "NumericGreaterThanEquals" => "is at least",
        "DateLessThan" => "is before",
        "DateLessThanEquals" => "is not after",
        "DateGreaterThan" => "is after",
        "DateGreaterThanEquals" => "is not before",
        "IpAddress" => "is in",
        "NotIpAddress" => "is not in",
        _ => return None,
    })
}

/// `a`, or `a, b or c`.
fn choice(values: &BTreeSet<SmolStr>) -> String {
    let values: Vec<&str> = values.iter().map(SmolStr::as_str).collect();
    match values.as_slice() {
        [] => "one of nothing".into(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
