//! What one approved step means on the wire. Pure.

use crate::record::atom::Verb;
use crate::record::overlay::overlay;
use crate::record::seen::exact;
use crate::record::wire::Wire;
use crate::write::{applied, ended};
use aplomo_core::plan::Action;
use aplomo_core::ports::{ApprovedStep, StepOutcome};
use aplomo_core::run::Status;
use aplomo_core::{Observed, RemoteId};
use aplomo_resources::route53::record_set::identity;

/// What a step needs.
#[derive(Debug)]
pub(super) enum Work {
    /// These changes.
    Send(Vec<(Verb, Wire)>),
    /// No call: what became of it is known.
    Done(StepOutcome),
}

/// What a step needs.
pub(super) fn work(step: &ApprovedStep<'_>) -> Work {
    let fresh = step.fresh.as_ref();
    let made = match (step.change.action, fresh) {
        // Record sets carry no marks: the ledger alone changes.
        (Action::Adopt | Action::Move | Action::Release, _) => {
            return Work::Done(applied(step, step.id.clone(), vec![]));
        }
        (Action::Delete, fresh) => delete(step, fresh),
        (Action::Replace, fresh) if step.after.is_none() => delete(step, fresh),
        (Action::Create, None) => create(step),
        (Action::Create, Some(there)) => already(step, there),
        (Action::Update | Action::Replace, Some(there)) => update(step, there),
        (Action::Replace, None) if step.change.create_first => create(step),
        (Action::Update | Action::Replace, None) => {
            return Work::Done(ended(
                step,
                Status::Stale,
                "the record set is not there any more: plan again",
            ));
        }
    };
    match made {
        Ok(changes) if changes.is_empty() => Work::Done(applied(step, id_after(step), vec![])),
        Ok(changes) => Work::Send(changes),
        Err((status, why)) => Work::Done(ended(step, status, why)),
    }
}

type Made = Result<Vec<(Verb, Wire)>, (Status, String)>;

fn failed(why: String) -> (Status, String) {
    (Status::Failed, why)
}

fn create(step: &ApprovedStep<'_>) -> Made {
    let after =
        step.after.as_ref().ok_or_else(|| failed("the step says nothing about what to create".into()))?;
    let wire = overlay(Wire::default(), None, after).map_err(failed)?;
    Ok(vec![(Verb::Create, wire)])
}

/// Something is there where something shall be created: as wished means that an earlier attempt made it.
fn already(step: &ApprovedStep<'_>, there: &Observed) -> Made {
    let changes = update(step, there)?;
    if changes.is_empty() {
        return Ok(changes);
    }
    Err((
        Status::Stale,
        "a record set of this name and type is there now that was not when this was planned: plan again"
            .into(),
    ))
}

fn delete(step: &ApprovedStep<'_>, fresh: Option<&Observed>) -> Made {
    let Some(there) = fresh else { return Ok(Vec::new()) };
    if there.brought_along {
        return Err(failed(format!(
            "{} came with the zone and goes with it: Route 53 does not let it be deleted",
            step.change.address
        )));
    }
    Ok(vec![(Verb::Delete, exact(there).map_err(failed)?)])
}

/// Away with what is there, and there with what shall be, in one breath. Nothing where it is so already.
fn update(step: &ApprovedStep<'_>, there: &Observed) -> Made {
    let after =
        step.after.as_ref().ok_or_else(|| failed("the step says nothing about what shall be".into()))?;
    let before = exact(there).map_err(failed)?;
    let wire = overlay(before.clone(), Some(&there.fields), after).map_err(failed)?;
    Ok(match wire == before {
        true => Vec::new(),
        false if there.brought_along => vec![(Verb::Upsert, wire)],
        false => vec![(Verb::Delete, before), (Verb::Create, wire)],
    })
}

/// The remote id that the step's object has once it is done.
pub(super) fn id_after(step: &ApprovedStep<'_>) -> Option<RemoteId> {
    let Some(after) = &step.after else { return step.id.clone() };
    let seen = |path: &str| step.fresh.as_ref().and_then(|fresh| fresh.fields.text(path));
    let text = |path: &str| after.text(path).or_else(|| seen(path));
    let key = identity::of(text("/name")?, text("/type")?, text("/setIdentifier").unwrap_or_default());
    RemoteId::new(key).ok()
}
