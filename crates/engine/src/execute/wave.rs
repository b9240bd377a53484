//! One wave: read again, judge, resolve, write in batches by scope, record.

use super::fresh::{Freshness, Index, Subject, judge};
use super::resolve::{Resolved, Unresolved, resolve};
use super::state::State;
use super::{Order, lease};
use crate::{Engine, EngineError};
use aplomo_core::observation::{Observed, OwnerMark};
use aplomo_core::ports::{ApprovedStep, CallCounter, Marks, StepOutcome, WriteCx, Writer};
use aplomo_core::run::Status;
use aplomo_core::{Change, Observation, RemoteId, Scope, TypeName};
use std::collections::BTreeMap;
use std::time::Duration;

/// A step with what is needed to record it.
pub(super) struct Step<'a> {
    pub(super) approved: ApprovedStep<'a>,
    pub(super) resolved: Resolved,
}

/// What the fresh look says must happen with a change.
enum Verdict<'a> {
    Write(Box<Step<'a>>),
    Done(Resolved, Option<RemoteId>),
    Out(Status, String),
    /// What it needs was made just now and is not shown yet: it comes again in the next wave.
    Later,
}

impl Engine {
    pub(super) async fn wave(
        &self,
        order: &Order<'_>,
        state: &mut State<'_>,
        wave: &[&Change],
        lease: &lease::Held,
        calls: &CallCounter,
    ) -> Result<(), EngineError> {
        let targets = self.targets(state, wave, order);
        let written: Vec<RemoteId> = wave.iter().filter_map(|change| change.id.clone()).collect();
        // A run that goes on looks for what it made, and judges that by all its fields.
        let exact = (written.as_slice(), !state.resumed, (!state.resumed).then_some(written.as_slice()));
        let mut seen = self.read_again(order.connections, &targets, exact, calls).await;
        if wave.iter().any(|c| c.scope.provider.as_str() == "aplomo") {
            seen.merge(aplomo_resources::aplomo::observe(&self.store.memory(self.clock.now()).await?));
        }
        if let Some(skew) = seen.skew_seconds.filter(|s| s.abs() > crate::MAX_SKEW_SECONDS) {
            return Err(EngineError::ClockSkew(skew));
        }
        let index = Index::new(&seen, &self.installation);
        let (mut steps, mut later) = (Vec::new(), Duration::ZERO);
        for change in wave {
            match self.verdict(state, change, &index, &seen) {
                Verdict::Write(step) => steps.push(*step),
                Verdict::Out(status, why) => state.note(change, status, Some(why), Vec::new()),
                Verdict::Later => later = later.max(state.wait_for_late(&change.address)),
                Verdict::Done(resolved, id) => {
                    let outcome = done(change, id);
                    self.record(state, change, &resolved, &outcome).await?;
                }
            }
        }
        state.close_groups("another change of its group is out, and they only work together");
        steps.retain(|step| !state.outcomes.contains_key(&step.approved.change.address));
        if let Some(wait) = self.unsettled(order, state, &steps) {
            // Nothing is noted of these changes, so they come again in the next wave.
            self.clock.sleep(wait).await;
            return Ok(());
        }
        self.write(order, state, steps, lease, calls).await?;
        self.clock.sleep(later).await;
        Ok(())
    }

