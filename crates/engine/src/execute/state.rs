//! Where a run stands: which changes are granted, done, refused, and which are next.

use super::change_at;
use aplomo_core::approval::{Actor, Grant};
use aplomo_core::ledger::LedgerEntry;
use aplomo_core::run::{ChangeOutcome, Status};
use aplomo_core::{
    Action, Address, Change, CommitId, Digest, FieldPath, Plan, RemoteId, RunId, Scope, SourceName, Timestamp,
};
use aplomo_store::Attempts;
use smol_str::{SmolStr, format_smolstr};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

/// How long a change waits, each time, for what it needs of an object that this run made.
const LATE: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(8), Duration::from_secs(20)];

/// The state of a run.
pub(crate) struct State<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) run: RunId,
    pub(crate) resumed: bool,
    pub(crate) outcomes: BTreeMap<Address, ChangeOutcome>,
    pub(crate) ids: HashMap<Address, RemoteId>,
    pub(crate) approvers: HashMap<SmolStr, Actor>,
    /// Where what the plan refers to lives, as far as the ledger knows; see [`State::place_of`].
    pub(crate) places: HashMap<Address, Scope>,
    /// Ledger entries of addresses that objects move away from.
    pub(crate) moving: HashMap<Address, LedgerEntry>,
    /// Addresses for which a call was made of which nobody knows the answer, and when.
    pub(crate) open: BTreeMap<Address, Timestamp>,
    /// Changes whose lost answer was looked for: each is looked for once.
    looked: BTreeSet<Address>,
    /// How often changes waited for what this run made and readings do not show yet.
    late: BTreeMap<Address, usize>,
    /// What applied changes wait for, in words.
    pub(crate) waiting: BTreeMap<Address, String>,
    /// Effects for which this run made a call before, refused ones left out: only of these it may find
    /// its own work, whatever else looks like it was made by somebody else.
    pub(crate) attempted: BTreeSet<Digest>,
    /// What this run made for an effect, by the answer to the call that made it. Where a service has no marks,
    /// this alone tells our half-made objects from others of the same name.
    pub(crate) born: BTreeMap<Digest, RemoteId>,
    /// What a creating call carried of which nobody knows the answer.
    pub(crate) carried: BTreeMap<Digest, BTreeSet<FieldPath>>,
    grants: HashMap<Address, Grant>,
}

impl<'a> State<'a> {
    /// A run at its beginning, or with what it had done before it was interrupted.
    pub(crate) fn new(plan: &'a Plan, run: RunId, resumed: bool, before: &[ChangeOutcome]) -> Self {
        let applied = before.iter().filter(|o| o.status == Status::Applied);
        let outcomes = applied.map(|o| (o.address.clone(), o.clone())).collect();
        Self {
            plan,
            run,
            resumed,
            outcomes,
            ids: HashMap::new(),
            approvers: HashMap::new(),
            places: HashMap::new(),
            moving: HashMap::new(),
            open: BTreeMap::new(),
            looked: BTreeSet::new(),
            late: BTreeMap::new(),
            waiting: BTreeMap::new(),
            attempted: BTreeSet::new(),
            born: BTreeMap::new(),
            carried: BTreeMap::new(),
            grants: HashMap::new(),
        }
    }

    /// Where a resource lives, its container aside: it may be in another region than what refers to it.
    pub(crate) fn place_of(&self, address: &Address, near: &Scope) -> Scope {
        let planned = change_at(self.plan, address).map(|change| &change.scope);
        planned.or_else(|| self.places.get(address)).unwrap_or(near).outer()
    }

    /// Takes note of what the journal tells of this run's calls.
    pub(crate) fn learn(&mut self, attempts: Attempts) {
        self.attempted.extend(attempts.effects);
        self.carried.extend(attempts.carried);
        for change in self.plan.changes.iter().filter(|c| !self.outcomes.contains_key(&c.address)) {
            if let Some((_, at)) = attempts.born.get(&change.digest) {
                // Readings may not show it yet, which is waited out like a lost answer.
                self.open.entry(change.address.clone()).or_insert(*at);
            }
        }
        self.born.extend(attempts.born.into_iter().map(|(digest, (id, _))| (digest, id)));
    }

    /// What this run made for a change and did not finish.
    pub(crate) fn half_made(&self, change: &Change) -> Option<&RemoteId> {
        let over =
            |o: &ChangeOutcome| matches!(o.status, Status::Applied | Status::Waiting | Status::Quarantined);
        let born = self.born.get(&change.digest)?;
        (!self.outcomes.get(&change.address).is_some_and(over)).then_some(born)
    }

