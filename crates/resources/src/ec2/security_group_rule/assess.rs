//! What a rule lets through, and what no longer, in words.

use super::{ports_in_words, source_in_words};
use crate::change::Notes;
use crate::ec2::cidr;
use crate::ec2::model::SecurityGroupRule;
use aplomo_core::types::{Assessment, Risk};
use aplomo_core::{Seen, Sight, Wanted, Wish};
use smol_str::SmolStr;

/// What one side of the change lets through.
#[derive(PartialEq)]
struct Passage {
    ingress: bool,
    ports: String,
    other: String,
    /// Whether anybody outside may be meant.
    open: bool,
}

pub(super) fn rule(
    before: Option<&SecurityGroupRule<Seen>>,
    after: Option<&SecurityGroupRule<Wanted>>,
) -> Assessment {
    let mut notes = Notes::default();
    let (old, new) = (before.and_then(seen), after.and_then(wanted));
    if old == new {
        return notes.0;
    }
    if let Some(new) = &new {
        gained(new, &mut notes);
    }
    if let Some(old) = &old {
        lost(old, &mut notes);
    }
    notes.0
}

fn gained(new: &Passage, notes: &mut Notes) {
    let risk = if new.open { Risk::Sensitive } else { Risk::Routine };
    let note = if new.ingress {
        format!("{} may reach {}", new.other, new.ports)
    } else {
        format!("{} of {} may be reached from here", new.ports, new.other)
    };
    notes.add(if new.ingress { risk } else { Risk::Routine }, note);
}

fn lost(old: &Passage, notes: &mut Notes) {
    let note = if old.ingress {
        format!("{} may no longer reach {}", old.other, old.ports)
    } else {
        format!("{} of {} may no longer be reached from here", old.ports, old.other)
    };
    notes.add(Risk::Outage, note);
}

fn seen(rule: &SecurityGroupRule<Seen>) -> Option<Passage> {
    let own = rule.own_group.value().map(|_| SmolStr::new_static("self"));
    let texts = [&rule.cidr4, &rule.cidr6, &rule.group, &rule.prefix_list].map(|s| Sight::value(s).cloned());
    let other = texts.into_iter().flatten().next().or(own)?;
    let (from, to) = (rule.from_port.value().copied(), rule.to_port.value().copied());
    Some(passage(rule.direction.value()?, rule.protocol.value()?, from, to, &other))
}

fn wanted(rule: &SecurityGroupRule<Wanted>) -> Option<Passage> {
    let own = rule.own_group.value().map(|_| SmolStr::new_static("self"));
    let text = |wish: &Wish<SmolStr>| match wish {
        Wish::Value(text) => Some(text.clone()),
        Wish::Reference(reference) => Some(reference.to.as_str().into()),
        _ => None,
    };
    let texts = [&rule.cidr4, &rule.cidr6, &rule.group, &rule.prefix_list].map(text);
    let other = texts.into_iter().flatten().next().or(own)?;
    let (from, to) = (rule.from_port.value().copied(), rule.to_port.value().copied());
    Some(passage(rule.direction.value()?, rule.protocol.value()?, from, to, &other))
}

fn passage(direction: &str, protocol: &str, from: Option<i32>, to: Option<i32>, other: &str) -> Passage {
    let block = other.contains('/') && !other.contains("aws.ec2");
    // A list may hold anybody; a group and a private block hold our own.
    let list = other.starts_with("pl-") || other.contains(":aws.ec2.PrefixList");
    Passage {
        ingress: direction == "ingress",
        ports: ports_in_words(protocol, from, to),
        other: source_in_words(other),
        open: list || (block && !cidr::is_private(other)),
    }
}
