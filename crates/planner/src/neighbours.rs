//! What others did beside ours: every object that no manifest speaks of and that lives in a container of
//! ours, or where its type says that it is a neighbour of one of ours, is shown to its type.
//!
//! Deliberately absent: what is noteworthy, which types know, and what others added to objects of ours,
//! which is asked where those are planned.

use crate::PlanInput;
use crate::matching::{Item, Matches, Standing, Whose};
use crate::place::{Place, is_own};
use crate::removal::Removals;
use crate::world::World;
use aplomo_core::types::Around;
use aplomo_core::{Account, Desired, Finding, Observed, ResourceType};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Containers in containers are followed so far.
const DEEPEST: usize = 4;

/// What types say of objects beside ours. `unmanaged` are those that nobody accounts for.
pub(crate) fn findings(
    input: &PlanInput<'_>,
    world: &World<'_>,
    matches: &Matches<'_>,
    (removals, unmanaged): (&Removals<'_>, &[u32]),
) -> Vec<Finding> {
    let came_along = (0_u32..).zip(world.objects).filter(|(at, object)| {
        object.brought_along && matches.claimed[*at as usize].is_none() && !removals.known.contains(at)
    });
    let others: BTreeSet<u32> = came_along.map(|(at, _)| at).chain(unmanaged.iter().copied()).collect();
    let others: Vec<&Observed> =
        others.into_iter().filter(|at| world.is_first(*at)).map(|at| world.object(at)).collect();
    let mut near = Near::new(world, matches, &others);
    let mut found = Vec::new();
    for object in others {
        let Some(kind) = input.types.get(object.type_name.as_str()) else { continue };
        let Some(beside) = near.of(object, kind) else { continue };
        let told = kind.inspect(&object.fields, None, &around(object)).unwrap_or_else(misfit);
        found.extend(told.into_iter().map(|finding| beside.place(finding)));
    }
    found
}

/// The place of an object that is inspected.
pub(crate) fn around(object: &Observed) -> Around<'_> {
    Around { id: &object.id, account: object.scope.account.as_ref().map(Account::as_str) }
}

pub(crate) fn misfit(misfit: aplomo_core::model::Misfit) -> Vec<Finding> {
    vec![Finding::warning("misfit", misfit.to_string()).help("report this as a bug")]
}

/// Whether an object is one of ours: wished, there, and not only described.
pub(crate) fn is_ours(item: &Item<'_>) -> bool {
    let here = matches!(item.standing, Standing::Here(_)) && !is_own(&item.want.scope);
    here && (matches!(item.whose, Whose::Ours | Whose::Moving) || item.want.observe)
}

/// What of ours an object is beside.
enum Beside<'a> {
    /// It is in this container.
    In(&'a Desired),
    /// Ours of these tenants are where it is.
    Among(&'a BTreeSet<&'a str>),
}

impl Beside<'_> {
    fn place(&self, mut finding: Finding) -> Finding {
        match self {
            Self::In(container) => finding.of(container.address.as_str()).origin(&container.origins),
            Self::Among(tenants) => {
                let mut all = tenants.iter();
                finding.tenant = all.next().filter(|_| tenants.len() == 1).map(SmolStr::new);
                finding
            }
        }
    }
}

/// By type, place and neighbourhood: the tenants of ours that are there.
type Streets<'a> = HashMap<(&'a str, Place<'a>), BTreeMap<SmolStr, BTreeSet<&'a str>>>;

struct Near<'a, 'w> {
    world: &'w World<'a>,
    matches: &'w Matches<'a>,
    /// Ours by where they are and what the service calls them.
    ours: HashMap<(Place<'a>, &'a str), &'a Desired>,
    /// The containers of objects that may be containers themselves.
    within: HashMap<(Place<'a>, &'a str), &'a str>,
    streets: Streets<'a>,
}

impl<'a, 'w> Near<'a, 'w> {
    fn new(world: &'w World<'a>, matches: &'w Matches<'a>, others: &[&'a Observed]) -> Self {
        let mut near =
            Self { world, matches, ours: HashMap::new(), within: HashMap::new(), streets: Streets::new() };
        for item in matches.items.iter().filter(|item| is_ours(item)) {
            let Standing::Here(at) = item.standing else { continue };
            let object = world.object(at);
            near.ours.insert((Place::of(&object.scope).outer(), object.id.as_str()), item.want);
        }
        for object in others {
            if let Some(container) = &object.scope.container {
                near.within
                    .insert((Place::of(&object.scope).outer(), object.id.as_str()), container.as_str());
            }
        }
        near
    }

    fn of(&mut self, object: &'a Observed, kind: &dyn ResourceType) -> Option<Beside<'_>> {
        let place = Place::of(&object.scope).outer();
        let Some(mut container) = object.scope.container.as_ref().map(AsRef::as_ref) else {
            return self.among(object, place, kind);
        };
        for _ in 0..DEEPEST {
            if let Some(want) = self.ours.get(&(place, container)) {
                return Some(Beside::In(want));
            }
            container = self.within.get(&(place, container))?;
        }
        None
    }

    fn among(
        &mut self,
        object: &'a Observed,
        place: Place<'a>,
        kind: &dyn ResourceType,
    ) -> Option<Beside<'_>> {
        let street = kind.neighbourhood(&object.fields).ok()??;
        let (world, matches) = (self.world, self.matches);
        let streets = self
            .streets
            .entry((object.type_name.as_str(), place))
            .or_insert_with(|| streets(world, matches, object, place, kind));
        streets.get(&street).map(Beside::Among)
    }
}

/// The neighbourhoods of ours of the type of an object, in its place.
fn streets<'a>(
    world: &World<'a>,
    matches: &Matches<'a>,
    object: &Observed,
    place: Place<'_>,
    kind: &dyn ResourceType,
) -> BTreeMap<SmolStr, BTreeSet<&'a str>> {
    let mut all: BTreeMap<SmolStr, BTreeSet<&str>> = BTreeMap::new();
    for item in matches.items.iter().filter(|item| item.want.type_name == object.type_name && is_ours(item)) {
        let Standing::Here(at) = item.standing else { continue };
        let ours = world.object(at);
        if Place::of(&ours.scope) == place
            && let Ok(Some(street)) = kind.neighbourhood(&ours.fields)
        {
            all.entry(street).or_default().insert(item.want.address.tenant());
        }
    }
    all
}
