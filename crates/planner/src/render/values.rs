//! Values of fields as text.

use super::escape_text;
use aplomo_core::plan::Change;
use aplomo_core::{Datum, FieldPath, Reference, Sight, Wish};

/// The most characters of a value that is neither sensitive nor asked for in full.
const SHORT: usize = 96;

/// Whether values are shown in full.
#[derive(Clone, Copy)]
pub(crate) struct Full(pub(crate) bool);

impl Full {
    fn cut(self, text: &str) -> String {
        let text = escape_text(text);
        if self.0 || text.chars().count() <= SHORT {
            return text.into_owned();
        }
        let start: String = text.chars().take(SHORT - 1).collect();
        format!("{start}…")
    }
}

pub(crate) fn datum(value: &Datum, full: Full) -> String {
    match value {
        Datum::Text(t) if t.is_empty() || t.trim() != t || t.starts_with('"') => {
            full.cut(&value.to_json().to_string())
        }
        Datum::List(items) if items.len() == 1 => datum(&items[0], full),
        Datum::List(items) => {
            let all: Vec<String> = items.iter().map(ToString::to_string).collect();
            full.cut(&format!("[{}]", all.join(", ")))
        }
        other => full.cut(&other.to_string()),
    }
}

pub(crate) fn sight(sight: &Sight, full: Full) -> String {
    match sight {
        Sight::Value(value) => datum(value, full),
        Sight::Absent => "(none)".to_owned(),
        Sight::Hidden => "(hidden)".to_owned(),
    }
}

/// A wish at a path of a change; a reference with the value it had when planned, where it had one.
pub(crate) fn wish(wish: &Wish, path: &FieldPath, change: &Change, full: Full) -> String {
    match wish {
        Wish::LeftAlone => "(left alone)".to_owned(),
        Wish::Absent => "(none)".to_owned(),
        Wish::Value(value) => datum(value, full),
        Wish::Secret(mark) => format!("(secret {})", escape_text(&mark.0)),
        Wish::Reference(reference) => {
            let used = change.references.iter().find(|used| used.path == *path);
            match used.and_then(|used| used.resolved.as_ref()) {
                Some(value) => format!("{} ({})", datum(value, full), name(reference)),
                None => format!("(known after apply: {})", name(reference)),
            }
        }
    }
}

fn name(reference: &Reference) -> String {
    escape_text(&format!("{}.{}", reference.to, reference.output)).into_owned()
}

/// A path as people write it: `alias.target`.
pub(crate) fn path(path: &FieldPath) -> String {
    let name = path.as_str().trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~");
    escape_text(&name).into_owned()
}
