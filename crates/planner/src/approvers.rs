//! In which environments a change is, and by how many people it must be approved: as the rules say that
//! were applied. What is wished of rules counts from the next plan, as for every safety.
//!
//! Deliberately absent: which teams may approve. That does not enter a plan; `core::safety` tells it of a
//! change at the moment somebody approves.

use crate::PlanInput;
use crate::draft::Draft;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// Fills `environments`, `was_in` and `approvals_needed`. A removal that time alone asks for was approved
/// with the change that set the time.
pub(crate) fn note(input: &PlanInput<'_>, drafts: &mut [Draft]) {
    for draft in drafts {
        place(input, draft);
        if !draft.scheduled {
            let people = input.recorded.approvers(&draft.change, None).people;
            draft.change.approvals_needed = draft.change.approvals_needed.max(people);
        }
    }
}

/// A manifest that is gone names nothing any more: where its objects were is what the ledger says.
fn place(input: &PlanInput<'_>, draft: &mut Draft) {
    let change = &mut draft.change;
    let before = change.moved_from.as_ref().unwrap_or(&change.address);
    let recorded = input.memory.ledger.get(before).map(|entry| &entry.environments[..]).unwrap_or_default();
    let wished = input.desired.environments.get(change.address.manifest());
    let gone = || change.address.manifest_ref().is_none_or(|m| !input.desired.manifests.contains_key(&m));
    match wished {
        None if gone() => change.environments = recorded.to_vec(),
        _ => {
            let wished: BTreeSet<SmolStr> = wished.cloned().unwrap_or_default();
            change.was_in = recorded.iter().filter(|name| !wished.contains(*name)).cloned().collect();
            change.environments = wished.into_iter().collect();
        }
    }
}
