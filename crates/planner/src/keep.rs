//! What must never go: our own access, and the last of what keeps a container governable.
//!
//! Deliberately absent: any type by name; each says with [`aplomo_core::Type::keeps`] what it keeps.

use crate::PlanInput;
use crate::draft::Draft;
use crate::place::Place;
use crate::world::World;
use aplomo_core::fields::{SeenFields, WantedFields};
use aplomo_core::observation::OWN_ACCESS;
use aplomo_core::plan::{Action, HeldBy};
use aplomo_core::{Datum, Finding, Observed, Sight, Wish};
use std::collections::{HashMap, HashSet};

/// What is kept where.
type Seat<'a> = (Place<'a>, &'static str);

/// Holds changes that would take our own access, or the last keeper of a container.
pub(crate) fn keep(input: &PlanInput<'_>, world: &World<'_>, drafts: &mut [Draft]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let objects: HashMap<(&str, Place<'_>, &str), &Observed> = world
        .objects
        .iter()
        .map(|o| ((o.type_name.as_str(), Place::of(&o.scope), o.id.as_str()), o))
        .collect();
    let touched: Vec<(usize, &Observed)> = drafts
        .iter()
        .enumerate()
        .filter(|(_, d)| d.change.held_by.is_none() && d.change.action != Action::Release)
        .filter_map(|(i, d)| {
            let id = d.change.id.as_ref()?.as_str();
            let place = Place::of(&d.change.scope);
            Some((i, *objects.get(&(d.change.type_name.as_str(), place, id))?))
        })
        .collect();
    for (i, object) in &touched {
        if weakens_us(&drafts[*i], object) {
            drafts[*i].hold(HeldBy::OWN_ACCESS);
            let message = "it is what gives Aplomo its own access, and is never taken away";
            let help = "let other credentials of ours have the access first, or do it by hand";
            findings.push(about("own-access", message.to_owned(), help, &drafts[*i]));
        }
    }
    last_keepers(input, world, &touched, drafts, &mut findings);
    findings
}

fn weakens_us(draft: &Draft, object: &Observed) -> bool {
    let ours = object.outputs.get(OWN_ACCESS) == Some(&Datum::Bool(true));
    ours && (draft.change.is_removal() || !draft.change.fields.is_empty())
}

fn last_keepers(
    input: &PlanInput<'_>,
    world: &World<'_>,
    touched: &[(usize, &Observed)],
    drafts: &mut [Draft],
    findings: &mut Vec<Finding>,
) {
    let kept = |object: &Observed, fields: &SeenFields| {
        input.types.get(object.type_name.as_str()).and_then(|kind| kind.keeps(fields))
    };
    let mut losing: HashMap<Seat<'_>, Vec<usize>> = HashMap::new();
    let mut gone: HashSet<(&str, Place<'_>, &str)> = HashSet::new();
    for (i, object) in touched {
        let Some(what) = kept(object, &object.fields) else { continue };
        let still = after(&drafts[*i], &object.fields).and_then(|fields| kept(object, &fields));
        let place = Place::of(&object.scope);
        if still != Some(what) && place.container.is_some() {
            losing.entry((place, what)).or_default().push(*i);
            gone.insert((object.type_name.as_str(), place, object.id.as_str()));
        }
    }
    if losing.is_empty() {
        return;
    }
    let left: HashSet<Seat<'_>> = world
        .objects
        .iter()
        .filter(|o| !gone.contains(&(o.type_name.as_str(), Place::of(&o.scope), o.id.as_str())))
        .filter_map(|o| Some((Place::of(&o.scope), kept(o, &o.fields)?)))
        .collect();
    for ((place, what), all) in losing.into_iter().filter(|(seat, _)| !left.contains(seat)) {
        for i in all {
            drafts[i].hold(HeldBy::LAST_KEEPER);
            let message = format!("no {what} of {} would be left", place.container.unwrap_or_default());
            let help = format!("let there be another {what} first, in a change of its own");
            findings.push(about("last-keeper", message, &help, &drafts[i]));
        }
    }
}

fn about(rule: &'static str, message: String, help: &str, draft: &Draft) -> Finding {
    let finding = Finding::warning(rule, message).of(draft.change.address.as_str());
    finding.origin(&draft.change.origins).help(help)
}

/// The fields afterwards; `None` where the object is gone then.
fn after(draft: &Draft, seen: &SeenFields) -> Option<SeenFields> {
    if matches!(draft.change.action, Action::Delete | Action::Replace) {
        return None;
    }
    let mut fields = seen.clone();
    for (path, wish) in draft.change.after.iter().flat_map(WantedFields::iter) {
        match wish {
            Wish::Value(value) => fields.set(path.clone(), Sight::Value(value.clone())),
            Wish::Absent => fields.set(path.clone(), Sight::Absent),
            Wish::LeftAlone | Wish::Reference(_) | Wish::Secret(_) => {}
        }
    }
    Some(fields)
}