    /// Whether this run may have done a change before it was interrupted.
    pub(crate) fn may_have_done(&self, change: &Change) -> bool {
        self.resumed && self.attempted.contains(&change.digest)
    }

    /// Whether this run made what a new object is in.
    pub(crate) fn made_container_of(&self, change: &Change) -> bool {
        let container = change.scope.container_of.as_ref().filter(|_| change.action == Action::Create);
        let made = |of: &&Address| change_at(self.plan, of).is_some_and(|of| of.action == Action::Create);
        container
            .filter(made)
            .and_then(|of| self.outcomes.get(of))
            .is_some_and(|o| o.status == Status::Applied)
    }

    /// Whether this run took away what the object was in, to make it anew in the same place: the object went
    /// with it.
    pub(crate) fn went_with_container(&self, change: &Change) -> bool {
        let goes = matches!(change.action, Action::Replace | Action::Delete);
        let container = change.scope.container_of.as_ref().filter(|_| goes);
        let freed = |of: &&Address| {
            change_at(self.plan, of).is_some_and(|of| of.action == Action::Replace && !of.create_first)
        };
        container
            .filter(freed)
            .and_then(|of| self.outcomes.get(of))
            .is_some_and(|o| o.status == Status::Applied)
    }

    /// Whether a call for a change was made already and nobody knows what became of it, or more must follow.
    pub(crate) fn is_begun(&self, change: &Change) -> bool {
        self.open.contains_key(&change.address) || self.attempted.contains(&change.digest)
    }

    /// A wave was stopped before all of its calls were made: what was not done is looked at again, as after a
    /// crash.
    pub(crate) fn stopped_short(&mut self, wave: &[&Change]) {
        self.resumed = true;
        let skipped = |state: &Self, change: &Change| {
            state.outcomes.get(&change.address).is_some_and(|o| o.status == Status::Skipped)
        };
        for change in wave {
            if skipped(self, change) {
                self.outcomes.remove(&change.address);
            }
        }
    }

