//! Looking for one resource among what was seen.

use super::{Matcher, Spot, Standing};
use crate::place::Place;
use aplomo_core::observation::OwnerMark;
use aplomo_core::resource::Adopt;
use aplomo_core::{Address, Datum, Desired, Reference, RemoteId, Wish};
use smol_str::SmolStr;

/// What the look-up came to.
enum Found {
    At(u32),
    Nothing,
    /// The id to adopt is not there.
    NotThere,
    Several(Vec<u32>),
}

impl<'a> Matcher<'a, '_> {
    pub(super) fn look(&mut self, i: u32, place: Place<'a>) -> Standing {
        let want = self.out.items[i as usize].want;
        match self.find(i, place) {
            Found::At(at) => self.claim(i, at),
            Found::Nothing => self.absent(want, place),
            Found::NotThere => self.adopt_missing(want, place),
            Found::Several(all) => self.ambiguous(want, &all),
        }
    }

    /// Keeps what a refused item may be out of everybody's hands.
    pub(super) fn involve(&mut self, i: u32, place: Place<'a>) {
        match self.find(i, place) {
            Found::At(at) => self.out.involved.extend([at]),
            Found::Several(all) => self.out.involved.extend(all),
            Found::Nothing | Found::NotThere => {}
        }
    }

    fn find(&mut self, i: u32, place: Place<'a>) -> Found {
        let item = &self.out.items[i as usize];
        let want = item.want;
        let recorded = item.entry.filter(|e| Place::of(&e.scope) == place && e.type_name == want.type_name);
        let recorded = recorded.map(|e| &e.id);
        let by_mark = self.by_mark(i, place);
        if !by_mark.is_empty() {
            return self.decide(by_mark, recorded, want);
        }
        let type_name = want.type_name.as_str();
        if let Some(at) = recorded.and_then(|id| self.world.by_id(type_name, place, id)) {
            return Found::At(at);
        }
        if let Adopt::Id(id) = &want.adopt {
            return self.world.by_id(type_name, place, id).map_or(Found::NotThere, Found::At);
        }
        let by_key = self.by_key(want, want.key.as_deref(), place);
        if by_key.is_empty() { Found::Nothing } else { self.decide(by_key, recorded, want) }
    }

    /// Objects with our mark of this address, else of an earlier one that nobody wishes any more.
    fn by_mark(&mut self, i: u32, place: Place<'a>) -> Vec<u32> {
        let want = self.out.items[i as usize].want;
        let here = |at: &u32| {
            let object = self.world.object(*at);
            object.type_name == want.type_name && Place::of(&object.scope) == place
        };
        let marked = |address: &Address| -> Vec<u32> {
            self.world.marked(address.as_str()).iter().copied().filter(here).collect()
        };
        let now = marked(&want.address);
        if !now.is_empty() {
            return now;
        }
        for old in &want.previous {
            if self.basis.desired.resources.contains_key(old) {
                continue;
            }
            let then = marked(old);
            if !then.is_empty() {
                self.out.items[i as usize].old = Some(old);
                return then;
            }
        }
        Vec::new()
    }

    /// Objects with the natural key, but for those whose mark names another wished address.
    fn by_key(&self, want: &Desired, key: Option<&str>, place: Place<'a>) -> Vec<u32> {
        let Some(key) = key else { return Vec::new() };
        let shelf = self.world.shelf(want.type_name.as_str(), place);
        let all = shelf.and_then(|s| s.keys.get(key)).map_or(&[][..], |slot| slot.all());
        if all.len() < 2 {
            return all.to_vec();
        }
        let free = |at: &u32| match &self.world.object(*at).mark {
            OwnerMark::Marked { installation, address, .. } if installation == self.basis.installation => {
                let parsed = address.parse::<Address>().ok();
                !parsed.is_some_and(|a| a != want.address && self.basis.desired.resources.contains_key(&a))
            }
            _ => true,
        };
        all.iter().copied().filter(free).collect()
    }

    /// Looks again for what was not found and whose natural key holds references: what these point at
    /// was found by now, so the key is known. Whatever order they were settled in, none is missed.
    pub(super) fn by_late_keys(&mut self) {
        for i in 0..self.out.items.len() as u32 {
            let item = &self.out.items[i as usize];
            if item.standing != Standing::Missing || item.want.key.is_some() {
                continue;
            }
            let want = item.want;
            let Some(key) = self.late_key(want) else { continue };
            let Spot::In(place) = self.spot(want) else { continue };
            let found = self.by_key(want, Some(&key), place);
            if !found.is_empty() {
                let standing = match self.decide(found, None, want) {
                    Found::Several(all) => self.ambiguous(want, &all),
                    Found::At(at) => self.claim(i, at),
                    Found::Nothing | Found::NotThere => continue,
                };
                self.out.items[i as usize].standing = standing;
            }
        }
    }

    /// The natural key with every reference resolved that points at something found.
    fn late_key(&self, want: &Desired) -> Option<SmolStr> {
        let mut fields = want.wanted.clone();
        for (path, reference) in want.wanted.references() {
            if let Some(value) = self.seen_output(reference) {
                fields.set(path.clone(), Wish::Value(value));
            }
        }
        if fields == want.wanted {
            return None;
        }
        self.basis.types.get(want.type_name.as_str())?.identity_wanted(&fields).ok()?
    }

    fn seen_output(&self, reference: &Reference) -> Option<Datum> {
        let at = match self.out.item(&reference.to) {
            Some(item) => match item.standing {
                Standing::Here(at) => at,
                _ => return None,
            },
            None => self.world.of_entry(self.basis.memory.ledger.get(&reference.to)?)?,
        };
        let object = self.world.object(at);
        let id = || (reference.output == "id").then(|| Datum::from(object.id.as_str()));
        object.outputs.get(&reference.output).cloned().or_else(id)
    }

    /// Of several, the recorded one or the one to adopt.
    fn decide(&self, all: Vec<u32>, recorded: Option<&RemoteId>, want: &Desired) -> Found {
        if let [only] = all[..] {
            return Found::At(only);
        }
        let adopted = if let Adopt::Id(id) = &want.adopt { Some(id) } else { None };
        let named = |id: &RemoteId| all.iter().copied().find(|at| self.world.object(*at).id == *id);
        match recorded.and_then(named).or_else(|| adopted.and_then(named)) {
            Some(at) => Found::At(at),
            None => Found::Several(all),
        }
    }

    fn adopt_missing(&mut self, want: &'a Desired, place: Place<'a>) -> Standing {
        let Adopt::Id(id) = &want.adopt else { return Standing::Refused };
        match self.absent(want, place) {
            Standing::Missing => {
                let message = format!("{id} is to be adopted and is not there");
                self.refuse(
                    want,
                    "adopt-missing",
                    message,
                    "correct `lifecycle.adopt`, or take it out to make a new one",
                )
            }
            other => other,
        }
    }

    fn ambiguous(&mut self, want: &'a Desired, all: &[u32]) -> Standing {
        let ids: Vec<&str> = all.iter().map(|at| self.world.object(*at).id.as_str()).collect();
        let what = want.key.as_deref().unwrap_or(want.type_name.as_str());
        let message = format!("{} objects are {what}: {}", ids.len(), ids.join(", "));
        self.out.involved.extend(all.iter().copied());
        self.refuse(want, "ambiguous", message, "name the one that is meant with `lifecycle.adopt: <id>`")
    }
}
