//! What became of a merged pull request: each of its effects, as runs and the newest plan tell it.

use super::{Clerk, Look, Trouble};
use crate::memo::Memo;
use crate::view::{How, Outcome, Right};
use aplomo_core::approval::Approval;
use aplomo_core::plan::{Change, HeldBy, Plan};
use aplomo_core::run::{ChangeOutcome, Run, Status};
use aplomo_core::{Address, CommitId, Digest, Reason};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// How many runs back outcomes are looked for.
const RUNS: u32 = 50;

/// All results.
pub(super) struct Results {
    pub(super) all: Vec<Told>,
    /// Whether what is merged was planned by now: before that nobody knows what is left.
    pub(super) known: bool,
    pub(super) rights: BTreeMap<Digest, Right>,
}

/// One result.
pub(super) struct Told {
    address: Address,
    digest: Digest,
    pub(super) how: How,
    detail: Option<String>,
    request_ids: Vec<SmolStr>,
    run: Option<SmolStr>,
}

impl Told {
    pub(super) fn outcome(&self) -> Outcome<'_> {
        Outcome {
            address: &self.address,
            digest: self.digest,
            how: self.how,
            detail: self.detail.clone(),
            request_ids: self.request_ids.clone(),
            run: self.run.clone(),
        }
    }
}

/// What is known of one run's change.
struct Ran<'a> {
    run: &'a Run,
    outcome: &'a ChangeOutcome,
}

/// A run, with the effect that it had at each address.
struct Known {
    run: Run,
    effects: BTreeMap<Address, Digest>,
}

impl Clerk {
    pub(super) async fn results(
        &self,
        look: &Look<'_>,
        memo: &Memo,
        shown: Option<&Plan>,
        merge: &CommitId,
    ) -> Result<Results, Trouble> {
        let given = self.engine.store.approvals_of_pull(&look.pull_ref).await?;
        let spent: BTreeSet<Digest> = given.iter().flat_map(|a| a.spent.iter().copied()).collect();
        let merged = match look.around.merged {
            Some(plan) if self.is_of(plan, merge).await? => Some(plan),
            _ => None,
        };
        let runs = self.runs(look).await?;
        let ours: BTreeSet<Digest> = given.iter().flat_map(|a| a.digests.iter().copied()).collect();
        let now = self.engine.clock.now();
        let standing: Vec<&Approval> =
            given.iter().filter(|a| a.revoked.is_none() && a.expires > now).collect();
        let mut all = Vec::new();
        let mut told = BTreeSet::new();
        for change in shown.iter().flat_map(|plan| &plan.changes) {
            told.insert(&change.address);
            let ran = newest(&runs, &change.address, &ours);
            let left = merged.map(|plan| plan.changes.iter().find(|c| c.address == change.address));
            all.push(tell(change, spent.contains(&change.digest), left, ran.as_ref(), &standing));
        }
        for change in merged.iter().flat_map(|plan| more(plan, memo, &told)) {
            let ran = newest(&runs, &change.address, &ours);
            all.push(tell(change, false, Some(Some(change)), ran.as_ref(), &standing));
        }
        let recorded = self.engine.recorded().await?;
        let rights = merged.map(|plan| self.rights(plan, &standing, &recorded)).unwrap_or_default();
        Ok(Results { all, known: merged.is_some(), rights })
    }

    /// Whether a plan is of a commit that has the merge.
    async fn is_of(&self, plan: &Plan, merge: &CommitId) -> Result<bool, Trouble> {
        let source = plan.sources.iter().find(|s| s.name == self.terms.source);
        match source.and_then(|s| s.commit.as_ref()) {
            Some(commit) => Ok(self.git.holds(commit, merge).await?),
            None => Ok(false),
        }
    }

    /// Runs of this source since it was merged, newest first.
    async fn runs(&self, look: &Look<'_>) -> Result<Vec<Known>, Trouble> {
        let merged_at = look.pull.merged_at;
        let mut runs = Vec::new();
        for summary in self.engine.store.runs(RUNS).await? {
            // GitHub's clock and ours may differ.
            let before = merged_at
                .is_some_and(|at| summary.run.started + aplomo_core::SignedDuration::from_mins(1) < at);
            if before {
                break;
            }
            let Some(stored) = self.engine.store.run(&summary.run.run).await? else { continue };
            let effects = stored.plan.changes.into_iter().map(|change| (change.address, change.digest));
            runs.push(Known { run: stored.run, effects: effects.collect() });
        }
        Ok(runs)
    }
}

/// The newest that had an effect there which somebody approved for this pull request: others may have been at work at
/// the same address.
fn newest<'a>(runs: &'a [Known], address: &Address, ours: &BTreeSet<Digest>) -> Option<Ran<'a>> {
    runs.iter().find_map(|Known { run, effects }| {
        effects.get(address).filter(|effect| ours.contains(effect))?;
        let outcome = run.outcomes.iter().find(|outcome| outcome.address == *address)?;
        Some(Ran { run, outcome })
    })
}

/// Changes of the same manifests that nobody could see while it was open, secrets for example.
fn more<'a>(plan: &'a Plan, memo: &Memo, told: &BTreeSet<&Address>) -> Vec<&'a Change> {
    let manifests: BTreeSet<&str> = memo.addresses.iter().map(Address::manifest).collect();
    let mine = |c: &&Change| manifests.contains(c.address.manifest()) && c.reason != Reason::Drift;
    plan.changes.iter().filter(mine).filter(|c| !told.contains(&c.address)).collect()
}

/// `left` is what the newest plan of all that is merged still has to do there; `None` where there is none yet.
fn tell(
    change: &Change,
    spent: bool,
    left: Option<Option<&Change>>,
    ran: Option<&Ran<'_>>,
    standing: &[&Approval],
) -> Told {
    let mut told = Told {
        address: change.address.clone(),
        digest: change.digest,
        how: How::Due,
        detail: None,
        request_ids: Vec::new(),
        run: None,
    };
    if let Some(Ran { run, outcome }) = ran {
        told.run = Some(run.run.as_str().into());
        told.request_ids = outcome.request_ids.iter().map(SmolStr::new).collect();
        told.detail.clone_from(&outcome.error);
        told.how = How::Ran(outcome.status);
    }
    let Some(left) = left else {
        if spent {
            told.how = How::Ran(Status::Applied);
        }
        return told;
    };
    let Some(left) = left else {
        told.how = if spent || matches!(told.how, How::Ran(Status::Applied)) {
            How::Ran(Status::Applied)
        } else {
            How::Gone
        };
        return told;
    };
    let approved =
        standing.iter().any(|a| a.digests.contains(&left.digest) && !a.spent.contains(&left.digest));
    told.digest = left.digest;
    told.how = match (&left.held_by, approved) {
        (Some(by), _) if !by.liftable() => {
            told.detail = Some(by.to_string());
            How::Held
        }
        (held, false) => {
            told.detail = held.as_ref().map(HeldBy::to_string);
            if left.digest == change.digest { How::NotApproved } else { How::Moved }
        }
        (_, true) if matches!(told.how, How::Ran(status) if status != Status::Applied) => told.how,
        (_, true) => How::Due,
    };
    told
}
