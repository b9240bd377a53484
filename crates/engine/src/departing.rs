//! Around tenants that go: the way into the account of one whose manifest is gone already, and what is
//! still to be approved by another person.
//!
//! Deliberately absent: what goes (`planner::depart`) and who counts (`core::approval`).

use crate::{Engine, EngineError};
use aplomo_core::approval::{Grant, Refusal};
use aplomo_core::ledger::Memory;
use aplomo_core::manifest::Snapshot;
use aplomo_core::safety::{Recorded, TenantPolicy, TenantState};
use aplomo_core::{Address, DesiredState, Plan};
use aplomo_resources::aplomo::TENANT_SETTINGS;

/// A change that some people approved and others must approve as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Short {
    /// The change.
    pub address: Address,
    /// By how many different people it must be approved.
    pub needed: u32,
    /// Who did.
    pub who: Vec<String>,
}

impl Engine {
    /// What of a plan has some of the approvals it needs, or none, and needs those of several people.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn short_of_people(&self, plan: &Plan) -> Result<Vec<Short>, EngineError> {
        let approvals = self.approvals_for(plan).await?;
        let now = self.clock.now();
        let short =
            plan.changes.iter().filter(|c| c.approvals_needed > 1).filter_map(|c| {
                match Grant::check(c, &c.source, &approvals, now) {
                    Err(Refusal::TooFew { needed, who, .. }) => {
                        Some(Short { address: c.address.clone(), needed, who })
                    }
                    _ => None,
                }
            });
        Ok(short.collect())
    }
}

/// Policies of tenants that go, that these sources spoke of and no longer do: their accounts are read
/// until nothing of theirs is recorded.
pub(crate) fn unnamed(
    snapshots: &[Snapshot],
    memory: &Memory,
    recorded: &Recorded,
    desired: &DesiredState,
) -> Vec<TenantPolicy> {
    let goes = |p: &&TenantPolicy| matches!(p.state, TenantState::Leaving | TenantState::Released);
    let spoken_of = |p: &&TenantPolicy| {
        memory.ledger.iter().any(|(address, entry)| {
            entry.type_name == TENANT_SETTINGS
                && address.tenant() == p.name.as_str()
                && snapshots.iter().any(|s| s.name == entry.source)
        })
    };
    let unnamed = |p: &&TenantPolicy| !desired.tenants.contains_key(&p.name);
    recorded.policies.values().filter(goes).filter(unnamed).filter(spoken_of).cloned().collect()
}
