//! Making approvals: of everything in a plan that may be approved, or of named effects.

use crate::{Engine, EngineError};
use aplomo_core::approval::{Actor, Approval, ForPull, Known, Lift, automatic_covers};
use aplomo_core::plan::HeldBy;
use aplomo_core::safety::TenantPolicy;
use aplomo_core::{ActorName, Change, Digest, Plan, SignedDuration, SourceName, TenantName};
use std::collections::{BTreeMap, BTreeSet};

/// How long an approval stands unless the configuration says otherwise: 7 days.
pub const USUAL_EXPIRY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Who approves what of a plan.
#[derive(Debug, Clone)]
pub struct Approving {
    /// Who.
    pub by: Actor,
    /// Guards to lift, by name and with a reason.
    pub lifts: Vec<Lift>,
    /// Only these effects; all that may be approved where it is `None`.
    pub only: Option<BTreeSet<Digest>>,
    /// How long it stands.
    pub expires_after: SignedDuration,
    /// The pull request it is for; where the plan is one's own, that one whatever stands here.
    pub pull: Option<ForPull>,
}

/// What approving came to.
#[derive(Debug, Clone, Default)]
pub struct Approved {
    /// One per tenant and source.
    pub approvals: Vec<Approval>,
    /// Changes that could not be approved, with what holds them.
    pub held: Vec<(aplomo_core::Address, HeldBy)>,
    /// Changes that were approved and need the approval of other people as well.
    pub short: Vec<crate::Short>,
}

impl Engine {
    /// Approves the effects of a plan and stores that.
    ///
    /// # Errors
    /// When the plan was edited, a named effect is not in it, a lift is not allowed, or the store
    /// cannot be written.
    pub async fn approve(&self, plan: &Plan, request: &Approving) -> Result<Approved, EngineError> {
        self.check_plan(plan).await?;
        if let Some(unknown) =
            request.only.iter().flatten().find(|d| !plan.changes.iter().any(|c| c.digest == **d))
        {
            return Err(EngineError::UnknownDigest(*unknown));
        }
        self.check_lifts(plan, &request.lifts, &request.by).await?;
        let mut held = Vec::new();
        let mut by_owner: BTreeMap<(TenantName, SourceName), Vec<&Change>> = BTreeMap::new();
        for change in &plan.changes {
            if request.only.as_ref().is_some_and(|only| !only.contains(&change.digest)) {
                continue;
            }
            // What only time holds may be approved before its time.
            match change.held_by.as_ref().filter(|h| !lifted(h, &request.lifts) && !h.passes()) {
                Some(holder) => held.push((change.address.clone(), holder.clone())),
                None => {
                    let tenant = TenantName::new(change.address.tenant())?;
                    by_owner.entry((tenant, change.source.clone())).or_default().push(change);
                }
            }
        }
        let request = &Approving { pull: self.tie(plan, request).await?, ..request.clone() };
        let mut approvals = Vec::new();
        for ((tenant, source), changes) in by_owner {
            let approval = self.approval_of(plan, request, tenant, source, &changes);
            self.store.approval_put(&approval).await?;
            approvals.push(approval);
        }
        let mut short = self.short_of_people(plan).await?;
        let named = |s: &crate::Short| {
            let at = |a: &Approval| {
                plan.changes.iter().any(|c| c.address == s.address && a.digests.contains(&c.digest))
            };
            approvals.iter().any(at)
        };
        short.retain(named);
        Ok(Approved { approvals, held, short })
    }

    /// Approves what the configuration's `approval: automatic` covers (see `automatic_covers`) and no
    /// approval stands for yet. `tenants` are the policies recorded as applied: what a commit wishes
    /// approves nothing. Nothing of the sources in `except`: what is merged there is approved by pull request.
    ///
    /// # Errors
    /// As [`Engine::approve`].
    pub async fn approve_automatically(
        &self,
        plan: &Plan,
        tenants: &BTreeMap<TenantName, TenantPolicy>,
        except: &BTreeSet<SourceName>,
    ) -> Result<Approved, EngineError> {
        let standing: BTreeSet<Digest> = self.granted(plan).await?.into_iter().collect();
        let covered = |change: &&Change| {
            let rules = tenants.get(change.address.tenant()).map(|p| p.approval.clone()).unwrap_or_default();
            let here = !except.contains(&change.source);
            here && automatic_covers(change, &rules) && !standing.contains(&change.digest)
        };
        let only: BTreeSet<Digest> = plan.changes.iter().filter(covered).map(|c| c.digest).collect();
        if only.is_empty() {
            return Ok(Approved::default());
        }
        self.keep_plan(plan).await?;
        self.approve(plan, &by_configuration(only, None)).await
    }

    /// As [`Engine::approve_automatically`], of these effects alone, for a pull request that was merged.
    ///
    /// # Errors
    /// As [`Engine::approve`].
    pub async fn approve_automatically_of(
        &self,
        plan: &Plan,
        effects: &BTreeSet<Digest>,
        pull: ForPull,
    ) -> Result<Approved, EngineError> {
        let standing: BTreeSet<Digest> = self.granted(plan).await?.into_iter().collect();
        let recorded = self.recorded().await?;
        let covered = |change: &&Change| {
            let policy = recorded.policies.get(change.address.tenant());
            let rules = policy.map(|p| p.approval.clone()).unwrap_or_default();
            effects.contains(&change.digest)
                && automatic_covers(change, &rules)
                && !standing.contains(&change.digest)
        };
        let only: BTreeSet<Digest> = plan.changes.iter().filter(covered).map(|c| c.digest).collect();
        if only.is_empty() {
            return Ok(Approved::default());
        }
        self.keep_plan(plan).await?;
        self.approve(plan, &by_configuration(only, Some(pull))).await
    }

