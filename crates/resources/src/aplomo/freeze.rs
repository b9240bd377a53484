//! `aplomo.core.Freeze`: what was applied of a ChangeFreeze manifest; and windows, which other settings of ours
//! hold as a field.

use super::model::Freeze;
use crate::change::{Delta, Notes, delta, list};
use crate::normal::{Normal, absent_if};
use aplomo_core::fields::WantedFields;
use aplomo_core::model::Mode;
use aplomo_core::safety::freeze::Exception;
use aplomo_core::safety::{self, Window};
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{Address, FieldPath, Finding, Model, Seen, Timestamp, Type, TypeName, Wanted, Wish};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The type's name.
pub const FREEZE: TypeName = TypeName::known("aplomo.core.Freeze");

/// The type of freezes. They have no identity: the address is theirs.
pub struct Freezes;

impl Type for Freezes {
    const NAME: TypeName = FREEZE;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::Exempt;
    type Model<M: Mode> = Freeze<M>;

    fn normalise(mut model: Freeze<Wanted>) -> Result<Freeze<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("freeze");
        for (field, moment) in [("from", &mut model.from), ("until", &mut model.until)] {
            normal.value(field, moment, |text| match text.parse::<Timestamp>() {
                Ok(moment) => Ok(SmolStr::new(moment.to_string())),
                Err(_) => Err(format!("`{}` is no moment with its zone", text.escape_debug())),
            });
        }
        for set in [&mut model.tenants, &mut model.environments, &mut model.except] {
            absent_if(set, BTreeSet::is_empty);
        }
        for line in model.except.value().into_iter().flatten() {
            if Exception::read(line).is_none() {
                normal.wrong("except", format!("`{}` is not `risk=… kind=…`", line.escape_debug()));
            }
        }
        normal.done(model)
    }

    fn identity_wanted(_: &Freeze<Wanted>) -> Option<SmolStr> {
        None
    }

    fn identity(_: &Freeze<Seen>) -> Option<SmolStr> {
        None
    }

    fn turnover(_: &FieldPath) -> Turnover {
        Turnover::InPlace
    }

    /// A freeze that comes stops things and loosens nothing; one that goes, or holds less, does.
    fn assess(before: Option<&Freeze<Seen>>, after: Option<&Freeze<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let Some(old) = before else { return notes.0 };
        if after.is_none() {
            let until = old.until.value().map_or("its end", SmolStr::as_str);
            notes.add(
                Risk::Sensitive,
                format!("the freeze until {until} no longer holds, from the next plan on"),
            );
            return notes.0;
        }
        times(&delta!(before, after, from), &delta!(before, after, until), &mut notes);
        let except = delta!(before, after, except);
        let gained: Vec<&SmolStr> = missing(except.after, except.before).collect();
        if !gained.is_empty() {
            notes.add(
                Risk::Sensitive,
                format!("it no longer holds what is {}, from the next plan on", list(gained)),
            );
        }
        for sets in [delta!(before, after, tenants), delta!(before, after, environments)] {
            fewer(&sets, &mut notes);
        }
        notes.0
    }
}

fn times(from: &Delta<'_, SmolStr>, until: &Delta<'_, SmolStr>, notes: &mut Notes) {
    let moment = |text: Option<&SmolStr>| text.and_then(|text| text.parse::<Timestamp>().ok());
    if moment(from.after) > moment(from.before) {
        let new = from.after.map_or("later", SmolStr::as_str);
        notes.add(Risk::Sensitive, format!("it holds only from {new} on, from the next plan on"));
    }
    if moment(until.after) < moment(until.before) {
        let new = until.after.map_or("now", SmolStr::as_str);
        notes.add(Risk::Sensitive, format!("it ends at {new} already, from the next plan on"));
    }
}

/// Of a set of what a freeze is about: none means all, so naming some holds less as well.
fn fewer(sets: &Delta<'_, BTreeSet<SmolStr>>, notes: &mut Notes) {
    let gone: Vec<&SmolStr> = missing(sets.before, sets.after).collect();
    let narrowed = sets.before.is_none() && sets.after.is_some();
    if (!gone.is_empty() && sets.after.is_some()) || narrowed {
        let left = list(sets.after.into_iter().flatten());
        notes.add(Risk::Sensitive, format!("it holds only {left}, from the next plan on"));
    }
}

/// What one set holds that the other does not.
fn missing<'a>(
    from: Option<&'a BTreeSet<SmolStr>>,
    within: Option<&'a BTreeSet<SmolStr>>,
) -> impl Iterator<Item = &'a SmolStr> {
    from.into_iter().flatten().filter(move |item| !within.is_some_and(|all| all.contains(*item)))
}

/// A freeze as the planner knows it. Of one whose times cannot be read nothing is known: it was refused
/// before it could be recorded.
pub(super) fn recorded(address: &Address, fields: &WantedFields) -> Option<safety::Freeze> {
    let model = Freeze::<Wanted>::from_fields(fields).ok()?;
    let set = |wish: &Wish<BTreeSet<SmolStr>>| wish.value().cloned().unwrap_or_default();
    Some(safety::Freeze {
        manifest: address.manifest().into(),
        tenants: set(&model.tenants),
        environments: set(&model.environments),
        from: model.from.value()?.parse().ok()?,
        until: model.until.value()?.parse().ok()?,
        reason: model.reason.value().cloned().unwrap_or_default(),
        except: set(&model.except).iter().filter_map(|line| Exception::read(line)).collect(),
    })
}

/// Windows that nobody could read would never open.
pub(super) fn bad_windows(normal: &mut Normal, windows: &Wish<BTreeSet<SmolStr>>) {
    for text in windows.value().into_iter().flatten() {
        if let Err(bad) = text.parse::<Window>() {
            normal.wrong("windows", bad);
        }
    }
}

/// Another window may be wider than what it takes the place of, and none at all is wider than any.
pub(super) fn loosened_windows(windows: &Delta<'_, BTreeSet<SmolStr>>, notes: &mut Notes) {
    let Some(old) = windows.before.filter(|old| !old.is_empty()) else { return };
    match windows.after.filter(|new| !new.is_empty()) {
        None => notes.add(
            Risk::Sensitive,
            format!(
                "its changes are applied at any time from the next plan on, no longer only {}",
                list(old)
            ),
        ),
        Some(new) => {
            let gained: Vec<&SmolStr> = missing(Some(new), Some(old)).collect();
            if !gained.is_empty() {
                notes.add(
                    Risk::Sensitive,
                    format!("its changes are applied {} too, from the next plan on", list(gained)),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests;
