//! Helpers to say how a field changes, for the assessment of risk.

use aplomo_core::reference::Reference;
use aplomo_core::types::{Assessment, Risk};
use aplomo_core::{FieldPath, Sight, Wish};

/// A field before and after, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Delta<'a, T> {
    /// The value seen before; `None` where there was none or it is hidden.
    pub(crate) before: Option<&'a T>,
    /// The value afterwards; `None` where there is none or it is not yet known.
    pub(crate) after: Option<&'a T>,
    /// The reference it will come from.
    pub(crate) reference: Option<&'a Reference>,
    /// Whether what was before is hidden.
    pub(crate) hidden: bool,
}

impl<'a, T: PartialEq> Delta<'a, T> {
    /// How one field changes; `None` on either side is the absence of the whole object.
    pub(crate) fn of(before: Option<&'a Sight<T>>, after: Option<&'a Wish<T>>) -> Self {
        let hidden = matches!(before, Some(Sight::Hidden));
        let before = before.and_then(Sight::value);
        let reference = if let Some(Wish::Reference(r)) = after { Some(&**r) } else { None };
        let after = match after {
            Some(Wish::LeftAlone) => before,
            Some(Wish::Value(v)) => Some(v),
            _ => None,
        };
        Self { before, after, reference, hidden }
    }

    /// Whether the value is another one afterwards, or may be.
    pub(crate) fn changes(&self) -> bool {
        self.reference.is_some() || self.before != self.after
    }
}

/// How a field of two models changes: `delta!(before, after, ttl)`.
macro_rules! delta {
    ($before:expr, $after:expr, $field:ident) => {
        $crate::change::Delta::of($before.map(|m| &m.$field), $after.map(|m| &m.$field))
    };
}
pub(crate) use delta;

/// Gathers notes; the risk is that of the gravest.
#[derive(Default)]
pub(crate) struct Notes(pub(crate) Assessment);

impl Notes {
    /// The notes say all that a change of this field means.
    pub(crate) fn tells(&mut self, path: FieldPath) {
        self.0.told.push(path);
    }

    /// Adds a note.
    pub(crate) fn add(&mut self, risk: Risk, note: impl Into<String>) {
        self.0.risk = self.0.risk.max(risk);
        let note = note.into();
        if !self.0.notes.contains(&note) {
            self.0.notes.push(note);
        }
    }
}

/// Things in a row, for a sentence: `a, b and c`.
pub(crate) fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<T> = items.into_iter().collect();
    match items.as_slice() {
        [] => "nothing".into(),
        [one] => one.as_ref().into(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}