    /// The pull request that an approval is for: the one that is named, or the one whose plan it is.
    async fn tie(&self, plan: &Plan, request: &Approving) -> Result<Option<ForPull>, EngineError> {
        if request.pull.is_some() {
            return Ok(request.pull.clone());
        }
        let of = self.store.pull_of_plan(&plan.digest).await?;
        Ok(of.map(|pull| ForPull { pull, evidence: "approved by its digest".into(), merged: false }))
    }

    /// A plan that may be approved and applied: as it was made, made here, and not of a later moment.
    /// Digests alone prove no maker: whoever edits a file can compute them again.
    ///
    /// # Errors
    /// [`EngineError::EditedPlan`], [`EngineError::StrangePlan`], [`EngineError::FuturePlan`].
    pub(crate) async fn check_plan(&self, plan: &Plan) -> Result<(), EngineError> {
        check_unedited(plan)?;
        let soon = self.clock.now().saturating_add(SignedDuration::from_secs(crate::MAX_SKEW_SECONDS));
        if soon.is_ok_and(|soon| plan.as_of > soon) {
            return Err(EngineError::FuturePlan(plan.as_of));
        }
        if !plan.changes.is_empty() && self.store.plan(&plan.digest).await?.is_none() {
            return Err(EngineError::StrangePlan);
        }
        Ok(())
    }

    /// Records that something was refused, in the chain of each tenant of the plan, else the operator's.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn audit_refusal(&self, plan: Option<&Plan>, by: &Actor, why: &str) -> Result<(), EngineError> {
        let mut tenants: BTreeSet<TenantName> = plan
            .iter()
            .flat_map(|p| &p.changes)
            .filter_map(|c| TenantName::new(c.address.tenant()).ok())
            .collect();
        if tenants.is_empty() {
            tenants.insert(TenantName::known(TenantName::PLATFORM));
        }
        for tenant in tenants {
            let payload = serde_json::json!({"why": why, "plan": plan.map(|p| p.digest)});
            self.store.audit_append(&tenant, aplomo_store::AuditKind::Refusal, by, payload).await?;
        }
        Ok(())
    }

    async fn check_lifts(&self, plan: &Plan, lifts: &[Lift], by: &Actor) -> Result<(), EngineError> {
        for lift in lifts {
            let holds = |c: &Change| c.held_by.as_ref().is_some_and(|h| h.0 == lift.rule);
            if !HeldBy(lift.rule.clone()).liftable() || !plan.changes.iter().any(holds) {
                return Err(EngineError::NothingToLift(lift.rule.to_string()));
            }
        }
        if lifts.is_empty() || matches!(by.how, Known::Authenticated(_)) {
            return Ok(());
        }
        let memory = self.store.memory(self.clock.now()).await?;
        let recorded = aplomo_resources::aplomo::recorded(&memory);
        let strict = plan.changes.iter().find(|c| {
            recorded.policies.get(c.address.tenant()).is_some_and(|p| p.approval.second_person_for_lifts)
        });
        match strict {
            Some(change) => Err(EngineError::SecondPerson(change.address.tenant().to_owned())),
            None => Ok(()),
        }
    }

    fn approval_of(
        &self,
        plan: &Plan,
        request: &Approving,
        tenant: TenantName,
        source: SourceName,
        changes: &[&Change],
    ) -> Approval {
        let at = self.clock.now();
        let resolved = changes.iter().map(|change| {
            let known = change.references.iter().filter_map(|r| Some((r.path.clone(), r.resolved.clone()?)));
            (change.digest, known.collect())
        });
        Approval {
            id: self.ids.fresh().into(),
            tenant,
            source,
            digests: changes.iter().map(|c| c.digest).collect(),
            plan: Some(plan.digest),
            resolved: resolved.collect(),
            by: request.by.clone(),
            at,
            expires: at.saturating_add(request.expires_after).unwrap_or(at),
            lifts: request.lifts.clone(),
            revoked: None,
            spent: BTreeSet::new(),
            pull: request.pull.clone(),
        }
    }
}

/// What the configuration approves.
fn by_configuration(only: BTreeSet<Digest>, pull: Option<ForPull>) -> Approving {
    let by = Actor { name: ActorName::known("approval: automatic"), how: Known::Policy };
    let expires_after = SignedDuration::from_hours(1);
    Approving { by, lifts: Vec::new(), only: Some(only), expires_after, pull }
}

/// A plan whose digests do not recompute was edited or damaged.
fn check_unedited(plan: &Plan) -> Result<(), EngineError> {
    let forged = |c: &Change| c.recompute_digest().ok() != Some(c.digest);
    if plan.recompute_digest()? != plan.digest || plan.changes.iter().any(forged) {
        return Err(EngineError::EditedPlan);
    }
    Ok(())
}

fn lifted(held: &HeldBy, lifts: &[Lift]) -> bool {
    held.liftable() && lifts.iter().any(|lift| lift.rule == held.0)
}
