//! One change as lines of a `diff` block.

use super::values::{sight, wish};
use crate::texts::{Line, Value, Words};
use crate::view::View;
use aplomo_core::plan::{Action, Before, Change, FieldChange};
use aplomo_core::{FieldPath, Reason, Risk, Sight, Wish};
use aplomo_planner::field_text;

/// How many hexadecimal digits of a digest are shown where the whole one stands elsewhere.
const DIGITS: usize = 12;

/// A change, in the order in which its parts are left out: never the row, the details first.
pub(super) struct Shown<'a> {
    /// `tenant/Kind/name`.
    pub(super) manifest: &'a str,
    pub(super) routine: bool,
    /// What must be seen where the change is shown at all. Of what is not routine, all that it does.
    pub(super) rows: Vec<String>,
    /// What else there is to know of what is routine.
    pub(super) details: Vec<String>,
    /// Who approved it, and who must; whether it is new since. No part of the rows: whether a plan can be shown must
    /// not depend on who approved it.
    pub(super) approval: Vec<String>,
}

impl<'a> Shown<'a> {
    /// A change of the view.
    pub(super) fn new(view: &View<'_>, words: &dyn Words, change: &'a Change) -> Self {
        let routine = change.risk == Risk::Routine;
        let mut rows = vec![head(view, words, change)];
        let mut details = Vec::new();
        risk(words, change, if routine { &mut details } else { &mut rows });
        rows.extend(change.held_by.as_ref().map(|by| loud(&words.line(&Line::Held { by }))));
        let rest = if routine { &mut details } else { &mut rows };
        fields(words, change, !routine, rest);
        also(words, change, rest);
        let (digest, right) = (change.digest.short(DIGITS), view.rights.get(&change.digest));
        let new = view.since.as_ref().is_some_and(|since| since.new.contains(&change.digest));
        let new = new.then(|| loud(&words.line(&Line::New)));
        let approval = calm(&words.line(&Line::Approval { digest: &digest, right }));
        let approval = new.into_iter().chain([approval]).collect();
        Self { manifest: change.address.manifest(), routine, rows, details, approval }
    }
}

/// A line that `diff` colours.
fn loud(text: &str) -> String {
    format!("!     {text}")
}

fn calm(text: &str) -> String {
    format!("      {text}")
}

/// A change in one line: what is done to what, where it was written.
pub(super) fn head(view: &View<'_>, words: &dyn Words, change: &Change) -> String {
    let sign = match change.action {
        Action::Create => '+',
        Action::Delete | Action::Replace => '-',
        Action::Update | Action::Adopt | Action::Move | Action::Release => '!',
    };
    let address = change.address.as_str();
    let name = address.split_once(':').map_or(address, |(_, rest)| rest);
    let mut line = format!("{sign} {} {name}", words.action(change.action));
    if let Some(readable) = readable(name) {
        line.push_str(&format!(" ({readable})"));
    }
    if change.action == Action::Create && change.reason == Reason::Drift {
        line.push_str(&format!("  ({})", words.line(&Line::DriftGone)));
    }
    // An id that only repeats the name of the object in its container says nothing new.
    if let Some(id) = change.id.as_ref().filter(|id| change.key.as_deref() != Some(id.as_str())) {
        line.push_str(&format!("  {id}"));
    }
    if let Some(origin) = change.origins.first() {
        line.push_str(&format!("  {}:{}", view.path(&origin.file), origin.line));
    }
    line
}

/// What is escaped in an address, for people: `=2A` is `*`. `None` where nothing is.
fn readable(name: &str) -> Option<String> {
    let mut parts = name.split('=');
    let mut octets = parts.next()?.as_bytes().to_vec();
    let mut any = false;
    for part in parts {
        let octet = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        // What has no escape after its sign is the hash of an address that was too long.
        octets.push(octet?);
        octets.extend_from_slice(&part.as_bytes()[2..]);
        any = true;
    }
    any.then(|| String::from_utf8_lossy(&octets).into_owned())
}

fn risk(words: &dyn Words, change: &Change, out: &mut Vec<String>) {
    let word = (change.risk > Risk::Routine).then(|| words.risk(change.risk));
    match word {
        Some(word) if change.risk_notes.is_empty() => out.push(loud(word)),
        Some(word) => out.extend(change.risk_notes.iter().map(|note| loud(&format!("{word}: {note}")))),
        None => out.extend(change.risk_notes.iter().map(|note| calm(note))),
    }
}

fn fields(words: &dyn Words, change: &Change, full: bool, out: &mut Vec<String>) {
    let told = |path: &FieldPath| !change.risk_notes.is_empty() && change.told.contains(path);
    let rows: Vec<(String, String)> = match change.action {
        Action::Update | Action::Replace => {
            let value = |field: &FieldChange| match told(&field.path) {
                true => words.value(&Value::Told),
                false => difference(words, field, change, full),
            };
            change
                .fields
                .iter()
                .map(|field| (field_text(&field.path), value(field) + &why(words, field)))
                .collect()
        }
        Action::Create => {
            let after = change.after.iter().flat_map(|after| after.iter());
            let shown = after.filter(|(_, wish)| !matches!(wish, Wish::Absent | Wish::LeftAlone));
            let value = |path, one| match told(path) {
                true => words.value(&Value::Told),
                false => wish(words, one, path, change, full),
            };
            shown.map(|(path, one)| (field_text(path), value(path, one))).collect()
        }
        Action::Delete => {
            let before = change.before.fields().into_iter().flat_map(|before| before.iter());
            let shown = before.filter(|(_, sight)| !matches!(sight, Sight::Absent));
            shown.map(|(path, one)| (field_text(path), sight(words, one, full))).collect()
        }
        Action::Adopt | Action::Move | Action::Release => Vec::new(),
    };
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(WIDTH);
    out.extend(rows.into_iter().map(|(name, value)| calm(&format!("{name:width$}  {value}"))));
}

/// No name is padded to more than this: one long name must not fill the page with spaces.
const WIDTH: usize = 32;

fn difference(words: &dyn Words, field: &FieldChange, change: &Change, full: bool) -> String {
    let after = wish(words, &field.after, &field.path, change, full);
    format!("{} → {after}", sight(words, &field.before, full))
}

/// Why a field differs, where it is not because somebody wished it here.
fn why(words: &dyn Words, field: &FieldChange) -> String {
    if field.reason == Reason::Manifest {
        String::new()
    } else {
        format!("  ({})", words.reason(field.reason))
    }
}

fn also(words: &dyn Words, change: &Change, out: &mut Vec<String>) {
    let mut say = |line: Line<'_>| out.push(calm(&words.line(&line)));
    if let Before::CreatedWith(container) = &change.before {
        say(Line::ComesWith { address: container.as_str() });
    }
    if change.action == Action::Replace {
        say(Line::Replaced { create_first: change.create_first });
    }
    if let Some(old) = &change.moved_from {
        say(Line::Was { address: old.as_str() });
    }
    if let Some(at) = change.until {
        say(Line::Until { at });
    }
    if let Some(group) = &change.group {
        say(Line::Group { group });
    }
    if change.approvals_needed > 1 {
        say(Line::People { needed: change.approvals_needed });
    }
}
