//! One change as rows.

use super::values::{Full, field_text, sight, wish};
use super::{Row, Tone, escape_text, moment};
use aplomo_core::approval::risk_word;
use aplomo_core::plan::{Action, Before, Change, FieldChange, HeldBy};
use aplomo_core::{FieldPath, Reason, Risk};

/// The sign and colour of a change.
pub(crate) const fn sign(change: &Change) -> (&'static str, Tone) {
    match change.action {
        Action::Create => ("+", Tone::Add),
        Action::Update => ("~", Tone::Change),
        Action::Replace if change.create_first => ("+/-", Tone::Remove),
        Action::Replace => ("-/+", Tone::Remove),
        Action::Delete => ("-", Tone::Remove),
        Action::Adopt => ("@", Tone::Own),
        Action::Move => (">", Tone::Own),
        Action::Release => ("<", Tone::Own),
    }
}

/// The rows of a change below its manifest.
pub(crate) fn rows(change: &Change, verbose: bool, out: &mut Vec<Row>) {
    // What is sensitive is never shortened.
    let full = Full(verbose || change.risk > Risk::Routine);
    out.push(head(change));
    fields(change, full, verbose, out);
    notes(change, verbose, out);
}

fn head(change: &Change) -> Row {
    let (sign, tone) = sign(change);
    let text = change.address.as_str();
    let name = text.split_once(':').map_or(text, |(_, rest)| rest);
    let mut line = format!("{sign} {}  {}", escape_text(name), change.action);
    if change.action == Action::Create && change.reason == Reason::Drift {
        line.push_str(" (drift: it was deleted)");
    } else if change.fields.is_empty() && change.reason != Reason::Manifest {
        line.push_str(&format!(" ({})", change.reason));
    }
    // An id that only repeats the name of the object in its container says nothing new.
    if let Some(id) = change.id.as_ref().filter(|id| change.key.as_deref() != Some(id.as_str())) {
        line.push_str(&format!("  {}", escape_text(id.as_str())));
    }
    if let Some(origin) = change.origins.first() {
        line.push_str(&format!("  {}", escape_text(&origin.to_string())));
    }
    Row::new(2, tone, line)
}

/// What stands in the place of a value of which the notes below say all that it means.
const TOLD: &str = "(told below in words; -v shows it)";

/// Whether the notes stand for the values of a field: only where there are some.
fn is_told(change: &Change, path: &FieldPath) -> bool {
    !change.risk_notes.is_empty() && change.told.contains(path)
}

fn fields(change: &Change, full: Full, verbose: bool, out: &mut Vec<Row>) {
    let told = |path: &FieldPath| !verbose && is_told(change, path);
    let rows: Vec<(String, String)> = match change.action {
        Action::Update | Action::Replace => {
            let value = |f: &FieldChange| match told(&f.path) {
                true => format!("{TOLD}  ({})", f.reason),
                false => difference(f, change, full),
            };
            change.fields.iter().map(|f| (field_text(&f.path), value(f))).collect()
        }
        Action::Create => {
            let after = change.after.iter().flat_map(|after| after.iter());
            let shown =
                after.filter(|(_, w)| !matches!(w, aplomo_core::Wish::Absent | aplomo_core::Wish::LeftAlone));
            let value = |p, w| if told(p) { TOLD.to_owned() } else { wish(w, p, change, full) };
            shown.map(|(p, w)| (field_text(p), value(p, w))).collect()
        }
        Action::Delete => {
            let before = change.before.fields().into_iter().flat_map(|before| before.iter());
            let shown = before.filter(|(_, s)| !matches!(s, aplomo_core::Sight::Absent));
            shown.map(|(p, s)| (field_text(p), sight(s, full))).collect()
        }
        Action::Adopt | Action::Move | Action::Release => Vec::new(),
    };
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, value) in rows {
        out.push(Row::new(4, Tone::Plain, format!("{name:width$}  {value}")));
    }
}

fn difference(field: &FieldChange, change: &Change, full: Full) -> String {
    let after = wish(&field.after, &field.path, change, full);
    format!("{} → {after}  ({})", sight(&field.before, full), field.reason)
}

fn notes(change: &Change, verbose: bool, out: &mut Vec<Row>) {
    let mut note = |tone, text: String| out.push(Row::new(4, tone, text));
    if let Before::CreatedWith(container) = &change.before {
        note(Tone::Faint, format!("comes with {container}"));
    }
    if let Some(old) = &change.moved_from {
        note(Tone::Faint, format!("was {old}; the object stays"));
    }
    if let Some(until) = change.until {
        note(Tone::Faint, format!("goes by itself at {}; approving this approves that", moment(until)));
    }
    if let Some(since) = change.first_seen {
        note(Tone::Faint, format!("first seen {}", moment(since)));
    }
    let tone = match change.risk {
        Risk::Routine => Tone::Faint,
        Risk::Sensitive => Tone::Warn,
        Risk::Outage | Risk::Irreversible => Tone::Error,
    };
    if change.risk_notes.is_empty() && change.risk > Risk::Routine {
        note(tone, format!("! {}", risk_word(change.risk)));
    }
    let word = if change.risk == Risk::Routine {
        "note".to_owned()
    } else {
        format!("! {}", risk_word(change.risk))
    };
    for text in &change.risk_notes {
        note(tone, format!("{word}: {}", escape_text(text)));
    }
    if let Some(group) = &change.group {
        note(Tone::Faint, format!("in one breath with all of {}", escape_text(group)));
    }
    if change.approvals_needed > 1 {
        let needed = change.approvals_needed;
        note(Tone::Warn, format!("needs approvals by {needed} different people"));
    }
    if let Some(by) = &change.held_by {
        note(Tone::Warn, held(by));
    }
    if verbose {
        note(Tone::Faint, format!("digest {}", change.digest));
        for origin in change.origins.iter().skip(1) {
            note(Tone::Faint, format!("also from {}", escape_text(&origin.to_string())));
        }
    }
}

/// What holds it, in words.
fn held(by: &HeldBy) -> String {
    let words = [
        (HeldBy::HOLD, "a person put a hold on it"),
        (HeldBy::QUARANTINE, "it did not converge before; a new commit or `aplomo release` lets it go on"),
        (
            HeldBy::REVERTED,
            "it was put back to how it was; the manifests must say that too, or `aplomo release` lets it go on",
        ),
        (HeldBy::PROTECTED, "its deletion was never allowed by an applied change"),
        (HeldBy::OBSERVE, "it is only observed"),
        (HeldBy::FREEZE, "it waits for the end of a freeze; it may be approved now"),
        (HeldBy::WINDOW, "it waits for the next window; it may be approved now"),
        (HeldBy::TENANT_STATE, "its tenant is not active"),
        (HeldBy::ACCOUNT, "its tenant's account changed; apply the tenant's settings first"),
        (HeldBy::INVALID, "an error stands for its tenant"),
        (HeldBy::DEPENDENCY, "what it needs, or its pair, is held or could not be seen"),
        (HeldBy::OCCUPIED, "things are in it that stay: take them away first"),
        (HeldBy::SOURCE, "its source is held"),
        (HeldBy::OWN_ACCESS, "it is what gives Aplomo its own access"),
        (HeldBy::LAST_KEEPER, "it is the last that keeps what it is in governable"),
    ];
    let known = words.into_iter().find(|(one, _)| one == by).map(|(_, text)| format!(": {text}"));
    let lift =
        by.liftable().then(|| format!(": too much at once; an approval may lift it with --lift {by}=REASON"));
    format!("held by {}{}", escape_text(&by.0), known.or(lift).unwrap_or_default())
}
