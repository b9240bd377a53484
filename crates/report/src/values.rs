//! Values of fields as text, not escaped yet.

use aplomo_core::plan::Change;
use aplomo_core::{Datum, FieldPath, Sight, Wish};
use aplomo_texts::Locale;

/// What was seen; `None` where there is no value to show as such.
pub(crate) fn sight(say: Locale, sight: &Sight) -> (String, bool) {
    match sight {
        Sight::Value(value) => (datum(value), true),
        Sight::Absent => (say.nothing(), false),
        Sight::Hidden => (say.hidden(), false),
    }
}

/// What is wished, and whether it is a value; a fingerprint of a secret means nothing to people.
pub(crate) fn wish(say: Locale, wish: &Wish, path: &FieldPath, change: &Change) -> (String, bool) {
    match wish {
        Wish::Value(value) => (datum(value), true),
        Wish::Absent | Wish::LeftAlone => (say.nothing(), false),
        Wish::Secret(_) => (say.secret(), false),
        Wish::Reference(reference) => {
            let used = change.references.iter().find(|used| used.path == *path);
            match used.and_then(|used| used.resolved.as_ref()) {
                Some(value) => (datum(value), true),
                None => (say.follows(&reference.to), false),
            }
        }
    }
}

fn datum(value: &Datum) -> String {
    match value {
        Datum::Text(text) if !text.is_empty() && text.trim() == text => text.to_string(),
        other => other.to_json().to_string(),
    }
}

/// A path as people write it: `alias.target`.
pub(crate) fn path(path: &FieldPath) -> String {
    path.as_str().trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~")
}
