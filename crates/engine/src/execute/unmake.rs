//! The last part of replacements: the old object goes when the new one is there and everything that
//! needed the old one has moved on. What cannot go is `superseded`: said in the outcome, taken up by the
//! next plan (deleted, or listed as unmanaged where it is stateful), and no failure of the run.

use super::fresh::{Index, superseded_moved};
use super::state::State;
use super::wave::{makes_first, no_writer, not_seen, writer_for};
use super::{Order, lease};
use crate::{Engine, EngineError};
use aplomo_core::approval::{Approval, Grant};
use aplomo_core::fields::WantedFields;
use aplomo_core::ledger::LedgerEntry;
use aplomo_core::ports::{ApprovedStep, CallCounter, Fence as _, Marks, WriteCx};
use aplomo_core::run::Status;
use aplomo_core::{Address, Change, Coverage, Observation, RemoteId, Scope, TypeName};
use std::collections::BTreeMap;

/// Steps by type, scope and tenant: what one writer does in one go.
type Batches<'a> = BTreeMap<(TypeName, Scope, &'a str), Vec<ApprovedStep<'a>>>;

/// A change whose old object stays, and why.
type Leftover<'a> = (&'a Change, String);

impl Engine {
    /// Takes away what applied replacements left behind, the insides of containers first. Yields why it
    /// was stopped, where it was; it goes on at the next start then.
    pub(super) async fn unmake(
        &self,
        order: &Order<'_>,
        state: &mut State<'_>,
        lease: &lease::Held,
        calls: &CallCounter,
    ) -> Result<Option<String>, EngineError> {
        let old = superseded(state);
        if old.is_empty() {
            return Ok(None);
        }
        let approvals = self.approvals_for(state.plan).await?;
        let (inside, around): (Vec<_>, Vec<_>) = old.into_iter().partition(|c| c.scope.container.is_some());
        for changes in [inside, around] {
            if let Err(why) = lease.check().await {
                return Ok(Some(why));
            }
            let left = self.unmake_all(order, state, &changes, &approvals, (lease, calls)).await;
            self.keep_leftovers(state, left).await?;
        }
        Ok(None)
    }

    /// A leftover gets an address of its own in the ledger, so that a later plan may take it away.
    /// What is in a container goes with that.
    async fn keep_leftovers(
        &self,
        state: &mut State<'_>,
        left: Vec<Leftover<'_>>,
    ) -> Result<(), EngineError> {
        let mut entries = Vec::new();
        for (change, why) in left {
            let id = change.id.as_ref().map(ToString::to_string).unwrap_or_default();
            tracing::warn!(address = %change.address, %id, %why, "the replaced object stays");
            if let Some(outcome) = state.outcomes.get_mut(&change.address) {
                let error =
                    format!("superseded: the old object {id} stays: {why}; the next plan takes it up");
                outcome.error = Some(error);
            }
            entries.extend(self.leftover_entry(state, change));
        }
        Ok(self.store.ledger_put(&entries).await?)
    }

    fn leftover_entry(&self, state: &State<'_>, change: &Change) -> Option<(Address, LedgerEntry)> {
        let id = change.id.as_ref().filter(|_| change.scope.container.is_none())?;
        let entry = LedgerEntry {
            type_name: change.type_name.clone(),
            scope: change.scope.concrete(),
            id: id.clone(),
            key: change.key.clone(),
            applied: WantedFields::default(),
            resolved: BTreeMap::new(),
            source: change.source.clone(),
            commit: state.commit_of(&change.source),
            version: self.version.as_str().into(),
            run: Some(state.run.clone()),
            at: self.clock.now(),
            brought_along: false,
            until: None,
            environments: change.environments.clone(),
        };
        Some((aplomo_planner::superseded(&change.address, id)?, entry))
    }

