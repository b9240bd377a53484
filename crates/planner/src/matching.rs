//! Which seen object each wished resource is, and whether it is ours.
//!
//! In this order: our mark, the ledger's id, the id to adopt, the natural key in the same place.
//! Containers are found first, because the place of what is in them follows from them.

use crate::accounts::{is_left, is_pending};
use crate::place::Place;
use crate::world::{Looked, World};
use aplomo_core::ledger::{LedgerEntry, Memory};
use aplomo_core::plan::Unverifiable;
use aplomo_core::safety::Recorded;
use aplomo_core::{Address, Desired, DesiredState, Finding, Timestamp, Types};
use std::collections::{HashMap, HashSet};

mod find;
mod own;

/// How a wished resource stands in the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Not looked for yet.
    Open,
    /// It is this object.
    Here(u32),
    /// It is proven not to be there.
    Missing,
    /// It could not be seen.
    Unseen,
    /// A finding stands against it: nothing is planned for it, nor for what needs it.
    Refused,
}

/// Whose the object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Ours.
    Ours,
    /// Ours under an earlier address.
    Moving,
    /// Nobody's yet; the manifest adopts it.
    Adopting,
    /// It becomes ours with its container, in a later plan.
    Later,
    /// Not ours.
    Stranger,
}

/// A wished resource with what was found.
pub(crate) struct Item<'a> {
    pub(crate) want: &'a Desired,
    pub(crate) standing: Standing,
    pub(crate) whose: Whose,
    /// The ledger's entry at its address or an earlier one.
    pub(crate) entry: Option<&'a LedgerEntry>,
    /// The earlier address, where it was found by that.
    pub(crate) old: Option<&'a Address>,
}

/// What matching works from.
#[derive(Clone, Copy)]
pub(crate) struct Basis<'a> {
    pub(crate) desired: &'a DesiredState,
    pub(crate) memory: &'a Memory,
    pub(crate) recorded: &'a Recorded,
    pub(crate) types: &'a Types,
    pub(crate) installation: &'a str,
    pub(crate) as_of: Timestamp,
}

impl Basis<'_> {
    /// Whether an entry is of an object in an account that the tenant has left: nothing to it any more.
    fn is_left(&self, want: &Desired, entry: &LedgerEntry) -> bool {
        is_left(self.recorded, self.desired, want.address.tenant(), &entry.scope)
    }
}

/// All wished resources with what was found. Items are in the order of their addresses.
pub(crate) struct Matches<'a> {
    pub(crate) items: Vec<Item<'a>>,
    index: HashMap<&'a str, u32>,
    /// By object: the item that claims it.
    pub(crate) claimed: Vec<Option<u32>>,
    /// Objects that a refused item might be: nobody else's business.
    pub(crate) involved: HashSet<u32>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) unverifiable: Vec<Unverifiable>,
}

impl<'a> Matches<'a> {
    /// The item of an address.
    pub(crate) fn at(&self, address: &Address) -> Option<u32> {
        self.index.get(address.as_str()).copied()
    }
    /// The item of an address.
    pub(crate) fn item(&self, address: &Address) -> Option<&Item<'a>> {
        self.at(address).map(|i| &self.items[i as usize])
    }
    /// The item of the container.
    pub(crate) fn container(&self, want: &Desired) -> Option<&Item<'a>> {
        self.item(want.scope.container_of.as_ref()?)
    }
}

/// Whether a wish is over at a moment.
pub(crate) fn is_over(want: &Desired, as_of: Timestamp) -> bool {
    want.until.is_some_and(|until| until <= as_of)
}

/// Finds every wished resource that `pick` lets through and that is not over.
pub(crate) fn find_all<'a>(
    basis: Basis<'a>,
    world: &World<'a>,
    pick: impl Fn(&Address) -> bool,
) -> Matches<'a> {
    let items = collect(basis, pick);
    let index = (0_u32..).zip(&items).map(|(i, item)| (item.want.address.as_str(), i)).collect();
    let matches = Matches {
        items,
        index,
        claimed: vec![None; world.objects.len()],
        involved: HashSet::new(),
        findings: Vec::new(),
        unverifiable: Vec::new(),
    };
    let mut matcher = Matcher { basis, world, out: matches, ledger_ids: None };
    matcher.refuse_double_keys();
    for layer in matcher.layers() {
        for i in layer {
            matcher.settle(i);
        }
    }
    matcher.by_late_keys();
    matcher.out
}

