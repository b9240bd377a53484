//! What is to be said of wished objects for what is around them, managed or not.
//!
//! Deliberately absent: any type by name; each that looks around says so.

use crate::PlanInput;
use crate::matching::{Matches, Standing};
use crate::place::Place;
use crate::world::{Looked, World};
use aplomo_core::types::{Nearby, Surroundings};
use aplomo_core::{Finding, TypeName};
use std::collections::HashMap;

/// Asks every type that looks around.
pub(crate) fn survey(input: &PlanInput<'_>, world: &World<'_>, matches: &Matches<'_>) -> Vec<Finding> {
    let looks = |name: &TypeName| input.types.get(name.as_str()).filter(|kind| kind.surveys());
    let mut asking = matches.items.iter().filter(|item| looks(&item.want.type_name).is_some()).peekable();
    if asking.peek().is_none() {
        return Vec::new();
    }
    let places = places(world, matches);
    let none = Vec::new();
    let mut findings = Vec::new();
    for item in asking {
        let (Standing::Here(at), Some(kind)) = (item.standing, looks(&item.want.type_name)) else { continue };
        let object = world.object(at);
        let here = Place::of(&object.scope);
        let within = here.outer().within(object.id.as_str());
        let beside: Vec<Nearby<'_>> = places
            .get(&here)
            .unwrap_or(&none)
            .iter()
            .filter(|near| near.object.type_name != object.type_name)
            .copied()
            .collect();
        let all_seen = |name: &TypeName| *world.looked(name.as_str(), within) == Looked::Complete;
        let inside = places.get(&within).unwrap_or(&none);
        let around = Surroundings { inside, beside: &beside, all_seen: &all_seen };
        let said = kind.survey(&object.fields, around).unwrap_or_else(crate::neighbours::misfit);
        let want = item.want;
        findings.extend(said.into_iter().map(|f| f.of(want.address.as_str()).origin(&want.origins)));
    }
    findings
}

fn places<'a>(world: &World<'a>, matches: &Matches<'_>) -> HashMap<Place<'a>, Vec<Nearby<'a>>> {
    let mut places: HashMap<Place<'_>, Vec<Nearby<'_>>> = HashMap::new();
    for (object, claimed) in world.objects.iter().zip(&matches.claimed) {
        let near = Nearby { object, wished: claimed.is_some() };
        places.entry(Place::of(&object.scope)).or_default().push(near);
    }
    places
}