    /// How long to wait until the absence of what an unanswered call may have made is believed; each
    /// change waits once. `None` where nothing waits.
    fn unsettled(&self, order: &Order<'_>, state: &mut State<'_>, steps: &[Step<'_>]) -> Option<Duration> {
        let now = self.clock.now();
        let mut longest = None;
        for approved in steps.iter().map(|step| &step.approved) {
            let change = approved.change;
            let anew = change.action == aplomo_core::Action::Create || makes_first(change);
            let open = state.open.remove(&change.address).filter(|_| anew && approved.found.is_none());
            let Some(at) = open else { continue };
            let writer =
                writer_for(order, &approved.scope, &change.type_name, std::slice::from_ref(approved));
            let settle = writer.map_or(Duration::ZERO, |w| w.settle());
            let passed = Duration::try_from(now.duration_since(at)).unwrap_or_default();
            longest = longest.max(settle.checked_sub(passed).filter(|left| !left.is_zero()));
        }
        longest
    }

    /// What to read before a wave: the scope of each change, and what its references point at.
    fn targets(&self, state: &State<'_>, wave: &[&Change], order: &Order<'_>) -> Vec<(TypeName, Scope)> {
        let mut targets = Vec::new();
        for change in wave {
            let mut scope = change.scope.clone();
            if let Some(container) = scope.container_of.as_ref().and_then(|of| state.ids.get(of)) {
                scope.container = Some(container.clone());
            }
            for used in change.references.iter().filter(|u| u.reference.output != "id") {
                let Ok(type_name) = TypeName::new(used.reference.to.type_name()) else { continue };
                let outer = state.place_of(&used.reference.to, &change.scope);
                if let Some(id) = state.ids.get(&used.reference.to) {
                    targets.extend(inside(order, &type_name, &outer.within(id.clone())));
                }
                targets.push((type_name, outer));
            }
            if let Some(of) =
                change.scope.container_of.as_ref().and_then(|of| TypeName::new(of.type_name()).ok())
            {
                targets.push((of, scope.outer()));
            }
            targets.push((change.type_name.clone(), scope.concrete()));
            if makes_first(change) {
                targets.push((change.type_name.clone(), change.scope.concrete()));
            }
        }
        targets.sort();
        targets.dedup();
        targets
    }

    fn verdict<'a>(
        &self,
        state: &State<'a>,
        change: &Change,
        index: &Index<'_>,
        seen: &Observation,
    ) -> Verdict<'a> {
        // The plan outlives the wave; look the change up there so that steps may borrow it.
        let Some(change) = super::change_at(state.plan, &change.address) else {
            return Verdict::Out(Status::Skipped, "it is not in the plan".to_owned());
        };
        let resolved = match resolve(change, &state.ids, index) {
            Ok(resolved) => resolved,
            Err(Unresolved::Moved(why)) => return Verdict::Out(Status::Stale, why),
            Err(Unresolved::Missing(why)) => return Verdict::Out(Status::Failed, why),
            Err(Unresolved::Late(of, why)) => {
                return if state.may_come(&change.address, &of) {
                    Verdict::Later
                } else {
                    Verdict::Out(Status::Failed, why)
                };
            }
        };
        if change.scope.provider.as_str() == "aplomo" {
            return self.settings_verdict(state, change, resolved, index);
        }
        if let Some(why) = self.container_taken(change, &resolved.scope, index) {
            return Verdict::Out(Status::Stale, why);
        }
        let coverage = seen.coverage_of(&change.type_name, &resolved.scope);
        if let Some(why) = coverage.map_or(Some("nobody could look there"), not_seen) {
            let why = format!("what is there could not be read again: {why}");
            return Verdict::Out(state.unseen(&change.address), why);
        }
        match self.freshness(state, change, &resolved, index) {
            Freshness::Stale(why) => Verdict::Out(Status::Stale, why),
            Freshness::Done(object) => Verdict::Done(resolved, object.map(|o| o.id.clone())),
            Freshness::Fresh(object) => self.step(state, change, resolved, object, None),
            Freshness::Begun(object) => {
                let found = Some(object.id.clone());
                self.step(state, change, resolved, Some(object), found)
            }
        }
    }

    /// Our own settings live in the ledger: they are compared like everything else, and recording them
    /// is all there is to write.
    fn settings_verdict<'a>(
        &self,
        state: &State<'a>,
        change: &Change,
        resolved: Resolved,
        index: &Index<'_>,
    ) -> Verdict<'a> {
        let id = RemoteId::new(change.address.as_str()).ok();
        let there = id.as_ref().and_then(|id| index.by_id(change.type_name.as_str(), &Scope::own(), id));
        let subject = there.map(Subject::Known);
        match judge(change, resolved.after.as_ref(), subject, &self.installation, state.resumed) {
            Freshness::Stale(why) => Verdict::Out(Status::Stale, why),
            _ => Verdict::Done(resolved, id),
        }
    }

    /// Somebody else took the container over since: nothing is written into it.
    fn container_taken(&self, change: &Change, scope: &Scope, index: &Index<'_>) -> Option<String> {
        let (of, id) = (change.scope.container_of.as_ref()?, scope.container.as_ref()?);
        let container = index.by_id(of.type_name(), &scope.outer(), id)?;
        match &container.mark {
            OwnerMark::Marked { installation, .. } if installation != self.installation.as_str() => {
                Some(format!("another Aplomo (`{installation}`) has marked {id} since"))
            }
            OwnerMark::OtherTool(tool) => Some(format!("{tool} owns {id} now")),
            _ => None,
        }
    }

    fn step<'a>(
        &self,
        state: &State<'a>,
        change: &'a Change,
        resolved: Resolved,
        object: Option<&Observed>,
        found: Option<RemoteId>,
    ) -> Verdict<'a> {
        let marks = Marks {
            installation: self.installation.clone(),
            tenant: change.address.tenant().into(),
            address: change.address.clone(),
        };
        let key = state.key(change.digest);
        let grant = state.grant_of(&change.address).cloned();
        let approved = grant.and_then(|g| ApprovedStep::new(change, g, resolved.scope.clone(), marks, key));
        let Some(mut approved) = approved else {
            return Verdict::Out(Status::Held, "its approval is for another effect".to_owned());
        };
        approved.fresh = object.cloned();
        approved.after.clone_from(&resolved.after);
        approved.found = found;
        if makes_first(change) {
            // The new object has no id yet; the old one's is for when it goes.
            approved.id.clone_from(&approved.found);
        } else if approved.id.is_none() && change.action != aplomo_core::Action::Create {
            approved.id = object.map(|o| o.id.clone());
        }
        Verdict::Write(Box::new(Step { approved, resolved }))
    }

    async fn write(
        &self,
        order: &Order<'_>,
        state: &mut State<'_>,
        steps: Vec<Step<'_>>,
        lease: &lease::Held,
        calls: &CallCounter,
    ) -> Result<(), EngineError> {
        let mut batches: BTreeMap<(TypeName, Scope, &str), Vec<Step<'_>>> = BTreeMap::new();
        for step in steps {
            let change = step.approved.change;
            let key = (change.type_name.clone(), step.resolved.scope.clone(), change.address.tenant());
            batches.entry(key).or_default().push(step);
        }
        let run = state.run.clone();
        let cx = WriteCx {
            run: &run,
            journal: &self.store,
            fence: lease,
            budget: &*self.budget,
            calls,
            clock: &*self.clock,
        };
        for ((type_name, scope, _), steps) in batches {
            let approved: Vec<_> = steps.iter().map(|s| s.approved.clone()).collect();
            let outcomes = match writer_for(order, &scope, &type_name, &approved) {
                Some(writer) => writer.write(&cx, &approved).await,
                None => approved.iter().map(|s| no_writer(s.change)).collect(),
            };
            self.record_batch(state, &steps, outcomes).await?;
        }
        Ok(())
    }

    async fn record_batch(
        &self,
        state: &mut State<'_>,
        steps: &[Step<'_>],
        outcomes: Vec<StepOutcome>,
    ) -> Result<(), EngineError> {
        let mut outcomes: BTreeMap<_, _> = outcomes.into_iter().map(|o| (o.address.clone(), o)).collect();
        let mut applied = Vec::new();
        for step in steps {
            let change = step.approved.change;
            match outcomes.remove(&change.address) {
                Some(outcome) if outcome.status == Status::Applied => {
                    applied.push((change, &step.resolved, outcome))
                }
                Some(outcome) => {
                    state.note(change, outcome.status, outcome.error.clone(), outcome.request_ids.clone());
                }
                None => state.note(
                    change,
                    Status::Unknown,
                    Some("the writer said nothing of it".to_owned()),
                    vec![],
                ),
            }
        }
        self.record_all(state, &applied).await
    }
}

