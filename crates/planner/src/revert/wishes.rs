//! What a way back wishes, from the stored plan of the run.

use super::{Back, Cannot, Wished};
use crate::place::is_own;
use aplomo_core::fields::{Sight, WantedFields, Wish};
use aplomo_core::ledger::Memory;
use aplomo_core::plan::{Action, Before, Change, Plan};
use aplomo_core::run::{Run, Status};
use aplomo_core::types::Risk;
use aplomo_core::{Address, Desired, DesiredState, FieldPath};
use std::collections::BTreeSet;

/// What to wish so that everything the run applied is as it was before.
#[must_use]
pub fn way_back(run: &Run, plan: &Plan, memory: &Memory) -> Back {
    let mut back =
        Back { run: run.run.clone(), wishes: Default::default(), cannot: Vec::new(), already: Vec::new() };
    let applied: BTreeSet<&Address> =
        run.outcomes.iter().filter(|o| o.status == Status::Applied).map(|o| &o.address).collect();
    for change in plan.changes.iter().filter(|c| applied.contains(&c.address)) {
        match before(run, change, memory, &mut back.cannot) {
            Ok(wished) => drop(back.wishes.insert(change.address.clone(), wished)),
            Err(why) => {
                let (address, action) = (change.address.clone(), change.action);
                back.cannot.push(Cannot { address, action, field: None, why });
            }
        }
    }
    back
}

/// The wish as it was before a change, or why there is no way back.
fn before(run: &Run, change: &Change, memory: &Memory, cannot: &mut Vec<Cannot>) -> Result<Wished, String> {
    never(change)?;
    untouched_since(run, change, memory)?;
    let (fields, paths) = match change.action {
        Action::Create => (None, BTreeSet::new()),
        Action::Delete => {
            let seen = change.before.fields().ok_or("what was there is not recorded")?;
            if seen.iter().any(|(_, sight)| *sight == Sight::Hidden) {
                return Err("a part of it could not be seen, so it cannot be made again as it was".to_owned());
            }
            let wished = seen.iter().filter_map(|(path, sight)| Some((path.clone(), as_wish(sight)?)));
            (Some(wished.collect()), BTreeSet::new())
        }
        _ => fields_back(change, cannot).map(|(fields, paths)| (Some(fields), paths))?,
    };
    Ok(Wished {
        action: change.action,
        paths,
        fields,
        type_name: change.type_name.clone(),
        scope: change.scope.clone(),
        key: change.key.clone(),
        source: change.source.clone(),
        origins: change.origins.clone(),
    })
}

/// What no plan takes back.
fn never(change: &Change) -> Result<(), String> {
    let why = match change.action {
        _ if is_own(&change.scope) => "what is recorded of a manifest follows the manifest: change that",
        Action::Replace => "the object was replaced, and its old id does not come back",
        Action::Adopt => "it is ours since; `lifecycle.deletion: orphan` lets it go",
        Action::Move => "only its address changed: name the manifest as before, with `previousNames`",
        Action::Release => "it was let go; `lifecycle.adopt` takes it over again",
        _ if change.risk == Risk::Irreversible => "what it held is gone for good",
        Action::Update if matches!(change.before, Before::CreatedWith(_)) => {
            "its container brought it along, and what it was like is not recorded"
        }
        Action::Update if change.fields.is_empty() => {
            "only the moment at which it goes was changed: change the manifest"
        }
        Action::Create | Action::Update | Action::Delete => return Ok(()),
    };
    Err(why.to_owned())
}

/// Only what the run left is taken back, never what others did after it.
fn untouched_since(run: &Run, change: &Change, memory: &Memory) -> Result<(), String> {
    let entry = memory.ledger.get(&change.address);
    match (change.action, entry) {
        (Action::Delete, Some(_)) => Err("it was made again since".to_owned()),
        (Action::Delete, None) => Ok(()),
        (_, None) => Err("it is gone since".to_owned()),
        (_, Some(entry)) if entry.run.as_ref() == Some(&run.run) => Ok(()),
        (_, Some(entry)) => {
            let by = entry.run.as_ref().map_or("something else".to_owned(), |by| format!("run {by}"));
            Err(format!("it was changed since by {by}: take that back first"))
        }
    }
}

/// All fields as applied, with those that the change moved as they were before.
fn fields_back(
    change: &Change,
    cannot: &mut Vec<Cannot>,
) -> Result<(WantedFields, BTreeSet<FieldPath>), String> {
    let mut fields = change.after.clone().ok_or("what was applied is not recorded")?;
    let mut paths = BTreeSet::new();
    let mut lost = Vec::new();
    for field in &change.fields {
        let wish = if matches!(field.after, Wish::Secret(_)) { None } else { as_wish(&field.before) };
        match wish {
            Some(wish) => {
                fields.set(field.path.clone(), wish);
                paths.insert(field.path.clone());
            }
            None => lost.push(&field.path),
        }
    }
    let why = "what it held before is not kept: it is a secret, or could not be seen";
    if paths.is_empty() {
        return Err(why.to_owned());
    }
    cannot.extend(lost.into_iter().map(|path| Cannot {
        address: change.address.clone(),
        action: change.action,
        field: Some(path.clone()),
        why: why.to_owned(),
    }));
    Ok((fields, paths))
}

fn as_wish(sight: &Sight) -> Option<Wish> {
    match sight {
        Sight::Value(value) => Some(Wish::Value(value.clone())),
        Sight::Absent => Some(Wish::Absent),
        Sight::Hidden => None,
    }
}

/// Puts the way back in the place of what the manifests wish. What somebody else still needs stays, and
/// that is said.
pub fn overlay(desired: &mut DesiredState, back: &mut Back) {
    keep_what_is_needed(desired, back);
    for (address, wished) in &back.wishes {
        let Some(fields) = &wished.fields else {
            desired.resources.remove(address);
            continue;
        };
        match desired.resources.get_mut(address) {
            Some(want) => want.wanted.clone_from(fields),
            None => {
                let mut want = Desired::new(
                    address.clone(),
                    wished.type_name.clone(),
                    wished.scope.clone(),
                    fields.clone(),
                    wished.source.clone(),
                );
                want.key.clone_from(&wished.key);
                want.origins.clone_from(&wished.origins);
                desired.resources.insert(address.clone(), want);
            }
        }
    }
}

/// Again and again, for what stays may need more.
fn keep_what_is_needed(desired: &DesiredState, back: &mut Back) {
    loop {
        let goes = |back: &Back, address: &Address| {
            back.wishes.get(address).is_some_and(|wished| wished.fields.is_none())
        };
        let needed = desired.resources.values().filter(|want| !goes(back, &want.address)).find_map(|want| {
            let need = want.needs().into_iter().find(|need| goes(back, need))?;
            Some((need, want.address.clone()))
        });
        let Some((need, user)) = needed else { return };
        back.give_up(&need, format!("{user} needs it"));
    }
}
