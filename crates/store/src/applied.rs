//! A change was applied: ledger, approval, removal, outcome and audit entry, all or nothing.

use crate::audit::AuditKind;
use crate::db::WriteTx;
use crate::error::StoreError;
use crate::store::Store;
use crate::{approvals, ledger, reverted, runs};
use aplomo_core::approval::Actor;
use aplomo_core::ledger::{LedgerEntry, Removal};
use aplomo_core::plan::FieldChange;
use aplomo_core::reverted::Reverted;
use aplomo_core::run::ChangeOutcome;
use aplomo_core::{Address, Digest, RunId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use smol_str::SmolStr;

/// What an applied change means for the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "step")]
pub enum LedgerStep {
    /// The entry at the outcome's address is now this.
    Put {
        /// The entry.
        entry: Box<LedgerEntry>,
    },
    /// The address is forgotten: deleted or released.
    Remove,
    /// The entry at another address came to the outcome's address and is now this.
    Rename {
        /// The address it had.
        from: Address,
        /// The entry.
        entry: Box<LedgerEntry>,
    },
    /// Nothing.
    Keep,
}

/// One change that was applied.
#[derive(Debug, Clone, PartialEq)]
pub struct AppliedRecord {
    /// The run; it must have been started.
    pub run: RunId,
    /// In whose name: who approved it.
    pub actor: Actor,
    /// The effect.
    pub digest: Digest,
    /// The approval that is spent by it.
    pub approval: SmolStr,
    /// Who else approved it.
    pub others: Vec<Actor>,
    /// Address, action, status, request ids. The tenant is the address's.
    pub outcome: ChangeOutcome,
    /// What was changed, field by field; for the audit log only.
    pub fields: Vec<FieldChange>,
    /// The ledger's share.
    pub ledger: LedgerStep,
    /// For the guards, where it took something away.
    pub removal: Option<Removal>,
    /// Of a way back: what it put back, held from then on.
    pub reverted: Option<Reverted>,
}

impl Store {
    /// Records one applied change in one transaction.
    ///
    /// # Errors
    /// Trouble with the store, or a run that was never started; nothing is recorded then.
    pub async fn applied(&self, record: &AppliedRecord) -> Result<(), StoreError> {
        self.applied_all(std::slice::from_ref(record)).await
    }

    /// Records applied changes in one transaction: what one call did is one step.
    ///
    /// # Errors
    /// As [`Store::applied`].
    pub async fn applied_all(&self, records: &[AppliedRecord]) -> Result<(), StoreError> {
        let mut w = self.write().await?;
        for record in records {
            self.record(&mut w, record).await?;
        }
        w.commit().await
    }

    async fn record(&self, w: &mut WriteTx<'_>, record: &AppliedRecord) -> Result<(), StoreError> {
        let address = &record.outcome.address;
        match &record.ledger {
            LedgerStep::Put { entry } => ledger::put(&mut w.tx, address, entry).await?,
            LedgerStep::Remove => drop(ledger::remove(&mut w.tx, address).await?),
            LedgerStep::Rename { from, entry } => {
                ledger::remove(&mut w.tx, from).await?;
                ledger::put(&mut w.tx, address, entry).await?;
            }
            LedgerStep::Keep => {}
        }
        if let Some(removal) = &record.removal {
            ledger::put_removal(&mut w.tx, removal).await?;
        }
        if let Some(put_back) = &record.reverted {
            reverted::put(&mut w.tx, put_back).await?;
        }
        approvals::spend(&mut w.tx, &record.digest).await?;
        runs::put_outcome(&mut w.tx, &record.run, &record.outcome).await?;
        let mut payload = json!({"run": record.run, "address": address, "action": record.outcome.action,
            "status": record.outcome.status, "digest": record.digest, "approval": record.approval,
            "requestIds": record.outcome.request_ids, "fields": record.fields, "ledger": record.ledger});
        if let Some(put_back) = &record.reverted {
            payload["reverted"] = json!(put_back);
        }
        if !record.others.is_empty() {
            payload["alsoApprovedBy"] = json!(record.others);
        }
        let chain = crate::store::chain_of(address.as_str());
        w.audit(&chain, AuditKind::Applied, &record.actor, self.now(), payload).await?;
        Ok(())
    }
}
