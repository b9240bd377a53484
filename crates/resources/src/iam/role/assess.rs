//! Who gains or loses which access when a role changes, in words.

use crate::change::{Delta, Notes, delta};
use crate::iam::document::tell;
use crate::iam::model::Role;
use crate::iam::policy::{Document, Use};
use aplomo_core::types::{Assessment, Risk};
use aplomo_core::{FieldPath, Seen, Sight, Wanted, Wish};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

type Before<'a> = Option<&'a Role<Seen>>;
type After<'a> = Option<&'a Role<Wanted>>;

pub(super) fn role(before: Before<'_>, after: After<'_>) -> Assessment {
    let mut notes = Notes::default();
    match (before, after) {
        (Some(before), None) => gone(before, &mut notes),
        (None, None) => {}
        _ => changed(before, after, &mut notes),
    }
    notes.0
}

fn gone(before: &Role<Seen>, notes: &mut Notes) {
    let name = before.name.value().map_or("the role", SmolStr::as_str);
    notes.add(
        Risk::Sensitive,
        format!("whoever works as {name} loses all access at once, running sessions too"),
    );
    trust(Some(before), None, notes);
}

fn changed(before: Before<'_>, after: After<'_>, notes: &mut Notes) {
    moved(before, after, notes);
    trust(before, after, notes);
    inline(before, after, notes);
    attachments(before, after, notes);
    boundary(before, after, notes);
    session(before, after, notes);
}

fn moved(before: Before<'_>, after: After<'_>, notes: &mut Notes) {
    let (name, path) = (delta!(before, after, name), delta!(before, after, path));
    let another = |delta: &Delta<'_, SmolStr>| delta.before.is_some() && delta.changes();
    if another(&name) || another(&path) {
        notes.add(
            Risk::Outage,
            "another role takes its place: what names its ARN loses access until it names the new one",
        );
    }
}

fn trust(before: Before<'_>, after: After<'_>, notes: &mut Notes) {
    let delta = delta!(before, after, trust);
    tell(notes, ("trust", FieldPath::known("/trust")), &delta, Use::Trust);
    if !delta.changes() {
        return;
    }
    let read = delta.before.and_then(|text| Document::read(text, Use::Trust).ok());
    for id in read.iter().flat_map(Document::dangling) {
        notes.add(
            Risk::Sensitive,
            format!("trust: {id} was a role or user that is deleted; it can take the role no more"),
        );
    }
}

/// The entries that either side has, each as it changes.
fn entries<'a, T: PartialEq>(
    before: Option<&'a BTreeMap<String, Sight<T>>>,
    after: Option<&'a BTreeMap<String, Wish<T>>>,
) -> Vec<(&'a str, Delta<'a, T>)> {
    // Of a map only what is wished changes; what else is there stays.
    let keys: BTreeSet<&String> = after.iter().flat_map(|map| map.keys()).collect();
    let one = |key: &'a String| {
        let (before, after) = (before.and_then(|m| m.get(key)), after.and_then(|m| m.get(key)));
        (key.as_str(), Delta::of(before, after))
    };
    keys.into_iter().map(one).collect()
}

fn inline(before: Before<'_>, after: After<'_>, notes: &mut Notes) {
    for (name, delta) in entries(before.map(|m| &m.inline), after.map(|m| &m.inline)) {
        let path = FieldPath::known("/inline").child(name);
        tell(notes, (&format!("inline policy {name}"), path), &delta, Use::Identity);
    }
}

fn attachments(before: Before<'_>, after: After<'_>, notes: &mut Notes) {
    for (arn, delta) in entries(before.map(|m| &m.attachments), after.map(|m| &m.attachments)) {
        let (had, has) = (delta.before.is_some(), delta.after.is_some() || delta.reference.is_some());
        match (had, has) {
            (false, true) => notes.add(Risk::Sensitive, format!("gains what the policy {arn} allows")),
            (true, false) => notes.add(Risk::Sensitive, format!("loses what the policy {arn} allows")),
            _ => {}
        }
    }
}

fn boundary(before: Before<'_>, after: After<'_>, notes: &mut Notes) {
    let delta = delta!(before, after, boundary);
    if !delta.changes() {
        return;
    }
    match (delta.before, delta.after, delta.reference) {
        (Some(old), None, None) => {
            notes.add(Risk::Sensitive, format!("the boundary {old} no longer bounds what it may do"));
        }
        (None, Some(new), _) => {
            notes.add(Risk::Sensitive, format!("the boundary {new} bounds what it may do"))
        }
        (Some(old), Some(new), _) => {
            notes.add(
                Risk::Sensitive,
                format!("the boundary {new} bounds what it may do in the place of {old}"),
            );
        }
        (_, None, Some(reference)) => {
            notes.add(Risk::Sensitive, format!("{} bounds what it may do", reference.to));
        }
        (None, None, None) => {}
    }
}

fn session(before: Before<'_>, after: After<'_>, notes: &mut Notes) {
    let delta = delta!(before, after, max_session);
    if let (Some(old), Some(new)) = (delta.before, delta.after)
        && new > old
    {
        notes.add(Risk::Sensitive, format!("sessions may last {new} seconds, no longer only {old}"));
    }
}