/// Resources with their ledger entries: both maps are sorted, so they are walked side by side.
fn collect<'a>(basis: Basis<'a>, pick: impl Fn(&Address) -> bool) -> Vec<Item<'a>> {
    let mut ledger = basis.memory.ledger.iter().peekable();
    let wanted = basis.desired.resources.values().filter(|d| !is_over(d, basis.as_of) && pick(&d.address));
    let item = |want: &'a Desired| {
        while ledger.next_if(|(address, _)| **address < want.address).is_some() {}
        let entry = ledger.peek().filter(|(address, _)| **address == want.address).map(|(_, entry)| *entry);
        let entry = entry.filter(|entry| !basis.is_left(want, entry));
        Item { want, standing: Standing::Open, whose: Whose::Stranger, entry, old: None }
    };
    wanted.map(item).collect()
}

struct Matcher<'a, 'w> {
    basis: Basis<'a>,
    world: &'w World<'a>,
    out: Matches<'a>,
    /// Ledger addresses by type, place and id; made when first needed.
    ledger_ids: Option<HashMap<(&'a str, Place<'a>, &'a str), &'a Address>>,
}

/// Where a resource is looked for.
enum Spot<'a> {
    In(Place<'a>),
    ContainerMissing,
    ContainerUnseen,
    ContainerRefused,
}

impl<'a> Matcher<'a, '_> {
    /// Items by how many containers they are in, outermost first. What never comes to an end is
    /// in the last layer and refused there; the graph names the cycle.
    fn layers(&self) -> Vec<Vec<u32>> {
        let mut layers: Vec<Vec<u32>> = Vec::new();
        for i in 0..self.out.items.len() as u32 {
            let (mut depth, mut at) = (0_usize, i);
            while depth < 16
                && let Some(container) = &self.out.items[at as usize].want.scope.container_of
                && let Some(next) = self.out.at(container)
            {
                (depth, at) = (depth + 1, next);
            }
            if layers.len() <= depth {
                layers.resize_with(depth + 1, Vec::new);
            }
            layers[depth].push(i);
        }
        layers
    }

