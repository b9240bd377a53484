//! What replacements left behind because something still used it: the engine recorded such an object at
//! an address of its own, `…/superseded/<id>`, and it still carries the mark of the address whose object
//! it was. It is deleted after everything that refers to what took its place.
//!
//! Deliberately absent: stateful leftovers, which stay until a person looks at them.

use crate::PlanInput;
use crate::draft::Draft;
use crate::matching::{Matches, Standing, Whose};
use crate::removal::{Removals, assess, is_stateful};
use crate::world::World;
use aplomo_core::observation::OwnerMark;
use aplomo_core::plan::{Action, Before};
use aplomo_core::{Address, Observed, Reason, RemoteId, TypeName};

/// The part of the address that tells a leftover from what took its place.
const WORD: &str = "superseded";

/// The address of a leftover of an address.
#[must_use]
pub fn superseded(address: &Address, id: &RemoteId) -> Option<Address> {
    let manifest = address.manifest_ref()?;
    Some(manifest.resource(&TypeName::new(address.type_name()).ok()?, &[WORD, id.as_str()]))
}

/// Plans the deletion of leftovers.
pub(crate) fn go(
    input: &PlanInput<'_>,
    world: &World<'_>,
    matches: &Matches<'_>,
    removals: &mut Removals<'_>,
) {
    for (at, object) in (0_u32..).zip(world.objects) {
        let free = matches.claimed[at as usize].is_none() && !removals.known.contains(&at);
        if !free || !world.is_first(at) {
            continue;
        }
        if let Some(draft) = leftover(input, matches, object, |i| world.object(i)) {
            removals.known.insert(at);
            removals.drafts.push(draft);
        }
    }
}

/// A leftover goes after everything that refers to what took its place.
pub(crate) fn last(drafts: &mut [Draft]) {
    let leftovers: Vec<usize> = (0..drafts.len()).filter(|i| is_leftover(&drafts[*i])).collect();
    for i in leftovers {
        let place = drafts[i].change.address.manifest().to_owned();
        let uses = |d: &Draft| {
            let to_it = |to: &Address| {
                to.manifest() == place && to.type_name() == drafts[i].change.type_name.as_str()
            };
            !d.goes() && d.change.references.iter().any(|used| to_it(&used.reference.to))
        };
        let mut users: Vec<Address> =
            drafts.iter().filter(|d| uses(d)).map(|d| d.change.address.clone()).collect();
        drafts[i].change.depends_on.append(&mut users);
        drafts[i].change.depends_on.sort();
        drafts[i].change.depends_on.dedup();
    }
}

fn is_leftover(draft: &Draft) -> bool {
    draft.change.action == Action::Delete && draft.change.address.key().starts_with(WORD)
}

fn leftover<'a>(
    input: &PlanInput<'_>,
    matches: &Matches<'_>,
    object: &Observed,
    object_at: impl Fn(u32) -> &'a Observed,
) -> Option<Draft> {
    let OwnerMark::Marked { installation, address, .. } = &object.mark else { return None };
    let item =
        matches.item(&address.parse().ok()?).filter(|_| installation == input.installation.as_str())?;
    let Standing::Here(at) = item.standing else { return None };
    let recorded = item.whose == Whose::Ours && item.entry.is_some_and(|e| e.id == object_at(at).id);
    let type_name = &object.type_name;
    if !recorded || *type_name != item.want.type_name || is_stateful(input.types, type_name.as_str()) {
        return None;
    }
    let address = superseded(&item.want.address, &object.id)?;
    if input.memory.ledger.get(&address).is_none_or(|entry| entry.id != object.id) {
        return None;
    }
    let scope = object.scope.clone();
    let mut draft = Draft::new(address, type_name.clone(), scope, Action::Delete, item.want.source.clone());
    draft.change.id = Some(object.id.clone());
    draft.change.key.clone_from(&object.key);
    draft.change.before = Before::Seen(object.fields.clone());
    draft.change.reason = Reason::Manifest;
    draft.change.origins.clone_from(&item.want.origins);
    assess(input.types, &mut draft, object);
    draft.change.risk_notes.push(format!("{} took its place", object_at(at).id));
    Some(draft)
}
