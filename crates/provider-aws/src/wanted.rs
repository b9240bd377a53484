//! Reading wishes field by field. References are resolved before a writer sees them.

use aplomo_core::Datum;
use aplomo_core::fields::{WantedFields, Wish};
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
/// In words, where the wish is not resolved.
pub(crate) fn datum<'a>(path: &str, wish: Option<&'a Wish>) -> Result<Want<&'a Datum>, String> {
    Ok(match wish {
        None | Some(Wish::LeftAlone) => Want::Leave,
        Some(Wish::Absent) => Want::Clear,
        Some(Wish::Value(value)) => Want::Set(value),
        Some(Wish::Reference(to)) => {
            return Err(format!("{path} still refers to {}: it was not resolved", to.to));
        }
        Some(Wish::Secret(_)) => return Err(format!("{path} is a secret, which this type cannot hold")),
    })
}

/// A wish for a field of a known shape.
///
/// # Errors
/// In words, where it is not resolved or has another shape.
pub(crate) fn want<T>(
    fields: &WantedFields,
    path: &str,
    read: impl Fn(&Datum) -> Option<T>,
) -> Result<Want<T>, String> {
    Ok(match datum(path, fields.get(path))? {
        Want::Leave => Want::Leave,
        Want::Clear => Want::Clear,
        Want::Set(value) => Want::Set(read(value).ok_or_else(|| format!("{path} cannot be `{value}`"))?),
    })
}

/// A text.
pub(crate) fn text(datum: &Datum) -> Option<String> {
    datum.as_text().map(str::to_owned)
}

/// A truth value.
pub(crate) fn truth(datum: &Datum) -> Option<bool> {
    if let Datum::Bool(value) = datum { Some(*value) } else { None }
}

/// A whole number.
pub(crate) fn int(datum: &Datum) -> Option<i64> {
    if let Datum::Int(value) = datum { Some(*value) } else { None }
}

/// A whole number of 32 bits.
pub(crate) fn int32(datum: &Datum) -> Option<i32> {
    int(datum).and_then(|value| i32::try_from(value).ok())
}

/// A list of texts.
pub(crate) fn texts(datum: &Datum) -> Option<Vec<String>> {
    if let Datum::List(items) = datum { items.iter().map(text).collect() } else { None }
}

/// The wishes below a path by their last part, unescaped: the entries of a map.
///
/// # Errors
/// As [`datum`].
pub(crate) fn entries<'a>(
    fields: &'a WantedFields,
    below: &str,
) -> Result<BTreeMap<String, Want<&'a Datum>>, String> {
    let mut found = BTreeMap::new();
    for (path, wish) in fields.iter() {
        let part = path.as_str().strip_prefix(below).and_then(|rest| rest.strip_prefix('/'));
        if let Some(part) = part {
            let key = part.replace("~1", "/").replace("~0", "~");
            found.insert(key, datum(path.as_str(), Some(wish))?);
        }
    }
    Ok(found)
}
