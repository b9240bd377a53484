//! How a record set changes, in the terms that its assessment needs.

use crate::change::{Delta, Notes, delta, list};
use crate::route53::model::RecordSet;
use aplomo_core::{Seen, Wanted};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// One record set before and after.
pub(super) struct Shift<'a> {
    pub(super) before: Option<&'a RecordSet<Seen>>,
    pub(super) after: Option<&'a RecordSet<Wanted>>,
    /// Its name, `the record` where it is not known.
    pub(super) name: &'a str,
    /// Its type; empty where it is not known.
    pub(super) record_type: &'a str,
    /// Its set identifier; empty for none.
    pub(super) set: &'a str,
    /// Its values.
    pub(super) values: Delta<'a, BTreeSet<SmolStr>>,
    pub(super) notes: Notes,
}

impl<'a> Shift<'a> {
    pub(super) fn of(before: Option<&'a RecordSet<Seen>>, after: Option<&'a RecordSet<Wanted>>) -> Self {
        let either = |d: Delta<'a, SmolStr>| d.before.or(d.after);
        Self {
            before,
            after,
            name: either(delta!(before, after, name)).map_or("the record", |n| n),
            record_type: either(delta!(before, after, record_type)).map_or("", |t| t),
            set: either(delta!(before, after, set_identifier)).map_or("", |s| s),
            values: delta!(before, after, values),
            notes: Notes::default(),
        }
    }

    /// Whether the record set goes away, by being deleted or replaced under another name or type.
    pub(super) fn goes(&self) -> bool {
        let (before, after) = (self.before, self.after);
        let elsewhere =
            || delta!(before, after, name).changes() || delta!(before, after, record_type).changes();
        before.is_some() && (after.is_none() || elsewhere())
    }

    /// Whether it is new.
    pub(super) const fn comes(&self) -> bool {
        self.before.is_none() && self.after.is_some()
    }

    /// The values before; empty where there were none.
    pub(super) fn had(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.values.before.into_iter().flatten().map(SmolStr::as_str)
    }

    /// The values afterwards; empty where there are none or where they are not yet known.
    pub(super) fn has(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.values.after.into_iter().flatten().map(SmolStr::as_str)
    }

    /// Values that are there afterwards and were not before.
    pub(super) fn added(&self) -> Vec<&'a str> {
        self.has().filter(|v| !self.had().any(|o| o == *v)).collect()
    }

    /// Values that were there before and are not afterwards.
    pub(super) fn removed(&self) -> Vec<&'a str> {
        self.had().filter(|v| !self.has().any(|n| n == *v)).collect()
    }

    /// What the new values are, in words; for a reference, where they come from.
    pub(super) fn whereto(&self) -> String {
        match self.values.reference {
            Some(reference) => format!("the {} of {}", reference.output, reference.to),
            None => list(self.has()),
        }
    }

    /// Whether no value stays.
    pub(super) fn disjoint(&self) -> bool {
        self.values.reference.is_none() && !self.has().any(|v| self.had().any(|o| o == v))
    }
}