    async fn unmake_all<'a>(
        &self,
        order: &Order<'_>,
        state: &State<'a>,
        changes: &[&'a Change],
        approvals: &[Approval],
        (lease, calls): (&lease::Held, &CallCounter),
    ) -> Vec<Leftover<'a>> {
        let mut targets: Vec<_> = changes.iter().map(|c| (c.type_name.clone(), c.scope.concrete())).collect();
        targets.sort();
        targets.dedup();
        let old: Vec<RemoteId> = changes.iter().filter_map(|change| change.id.clone()).collect();
        let seen = self.read_again(order.connections, &targets, (&old, false, None), calls).await;
        let index = Index::new(&seen, &self.installation);
        let (mut batches, mut left) = (Batches::new(), Vec::new());
        for change in changes {
            match self.unmake_step(state, change, (&index, &seen), approvals) {
                Ok(Some(step)) => {
                    let tenant = step.change.address.tenant();
                    batches
                        .entry((change.type_name.clone(), step.scope.clone(), tenant))
                        .or_default()
                        .push(step);
                }
                Ok(None) => {}
                Err(why) => left.push((*change, why)),
            }
        }
        left.extend(self.unmake_batches(order, state, batches, (lease, calls)).await);
        left
    }

    /// The step that takes the old object away; `None` where it is gone, an error in words where it
    /// must stay.
    fn unmake_step<'a>(
        &self,
        state: &State<'a>,
        change: &'a Change,
        (index, seen): (&Index<'_>, &Observation),
        approvals: &[Approval],
    ) -> Result<Option<ApprovedStep<'a>>, String> {
        let (scope, Some(id)) = (change.scope.concrete(), change.id.as_ref()) else { return Ok(None) };
        let coverage = seen.coverage_of(&change.type_name, &scope);
        let Some(old) = index.by_id(change.type_name.as_str(), &scope, id) else {
            return match coverage {
                Some(Coverage::Complete) => Ok(None),
                Some(other) => {
                    Err(format!("it could not be read again: {}", not_seen(other).unwrap_or_default()))
                }
                None => Err("it could not be read again".to_owned()),
            };
        };
        if let Some(user) = still_used(state, change) {
            return Err(format!("{user} still uses it, because that change was not made"));
        }
        if let Some(why) = superseded_moved(change, old, &self.installation) {
            return Err(why);
        }
        let grant = Grant::check_rest(change, &change.source, approvals, self.clock.now());
        let grant = grant.map_err(|refusal| refusal.to_string())?;
        let marks = Marks {
            installation: self.installation.clone(),
            tenant: change.address.tenant().into(),
            address: change.address.clone(),
        };
        let step = ApprovedStep::new(change, grant, scope, marks, state.key(change.digest));
        let mut step = step.ok_or_else(|| "its approval is for another effect".to_owned())?;
        step.after = None;
        step.fresh = Some(old.clone());
        Ok(Some(step))
    }

    async fn unmake_batches<'a>(
        &self,
        order: &Order<'_>,
        state: &State<'a>,
        batches: Batches<'a>,
        (lease, calls): (&lease::Held, &CallCounter),
    ) -> Vec<Leftover<'a>> {
        let mut left = Vec::new();
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
            let outcomes = match writer_for(order, &scope, &type_name, &steps) {
                Some(writer) => writer.write(&cx, &steps).await,
                None => steps.iter().map(|s| no_writer(s.change)).collect(),
            };
            for outcome in outcomes.into_iter().filter(|o| o.status != Status::Applied) {
                let why = outcome.error.unwrap_or_else(|| "the service did not say why".to_owned());
                let change = steps.iter().map(|s| s.change).find(|c| c.address == outcome.address);
                left.extend(change.map(|change| (change, why)));
            }
        }
        left
    }
}

/// Applied replacements whose new object is not the old one.
fn superseded<'a>(state: &State<'a>) -> Vec<&'a Change> {
    let applied = |c: &Change| state.outcomes.get(&c.address).is_some_and(|o| o.status == Status::Applied);
    let moved = |c: &Change| {
        let container: Option<&RemoteId> = c.scope.container_of.as_ref().and_then(|of| state.ids.get(of));
        state.ids.get(&c.address) != c.id.as_ref()
            || container.is_some_and(|id| c.scope.container.as_ref() != Some(id))
    };
    let all = state.plan.changes.iter().filter(|c| makes_first(c) && c.id.is_some());
    all.filter(|c| applied(c) && moved(c)).collect()
}

/// A change that should have left the old object and was not made.
fn still_used(state: &State<'_>, change: &Change) -> Option<Address> {
    let made = |c: &&Change| state.outcomes.get(&c.address).is_some_and(|o| o.status == Status::Applied);
    let users = state.plan.changes.iter().filter(|c| c.depends_on.contains(&change.address));
    users.filter(|c| !made(c)).map(|c| c.address.clone()).next()
}
