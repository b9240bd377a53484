//! From JSON to typed statements; whatever is not understood is refused and named.

use super::condition;
use super::pattern::{essential, tidy};
use super::principal::{Principal, PrincipalKind, Principals};
use super::statement::{Conditions, Document, Effect, Matching, Statement, Version};
use super::{Malformed, Use, json};
use serde_json::{Map, Value};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// More than AWS could ever take; what is compared pairwise must end.
const MOST_STATEMENTS: usize = 500;
const MOST_ENTRIES: usize = 1_000;

type Read<T> = Result<T, Malformed>;

fn wrong<T>(place: &str, why: impl std::fmt::Display) -> Read<T> {
    Err(Malformed(format!("{place}: {why}")))
}

impl Document {
    /// Reads a document from JSON text.
    ///
    /// # Errors
    /// What is wrong and where; deep, huge and ambiguous texts are refused as well.
    pub fn read(text: &str, used: Use) -> Read<Self> {
        Self::from_json(&json::read(text)?, used)
    }

    /// Reads a document that was taken apart already.
    ///
    /// # Errors
    /// As [`Document::read`].
    pub fn from_json(value: &Value, used: Use) -> Read<Self> {
        let Value::Object(map) = value else {
            return wrong("the document", "it is a mapping with `Statement`");
        };
        known("the document", map, &["Version", "Id", "Statement"])?;
        let version = match map.get("Version").map(Value::as_str) {
            None | Some(Some("2008-10-17")) => Version::V2008,
            Some(Some("2012-10-17")) => Version::V2012,
            Some(_) => return wrong("Version", "it is `2012-10-17`, or `2008-10-17` for old documents"),
        };
        let listed = match map.get("Statement") {
            Some(Value::Array(items)) if items.is_empty() => return wrong("Statement", "it is empty"),
            Some(Value::Array(items)) if items.len() > MOST_STATEMENTS => {
                return wrong("Statement", format!("more than {MOST_STATEMENTS} statements are not read"));
            }
            Some(Value::Array(items)) => items.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => return wrong("the document", "`Statement` is missing"),
        };
        let statements =
            listed.iter().enumerate().map(|(n, one)| statement(&format!("Statement[{n}]"), one, used));
        Ok(Self { version, statements: statements.collect::<Read<_>>()? })
    }
}

fn known(place: &str, map: &Map<String, Value>, fields: &[&str]) -> Read<()> {
    match map.keys().find(|key| !fields.contains(&key.as_str())) {
        Some(key) => wrong(place, format!("`{}` is none of {}", key.escape_debug(), fields.join(", "))),
        None => Ok(()),
    }
}

const FIELDS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

fn statement(place: &str, value: &Value, used: Use) -> Read<Statement> {
    let Value::Object(map) = value else { return wrong(place, "it is a mapping with `Effect` and `Action`") };
    known(place, map, &FIELDS)?;
    let effect = match map.get("Effect").and_then(Value::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return wrong(place, "`Effect` is `Allow` or `Deny`"),
    };
    let Some(actions) = matching(place, map, ("Action", "NotAction"), |text| text.to_ascii_lowercase())?
    else {
        return wrong(place, "`Action` or `NotAction` is missing");
    };
    let resources = matching(place, map, ("Resource", "NotResource"), str::to_owned)?;
    let principals = principals(place, map, used)?;
    match (used, principals.is_some(), resources.is_some()) {
        (Use::Identity, true, _) => wrong(place, "a policy of a role or user names no principal"),
        (Use::Trust, _, true) => wrong(place, "a trust policy names no resource"),
        (Use::Trust | Use::Resource, false, _) => wrong(place, "`Principal` is missing"),
        (Use::Identity | Use::Resource, _, false) => wrong(place, "`Resource` is missing"),
        _ => Ok(Statement { effect, principals, actions, resources, conditions: conditions(place, map)? }),
    }
}

/// One of two fields that exclude each other, and whether it is the negated one.
fn either<'a>(
    place: &str,
    map: &'a Map<String, Value>,
    (plain, not): (&str, &str),
) -> Read<Option<(bool, &'a Value)>> {
    match (map.get(plain), map.get(not)) {
        (Some(_), Some(_)) => wrong(place, format!("`{plain}` and `{not}` exclude each other")),
        (Some(value), None) => Ok(Some((false, value))),
        (None, Some(value)) => Ok(Some((true, value))),
        (None, None) => Ok(None),
    }
}

