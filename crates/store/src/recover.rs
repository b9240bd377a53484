//! Rebuilding the ledger from an exported audit log after the store was lost.
//!
//! Deliberately absent: approvals never come back, and what the world looks like now is read anew.

use crate::applied::LedgerStep;
use crate::audit::{AuditEntry, AuditKind, VerifyOptions, read_export};
use crate::error::StoreError;
use crate::key::PublicKey;
use crate::ledger;
use crate::store::{Store, system_actor};
use aplomo_core::ledger::LedgerEntry;
use aplomo_core::{Address, TenantName};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::BufRead;

/// What recovering brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecoverReport {
    /// Whose log it was.
    pub tenant: TenantName,
    /// Entries read.
    pub entries: u64,
    /// Addresses that are in the ledger again.
    pub restored: Vec<Address>,
    /// Addresses that the ledger knew already; they stay as they are.
    pub kept: Vec<Address>,
    /// `applied` entries that do not say what a ledger entry needs, by `tenant:seq`.
    pub unusable: Vec<String>,
}

/// The ledger as the entries tell it, in their order.
#[derive(Default)]
struct Replay {
    ledger: BTreeMap<Address, LedgerEntry>,
    unusable: Vec<String>,
}

impl Replay {
    fn apply(&mut self, entry: &AuditEntry) {
        if entry.kind == AuditKind::Applied.word() && self.step(entry).is_none() {
            self.unusable.push(entry.id());
        }
    }

    fn step(&mut self, entry: &AuditEntry) -> Option<()> {
        let address: Address = entry.payload.get("address")?.as_str()?.parse().ok()?;
        match serde_json::from_value(entry.payload.get("ledger")?.clone()).ok()? {
            LedgerStep::Put { entry } => drop(self.ledger.insert(address, *entry)),
            LedgerStep::Remove => drop(self.ledger.remove(&address)),
            LedgerStep::Rename { from, entry } => {
                self.ledger.remove(&from);
                self.ledger.insert(address, *entry);
            }
            LedgerStep::Keep => {}
        }
        Some(())
    }
}

impl Store {
    /// Verifies an export and puts the ledger entries it proves, where the ledger has none. `key` must
    /// have signed it; where `None` this store's own key. Audited as `recovered` for the tenant.
    ///
    /// # Errors
    /// [`StoreError::BadExport`] where it does not verify, with the first problem; nothing changes then.
    pub async fn recover_from_export<R: BufRead>(
        &self,
        reader: R,
        key: Option<PublicKey>,
    ) -> Result<RecoverReport, StoreError> {
        let options =
            VerifyOptions { key: Some(key.unwrap_or_else(|| self.public_key())), ..Default::default() };
        let mut replay = Replay::default();
        let (header, report) = read_export(reader, &options, |entry| replay.apply(entry))?;
        if header.installation != *self.installation() {
            return Err(StoreError::BadExport(format!("it is of installation {}", header.installation)));
        }
        if let Some(problem) = report.problems.first() {
            return Err(StoreError::BadExport(format!("{problem} ({} problems)", report.problems.len())));
        }
        self.put_back(header.tenant, report.entries, replay).await
    }

    async fn put_back(
        &self,
        tenant: TenantName,
        entries: u64,
        replay: Replay,
    ) -> Result<RecoverReport, StoreError> {
        let mut w = self.write().await?;
        let known = sqlx::query_scalar::<_, String>("SELECT address FROM ledger WHERE tenant = $1");
        let known: std::collections::HashSet<String> =
            known.bind(tenant.as_str()).fetch_all(&mut *w.tx).await?.into_iter().collect();
        let (kept, new): (Vec<_>, Vec<_>) =
            replay.ledger.into_iter().partition(|(address, _)| known.contains(address.as_str()));
        ledger::put_all(&mut w, &new).await?;
        let payload = json!({"from": "an exported audit log", "entries": entries, "restored": new.len()});
        w.audit(&tenant, AuditKind::Recovered, &system_actor(), self.now(), payload).await?;
        w.commit().await?;
        let addresses =
            |list: Vec<(Address, LedgerEntry)>| list.into_iter().map(|(address, _)| address).collect();
        let (restored, kept) = (addresses(new), addresses(kept));
        Ok(RecoverReport { tenant, entries, restored, kept, unusable: replay.unusable })
    }
}
