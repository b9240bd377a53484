//! The canonical text of a document: what is compared, shown and sent.

use super::principal::{Principal, Principals};
use super::statement::{Document, Matching, Statement};
use serde_json::{Map, Value, json};
use smol_str::SmolStr;
use std::fmt;

impl Document {
    /// The canonical text; keys are sorted, a list of one is its value.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.to_json().to_string()
    }

    /// The canonical form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let statements: Vec<Value> = self.statements.iter().map(Statement::to_json).collect();
        json!({ "Version": self.version.word(), "Statement": statements })
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl Statement {
    fn to_json(&self) -> Value {
        let mut map = Map::new();
        map.insert("Effect".into(), self.effect.word().into());
        if let Some(principals) = &self.principals {
            map.insert(named("Principal", principals.negated), who(principals));
        }
        let actions: Vec<SmolStr> = self.actions.patterns.iter().map(spelled).collect();
        map.insert(named("Action", self.actions.negated), one_or_list(actions.iter()));
        if let Some(resources) = &self.resources {
            map.insert(named("Resource", resources.negated), patterns(resources));
        }
        if !self.conditions.is_empty() {
            map.insert("Condition".into(), conditions(self));
        }
        Value::Object(map)
    }
}

fn named(name: &str, negated: bool) -> String {
    if negated { format!("Not{name}") } else { name.to_owned() }
}

fn one_or_list<'a>(texts: impl ExactSizeIterator<Item = &'a SmolStr>) -> Value {
    let mut texts: Vec<Value> = texts.map(|text| text.as_str().into()).collect();
    match (texts.len(), texts.pop()) {
        (1, Some(only)) => only,
        (_, last) => Value::Array(texts.into_iter().chain(last).collect()),
    }
}

/// How trust policies are usually written. IAM does not mind, but some that imitate or check it do.
const SPELLED: [&str; 5] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetSourceIdentity",
    "sts:TagSession",
];

fn spelled(action: &SmolStr) -> SmolStr {
    let usual = SPELLED.iter().find(|usual| usual.eq_ignore_ascii_case(action));
    usual.map_or_else(|| action.clone(), |usual| SmolStr::new_static(usual))
}

fn patterns(matching: &Matching) -> Value {
    one_or_list(matching.patterns.iter())
}

fn who(principals: &Principals) -> Value {
    let mut map = Map::new();
    for principal in &principals.who {
        let Principal::Of(kind, text) = principal else { return "*".into() };
        let list = map.entry(kind.word()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(text.as_str().into());
        }
    }
    for list in map.values_mut() {
        if let Value::Array(items) = list
            && let [only] = items.as_slice()
        {
            *list = only.clone();
        }
    }
    Value::Object(map)
}

fn conditions(statement: &Statement) -> Value {
    let mut map = Map::new();
    for ((operator, key), values) in &statement.conditions {
        let keys = map.entry(operator.as_str()).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(keys) = keys {
            keys.insert(key.to_string(), one_or_list(values.iter()));
        }
    }
    Value::Object(map)
}