/// Whether a change makes a new object before the old one goes.
pub(super) fn makes_first(change: &Change) -> bool {
    change.action == aplomo_core::Action::Replace && change.create_first
}

pub(super) fn not_seen(coverage: &aplomo_core::Coverage) -> Option<&str> {
    match coverage {
        aplomo_core::Coverage::Complete => None,
        aplomo_core::Coverage::LowerBound(why) | aplomo_core::Coverage::Failed(why) => Some(why),
    }
}

/// The types that live inside a container of the given type, in that container.
fn inside(order: &Order<'_>, container: &TypeName, scope: &Scope) -> Vec<(TypeName, Scope)> {
    let within = order
        .connections
        .readers_of(scope)
        .flat_map(|c| c.readers())
        .filter(|r| r.after().contains(container) && !r.only_of_going());
    within.flat_map(|r| r.feeds()).map(|t| (t.clone(), scope.clone())).collect()
}

pub(super) fn writer_for(
    order: &Order<'_>,
    scope: &Scope,
    type_name: &TypeName,
    approved: &[ApprovedStep<'_>],
) -> Option<Box<dyn Writer>> {
    let tenant = approved.first()?.change.address.tenant();
    let connection = order.connections.writing(tenant, scope)?;
    connection.writers(approved).into_iter().find(|w| w.feeds().contains(type_name))
}

pub(super) fn no_writer(change: &Change) -> StepOutcome {
    StepOutcome {
        address: change.address.clone(),
        status: Status::Failed,
        id: None,
        error: Some(format!("there is no way to write {} in {}", change.type_name, change.scope)),
        request_ids: Vec::new(),
    }
}

fn done(change: &Change, id: Option<RemoteId>) -> StepOutcome {
    let id = id.or_else(|| change.id.clone());
    StepOutcome {
        address: change.address.clone(),
        status: Status::Applied,
        id,
        error: None,
        request_ids: Vec::new(),
    }
}
