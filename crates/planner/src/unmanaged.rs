//! What exists and nobody manages.

use crate::PlanInput;
use crate::exclusive::Collections;
use crate::matching::Matches;
use crate::place::is_own;
use crate::removal::Removals;
use crate::world::World;
use aplomo_core::observation::OwnerMark;
use aplomo_core::plan::Unmanaged;
use aplomo_core::{Observed, Scope};

/// Everything that was seen and that no wish, no record and no container accounts for.
pub(crate) fn find(
    world: &World<'_>,
    matches: &Matches<'_>,
    collections: &Collections<'_>,
    removals: &Removals<'_>,
) -> Vec<u32> {
    let mut all = Vec::new();
    for (at, object) in (0_u32..).zip(world.objects) {
        let accounted = matches.claimed[at as usize].is_some()
            || object.brought_along
            || is_own(&object.scope)
            || removals.known.contains(&at);
        if !accounted && !collections.ignores(object) && world.is_first(at) {
            all.push(at);
        }
    }
    all
}

/// The same as a plan lists it.
pub(crate) fn list(input: &PlanInput<'_>, world: &World<'_>, all: &[u32]) -> Vec<Unmanaged> {
    let ours = input.installation.as_str();
    let mut list: Vec<Unmanaged> = all.iter().map(|at| unmanaged(ours, world.object(*at))).collect();
    list.sort();
    list
}

fn unmanaged(ours: &str, object: &Observed) -> Unmanaged {
    let note = match &object.mark {
        OwnerMark::None => None,
        OwnerMark::Unknown => Some("its ownership marks could not be read".to_owned()),
        OwnerMark::OtherTool(tool) => Some(format!("managed by {tool}")),
        OwnerMark::Marked { installation, .. } if installation != ours => {
            Some(format!("managed by the installation {installation}"))
        }
        OwnerMark::Marked { address, .. } => {
            Some(format!("carries our mark of {address} and is not recorded as it"))
        }
    };
    Unmanaged {
        type_name: object.type_name.clone(),
        id: object.id.clone(),
        key: object.key.clone(),
        within: Scope::to_string(&object.scope),
        note,
    }
}
