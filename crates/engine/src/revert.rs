//! The plan that takes a run back: made of the stored plan of the run, approved and applied like any other.
//!
//! Deliberately absent: what goes back and what does not (`planner`), and git: what is wished stays there.

use crate::{Engine, EngineError, PlanOptions, Planned};
use aplomo_core::RunId;
use aplomo_core::manifest::Snapshot;
use aplomo_planner::Back;
use aplomo_store::StoredRun;

/// A way back with its plan.
pub struct Reverting {
    /// The plan with what it was made from.
    pub planned: Planned,
    /// What cannot go back, and what is back already.
    pub back: Back,
}

impl Engine {
    /// The run with its plan; `None` where there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn stored_run(&self, run: &RunId) -> Result<Option<StoredRun>, EngineError> {
        Ok(self.store.run(run).await?)
    }

    /// Plans the way back of a run. Writes nothing; keep the plan to have it approved.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn revert(
        &self,
        stored: &StoredRun,
        snapshots: &[Snapshot],
        options: &PlanOptions,
    ) -> Result<Reverting, EngineError> {
        let now = self.clock.now();
        let mut memory = self.store.memory(now).await?;
        let mut back = aplomo_planner::way_back(&stored.run, &stored.plan, &memory);
        // What was put back before does not hold its own way back.
        memory.reverted.retain(|address, _| !back.addresses().any(|goes| goes == address));
        let options = PlanOptions { forget: false, ..options.clone() };
        let bend = |desired: &mut _| aplomo_planner::overlay(desired, &mut back);
        let mut planned = self.plan_for(snapshots, &options, (&memory, now), bend).await?;
        planned.plan = aplomo_planner::settle(planned.plan, &mut back, &memory);
        Ok(Reverting { planned, back })
    }
}
