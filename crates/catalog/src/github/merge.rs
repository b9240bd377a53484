//! Defaults and what overrides them, as JSON: mappings unite, lists of named things unite by name, all
//! else is taken from the one that says something.

use serde_json::{Map, Value};

/// What names the items of a list of mappings.
const KEYS: [&str; 5] = ["name", "url", "prefix", "title", "key"];

/// The defaults with everything that is said over them.
pub(crate) fn merged(defaults: Value, said: Value) -> Value {
    match (defaults, said) {
        (defaults, Value::Null) => defaults,
        (Value::Object(defaults), Value::Object(said)) => Value::Object(objects(defaults, said)),
        (Value::Array(defaults), Value::Array(said)) => lists(defaults, said),
        (_, said) => said,
    }
}

fn objects(mut defaults: Map<String, Value>, said: Map<String, Value>) -> Map<String, Value> {
    for (key, value) in said {
        let below = defaults.remove(&key).unwrap_or(Value::Null);
        defaults.insert(key, merged(below, value));
    }
    defaults
}

fn lists(defaults: Vec<Value>, said: Vec<Value>) -> Value {
    let all = || defaults.iter().chain(&said);
    let key = KEYS.into_iter().find(|key| all().all(|item| item.get(key).is_some_and(Value::is_string)));
    let Some(key) = key.filter(|_| !defaults.is_empty()) else {
        // An empty list cannot be told from one that is left out: it says nothing.
        return Value::Array(if said.is_empty() { defaults } else { said });
    };
    let mut out = defaults;
    for item in said {
        match out.iter_mut().find(|there| there.get(key) == item.get(key)) {
            Some(there) => *there = merged(there.take(), item),
            None => out.push(item),
        }
    }
    Value::Array(out)
}

/// The value at a dotted path, where it says something.
pub(crate) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let mut here = value;
    for part in path.split('.') {
        here = here.get(part)?;
    }
    says(here).then_some(here)
}

fn says(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => map.values().any(says),
        _ => true,
    }
}

/// Whether what is said says something else than the defaults.
pub(crate) fn overrides(defaults: Option<&Value>, said: &Value) -> bool {
    match (defaults, said) {
        (_, Value::Null) => false,
        (defaults, Value::Object(said)) => {
            said.iter().any(|(key, value)| overrides(defaults.and_then(|d| d.get(key)), value))
        }
        (_, Value::Array(said)) if said.is_empty() => false,
        (Some(default), said) => default != said,
        (None, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_said_wins_and_the_rest_is_inherited() {
        let defaults = json!({"merge": {"methods": ["squash"], "autoMerge": true}, "topics": ["a"],
            "environments": [{"name": "prod", "waitMinutes": 5}], "wiki": false});
        let said = json!({"merge": {"autoMerge": false, "methods": null}, "topics": ["b"],
            "environments": [{"name": "prod", "reviewers": ["team:x"]}, {"name": "dev"}], "wiki": null});
        assert_eq!(
            merged(defaults, said),
            json!({"merge": {"methods": ["squash"], "autoMerge": false}, "topics": ["b"],
                "environments": [{"name": "prod", "waitMinutes": 5, "reviewers": ["team:x"]}, {"name": "dev"}],
                "wiki": false})
        );
    }

    #[test]
    fn only_another_value_overrides() {
        let defaults = json!({"security": {"secretScanning": true}});
        assert!(!overrides(at(&defaults, "security"), &json!({"secretScanning": true, "x": null})));
        assert!(overrides(at(&defaults, "security"), &json!({"secretScanning": false})));
        assert!(overrides(at(&defaults, "merge"), &json!({"autoMerge": true})));
        assert!(!overrides(at(&defaults, "merge"), &json!({"methods": []})));
        assert_eq!(at(&json!({"a": {"b": []}}), "a"), None);
    }
}
