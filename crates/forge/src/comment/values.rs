//! Values of fields, in the words of a language.

use crate::texts::{Value, Words};
use aplomo_core::plan::Change;
use aplomo_core::{FieldPath, Reference, Sight, Wish};
use aplomo_planner::value_text;

/// What was seen; in full, or the beginning of what is long.
pub(super) fn sight(words: &dyn Words, sight: &Sight, full: bool) -> String {
    match sight {
        Sight::Value(value) => value_text(value, full),
        Sight::Absent => words.value(&Value::None),
        Sight::Hidden => words.value(&Value::Hidden),
    }
}

/// A wish at a path of a change; a reference with the value it had when planned, where it had one.
pub(super) fn wish(words: &dyn Words, wish: &Wish, path: &FieldPath, change: &Change, full: bool) -> String {
    match wish {
        Wish::LeftAlone => words.value(&Value::LeftAlone),
        Wish::Absent => words.value(&Value::None),
        Wish::Value(value) => value_text(value, full),
        Wish::Secret(mark) => words.value(&Value::Secret(&mark.0)),
        Wish::Reference(reference) => {
            let used = change.references.iter().find(|used| used.path == *path);
            match used.and_then(|used| used.resolved.as_ref()) {
                Some(value) => format!("{} ({})", value_text(value, full), name(reference)),
                None => words.value(&Value::Later(&name(reference))),
            }
        }
    }
}

fn name(reference: &Reference) -> String {
    format!("{}.{}", reference.to, reference.output)
}
