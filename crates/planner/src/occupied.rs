//! Containers that go and are not empty: what is in them and stays is named, and where the service deletes
//! such a thing only empty, it is held before anything is taken apart.
//!
//! Deliberately absent: holding the rest of the manifest (`holds`), and who still uses an object that stands
//! in no container (the writer tells).

use crate::PlanInput;
use crate::draft::Draft;
use crate::place::Place;
use crate::world::{Looked, World};
use aplomo_core::plan::{Action, HeldBy};
use aplomo_core::types::Removal;
use aplomo_core::{Finding, Observed};
use std::collections::{HashMap, HashSet};

/// The most objects that a finding names.
const MOST: usize = 20;

/// A container: the place around it, and its id.
type Container<'a> = (Place<'a>, &'a str);

/// What is in containers and stays there.
struct Left<'a> {
    objects: HashMap<Container<'a>, Vec<&'a Observed>>,
    /// Why not all of what is inside was seen.
    unseen: HashMap<Container<'a>, &'a str>,
}

/// Holds each container that goes with its manifest and cannot, and says what is in it.
pub(crate) fn hold(input: &PlanInput<'_>, world: &World<'_>, drafts: &mut [Draft]) -> Vec<Finding> {
    if !drafts.iter().any(|draft| draft.change.action == Action::Delete) {
        return Vec::new();
    }
    let left = left(world, drafts);
    let mut findings = taken_along(input, world, drafts);
    for draft in drafts.iter_mut().filter(|draft| draft.change.action == Action::Delete) {
        let Some((place, id)) = draft.as_container() else { continue };
        let container = (place, id.as_str());
        let (objects, unseen) = (left.objects.get(&container), left.unseen.get(&container));
        if objects.is_none() && unseen.is_none() {
            continue;
        }
        let objects: Vec<String> = objects.into_iter().flatten().map(|object| named(object)).collect();
        let unseen = unseen.map(|why| (*why).to_owned());
        if is_refused(input, draft) {
            findings.push(occupied(draft, &objects, unseen.as_deref()));
            draft.hold(HeldBy::OCCUPIED);
        } else if !objects.is_empty() && !is_kept(input, draft) {
            let count = objects.len();
            draft.change.risk_notes.push(format!("what stays in it ({count} objects) is lost with it"));
        }
    }
    findings
}

/// What is deleted with another of its type is held with that one unless it is to be deleted too: nobody said
/// that it shall go. Held ones stay, so this goes on until no more are held.
fn taken_along(input: &PlanInput<'_>, world: &World<'_>, drafts: &mut [Draft]) -> Vec<Finding> {
    let mut findings = Vec::new();
    loop {
        let going: HashSet<(String, String)> = drafts
            .iter()
            .filter(|d| d.change.action == Action::Delete && d.change.held_by.is_none())
            .filter_map(|d| Some((d.change.type_name.to_string(), d.change.id.as_ref()?.to_string())))
            .collect();
        let stays = |o: &&Observed| !going.contains(&(o.type_name.to_string(), o.id.to_string()));
        let before = findings.len();
        for draft in drafts.iter_mut().filter(|d| d.change.action == Action::Delete) {
            if draft.change.held_by.is_some() || !takes_along(input, draft) {
                continue;
            }
            let (type_name, place) = (draft.change.type_name.as_str(), Place::of(&draft.change.scope));
            let hanging: Vec<String> = world
                .objects
                .iter()
                .filter(|o| o.type_name.as_str() == type_name && Place::of(&o.scope) == place)
                .filter(|o| hangs_on(input, o) == draft.change.id.as_ref().map(AsRef::as_ref))
                .filter(stays)
                .map(named)
                .collect();
            let unseen = (*world.looked(type_name, place) != Looked::Complete).then_some(type_name);
            if !hanging.is_empty() || unseen.is_some() {
                findings.push(occupied(draft, &hanging, unseen));
                draft.hold(HeldBy::OCCUPIED);
            }
        }
        if findings.len() == before {
            return findings;
        }
    }
}

fn takes_along(input: &PlanInput<'_>, draft: &Draft) -> bool {
    let kind = input.types.get(draft.change.type_name.as_str());
    kind.is_some_and(aplomo_core::ResourceType::takes_along)
}

/// The id of what takes it along; `None` for what hangs on nothing.
fn hangs_on<'o>(input: &PlanInput<'_>, object: &'o Observed) -> Option<&'o str> {
    input.types.get(object.type_name.as_str())?.hangs_on(&object.fields)
}

/// Whether it goes with its manifest and the service would refuse it. A leftover of a replacement is tried
/// again until it is empty.
fn is_refused(input: &PlanInput<'_>, draft: &Draft) -> bool {
    let manifest = draft.change.address.manifest_ref();
    let gone = manifest.is_some_and(|manifest| !input.desired.manifests.contains_key(&manifest));
    let kind = input.types.get(draft.change.type_name.as_str());
    gone && kind.is_some_and(aplomo_core::ResourceType::emptied_first)
}

/// Whether the service keeps it, with all that is in it.
fn is_kept(input: &PlanInput<'_>, draft: &Draft) -> bool {
    let kind = input.types.get(draft.change.type_name.as_str());
    kind.is_some_and(|kind| kind.removal() == Removal::Archives)
}

fn left<'a>(world: &World<'a>, drafts: &[Draft]) -> Left<'a> {
    let going: HashSet<(String, String)> = drafts
        .iter()
        .filter(|draft| draft.change.is_removal())
        .filter_map(|d| Some((d.change.type_name.to_string(), d.change.id.as_ref()?.to_string())))
        .collect();
    let mut left = Left { objects: HashMap::new(), unseen: HashMap::new() };
    for object in world.objects.iter().filter(|object| !object.brought_along) {
        let place = Place::of(&object.scope);
        let Some(container) = place.container else { continue };
        if !going.contains(&(object.type_name.to_string(), object.id.to_string())) {
            left.objects.entry((place.outer(), container)).or_default().push(object);
        }
    }
    for gap in &world.gaps {
        let place = Place::of(gap.scope);
        if let Some(container) = place.container {
            left.unseen.insert((place.outer(), container), gap.type_name.as_str());
        }
    }
    left
}

fn named(object: &Observed) -> String {
    let key = object.key.as_ref().filter(|key| key.as_str() != object.id.as_str());
    let key = key.map(|key| format!(" ({key})")).unwrap_or_default();
    format!("{} {}{key}", object.type_name, object.id)
}

fn occupied(draft: &Draft, objects: &[String], unseen: Option<&str>) -> Finding {
    let change = &draft.change;
    let id = change.id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
    let mut held = objects.iter().take(MOST).cloned().collect::<Vec<_>>();
    if objects.len() > MOST {
        held.push(format!("{} more", objects.len() - MOST));
    }
    held.extend(unseen.map(|type_name| format!("perhaps some {type_name}, which could not be read")));
    let message = format!(
        "{}{id} is not deleted, and nothing that goes with it: in it stay {}",
        change.type_name,
        held.join(", ")
    );
    Finding::warning("occupied", message)
        .of(change.address.as_str())
        .origin(&change.origins)
        .help("take these away or into manifests first, or let go of it with `lifecycle.deletion: orphan`")
}