fn matching(
    place: &str,
    map: &Map<String, Value>,
    names: (&str, &str),
    normal: impl Fn(&str) -> String,
) -> Read<Option<Matching>> {
    let Some((negated, value)) = either(place, map, names)? else { return Ok(None) };
    let name = if negated { names.1 } else { names.0 };
    let texts = texts(&format!("{place}.{name}"), value)?;
    let patterns = texts.iter().map(|text| tidy(&normal(text))).collect();
    Ok(Some(Matching { negated, patterns: essential(patterns) }))
}

/// A text or a list of texts, none of them empty.
fn texts<'a>(place: &str, value: &'a Value) -> Read<Vec<&'a str>> {
    let items = match value {
        Value::Array(items) if items.len() > MOST_ENTRIES => {
            return wrong(place, format!("more than {MOST_ENTRIES} entries are not read"));
        }
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let texts: Option<Vec<&str>> = items.iter().map(|item| item.as_str().filter(|t| !t.is_empty())).collect();
    match texts {
        Some(texts) if !texts.is_empty() => Ok(texts),
        _ => wrong(place, "it is a text or a list of texts, and none is empty"),
    }
}

fn principals(place: &str, map: &Map<String, Value>, used: Use) -> Read<Option<Principals>> {
    let Some((negated, value)) = either(place, map, ("Principal", "NotPrincipal"))? else { return Ok(None) };
    let mut who = BTreeSet::new();
    match value {
        Value::String(text) if text == "*" => drop(who.insert(Principal::Everyone)),
        Value::Object(kinds) if !kinds.is_empty() => {
            for (word, value) in kinds {
                let place = format!("{place}.Principal.{}", word.escape_debug());
                let Some(kind) = PrincipalKind::of(word) else {
                    return wrong(
                        &place,
                        "the sorts of principals are AWS, CanonicalUser, Federated and Service",
                    );
                };
                for text in texts(&place, value)? {
                    who.insert(Principal::new(kind, text)?);
                }
            }
        }
        _ => return wrong(place, "`Principal` is `*`, or a mapping like `{\"AWS\": \"123456789012\"}`"),
    }
    Ok(Some(Principals { negated, who }.tidy(used)))
}

fn conditions(place: &str, map: &Map<String, Value>) -> Read<Conditions> {
    let mut all = Conditions::new();
    let place = format!("{place}.Condition");
    let operators = match map.get("Condition") {
        None => return Ok(all),
        Some(Value::Object(operators)) => operators,
        Some(_) => return wrong(&place, "it is a mapping of operators"),
    };
    for (word, keys) in operators {
        let operator = condition::operator(word);
        let Value::Object(keys) = keys else {
            return wrong(&place, format!("`{}` holds a mapping of keys", word.escape_debug()));
        };
        for (key, values) in keys {
            let values = scalars(&format!("{place}.{}.{}", word.escape_debug(), key.escape_debug()), values)?;
            let values = values.iter().map(|text| condition::value(&operator, text)).collect();
            let entry = (operator.clone(), SmolStr::from(key.to_ascii_lowercase()));
            // Two spellings of one key would have to hold both; their values must not fall together.
            if all.insert(entry, values).is_some() {
                return wrong(&place, format!("`{}` is there twice, spelt differently", key.escape_debug()));
            }
        }
    }
    if all.len() > MOST_ENTRIES {
        return wrong(&place, format!("more than {MOST_ENTRIES} conditions are not read"));
    }
    Ok(all)
}

/// Values of a condition: texts, truth values and numbers, alone or in a list.
fn scalars(place: &str, value: &Value) -> Read<Vec<String>> {
    let one = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        _ => wrong(place, "a value is a text, a number, `true` or `false`"),
    };
    match value {
        Value::Array(items) if items.len() > MOST_ENTRIES => {
            wrong(place, format!("more than {MOST_ENTRIES} values are not read"))
        }
        Value::Array(items) => items.iter().map(one).collect(),
        value => one(value).map(|value| vec![value]),
    }
}
