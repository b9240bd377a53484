//! Reading wishes field by field. References are resolved before a writer sees them.

use aplomo_core::Datum;
use aplomo_core::fields::{Fingerprint, WantedFields, Wish};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is wished of one field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Want<T> {
    /// Not ours to write.
    Leave,
    /// Shall not be there.
    Clear,
    /// Shall be so.
    Set(T),
}

impl<T> Want<T> {
    /// The value, where one is wished.
    pub(crate) fn set(self) -> Option<T> {
        if let Self::Set(value) = self { Some(value) } else { None }
    }
}

/// What is wished at a path.
///
/// # Errors
/// In words, where the wish is not resolved, or is a secret where none can be.
pub(crate) fn want<'a>(fields: &'a WantedFields, path: &str) -> Result<Want<&'a Datum>, String> {
    Ok(match fields.get(path) {
        None | Some(Wish::LeftAlone) => Want::Leave,
        Some(Wish::Absent) => Want::Clear,
        Some(Wish::Value(value)) => Want::Set(value),
        Some(Wish::Reference(to)) => {
            return Err(format!("{path} still refers to {}: it was not resolved", to.to));
        }
        Some(Wish::Secret(_)) => return Err(format!("{path} is a secret, which this field cannot hold")),
    })
}

/// The secret wished at a path.
pub(crate) fn secret<'a>(fields: &'a WantedFields, path: &str) -> Option<&'a Fingerprint> {
    if let Some(Wish::Secret(fingerprint)) = fields.get(path) { Some(fingerprint) } else { None }
}

/// The texts wished below a path, by their last part, unescaped: the entries of a map.
///
/// # Errors
/// As [`want`].
pub(crate) fn entries(fields: &WantedFields, below: &str) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    for (path, _) in fields.iter() {
        let part = path.as_str().strip_prefix(below).and_then(|rest| rest.strip_prefix('/'));
        if let (Some(part), Want::Set(Datum::Text(text))) = (part, want(fields, path.as_str())?) {
            found.insert(part.replace("~1", "/").replace("~0", "~"), text.to_string());
        }
    }
    Ok(found)
}

/// The texts of a list.
pub(crate) fn texts(datum: &Datum) -> Vec<String> {
    let Datum::List(items) = datum else { return Vec::new() };
    items.iter().filter_map(|item| item.as_text().map(str::to_owned)).collect()
}

/// An id as GitHub takes it: a number.
pub(crate) fn number(id: &str) -> Value {
    id.parse::<u64>().map_or_else(|_| json!(id), |number| json!(number))
}
