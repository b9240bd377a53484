//! Collections: what is ignored in them, and strangers in those that are recorded as exclusive.

use crate::PlanInput;
use crate::draft::Draft;
use crate::matching::{Matches, Standing, Whose};
use crate::place::Place;
use crate::removal::{Removals, assess, is_stateful};
use crate::world::{Looked, World};
use aplomo_core::observation::OwnerMark;
use aplomo_core::plan::{Action, Before, HeldBy, Unverifiable};
use aplomo_core::resource::Collection;
use aplomo_core::safety::{Deletion, Ownership};
use aplomo_core::{Address, Observed, Reason, Severity};
use smol_str::SmolStr;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A collection whose container was found.
pub(crate) struct Found<'a> {
    pub(crate) collection: &'a Collection,
    container: u32,
    place: Place<'a>,
}

/// All collections with their places.
pub(crate) struct Collections<'a> {
    all: Vec<Found<'a>>,
    by_place: HashMap<(&'a str, Place<'a>), usize>,
}

impl<'a> Collections<'a> {
    pub(crate) fn new(input: &PlanInput<'a>, world: &World<'a>, matches: &Matches<'a>) -> Self {
        let mut found = Self { all: Vec::new(), by_place: HashMap::new() };
        for collection in &input.desired.collections {
            let Some(item) = matches.item(&collection.container) else { continue };
            let Standing::Here(container) = item.standing else { continue };
            let object = world.object(container);
            let place = Place::of(&object.scope).within(object.id.as_str());
            found.by_place.insert((collection.member.as_str(), place), found.all.len());
            found.all.push(Found { collection, container, place });
        }
        found
    }

    /// The collection an object is a member of.
    pub(crate) fn of(&self, object: &Observed) -> Option<&Found<'a>> {
        let by_place: &HashMap<(&str, Place<'_>), usize> = &self.by_place;
        by_place.get(&(object.type_name.as_str(), Place::of(&object.scope))).map(|i| &self.all[*i])
    }

    /// Whether the object is one that its collection is told to ignore.
    pub(crate) fn ignores(&self, object: &Observed) -> bool {
        let key = object.key.as_deref().unwrap_or(object.id.as_str());
        self.of(object).is_some_and(|found| found.collection.ignore.iter().any(|pattern| glob(pattern, key)))
    }
}

/// Deletes strangers where that is recorded, and lists those that the next plan would delete where it
/// is only wished. `spare` are objects that are nobody's to delete here.
pub(crate) fn strangers<'a>(
    input: &PlanInput<'a>,
    world: &World<'a>,
    matches: &Matches<'a>,
    collections: &Collections<'a>,
    removals: &mut Removals<'_>,
) -> BTreeMap<SmolStr, Vec<String>> {
    let mut would_go: BTreeMap<SmolStr, Vec<String>> = BTreeMap::new();
    let mut taken = Names::new(input, removals);
    for (at, object) in (0_u32..).zip(world.objects) {
        let Some(found) = collections.of(object) else { continue };
        let free = matches.claimed[at as usize].is_none() && !matches.involved.contains(&at);
        let ours_to_judge = found.collection.ownership == Ownership::Exclusive && free;
        if !ours_to_judge || object.brought_along || removals.known.contains(&at) || !world.is_first(at) {
            continue;
        }
        if collections.ignores(object) {
            continue;
        }
        let manifest = found.collection.container.manifest();
        let member = found.collection.member.as_str();
        if input.recorded.safety(manifest).ownership_of(member) != Ownership::Exclusive {
            let name = object.key.as_deref().unwrap_or(object.id.as_str());
            would_go
                .entry(manifest.into())
                .or_default()
                .push(format!("would delete from the next plan on: {name}"));
        } else if may_judge(input, world, matches, found) {
            stranger(input, found, (at, object), &mut taken, removals);
        }
    }
    would_go
}

