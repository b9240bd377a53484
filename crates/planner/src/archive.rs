//! What is in a container that is archived: it is put away with it and let go, not taken apart.

use crate::PlanInput;
use crate::draft::Draft;
use crate::place::Place;
use aplomo_core::plan::Action;
use aplomo_core::types::Removal;
use aplomo_core::{Address, RemoteId, Risk};
use std::collections::HashMap;

/// Makes releases of the deletes inside containers whose own delete archives them.
pub(crate) fn let_go_inside(input: &PlanInput<'_>, drafts: &mut [Draft]) {
    let archives = |d: &Draft| {
        let kind = input.types.get(d.change.type_name.as_str());
        d.change.action == Action::Delete && kind.is_some_and(|k| k.removal() == Removal::Archives)
    };
    let inside: Vec<usize> = {
        let archived: HashMap<(Place<'_>, &RemoteId), &Address> = drafts
            .iter()
            .filter(|d| archives(d))
            .filter_map(|d| Some((d.as_container()?, &d.change.address)))
            .collect();
        // Ids of different types may be the same number: the address tells them apart where it is known.
        let within = |d: &Draft| {
            let container = d.container().and_then(|c| archived.get(&c));
            d.change.action == Action::Delete
                && container.is_some_and(|a| d.change.scope.container_of.as_ref().is_none_or(|of| of == *a))
        };
        drafts.iter().enumerate().filter(|(_, d)| within(d)).map(|(i, _)| i).collect()
    };
    for i in inside {
        let change = &mut drafts[i].change;
        change.action = Action::Release;
        // With the archive, and by no approval that would not cover that.
        change.risk = Risk::Sensitive;
        change.risk_notes = vec!["it is put away with what it is in, and stays as it is".to_owned()];
    }
}
