//! How risky it is to change a record set, in words.
//!
//! The model does not know its zone, so an apex is guessed from the name: the domain right below a
//! public suffix such as `com.` or `com.mx.`.

use super::shift::Shift;
use super::{authority, mail};
use crate::change::{delta, list};
use crate::route53::model::RecordSet;
use aplomo_core::types::{Assessment, Risk};
use aplomo_core::{Seen, Wanted};

/// Types whose answers clients connect to.
const SERVING: [&str; 5] = ["A", "AAAA", "CNAME", "HTTPS", "SVCB"];

pub(super) fn record(before: Option<&RecordSet<Seen>>, after: Option<&RecordSet<Wanted>>) -> Assessment {
    let mut shift = Shift::of(before, after);
    match shift.record_type {
        "NS" => authority::servers(&mut shift),
        "SOA" => soa(&mut shift),
        "DS" => authority::signer(&mut shift),
        "CAA" => authority::issuers(&mut shift),
        "MX" => mail::exchangers(&mut shift),
        "TXT" | "SPF" => mail::texts(&mut shift),
        _ => {}
    }
    if SERVING.contains(&shift.record_type) {
        serving(&mut shift);
    }
    authority::challenge(&mut shift);
    wildcard(&mut shift);
    health(&mut shift);
    shift.notes.0
}

fn soa(shift: &mut Shift<'_>) {
    if shift.goes() {
        shift.notes.add(
            Risk::Outage,
            format!("{} has no start of authority any more and stops resolving", shift.name),
        );
    } else if shift.values.changes() && !shift.comes() {
        shift.notes.add(
            Risk::Routine,
            format!("how long resolvers remember missing names of {} changes", shift.name),
        );
    }
}

/// What clients connect to goes, or goes elsewhere.
fn serving(shift: &mut Shift<'_>) {
    if !shift.goes() {
        return weight(shift);
    }
    let (name, record_type) = (shift.name, shift.record_type);
    if !shift.set.is_empty() {
        shift.notes.add(Risk::Routine, format!("{name} is no longer answered from its set `{}`", shift.set));
    } else if is_apex(name) {
        shift.notes.add(Risk::Outage, format!("{name} itself no longer resolves ({record_type})"));
    } else {
        shift.notes.add(Risk::Routine, format!("{name} no longer resolves ({record_type})"));
    }
}

fn weight(shift: &mut Shift<'_>) {
    let weight = delta!(shift.before, shift.after, weight);
    if weight.after == Some(&0) && weight.before.is_some_and(|w| *w > 0) {
        shift.notes.add(
            Risk::Routine,
            format!("the set `{}` of {} gets no traffic any more", shift.set, shift.name),
        );
    }
}

/// Whether the name looks like a zone's own: two labels, or three below a suffix such as `co.uk.`.
fn is_apex(name: &str) -> bool {
    let labels: Vec<&str> = name.split('.').filter(|label| !label.is_empty()).collect();
    match labels.as_slice() {
        [_] | [_, _] => true,
        [_, second, top] => top.len() == 2 && second.len() <= 3,
        _ => false,
    }
}

fn wildcard(shift: &mut Shift<'_>) {
    if let (true, Some(below)) = (shift.comes(), shift.name.strip_prefix("*.")) {
        let types = list([shift.record_type]);
        let note = format!("every name below {below} that has no record of its own is answered ({types})");
        shift.notes.add(Risk::Routine, note);
    }
}

/// The answer no longer depends on the endpoint's health.
fn health(shift: &mut Shift<'_>) {
    if shift.goes() {
        return;
    }
    let name = shift.name;
    let check = delta!(shift.before, shift.after, health_check);
    if check.before.is_some() && check.after.is_none() && check.reference.is_none() {
        shift
            .notes
            .add(Risk::Sensitive, format!("{name} is answered whether its endpoint is healthy or not"));
    }
    let target = delta!(shift.before, shift.after, alias_target);
    let evaluate = delta!(shift.before, shift.after, alias_evaluate);
    if target.after.is_some() && evaluate.before == Some(&true) && evaluate.after != Some(&true) {
        shift
            .notes
            .add(Risk::Sensitive, format!("{name} is answered whether its alias's target is healthy or not"));
    }
}

#[cfg(test)]
mod tests;
