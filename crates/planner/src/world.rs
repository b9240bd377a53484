//! The observation, indexed: one shelf per type and place, and what was seen of each.
//!
//! A sudden absence is noticed here, so that nobody after this trusts such a reading.

use crate::place::Place;
use aplomo_core::ledger::{Baseline, Memory};
use aplomo_core::observation::OwnerMark;
use aplomo_core::{Coverage, Finding, Observation, Observed, RemoteId, Scope, TypeName, Types};
use std::collections::HashMap;

/// One object or several under one index key.
#[derive(Debug)]
pub(crate) enum Slot {
    One(u32),
    Many(Vec<u32>),
}

impl Slot {
    fn add(&mut self, at: u32) {
        match self {
            Self::One(first) => *self = Self::Many(vec![*first, at]),
            Self::Many(all) => all.push(at),
        }
    }
    pub(crate) fn all(&self) -> &[u32] {
        match self {
            Self::One(at) => std::slice::from_ref(at),
            Self::Many(all) => all,
        }
    }
}

/// How much of a shelf was seen.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) enum Looked {
    /// Nobody looked.
    #[default]
    Not,
    /// All of it.
    Complete,
    /// Not all of it, and why.
    Gap(String),
}

/// The objects of one type in one place.
#[derive(Debug, Default)]
pub(crate) struct Shelf<'a> {
    pub(crate) ids: HashMap<&'a str, u32>,
    pub(crate) keys: HashMap<&'a str, Slot>,
    pub(crate) looked: Looked,
}

/// A reading that is not trusted: which, where and why.
pub(crate) struct Gap<'a> {
    pub(crate) type_name: &'a TypeName,
    pub(crate) scope: &'a Scope,
    pub(crate) why: String,
}

/// The observation, indexed.
pub(crate) struct World<'a> {
    pub(crate) objects: &'a [Observed],
    shelves: Vec<Shelf<'a>>,
    index: HashMap<(&'a str, Place<'a>), u32>,
    marks: HashMap<&'a str, Slot>,
    pub(crate) gaps: Vec<Gap<'a>>,
    pub(crate) findings: Vec<Finding>,
}

impl<'a> World<'a> {
    /// Indexes an observation. `installation` is ours; only its marks are indexed.
    pub(crate) fn new(
        observation: &'a Observation,
        memory: &'a Memory,
        installation: &str,
        types: &Types,
    ) -> Self {
        let mut world = Self {
            objects: &observation.objects,
            shelves: Vec::new(),
            index: HashMap::new(),
            marks: HashMap::new(),
            gaps: Vec::new(),
            findings: Vec::new(),
        };
        world.shelve(installation);
        for ((type_name, scope), coverage) in &observation.coverage {
            world.cover(type_name, scope, coverage);
        }
        for baseline in &memory.baselines {
            let stateful = types.get(baseline.type_name.as_str()).is_none_or(|t| t.stateful());
            world.compare(baseline, stateful);
        }
        world
    }

    fn shelve(&mut self, installation: &str) {
        for (at, object) in (0_u32..).zip(self.objects) {
            let at_shelf = self.make(object.type_name.as_str(), Place::of(&object.scope));
            let shelf = &mut self.shelves[at_shelf];
            if shelf.ids.contains_key(object.id.as_str()) {
                continue; // read twice; the first counts
            }
            shelf.ids.insert(object.id.as_str(), at);
            if let Some(key) = &object.key {
                shelf.keys.entry(key).and_modify(|slot| slot.add(at)).or_insert(Slot::One(at));
            }
            if let OwnerMark::Marked { installation: by, address, .. } = &object.mark
                && by == installation
                && !address.is_empty()
            {
                self.marks.entry(address).and_modify(|slot| slot.add(at)).or_insert(Slot::One(at));
            }
        }
    }

    fn cover(&mut self, type_name: &'a TypeName, scope: &'a Scope, coverage: &'a Coverage) {
        let at = self.make(type_name.as_str(), Place::of(scope));
        let shelf = &mut self.shelves[at];
        shelf.looked = match coverage {
            Coverage::Complete => Looked::Complete,
            Coverage::LowerBound(why) => Looked::Gap(format!("not all was seen: {why}")),
            Coverage::Failed(why) => Looked::Gap(format!("could not be read: {why}")),
        };
        if let Looked::Gap(why) = &shelf.looked {
            let why = why.clone();
            self.gaps.push(Gap { type_name, scope, why });
        }
    }

    fn make(&mut self, type_name: &'a str, place: Place<'a>) -> usize {
        let next = self.shelves.len() as u32;
        let at = *self.index.entry((type_name, place)).or_insert(next);
        if at == next {
            self.shelves.push(Shelf::default());
        }
        at as usize
    }

