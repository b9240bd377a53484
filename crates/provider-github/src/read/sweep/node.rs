//! Looking into GraphQL's answers: a value, absent, or hidden.
//!
//! Where an error names a path, the `null` that stands there (or at the nearest parent) is marked as
//! hidden before anything is read, so that nobody takes it for absent.

use aplomo_core::fields::Sight;
use serde_json::{Value, json};
use smol_str::SmolStr;

const MARK: &str = "$hidden";

/// Marks what errors point at; returns errors that point nowhere.
pub(crate) fn mark_hidden(data: &mut Value, errors: &[Value]) -> Vec<String> {
    let mut nowhere = Vec::new();
    for error in errors {
        let message = error["message"].as_str().unwrap_or("GitHub gives no reason");
        let path = error["path"].as_array().map(Vec::as_slice).unwrap_or_default();
        if path.is_empty() || !mark(data, path, message) {
            nowhere.push(message.to_owned());
        }
    }
    nowhere
}

fn mark(data: &mut Value, path: &[Value], message: &str) -> bool {
    let mut at = data;
    for part in path {
        if at.is_null() {
            break;
        }
        let next = match part {
            Value::String(key) => at.get_mut(key),
            Value::Number(index) => index.as_u64().and_then(|i| at.get_mut(usize::try_from(i).ok()?)),
            _ => None,
        };
        let Some(next) = next else { return false };
        at = next;
    }
    if at.is_null() {
        *at = json!({ MARK: message });
    }
    at.get(MARK).is_some()
}

/// Why a value is hidden; `None` where it is not.
pub(crate) fn hidden(value: &Value) -> Option<&str> {
    value.get(MARK).and_then(Value::as_str)
}

/// A field: hidden where it was not answered, absent where it is null.
pub(crate) fn sight<T>(node: &Value, key: &str, read: impl Fn(&Value) -> Option<T>) -> Sight<T> {
    match node.get(key) {
        None => Sight::Hidden,
        Some(value) if hidden(value).is_some() => Sight::Hidden,
        Some(Value::Null) => Sight::Absent,
        Some(value) => read(value).map_or(Sight::Hidden, Sight::Value),
    }
}

/// A text; absent where it is empty.
pub(crate) fn text(node: &Value, key: &str) -> Sight<String> {
    match sight(node, key, |v| v.as_str().map(str::to_owned)) {
        Sight::Value(text) if text.is_empty() => Sight::Absent,
        other => other,
    }
}

/// A word, in lower case where it is one of GitHub's.
pub(crate) fn lower(node: &Value, key: &str) -> Sight<SmolStr> {
    sight(node, key, |v| v.as_str().map(|t| SmolStr::new(t.to_lowercase())))
}

/// A word as it is.
pub(crate) fn word(node: &Value, key: &str) -> Sight<SmolStr> {
    sight(node, key, |v| v.as_str().map(SmolStr::new))
}

/// A flag.
pub(crate) fn flag(node: &Value, key: &str) -> Sight<bool> {
    sight(node, key, Value::as_bool)
}

/// A number.
pub(crate) fn number(node: &Value, key: &str) -> Sight<u32> {
    sight(node, key, |v| v.as_u64().and_then(|n| u32::try_from(n).ok()))
}

/// A numeric id as text.
pub(crate) fn id(node: &Value, key: &str) -> Option<String> {
    node[key].as_u64().map(|id| id.to_string())
}

/// A field, out of its object; null where it is not there.
pub(crate) fn take(value: &mut Value, key: &str) -> Value {
    value.get_mut(key).map_or(Value::Null, Value::take)
}

/// A text that has to be there.
pub(crate) fn must<'v>(node: &'v Value, key: &str) -> Option<&'v str> {
    node[key].as_str()
}

/// The items of a list, those that are null or hidden left out; `Err` where the list itself is hidden.
/// The flag says whether all items could be seen.
pub(crate) fn items<'v>(node: &'v Value, key: &str) -> Result<(Vec<&'v Value>, bool), String> {
    let list = node.get(key).ok_or_else(|| format!("GitHub did not answer `{key}`"))?;
    if let Some(why) = hidden(list) {
        return Err(why.to_owned());
    }
    let all = ["nodes", "edges"].iter().find_map(|field| list[*field].as_array());
    let Some(all) = all else {
        return Err(format!("our credentials may not see `{key}`"));
    };
    let seen: Vec<&Value> = all.iter().filter(|item| !item.is_null() && hidden(item).is_none()).collect();
    // A list that says that there is more, and of which no more could be read.
    let complete = seen.len() == all.len() && list["pageInfo"]["hasNextPage"] != true;
    Ok((seen, complete))
}

/// The items of a list that is always told.
pub(crate) fn plain<'v>(node: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    node[key].as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_error_points_at_is_hidden_and_not_absent() {
        let mut data = json!({"organization": {"repositories": {"nodes": [
            {"name": "a", "collaborators": null}, null, {"name": "c", "description": null}]}}});
        let errors = [
            json!({"type": "FORBIDDEN", "path": ["organization", "repositories", "nodes", 0, "collaborators"], "message": "Resource not accessible"}),
            json!({"path": ["organization", "repositories", "nodes", 1, "id"], "message": "gone up"}),
            json!({"message": "somewhere"}),
        ];
        assert_eq!(mark_hidden(&mut data, &errors), ["somewhere"]);
        let repositories = &data["organization"];
        let (seen, complete) = items(repositories, "repositories").unwrap();
        assert!(!complete && seen.len() == 2);
        assert_eq!(items(seen[0], "collaborators").unwrap_err(), "Resource not accessible");
        assert_eq!(text(seen[0], "collaborators"), Sight::Hidden);
        assert_eq!(text(seen[1], "description"), Sight::Absent);
        assert_eq!(text(seen[1], "homepageUrl"), Sight::Hidden, "never asked");
    }
}
