//! Whose a found object is.

use super::{Item, Matcher, Standing, Whose};
use crate::place::Place;
use aplomo_core::observation::OwnerMark;
use aplomo_core::resource::Adopt;
use aplomo_core::safety::Ownership;
use aplomo_core::{Address, Desired, Observed};

impl<'a> Matcher<'a, '_> {
    /// Takes the found object for an item, or says why not.
    pub(super) fn claim(&mut self, i: u32, at: u32) -> Standing {
        let (want, object) = (self.out.items[i as usize].want, self.world.object(at));
        self.out.involved.insert(at);
        if let Some(other) = self.out.claimed[at as usize].filter(|other| *other != i) {
            self.claimed_twice(other, i);
            return Standing::Refused;
        }
        self.out.claimed[at as usize] = Some(i);
        let whose = match &object.mark {
            OwnerMark::Unknown => {
                return self.unseen(
                    want,
                    "its ownership marks could not be read (may our credentials read tags?)".to_owned(),
                );
            }
            OwnerMark::Marked { installation, .. } if installation != self.basis.installation => {
                let message = format!("{} belongs to the installation {installation}", object.id);
                return self.refuse(
                    want,
                    "foreign-mark",
                    message,
                    "only that installation may write it; let it release the object first",
                );
            }
            OwnerMark::Marked { tenant, address, .. } => self.by_marks(i, object, tenant, address),
            OwnerMark::OtherTool(tool) => self.by_tool(i, object, tool),
            OwnerMark::None => self.by_record(i, object),
        };
        match whose {
            Ok(whose) => {
                self.out.items[i as usize].whose = whose;
                Standing::Here(at)
            }
            Err(standing) => standing,
        }
    }

    fn by_marks(&mut self, i: u32, object: &Observed, tenant: &str, marked: &str) -> Result<Whose, Standing> {
        let item = &self.out.items[i as usize];
        let want = item.want;
        if marked == want.address.as_str() {
            return Ok(if item.old.is_some() { Whose::Moving } else { Whose::Ours });
        }
        if marked.is_empty() && (tenant.is_empty() || tenant == want.address.tenant()) {
            return Ok(Whose::Adopting); // made by us and not yet fully marked
        }
        let old = want.previous.iter().find(|old| old.as_str() == marked);
        if let Some(old) = old.filter(|old| !self.basis.desired.resources.contains_key(*old)) {
            if old.tenant() != want.address.tenant() {
                let help = "make a new one under a new name, and let the old one go when nothing needs it";
                let message =
                    format!("it is {old}; an object does not move between tenants, accounts or regions");
                return Err(self.refuse(want, "move-refused", message, help));
            }
            self.out.items[i as usize].old = Some(old);
            return Ok(Whose::Moving);
        }
        let owner = if marked.is_empty() { tenant } else { marked };
        Err(self.elsewhere(want, object, owner))
    }

    fn elsewhere(&mut self, want: &Desired, object: &Observed, owner: &str) -> Standing {
        let message = format!("{} already belongs to {owner}", object.id);
        self.refuse(
            want,
            "owned-elsewhere",
            message,
            "after a rename name the earlier manifest in `metadata.previousNames`",
        )
    }

    fn by_tool(&mut self, i: u32, object: &Observed, tool: &str) -> Result<Whose, Standing> {
        let item = &self.out.items[i as usize];
        let recorded = item.entry.is_some_and(|e| e.id == object.id);
        if recorded || self.adopts(item, object) {
            let message = format!("{} is managed by {tool}", object.id);
            let want = item.want;
            return Err(self.refuse(want, "other-tool", message, "take it out of that tool first"));
        }
        Ok(Whose::Stranger)
    }

    fn by_record(&mut self, i: u32, object: &'a Observed) -> Result<Whose, Standing> {
        let item = &self.out.items[i as usize];
        let want = item.want;
        if item.entry.is_some_and(|e| e.id == object.id && Place::of(&e.scope) == Place::of(&object.scope)) {
            return Ok(if item.old.is_some() { Whose::Moving } else { Whose::Ours });
        }
        if let Some(owner) = self.recorded_owner(object).filter(|owner| **owner != want.address) {
            // The manifest calls the same object otherwise: a person's new login, say.
            let renamed = owner.manifest() == want.address.manifest()
                && owner.type_name() == want.address.type_name()
                && !self.basis.desired.resources.contains_key(owner);
            if renamed {
                let item = &mut self.out.items[i as usize];
                item.old = Some(owner);
                item.entry = self.basis.memory.ledger.get(owner);
                return Ok(Whose::Moving);
            }
            return Err(self.elsewhere(want, object, owner.as_str()));
        }
        let item = &self.out.items[i as usize];
        if let Some(whose) = self.by_container(item) {
            return Ok(whose);
        }
        if !self.adopts(item, object) {
            return Ok(Whose::Stranger);
        }
        if let (Some(wanted), Some(seen)) = (&want.key, &object.key)
            && wanted != seen
        {
            let message = format!("{} is to be adopted and is {seen}, not {wanted}", object.id);
            return Err(self.refuse(want, "adopt-mismatch", message, "correct `lifecycle.adopt`"));
        }
        Ok(Whose::Adopting)
    }

    /// What the container's ownership says of what is in it.
    fn by_container(&self, item: &Item<'a>) -> Option<Whose> {
        let container = self.out.container(item.want)?;
        if item.want.created_with.is_some() {
            return match container.whose {
                Whose::Ours | Whose::Moving => Some(Whose::Ours),
                Whose::Adopting | Whose::Later => Some(Whose::Later),
                Whose::Stranger => None,
            };
        }
        let member = item.want.type_name.as_str();
        let exclusive = self.basis.recorded.safety(container.want.address.manifest()).ownership_of(member)
            == Ownership::Exclusive;
        (exclusive && matches!(container.whose, Whose::Ours | Whose::Moving)).then_some(Whose::Ours)
    }

    fn adopts(&self, item: &Item<'a>, object: &Observed) -> bool {
        match &item.want.adopt {
            Adopt::No => false,
            Adopt::Id(id) => *id == object.id,
            Adopt::InContainer => {
                let container = self.out.container(item.want).map(|c| c.whose);
                matches!(container, Some(Whose::Ours | Whose::Moving | Whose::Adopting))
            }
        }
    }

    fn recorded_owner(&mut self, object: &'a Observed) -> Option<&'a Address> {
        let ledger = &self.basis.memory.ledger;
        let ids = self.ledger_ids.get_or_insert_with(|| {
            let spot = |(address, e): (&'a Address, &'a aplomo_core::ledger::LedgerEntry)| {
                ((e.type_name.as_str(), Place::of(&e.scope), e.id.as_str()), address)
            };
            ledger.iter().map(spot).collect()
        });
        ids.get(&(object.type_name.as_str(), Place::of(&object.scope), object.id.as_str())).copied()
    }
}
