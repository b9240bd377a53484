//! What is checked again at the write, whatever the plan says: a plan may be hours old, and a plan
//! file may have been made by anybody. What loosens a safety counts as recorded now, a stop from the
//! moment it is put, and a removal needs a record of ownership.

use aplomo_core::ledger::{Hold, LedgerEntry, Memory, Quarantine, Removal};
use aplomo_core::plan::HeldBy;
use aplomo_core::safety::freeze::{BreakGlass, Today};
use aplomo_core::safety::{Deletion, Ownership, Recorded, TenantState};
use aplomo_core::types::Counting;
use aplomo_core::{Action, Address, Change, CommitId, Plan, Timestamp, Types};
use aplomo_store::HeldSource;
use std::collections::BTreeMap;

/// What the store says at the moment of writing.
pub(super) struct Now<'a> {
    pub(super) at: Timestamp,
    pub(super) memory: &'a Memory,
    pub(super) recorded: &'a Recorded,
    pub(super) types: &'a Types,
    pub(super) held_sources: Vec<HeldSource>,
    /// What the recorded freezes and windows say of this moment.
    pub(super) today: Today<'a>,
}

impl Now<'_> {
    /// Why a change may not be written now; `None` where nothing stands in its way.
    pub(super) fn stop(&self, change: &Change, commit: Option<&CommitId>) -> Option<String> {
        self.held(change, commit)
            .or_else(|| self.tenant_state(change))
            .or_else(|| self.more_people(change))
            .or_else(|| self.unsafe_removal(change))
    }

    /// What was put back to how it was stays so until the manifests agree, whatever was approved before.
    pub(super) fn put_back(&self, change: &Change) -> Option<String> {
        let put_back = self.memory.reverted.get(&change.address)?;
        let resolve = |reference: &aplomo_core::Reference| {
            let used = change.references.iter().find(|used| used.reference == *reference)?;
            used.resolved.clone()
        };
        let agrees = match change.action {
            Action::Adopt | Action::Move => true,
            Action::Delete | Action::Release => put_back.agrees(None, &resolve),
            Action::Create | Action::Update | Action::Replace => {
                put_back.agrees(change.after.as_ref(), &resolve)
            }
        };
        (!agrees).then(|| format!("{put_back}; `aplomo release {}` ends that", change.address))
    }

    fn held(&self, change: &Change, commit: Option<&CommitId>) -> Option<String> {
        let in_force = |h: &&Hold| h.until > self.at && h.what.matches(&change.address);
        if let Some(hold) = self.memory.holds.iter().find(in_force) {
            return Some(format!("held until {} by {}: {}", hold.until, hold.by, hold.reason));
        }
        let same = |q: &&Quarantine| {
            q.address == change.address && q.digest == change.digest && q.commit.as_ref() == commit
        };
        if let Some(entry) = self.memory.quarantine.iter().find(same) {
            return Some(format!(
                "in quarantine: {}; `aplomo release {}` lets it go on",
                entry.why, entry.address
            ));
        }
        let held = self.held_sources.iter().find(|s| s.source == change.source)?;
        Some(format!("source {} is held: {}", held.source, held.reason))
    }

    /// Settings themselves may always be applied, or nobody could thaw a tenant. Of a tenant that leaves
    /// what goes by two people's word goes, of a released one what is let go.
    fn tenant_state(&self, change: &Change) -> Option<String> {
        let tenant = change.address.tenant();
        let state = self.recorded.policies.get(tenant).map(|p| p.state).unwrap_or_default();
        if change.scope.provider.as_str() == "aplomo" {
            return None;
        }
        let together = change.departs;
        if together && !self.leaves(tenant) {
            return Some(format!("tenant {tenant} does not leave any more: it is {state:?}"));
        }
        let goes = match state {
            TenantState::Active => true,
            TenantState::Frozen => false,
            TenantState::Leaving => together && matches!(change.action, Action::Delete | Action::Release),
            TenantState::Released => change.action == Action::Release,
        };
        (!goes).then(|| format!("tenant {tenant} is {state:?}"))
    }

    fn leaves(&self, tenant: &str) -> bool {
        self.recorded.policies.get(tenant).is_some_and(|p| p.state == TenantState::Leaving)
    }

    /// A freeze or a closed window, unless somebody broke the glass. A removal that time alone asks for was
    /// approved with the change that set the time, as the ledger tells.
    pub(super) fn shut(&self, change: &Change) -> Option<String> {
        let due = |entry: &LedgerEntry| entry.until.is_some_and(|until| until <= self.at);
        if scheduled(change) && self.memory.ledger.get(&change.address).is_some_and(due) {
            return None;
        }
        let shut = self.today.shut(change, self.recorded)?;
        let tenant = change.address.tenant();
        let opened = |g: &BreakGlass| g.tenant.as_str() == tenant && g.opens(self.recorded, self.at);
        if self.memory.glass.iter().any(opened) {
            return None;
        }
        let until = shut.until.map_or_else(String::new, |until| format!(" until {until}"));
        Some(match shut.by == HeldBy::FREEZE {
            true => format!("frozen{until} by {}: {}", shut.manifest, shut.why),
            false => format!("outside the windows of {}{until} ({})", shut.manifest, shut.why),
        })
    }

    /// When freezes, windows and what opens them change next.
    pub(super) fn next(&self) -> Option<Timestamp> {
        let glass = self.memory.glass.iter().map(|glass| glass.until).filter(|until| *until > self.at);
        glass.chain(self.today.next()).min()
    }

    /// Rules that were applied since the plan was made, and ask for more people than it says.
    fn more_people(&self, change: &Change) -> Option<String> {
        let needed = self.recorded.approvers(change, None).people;
        let more = needed > change.approvals_needed && !scheduled(change);
        more.then(|| format!("its tenant's rules ask for approvals by {needed} different people; plan again"))
    }

    /// What several people decided together for a tenant that leaves: past protection and guards.
    pub(super) fn is_teardown(&self, change: &Change) -> bool {
        change.departs && self.leaves(change.address.tenant())
    }

    fn unsafe_removal(&self, change: &Change) -> Option<String> {
        if !change.is_removal() || change.scope.provider.as_str() == "aplomo" {
            return None;
        }
        let manifest = change.address.manifest();
        let safety = self.recorded.safety(manifest);
        let stateful = self.types.get(change.type_name.as_str()).is_none_or(|t| t.stateful());
        if stateful && safety.deletion != Deletion::Delete && !self.is_teardown(change) {
            return Some(format!(
                "{} ({manifest} does not allow deletion, as it was last applied)",
                HeldBy::PROTECTED
            ));
        }
        let entry = self.memory.ledger.get(&change.address);
        let owned = entry.is_some_and(|e| change.id.as_ref().is_none_or(|id| *id == e.id));
        let container = change.scope.container_of.as_ref().map_or(manifest, Address::manifest);
        let exclusive =
            self.recorded.safety(container).ownership_of(change.type_name.as_str()) == Ownership::Exclusive;
        (!owned && !exclusive).then(|| "there is no record that it is ours, so it is not removed".to_owned())
    }

    /// Removals that are more than the tenant's guard on their number allows in 24 hours, counted now:
    /// plans that were made before others were applied do not add up past the guard. The share of a
    /// pool is the planner's business, which knows what the pool holds.
    pub(super) fn too_many(&self, plan: &Plan, lifted: impl Fn(&Change) -> bool) -> BTreeMap<String, String> {
        let counted =
            |type_name: &str| self.types.get(type_name).is_none_or(|t| t.counting() == Counting::PerTenant);
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let planned = plan.changes.iter().filter(|c| c.is_removal() && counted(c.type_name.as_str()));
        // As the planner counts: what is held anyway and what goes with its container is not one more.
        let counts_now = |c: &&Change| c.held_by.is_none() && going_container(plan, c).is_none();
        let usual = |c: &&Change| !lifted(c) && !scheduled(c) && !self.is_teardown(c);
        for change in planned.filter(counts_now).filter(usual) {
            *counts.entry(change.address.tenant().to_owned()).or_default() += 1;
        }
        let past = |tenant: &str| {
            let counts = |r: &&Removal| r.tenant.as_str() == tenant && counted(r.type_name.as_str());
            self.memory.removals.iter().filter(counts).count() as u64
        };
        let over = counts.into_iter().filter_map(|(tenant, planned)| {
            let (all, limit) =
                (planned + past(&tenant), u64::from(self.recorded.guards(&tenant).count).max(1));
            let why =
                format!("{}: {all} removals in 24 hours, where {limit} are allowed", HeldBy::GUARD_COUNT);
            (all > limit).then_some((tenant, why))
        });
        over.collect()
    }
}

/// A removal that time alone asks for was approved with the change that set the time.
fn scheduled(change: &Change) -> bool {
    change.reason == aplomo_core::Reason::Schedule
}

/// The container of a change, where the plan deletes that as well: its contents go with it or not at all.
pub(super) fn going_container<'a>(plan: &'a Plan, change: &Change) -> Option<&'a Change> {
    if !matches!(change.action, Action::Delete | Action::Release) {
        return None;
    }
    let container = super::change_at(plan, change.scope.container_of.as_ref()?)?;
    (container.action == Action::Delete).then_some(container)
}

#[cfg(test)]
mod tests;
