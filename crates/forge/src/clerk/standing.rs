//! How an open pull request stands: what is shown of it, who approved each effect, who still must, and what is other than
//! it was approved.
//!
//! Deliberately absent: taking words (`take`) and writing it down (`publish`).

use super::publish::Say;
use super::{Clerk, Look, Trouble};
use crate::memo::Memo;
use crate::view::{Note, Right, Since, Stage};
use aplomo_core::approval::Approval;
use aplomo_core::plan::HeldBy;
use aplomo_core::safety::Recorded;
use aplomo_core::{Change, Digest, Plan};
use std::collections::{BTreeMap, BTreeSet};

impl Clerk {
    /// How an open pull request stands.
    pub(super) async fn standing<'a>(
        &self,
        look: &Look<'_>,
        memo: &Memo,
        notes: BTreeSet<Note>,
    ) -> Result<Say<'a>, Trouble> {
        let plan = match memo.now() {
            Some(shown) => self.engine.store.plan(&shown.plan).await?,
            None => None,
        };
        let Some(plan) = plan else {
            let stage = if memo.invalid { Stage::Invalid } else { Stage::Nothing };
            return Ok(Say { notes, ..Say::stage(stage) });
        };
        let now = self.engine.clock.now();
        let given = self.engine.store.approvals_of_pull(&look.pull_ref).await?;
        let standing: Vec<&Approval> =
            given.iter().filter(|a| a.revoked.is_none() && a.expires > now).collect();
        let recorded = self.engine.recorded().await?;
        let rights = self.rights(&plan, &standing, &recorded);
        let enough = |c: &Change| {
            let held = c.held_by.as_ref().is_none_or(HeldBy::passes) || lifted(c, &standing);
            held && rights.get(&c.digest).is_some_and(Right::is_enough)
        };
        let stage = if memo.invalid {
            Stage::Invalid
        } else if plan.changes.is_empty() {
            Stage::Nothing
        } else if plan.changes.iter().all(enough) {
            Stage::Approved
        } else {
            Stage::NeedsApproval
        };
        let mut approved_plans = Vec::new();
        for id in given.iter().filter_map(|a| a.plan).collect::<BTreeSet<_>>() {
            approved_plans.extend(self.engine.store.plan(&id).await?);
        }
        let since = since(&plan, &given, &approved_plans);
        Ok(Say { stage, notes, rights, since, plan: Some(plan) })
    }

    /// Who approved each effect, and who must.
    pub(super) fn rights(
        &self,
        plan: &Plan,
        standing: &[&Approval],
        recorded: &Recorded,
    ) -> BTreeMap<Digest, Right> {
        let right = |change: &Change| {
            let approvers = recorded.approvers(change, self.terms.approvers.as_deref());
            let by = standing.iter().filter(|a| a.digests.contains(&change.digest));
            let right = Right {
                approved_by: by.map(|a| a.by.name.as_str().into()).collect(),
                needed: approvers.people.max(change.approvals_needed),
                teams: approvers.teams,
            };
            (change.digest, right)
        };
        plan.changes.iter().map(right).collect()
    }
}

fn lifted(change: &Change, standing: &[&Approval]) -> bool {
    let rule = change.held_by.as_ref().filter(|by| by.liftable());
    let lifts = |a: &&Approval, rule: &HeldBy| {
        a.digests.contains(&change.digest) && a.lifts.iter().any(|lift| lift.rule == rule.0)
    };
    rule.is_some_and(|rule| standing.iter().any(|a| lifts(a, rule)))
}

/// What differs from what was approved, where something was.
fn since(plan: &Plan, given: &[Approval], approved_plans: &[Plan]) -> Option<Since> {
    let approved: BTreeSet<Digest> =
        given.iter().filter(|a| a.revoked.is_none()).flat_map(|a| a.digests.iter().copied()).collect();
    if approved.is_empty() {
        return None;
    }
    let here: BTreeSet<Digest> = plan.changes.iter().map(|c| c.digest).collect();
    let addresses: BTreeSet<_> = plan.changes.iter().map(|c| &c.address).collect();
    let new: BTreeSet<Digest> = here.difference(&approved).copied().collect();
    let was = approved_plans.iter().flat_map(|p| &p.changes).filter(|c| approved.contains(&c.digest));
    let gone: BTreeSet<_> =
        was.filter(|c| !addresses.contains(&c.address)).map(|c| c.address.clone()).collect();
    (!new.is_empty() || !gone.is_empty()).then_some(Since { new, gone })
}