    /// Two wishes for the same key in the same place would fight for ever.
    fn refuse_double_keys(&mut self) {
        let mut seen: HashMap<(&str, Place<'_>, Option<&str>, &str), u32> = HashMap::new();
        for i in 0..self.out.items.len() as u32 {
            let want = self.out.items[i as usize].want;
            let Some(key) = &want.key else { continue };
            if matches!(want.adopt, aplomo_core::resource::Adopt::Id(_)) {
                continue; // told apart by id
            }
            let container = want.scope.container_of.as_ref().map(Address::as_str);
            let spot = (want.type_name.as_str(), Place::of(&want.scope), container, key.as_str());
            if let Some(first) = seen.insert(spot, i) {
                self.claimed_twice(first, i);
            }
        }
    }

    fn claimed_twice(&mut self, first: u32, second: u32) {
        for (one, other) in [(first, second), (second, first)] {
            let other = &self.out.items[other as usize].want.address;
            let want = self.out.items[one as usize].want;
            let message = format!("the same object is claimed by {other}");
            let finding =
                Finding::error("claimed-twice", message).of(want.address.as_str()).origin(&want.origins);
            self.out
                .findings
                .push(finding.help("one object has one owner: take it out of one of the manifests"));
            self.out.items[one as usize].standing = Standing::Refused;
        }
    }

    fn spot(&self, want: &'a Desired) -> Spot<'a> {
        let place = Place::of(&want.scope);
        let Some(container) = &want.scope.container_of else { return Spot::In(place) };
        let Some(item) = self.out.item(container) else {
            let recorded = self.basis.memory.ledger.get(container).map(|entry| entry.id.as_str());
            return match place.container.or(recorded) {
                Some(id) => Spot::In(place.within(id)),
                None => Spot::ContainerUnseen,
            };
        };
        match item.standing {
            Standing::Here(at) => Spot::In(place.within(self.world.object(at).id.as_str())),
            Standing::Missing => Spot::ContainerMissing,
            Standing::Unseen => Spot::ContainerUnseen,
            Standing::Refused | Standing::Open => Spot::ContainerRefused,
        }
    }

    fn settle(&mut self, i: u32) {
        let want = self.out.items[i as usize].want;
        self.recall(i);
        let standing = if self.out.items[i as usize].standing == Standing::Refused {
            // Found nonetheless, so that nobody takes it for a stranger.
            if let Spot::In(place) = self.spot(want) {
                self.involve(i, place);
            }
            Standing::Refused
        } else if self.basis.types.get(want.type_name.as_str()).is_none() {
            self.refuse(
                want,
                "unknown-type",
                format!("this version knows no type {}", want.type_name),
                "update Aplomo",
            )
        } else if let Some(refused) = self.refuse_move(i) {
            refused
        } else {
            match self.spot(want) {
                Spot::In(place) => self.look(i, place),
                Spot::ContainerMissing => Standing::Missing,
                Spot::ContainerUnseen => self.unseen(want, "its container could not be seen".to_owned()),
                Spot::ContainerRefused => Standing::Refused,
            }
        };
        self.out.items[i as usize].standing = standing;
    }

    /// The ledger's entry of an earlier address, where there is none of this one.
    fn recall(&mut self, i: u32) {
        let item = &mut self.out.items[i as usize];
        if item.entry.is_some() {
            return;
        }
        let free = |old: &&Address| !self.basis.desired.resources.contains_key(*old);
        let found = item
            .want
            .previous
            .iter()
            .filter(free)
            .find_map(|old| Some((old, self.basis.memory.ledger.get(old)?)));
        if let Some((old, entry)) = found.filter(|(_, entry)| !self.basis.is_left(item.want, entry)) {
            (item.entry, item.old) = (Some(entry), Some(old));
        }
    }

    /// Objects do not move between tenants, accounts or regions.
    fn refuse_move(&mut self, i: u32) -> Option<Standing> {
        let item = &self.out.items[i as usize];
        let (want, entry) = (item.want, item.entry?);
        let tenant = item.old.is_some_and(|old| old.tenant() != want.address.tenant());
        let away = Place::of(&entry.scope).outer() != Place::of(&want.scope).outer();
        if !tenant && !away {
            return None;
        }
        let (recorded, desired) = (self.basis.recorded, self.basis.desired);
        if !tenant && is_pending(recorded, desired, want.address.tenant(), &want.scope.provider) {
            return Some(Standing::Refused); // told once, for all of the tenant
        }
        let from =
            if tenant { item.old.map(ToString::to_string) } else { Some(entry.scope.outer().to_string()) };
        let message =
            format!("it is in {}; an object does not move between tenants, accounts or regions", from?);
        let help = "make a new one under a new name, and let the old one go when nothing needs it";
        Some(self.refuse(want, "move-refused", message, help))
    }

    fn refuse(&mut self, want: &Desired, rule: &'static str, message: String, help: &str) -> Standing {
        let finding = Finding::error(rule, message).of(want.address.as_str()).origin(&want.origins);
        self.out.findings.push(finding.help(help));
        Standing::Refused
    }

    fn unseen(&mut self, want: &Desired, why: String) -> Standing {
        self.out.unverifiable.push(Unverifiable {
            scope: want.scope.clone(),
            types: vec![want.type_name.clone()],
            address: Some(want.address.clone()),
            fields: Vec::new(),
            why,
        });
        Standing::Unseen
    }

    /// What not finding it means, by how well was looked.
    fn absent(&mut self, want: &Desired, place: Place<'_>) -> Standing {
        match self.world.looked(want.type_name.as_str(), place).clone() {
            Looked::Complete => Standing::Missing,
            Looked::Gap(why) => self.unseen(want, why),
            Looked::Not => self.unseen(want, "nobody looked there".to_owned()),
        }
    }
}
