//! What the calls of one run came to, as far as the journal tells: what whoever goes on with it needs to find
//! its own work again; and the record of what was made and not finished.
//!
//! Deliberately absent: looking for it (`engine`).

use crate::applied::LedgerStep;
use crate::audit::AuditKind;
use crate::error::{StoreError, read_json};
use crate::ledger;
use crate::store::{Store, chain_of, system_actor};
use aplomo_core::ledger::LedgerEntry;
use aplomo_core::run::{CallOutcome, Intent};
use aplomo_core::{Address, Digest, FieldPath, RemoteId, RunId, Timestamp};
use serde_json::json;
use sqlx::Row as _;
use std::collections::{BTreeMap, BTreeSet};

/// The calls of a run that were not refused, by the effects that they are for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attempts {
    /// Effects for which a call was made: done, or of unknown answer.
    pub effects: BTreeSet<Digest>,
    /// What was made for an effect, and when the call for it was written down; the newest counts.
    pub born: BTreeMap<Digest, (RemoteId, Timestamp)>,
    /// What a creating call carried whose answer is not known, see [`Intent::carries`].
    pub carried: BTreeMap<Digest, BTreeSet<FieldPath>>,
}

impl Attempts {
    fn add(&mut self, intent: Intent, outcome: Option<CallOutcome>, at: Timestamp) {
        let answered = matches!(outcome, Some(CallOutcome::Done { .. }));
        let born = match outcome {
            Some(CallOutcome::Refused { .. }) => return,
            Some(CallOutcome::Done { born, .. }) => born,
            Some(CallOutcome::Unknown { .. }) | None => None,
        };
        for (_, digest) in intent.changes {
            self.effects.insert(digest);
            if let Some(id) = &born {
                self.born.insert(digest, (id.clone(), at));
            }
            if !answered && !intent.carries.is_empty() {
                self.carried.insert(digest, intent.carries.clone());
            }
        }
    }
}

impl Store {
    /// What the calls of a run came to.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn attempts(&self, run: &RunId) -> Result<Attempts, StoreError> {
        let sql = "SELECT intent, outcome, at FROM intents WHERE run = $1 ORDER BY id";
        let rows = sqlx::query(sql).bind(run.as_str()).fetch_all(&self.inner.pool).await?;
        let mut attempts = Attempts::default();
        for row in rows {
            let outcome: Option<String> = row.try_get(1)?;
            let outcome = outcome.map(|text| read_json::<CallOutcome>("an outcome", &text)).transpose()?;
            let at =
                row.try_get::<String, _>(2)?.parse().map_err(|e| StoreError::unreadable("an intent", e))?;
            attempts.add(read_json("an intent", row.try_get(0)?)?, outcome, at);
        }
        Ok(attempts)
    }

    /// Records what a run made and did not finish as ours, so that the next plan goes on with it and nobody
    /// takes it for somebody else's. No approval is spent. Audited, and rebuilt from the log like the rest.
    ///
    /// # Errors
    /// Trouble with the store.
    pub async fn begun(
        &self,
        run: &RunId,
        digest: Digest,
        address: &Address,
        entry: LedgerEntry,
    ) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        ledger::put(&mut w.tx, address, &entry).await?;
        let step = LedgerStep::Put { entry: Box::new(entry) };
        let payload =
            json!({"run": run, "address": address, "digest": digest, "status": "begun", "ledger": step});
        let chain = chain_of(address.as_str());
        w.audit(&chain, AuditKind::Applied, &system_actor(), self.now(), payload).await?;
        w.commit().await
    }
}
