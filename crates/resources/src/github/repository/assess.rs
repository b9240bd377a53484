//! What a change of a repository exposes, weakens or loses, in words.

use super::{SECURITY, words};
use crate::change::{Notes, delta};
use crate::github::model::Repository;
use crate::github::names::output;
use aplomo_core::types::{Assessment, Risk, Watch};
use aplomo_core::{Datum, Finding, Model as _, Seen, Sight, Wanted, Wish};
use smol_str::SmolStr;

type Before<'a> = Option<&'a Repository<Seen>>;
type After<'a> = Option<&'a Repository<Wanted>>;

pub(super) fn repository(before: Before<'_>, after: After<'_>) -> Assessment {
    let mut notes = Notes::default();
    let name = delta!(before, after, name);
    let called = name.before.or(name.after).map_or("the repository", SmolStr::as_str);
    if after.is_none() {
        if before.is_some() {
            let note =
                format!("{called} is archived: it stays readable, takes no more pushes, issues or runs");
            notes.add(Risk::Outage, note);
        }
        return notes.0;
    }
    visibility(&mut notes, called, before, after);
    archived(&mut notes, called, before, after);
    if before.is_some() && name.before.is_some() && name.changes() {
        let new = name.after.map_or("", SmolStr::as_str);
        notes.add(
            Risk::Outage,
            format!("{called} is renamed to {new}: GitHub redirects the old name until another takes it"),
        );
    }
    branch(&mut notes, before, after);
    security(&mut notes, before, after);
    pages(&mut notes, called, before, after);
    notes.0
}

/// How many may see it.
fn exposure(visibility: &str) -> u8 {
    match visibility {
        "private" => 0,
        "internal" => 1,
        _ => 2,
    }
}

fn visibility(notes: &mut Notes, called: &str, before: Before<'_>, after: After<'_>) {
    let delta = delta!(before, after, visibility);
    match (delta.before, delta.after) {
        (Some(old), Some(new)) if exposure(new) > exposure(old) => {
            let whom = if new == "public" { "everybody" } else { "the whole enterprise" };
            notes.add(
                Risk::Sensitive,
                format!("{called} becomes {new}: {whom} may read its code, issues and history"),
            );
        }
        (Some(old), Some(new)) if old != new => {
            let note = format!(
                "{called} becomes {new}: who has no access of their own loses it, public forks part from it"
            );
            notes.add(Risk::Outage, note);
        }
        (None, Some(new)) if new == "public" => {
            notes.add(Risk::Sensitive, format!("{called} is public: everybody may read it"));
        }
        _ => {}
    }
}

fn archived(notes: &mut Notes, called: &str, before: Before<'_>, after: After<'_>) {
    let delta = delta!(before, after, archived);
    match (delta.before.copied().unwrap_or(false), delta.after.copied().unwrap_or(false)) {
        (false, true) if before.is_some() => {
            notes.add(Risk::Outage, format!("{called} is archived: it takes no more pushes, issues or runs"));
        }
        (true, false) => notes.add(Risk::Sensitive, format!("{called} takes changes again")),
        _ => {}
    }
}

fn branch(notes: &mut Notes, before: Before<'_>, after: After<'_>) {
    let delta = delta!(before, after, default_branch);
    if let (Some(old), Some(new)) = (delta.before, delta.after)
        && old != new
    {
        let note = format!(
            "{new} is the default branch in the place of {old}: what protects the default branch protects another"
        );
        notes.add(Risk::Sensitive, note);
    }
}

fn security(notes: &mut Notes, before: Before<'_>, after: After<'_>) {
    let (Some(before), Some(after)) = (before, after) else { return };
    let (before, after) = (before.to_fields(), after.to_fields());
    for (path, lost) in SECURITY {
        let on =
            |there: Option<&Sight>| matches!(there, Some(Sight::Value(Datum::Bool(true)) | Sight::Hidden));
        let off = matches!(after.get(path), Some(Wish::Absent | Wish::Value(Datum::Bool(false))));
        if on(before.get(path)) && off {
            notes.add(Risk::Sensitive, lost);
        }
    }
}

fn pages(notes: &mut Notes, called: &str, before: Before<'_>, after: After<'_>) {
    let delta = delta!(before, after, pages);
    match (delta.before, delta.after) {
        (None, Some(from)) => {
            notes.add(Risk::Sensitive, format!("{called} is published as a site, from {from}"));
        }
        (Some(_), None) => notes.add(Risk::Outage, format!("the site of {called} goes")),
        _ => {}
    }
    let methods = delta!(before, after, merge_methods);
    if let (Some(old), Some(new)) = (methods.before, methods.after)
        && before.is_some()
        && !old.is_subset(new)
    {
        let note =
            format!("pull requests merge by {} only, where it was {}", words(Some(new)), words(Some(old)));
        notes.add(Risk::Routine, note);
    }
}

/// `public-repository`, `enforced-setting`.
pub(super) fn notices(seen: &Repository<Seen>, watch: &Watch<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let name = seen.name.value().map_or("the repository", SmolStr::as_str);
    let private = watch.hints.get("mustBePrivate") == Some(&Datum::Bool(true));
    if private && seen.visibility.value().is_some_and(|v| v == "public") {
        let message = format!("{name} is public, where its type says that it must not be");
        // A warning: an error would hold the very change that closes it.
        let help = "apply the plan to close it, and take what was in it for read by others";
        findings.push(Finding::warning("public-repository", message).help(help));
    }
    if let Some(Datum::List(paths)) = watch.outputs.get(output::ENFORCED) {
        let paths = crate::change::list(paths.iter().filter_map(Datum::as_text));
        let message = format!("a security configuration of the organisation decides {paths} of {name}");
        findings.push(
            Finding::info("enforced-setting", message).help("change it there, or leave these fields unset"),
        );
    }
    findings
}