/// Both sides must be known in full: every source, and all of the container.
fn may_judge(input: &PlanInput<'_>, world: &World<'_>, matches: &Matches<'_>, found: &Found<'_>) -> bool {
    let Some(item) = matches.item(&found.collection.container) else { return false };
    let ours =
        matches!(item.whose, Whose::Ours | Whose::Moving) && item.standing == Standing::Here(found.container);
    let sources = input.sources.iter().all(|s| s.complete)
        && input.desired.completeness.complete_sources.contains(&item.want.source)
        && input.desired.completeness.because.is_empty()
        && !input.desired.findings.iter().any(|f| f.severity == Severity::Error);
    ours && sources && *world.looked(found.collection.member.as_str(), found.place) == Looked::Complete
}

fn stranger(
    input: &PlanInput<'_>,
    found: &Found<'_>,
    (at, object): (u32, &Observed),
    taken: &mut Names,
    removals: &mut Removals<'_>,
) {
    match &object.mark {
        OwnerMark::Unknown => {
            return removals.unverifiable.push(Unverifiable {
                scope: object.scope.clone(),
                types: vec![object.type_name.clone()],
                address: None,
                fields: Vec::new(),
                why: format!("no manifest names {}, and its ownership marks could not be read", object.id),
            });
        }
        OwnerMark::OtherTool(_) => return,
        OwnerMark::Marked { installation, .. } if installation != input.installation.as_str() => return,
        OwnerMark::Marked { .. } | OwnerMark::None => {}
    }
    let container = &found.collection.container;
    let Some(address) = taken.address(container, object) else { return };
    let Some(source) = input.desired.resources.get(container).map(|c| c.source.clone()) else { return };
    let mut scope = object.scope.clone();
    scope.container_of = Some(container.clone());
    let mut draft = Draft::new(address, object.type_name.clone(), scope, Action::Delete, source);
    draft.change.id = Some(object.id.clone());
    draft.change.key.clone_from(&object.key);
    draft.change.before = Before::Seen(object.fields.clone());
    draft.change.reason = Reason::Drift;
    assess(input.types, &mut draft, object);
    if is_stateful(input.types, object.type_name.as_str())
        && input.recorded.safety(container.manifest()).deletion != Deletion::Delete
    {
        draft.hold(HeldBy::PROTECTED);
        removals.findings.push(crate::build::protected(&draft));
    }
    removals.known.insert(at);
    removals.drafts.push(draft);
}

/// Addresses for objects that never had one: the container's manifest, the type and the key.
struct Names<'a> {
    input: &'a PlanInput<'a>,
    used: HashSet<Address>,
}

impl<'a> Names<'a> {
    fn new(input: &'a PlanInput<'a>, removals: &Removals<'_>) -> Self {
        Self { input, used: removals.drafts.iter().map(|d| d.change.address.clone()).collect() }
    }

    fn address(&mut self, container: &Address, object: &Observed) -> Option<Address> {
        let manifest = container.manifest_ref()?;
        let key = object.key.as_deref().unwrap_or(object.id.as_str());
        let mut parts: Vec<&str> = key.split(['/', '|']).filter(|part| !part.is_empty()).collect();
        let mut address = manifest.resource(&object.type_name, &parts);
        let known = |a: &Address| {
            self.input.desired.resources.contains_key(a) || self.input.memory.ledger.contains_key(a)
        };
        if known(&address) || self.used.contains(&address) {
            parts.push(object.id.as_str());
            address = manifest.resource(&object.type_name, &parts);
        }
        self.used.insert(address.clone()).then_some(address)
    }
}

/// `*` stands for any run of characters, `?` for one; without recursion.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == b'?' || *c == text[t] => (p, t) = (p + 1, t + 1),
            _ => {
                let Some((at, from)) = star else { return false };
                (p, t) = (at + 1, from + 1);
                star = Some((at, from + 1));
            }
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn globs_match_whole_keys() {
        for (pattern, text) in [("*.dev./A", "a.b.dev./A"), ("*", ""), ("a?c", "abc"), ("*a*b", "xaxaxb")] {
            assert!(glob(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("*.dev./A", "a.dev./AAAA"), ("a", "ab"), ("", "a"), ("a*b", "ba")] {
            assert!(!glob(pattern, text), "{pattern} {text}");
        }
    }
}
