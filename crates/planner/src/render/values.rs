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
    full.cut(&match value {
        Datum::List(items) if items.len() == 1 => plain(&items[0]),
        Datum::List(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(", ")),
        other => plain(other),
    })
}

/// A value without quotes, unless it could be taken for something else: for our own words, for
/// several values, for a number or for nothing.
fn plain(value: &Datum) -> String {
    let Datum::Text(text) = value else { return value.to_json().to_string() };
    let odd = |c: char| matches!(c, '"' | ',' | '[' | ']' | '→' | '…');
    let other = text.is_empty() || text.trim() != text || text.starts_with('(') || text.contains(odd);
    if other || text.parse::<i64>().is_ok() { value.to_json().to_string() } else { text.to_string() }
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

/// A path as people write it: `alias.target`; escaped.
#[must_use]
pub fn field_text(path: &FieldPath) -> String {
    let name = path.as_str().trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~");
    escape_text(&name).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Full, datum};
    use aplomo_core::Datum;

    fn shown(items: &[&str]) -> String {
        datum(&Datum::List(items.iter().map(|t| (*t).into()).collect()), Full(true))
    }

    #[test]
    fn different_values_look_different() {
        assert_eq!(shown(&["a", "b"]), "[a, b]");
        assert_eq!(shown(&["a, b"]), "\"a, b\"");
        assert_eq!(shown(&["(none)"]), "\"(none)\"");
        assert_eq!(shown(&[""]), "\"\"");
        assert_eq!(shown(&["1 → 2"]), "\"1 → 2\"");
        assert_eq!(datum(&Datum::Int(5), Full(true)), "5");
        assert_eq!(datum(&"5".into(), Full(true)), "\"5\"");
    }
}
