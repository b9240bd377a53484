//! Documents in fields of models: brought into normal form, and read again where risk is assessed.

use super::policy::{Document, Shift, Use, Version, canonical};
use crate::change::{Delta, Notes};
use crate::normal::Normal;
use aplomo_core::types::Risk;
use aplomo_core::{FieldPath, Wish};

/// A document as the service has it, in normal form; one that is not understood here stays as it is
/// and so differs from every wish.
#[must_use]
pub fn seen_document(text: &str, used: Use) -> String {
    canonical(text, used).unwrap_or_else(|_| text.to_owned())
}

/// Brings a wished document into normal form. `most` is the service's limit in characters.
pub(super) fn normal_document(
    normal: &mut Normal,
    field: &str,
    wish: &mut Wish<String>,
    (used, most): (Use, usize),
) {
    normal.value(field, wish, |text| {
        let text = canonical(text, used)?;
        // White space counts for a part of the limits; ours is only inside of texts.
        let length = text.chars().count();
        if length > most {
            let why = format!("the document has {length} characters, and AWS takes at most {most}");
            return Err(super::policy::Malformed(why));
        }
        Ok(text)
    });
}

/// Says what access comes and goes with a document. `subject` names it, e.g. `trust`; `path` is its field.
/// Where the sentences say all of it the field counts as told.
pub(super) fn tell(
    notes: &mut Notes,
    (subject, path): (&str, FieldPath),
    delta: &Delta<'_, String>,
    used: Use,
) {
    if !delta.changes() {
        return;
    }
    if delta.hidden || delta.reference.is_some() {
        return notes.add(Risk::Sensitive, format!("{subject}: what it allows cannot be compared"));
    }
    let read = |text: Option<&String>| text.map(|text| Document::read(text, used)).transpose();
    let (Ok(before), Ok(after)) = (read(delta.before), read(delta.after)) else {
        return notes
            .add(Risk::Sensitive, format!("{subject}: what it allowed before is not understood here"));
    };
    let shift = Shift::between(before.as_ref(), after.as_ref());
    let sentences: Vec<&String> = shift.gained.iter().chain(&shift.lost).collect();
    if sentences.is_empty() {
        return notes.add(
            Risk::Sensitive,
            format!("{subject}: written differently; no single permission comes or goes"),
        );
    }
    // Another version gives its variables another meaning, of which no sentence tells.
    let version = |document: &Option<Document>| document.as_ref().map_or(Version::V2012, |d| d.version);
    if shift.is_all() && version(&before) == version(&after) {
        notes.tells(path);
    }
    sentences.into_iter().for_each(|sentence| notes.add(Risk::Sensitive, format!("{subject}: {sentence}")));
}