    /// Changes nothing is known of yet.
    pub(crate) fn pending(&self) -> Vec<&'a Change> {
        self.plan.changes.iter().filter(|c| !self.outcomes.contains_key(&c.address)).collect()
    }

    pub(crate) fn grant(&mut self, address: &Address, grant: Grant) {
        self.grants.insert(address.clone(), grant);
    }

    /// Answers were lost: what became of those calls is found by looking again, as after a crash, once
    /// for each change. False where no answer is missing that was not looked for.
    pub(crate) fn look_for_lost(&mut self, now: Timestamp) -> bool {
        let lost = self.outcomes.values().filter(|o| o.status == Status::Unknown);
        let lost: Vec<Address> =
            lost.map(|o| o.address.clone()).filter(|a| !self.looked.contains(a)).collect();
        if lost.is_empty() {
            return false;
        }
        self.attempted.extend(lost.iter().filter_map(|a| change_at(self.plan, a)).map(|c| c.digest));
        self.outcomes.retain(|address, o| o.status != Status::Skipped && !lost.contains(address));
        self.open.extend(lost.iter().map(|address| (address.clone(), now)));
        self.looked.extend(lost);
        self.resumed = true;
        true
    }

    /// What a change is whose world could not be read: unknown where a call for it was made already.
    pub(crate) fn unseen(&self, address: &Address) -> Status {
        if self.open.contains_key(address) { Status::Unknown } else { Status::Failed }
    }

    /// Whether what a change needs of an address may come to be seen: this run made it, and readings lag.
    pub(crate) fn may_come(&self, change: &Address, of: &Address) -> bool {
        let waited = self.late.get(change).copied().unwrap_or_default();
        waited < LATE.len() && self.outcomes.get(of).is_some_and(|o| o.status == Status::Applied)
    }

    /// How long to wait this time.
    pub(crate) fn wait_for_late(&mut self, change: &Address) -> Duration {
        let waited = self.late.entry(change.clone()).or_default();
        let pause = LATE.get(*waited).copied().unwrap_or_default();
        *waited += 1;
        pause
    }

    /// Whether it is not known what became of a change.
    pub(crate) fn has_lost(&self) -> bool {
        self.outcomes.values().any(|o| o.status == Status::Unknown)
    }

    pub(crate) fn grant_of(&self, address: &Address) -> Option<&Grant> {
        self.grants.get(address)
    }

    pub(crate) fn refuse(&mut self, change: &Change, why: String) {
        self.note(change, Status::Held, Some(why), Vec::new());
    }

    /// Records what became of a change.
    pub(crate) fn note(
        &mut self,
        change: &Change,
        status: Status,
        error: Option<String>,
        request_ids: Vec<String>,
    ) {
        let outcome = ChangeOutcome {
            address: change.address.clone(),
            action: change.action,
            status,
            error,
            request_ids,
        };
        self.outcomes.insert(change.address.clone(), outcome);
    }

    /// The contents of a container that shall go stay while the container's own going is not approved.
    pub(crate) fn keep_contents_with_containers(&mut self) {
        for change in self.pending() {
            let Some(container) = super::recheck::going_container(self.plan, change) else { continue };
            let out = self.outcomes.get(&container.address).is_some_and(|o| o.status != Status::Applied);
            if out {
                let why = format!("{} is not to go (yet), so neither is what is in it", container.address);
                self.refuse(change, why);
            }
        }
    }

    /// Where one of a group is out, the rest of it is out for the same reason.
    pub(crate) fn close_groups(&mut self, why: &str) {
        let out: BTreeMap<SmolStr, Status> = self
            .plan
            .changes
            .iter()
            .filter_map(|c| {
                let status = self.outcomes.get(&c.address)?.status;
                (status != Status::Applied).then(|| c.group.clone().map(|g| (g, status)))?
            })
            .collect();
        for change in self.pending() {
            if let Some(status) = change.group.as_ref().and_then(|g| out.get(g)) {
                self.note(change, *status, Some(why.to_owned()), Vec::new());
            }
        }
    }

    /// The changes that can be done now. A group is done together, so it waits for all its dependencies.
    pub(crate) fn next_wave(&mut self) -> Vec<&'a Change> {
        loop {
            self.close_groups("another change of its group could not be done, and they only work together");
            let pending = self.pending();
            let lost: Vec<_> = pending.iter().filter_map(|c| Some((*c, self.lost_dependency(c)?))).collect();
            if lost.is_empty() {
                return self.ready(&pending);
            }
            for (change, address) in lost {
                self.note(
                    change,
                    Status::Skipped,
                    Some(format!("{address} comes first and was not done")),
                    Vec::new(),
                );
            }
        }
    }

    fn lost_dependency(&self, change: &Change) -> Option<Address> {
        let lost =
            |address: &&Address| self.outcomes.get(*address).is_some_and(|o| o.status != Status::Applied);
        change.depends_on.iter().find(lost).cloned()
    }

    fn ready(&self, pending: &[&'a Change]) -> Vec<&'a Change> {
        let done = |address: &Address| {
            self.outcomes.contains_key(address) || change_at(self.plan, address).is_none()
        };
        let group_of: HashMap<&Address, &SmolStr> =
            pending.iter().filter_map(|c| Some((&c.address, c.group.as_ref()?))).collect();
        let met = |change: &Change| {
            change.depends_on.iter().all(|d| done(d) || same_group(&group_of, &change.address, d))
        };
        let waiting: BTreeSet<&SmolStr> =
            pending.iter().filter(|c| !met(c)).filter_map(|c| c.group.as_ref()).collect();
        let free = |change: &&&'a Change| {
            met(change) && change.group.as_ref().is_none_or(|group| !waiting.contains(group))
        };
        pending.iter().filter(free).copied().collect()
    }

    /// Applied changes that wait for something outside are told as waiting.
    pub(crate) fn tell_waiting(&mut self) {
        for (address, why) in std::mem::take(&mut self.waiting) {
            if let Some(outcome) = self.outcomes.get_mut(&address).filter(|o| o.status == Status::Applied) {
                (outcome.status, outcome.error) = (Status::Waiting, Some(why));
            }
        }
    }

    /// What is left when no wave is: changes that wait for each other.
    pub(crate) fn skip_the_rest(&mut self) {
        for change in self.pending() {
            let why = "what it depends on was not done".to_owned();
            self.note(change, Status::Skipped, Some(why), Vec::new());
        }
    }

    /// The commit of a source, as the plan has it.
    pub(crate) fn commit_of(&self, source: &SourceName) -> Option<CommitId> {
        self.plan.sources.iter().find(|s| s.name == *source).and_then(|s| s.commit.clone())
    }

    /// The idempotency key of a change in this run: the same after a crash.
    pub(crate) fn key(&self, digest: Digest) -> SmolStr {
        let text = format_smolstr!("{}/{}/0", self.run, digest);
        Digest::of_bytes(text.as_bytes()).short(32).into()
    }
}

fn same_group(group_of: &HashMap<&Address, &SmolStr>, a: &Address, b: &Address) -> bool {
    matches!((group_of.get(a), group_of.get(b)), (Some(x), Some(y)) if x == y)
}
