//! Recording what was applied: ledger, spent approval, removal and audit entry in one transaction.

use super::resolve::Resolved;
use super::state::State;
use crate::{Engine, EngineError};
use aplomo_core::approval::Actor;
use aplomo_core::fields::WantedFields;
use aplomo_core::ledger::{LedgerEntry, Removal};
use aplomo_core::plan::Before;
use aplomo_core::ports::StepOutcome;
use aplomo_core::reverted::Reverted;
use aplomo_core::run::{ChangeOutcome, Status};
use aplomo_core::{Action, Change, RemoteId, TenantName};
use aplomo_store::{AppliedRecord, LedgerStep};

/// A change that was applied, with what it came to.
pub(super) type Applied<'a> = (&'a Change, &'a Resolved, StepOutcome);

impl Engine {
    pub(super) async fn record(
        &self,
        state: &mut State<'_>,
        change: &Change,
        resolved: &Resolved,
        outcome: &StepOutcome,
    ) -> Result<(), EngineError> {
        self.record_all(state, &[(change, resolved, outcome.clone())]).await
    }

    /// Records a batch in one transaction.
    pub(super) async fn record_all(
        &self,
        state: &mut State<'_>,
        batch: &[Applied<'_>],
    ) -> Result<(), EngineError> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut records = Vec::with_capacity(batch.len());
        for (change, resolved, outcome) in batch {
            records.push(self.record_of(state, change, resolved, outcome)?);
        }
        self.store.applied_all(&records).await?;
        for (change, _, outcome) in batch {
            if let Some(id) = &outcome.id {
                state.ids.insert(change.address.clone(), id.clone());
            }
            state.note(change, Status::Applied, None, outcome.request_ids.clone());
        }
        Ok(())
    }

    fn record_of(
        &self,
        state: &State<'_>,
        change: &Change,
        resolved: &Resolved,
        outcome: &StepOutcome,
    ) -> Result<AppliedRecord, EngineError> {
        let approvals = state.grant_of(&change.address).map_or(&[][..], |g| g.approvals());
        let mut by: Vec<Actor> = Vec::new();
        for actor in approvals.iter().filter_map(|id| state.approvers.get(id)) {
            if !by.contains(actor) {
                by.push(actor.clone());
            }
        }
        let mut by = by.into_iter();
        let actor = by.next().unwrap_or_else(aplomo_store::system_actor);
        let reverts = state.plan.reverts.as_ref();
        let reverted = reverts.and_then(|of| Reverted::by(change, of, &state.run, &actor, self.clock.now()));
        Ok(AppliedRecord {
            run: state.run.clone(),
            actor,
            digest: change.digest,
            approval: approvals.first().cloned().unwrap_or_default(),
            others: by.collect(),
            outcome: ChangeOutcome {
                address: change.address.clone(),
                action: change.action,
                status: Status::Applied,
                error: None,
                request_ids: outcome.request_ids.clone(),
            },
            fields: change.fields.clone(),
            ledger: self.ledger_step(state, change, resolved, outcome)?,
            removal: self.removal(change)?,
            reverted,
        })
    }

    fn ledger_step(
        &self,
        state: &State<'_>,
        change: &Change,
        resolved: &Resolved,
        outcome: &StepOutcome,
    ) -> Result<LedgerStep, EngineError> {
        let entry = || -> Result<Box<LedgerEntry>, EngineError> {
            let id = outcome.id.clone().or_else(|| change.id.clone());
            let id = id.map_or_else(|| RemoteId::new(change.address.as_str()), Ok)?;
            let mut scope = resolved.scope.clone();
            scope.container_of.clone_from(&change.scope.container_of);
            Ok(Box::new(LedgerEntry {
                type_name: change.type_name.clone(),
                scope,
                id,
                key: change.key.clone(),
                applied: applied_fields(change),
                resolved: resolved.values.clone(),
                source: change.source.clone(),
                commit: state.commit_of(&change.source),
                version: self.version.as_str().into(),
                run: Some(state.run.clone()),
                at: self.clock.now(),
                brought_along: matches!(change.before, Before::CreatedWith(_)),
                until: change.until,
                environments: change.environments.clone(),
            }))
        };
        Ok(match (change.action, &change.moved_from) {
            (Action::Delete | Action::Release, _) => LedgerStep::Remove,
            (Action::Move, Some(from)) => {
                let mut entry = entry()?;
                if let Some(old) = state.moving.get(from) {
                    // Only the address moves: what was applied before stays what was applied, and then.
                    entry.applied.clone_from(&old.applied);
                    entry.resolved.clone_from(&old.resolved);
                    entry.at = old.at;
                }
                LedgerStep::Rename { from: from.clone(), entry }
            }
            _ => LedgerStep::Put { entry: entry()? },
        })
    }

    fn removal(&self, change: &Change) -> Result<Option<Removal>, EngineError> {
        if !change.is_removal() || change.scope.provider.as_str() == "aplomo" {
            return Ok(None);
        }
        Ok(Some(Removal {
            tenant: TenantName::new(change.address.tenant())?,
            type_name: change.type_name.clone(),
            container: change.scope.container.clone(),
            at: self.clock.now(),
        }))
    }
}

/// What the ledger says was applied: what was wished. Of an adopted object that is only what it had
/// already, so the rest is a difference of unknown reason in the next plan.
fn applied_fields(change: &Change) -> WantedFields {
    change.after.clone().unwrap_or_default()
}
