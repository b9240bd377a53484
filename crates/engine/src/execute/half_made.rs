//! What a run made and did not finish. Where a service has no marks nothing on the object says that it is
//! ours, so the ledger must: else the next plan takes it for a stranger's and nobody ever goes on with it.
//!
//! Deliberately absent: going on within the same run (`wave`, from what the journal tells).

use super::State;
use super::converge::scope_now;
use super::wave::makes_first;
use crate::{Engine, EngineError};
use aplomo_core::fields::WantedFields;
use aplomo_core::ledger::LedgerEntry;
use aplomo_core::{Change, RemoteId};
use std::collections::BTreeMap;

impl Engine {
    /// Records as ours what this run made for changes that it ends without.
    pub(super) async fn keep_half_made(&self, state: &mut State<'_>) -> Result<(), EngineError> {
        state.learn(self.store.attempts(&state.run).await?);
        // Of what is made beside an old object the old one stays recorded.
        let changes = state.plan.changes.iter().filter(|change| !makes_first(change));
        let half: Vec<(&Change, RemoteId)> =
            changes.filter_map(|change| Some((change, state.half_made(change)?.clone()))).collect();
        for (change, id) in half {
            let entry = self.half_entry(state, change, id);
            tracing::warn!(address = %change.address, id = %entry.id, "it was made and is not finished");
            let words =
                format!("{} was made, is not complete, and is recorded as ours; plan again", entry.id);
            self.store.begun(&state.run, change.digest, &change.address, entry).await?;
            if let Some(outcome) = state.outcomes.get_mut(&change.address) {
                let error = outcome.error.take().map(|error| format!("{error}; ")).unwrap_or_default();
                outcome.error = Some(format!("{error}{words}"));
            }
        }
        Ok(())
    }

    /// As of an adopted object nothing is known to have been applied, so that what differs is of unknown reason.
    fn half_entry(&self, state: &State<'_>, change: &Change, id: RemoteId) -> LedgerEntry {
        let mut scope = scope_now(state, change);
        scope.container_of.clone_from(&change.scope.container_of);
        LedgerEntry {
            type_name: change.type_name.clone(),
            scope,
            id,
            key: change.key.clone(),
            applied: WantedFields::default(),
            resolved: BTreeMap::new(),
            source: change.source.clone(),
            commit: state.commit_of(&change.source),
            version: self.version.as_str().into(),
            run: Some(state.run.clone()),
            at: self.clock.now(),
            brought_along: false,
            until: change.until,
            environments: change.environments.clone(),
        }
    }
}