    /// Takes back the completeness of a reading that lacks too much of what was there before.
    fn compare(&mut self, before: &'a Baseline, stateful: bool) {
        let Some(at) = self.index.get(&(before.type_name.as_str(), Place::of(&before.scope))) else { return };
        let at = *at as usize;
        let seen = self.count(before, &self.shelves[at]);
        let shelf = &mut self.shelves[at];
        let missing = before.count.saturating_sub(seen);
        let sudden = u128::from(seen) * 10 < u128::from(before.count) * 7 && (missing >= 2 || stateful);
        if shelf.looked != Looked::Complete || !sudden {
            return;
        }
        let why = format!("sudden absence: {seen} seen where there were {}", before.count);
        shelf.looked = Looked::Gap(why.clone());
        let (type_name, scope) = (&before.type_name, &before.scope);
        self.findings.push(
            Finding::warning("sudden-absence", format!("{type_name} in {scope}: {seen} seen where there were {}", before.count))
                .help(format!(
                    "nothing is created or deleted there; where they are really gone, `aplomo release seen:{type_name}` accepts what is seen now"
                )),
        );
        self.gaps.push(Gap { type_name, scope, why });
    }

    /// How many were seen there, those inside containers that nobody counted apart included.
    fn count(&self, of: &Baseline, shelf: &Shelf<'_>) -> u64 {
        let place = Place::of(&of.scope);
        let inside = |(type_name, at): &(&str, Place<'_>)| {
            *type_name == of.type_name.as_str() && at.container.is_some() && at.outer() == place
        };
        let shelves = self.index.iter().filter(|(key, _)| place.container.is_none() && inside(key));
        let uncounted = shelves.map(|(_, i)| &self.shelves[*i as usize]).filter(|s| s.looked == Looked::Not);
        (shelf.ids.len() + uncounted.map(|s| s.ids.len()).sum::<usize>()) as u64
    }

    /// The shelf of a type in a place; `None` where nothing is there and nobody looked.
    pub(crate) fn shelf(&self, type_name: &str, place: Place<'_>) -> Option<&Shelf<'a>> {
        let index: &HashMap<(&str, Place<'_>), u32> = &self.index;
        let at = *index.get(&(type_name, place))?;
        self.shelves.get(at as usize)
    }

    /// How much of a type in a place was seen: who read all around a place read what is in it.
    pub(crate) fn looked(&self, type_name: &str, place: Place<'_>) -> &Looked {
        let around = [place, place.outer(), Place { region: None, ..place.outer() }];
        let mut said = around.into_iter().filter_map(|place| Some(&self.shelf(type_name, place)?.looked));
        said.find(|looked| **looked != Looked::Not).unwrap_or(&Looked::Not)
    }

    /// The object of a type with this id in a place.
    pub(crate) fn by_id(&self, type_name: &str, place: Place<'_>, id: &RemoteId) -> Option<u32> {
        self.shelf(type_name, place)?.ids.get(id.as_str()).copied()
    }

    /// The objects that carry our mark with this address.
    pub(crate) fn marked(&self, address: &str) -> &[u32] {
        self.marks.get(address).map_or(&[], Slot::all)
    }

    /// The object at an index.
    pub(crate) fn object(&self, at: u32) -> &'a Observed {
        &self.objects[at as usize]
    }

    /// Whether this index is the first reading of its object.
    pub(crate) fn is_first(&self, at: u32) -> bool {
        let object = self.object(at);
        self.by_id(object.type_name.as_str(), Place::of(&object.scope), &object.id) == Some(at)
    }

    /// What is seen at a ledger entry's id.
    pub(crate) fn of_entry(&self, entry: &aplomo_core::ledger::LedgerEntry) -> Option<u32> {
        self.by_id(entry.type_name.as_str(), Place::of(&entry.scope), &entry.id)
    }

    /// Whether it is proven that nothing is at a ledger entry's id: its type was seen in full there,
    /// or its container's type was seen in full and the container is not among them.
    pub(crate) fn proves_gone(&self, entry: &aplomo_core::ledger::LedgerEntry) -> bool {
        let place = Place::of(&entry.scope);
        if self.of_entry(entry).is_some() {
            return false;
        }
        if *self.looked(entry.type_name.as_str(), place) == Looked::Complete {
            return true;
        }
        let (Some(container), Some(id)) = (&entry.scope.container_of, &entry.scope.container) else {
            return false;
        };
        let around = self.shelf(container.type_name(), place.outer());
        around.is_some_and(|shelf| shelf.looked == Looked::Complete && !shelf.ids.contains_key(id.as_str()))
    }
}
