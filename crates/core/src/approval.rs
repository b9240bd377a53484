//! Approvals, and the proof that a change has one.
//!
//! A [`Grant`] has private fields and one constructor: whoever holds one has shown that an approval
//! for exactly this effect, tenant and source stands at that moment. Writers take nothing else.
//!
//! Deliberately absent: who may approve (`forge` and the engine's policy), and storing (`store`).

use crate::datum::Datum;
use crate::digest::Digest;
use crate::fields::FieldPath;
use crate::name::{ActorName, SourceName, TenantName};
use crate::plan::{Change, HeldBy, Reason};
use crate::safety::ApprovalRules;
use crate::types::Risk;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A person or machine, and how sure we are of the name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// The name.
    pub name: ActorName,
    /// How we know it.
    pub how: Known,
}

/// How we know a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Known {
    /// Somebody said so (`--as`, the operating system's user): satisfies no policy that asks for a person.
    Claimed,
    /// A service vouched for it; which, and the immutable id there.
    Authenticated(SmolStr),
    /// A rule of the configuration, not a person.
    Policy,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.how {
            Known::Claimed => write!(f, "{} (claimed)", self.name),
            Known::Authenticated(by) => write!(f, "{} ({by})", self.name),
            Known::Policy => write!(f, "{} (policy)", self.name),
        }
    }
}

/// Lifting one guard, by name and with a reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Lift {
    /// The guard, as in `heldBy`.
    pub rule: SmolStr,
    /// Why.
    pub reason: String,
}

/// An approval of effects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Its id.
    pub id: SmolStr,
    /// The tenant it is for.
    pub tenant: TenantName,
    /// The source it is for.
    pub source: SourceName,
    /// The effects.
    pub digests: BTreeSet<Digest>,
    /// The plan that was shown, where one was.
    pub plan: Option<Digest>,
    /// What references were known to resolve to when it was given, by effect.
    pub resolved: BTreeMap<Digest, BTreeMap<FieldPath, Datum>>,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Until when.
    pub expires: Timestamp,
    /// Guards it lifts.
    pub lifts: Vec<Lift>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
    /// Effects that were applied under it: each counts once.
    pub spent: BTreeSet<Digest>,
}

/// Why a change may not be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No approval names this effect.
    #[error("nobody approved it (digest {0})")]
    Missing(Digest),
    /// All that name it are used, revoked, expired or for another tenant or source; each says which.
    #[error("no approval stands: {}", .0.join("; "))]
    Void(Vec<String>),
    /// Something holds it that the approval does not lift.
    #[error("held by {0}")]
    Held(HeldBy),
    /// The digest does not recompute: the plan was edited.
    #[error("its digest does not recompute: the plan was edited or damaged; plan again")]
    Forged,
}

/// The proof that a change is approved: exists only for a change whose approval stood when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    digest: Digest,
    approval: SmolStr,
}

impl Grant {
    /// Checks a change against the approvals at a moment.
    ///
    /// # Errors
    /// The [`Refusal`], which says what is missing.
    pub fn check(
        change: &Change,
        source: &SourceName,
        approvals: &[Approval],
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        if change.recompute_digest().ok() != Some(change.digest) {
            return Err(Refusal::Forged);
        }
        let named: Vec<_> = approvals.iter().filter(|a| a.digests.contains(&change.digest)).collect();
        if named.is_empty() {
            return Err(Refusal::Missing(change.digest));
        }
        let (standing, void): (Vec<_>, Vec<_>) =
            named.into_iter().map(|a| (a, a.void_for(change, source, now))).partition(|(_, why)| why.is_none());
        if standing.is_empty() {
            let why = void.into_iter().filter_map(|(a, why)| Some(format!("{} {}", a.id, why?)));
            return Err(Refusal::Void(why.collect()));
        }
        let lifted = |held: &HeldBy| {
            let mut lifts = standing.iter().flat_map(|(a, _)| &a.lifts);
            held.liftable() && lifts.any(|lift| lift.rule == held.0)
        };
        if let Some(held) = change.held_by.as_ref().filter(|held| !lifted(held)) {
            return Err(Refusal::Held(held.clone()));
        }
        Ok(Self { digest: change.digest, approval: standing[0].0.id.clone() })
    }

    /// The effect it is for.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }
    /// The approval it rests on.
    #[must_use]
    pub const fn approval(&self) -> &SmolStr {
        &self.approval
    }
}

impl Approval {
    fn void_for(&self, change: &Change, source: &SourceName, now: Timestamp) -> Option<String> {
        if self.tenant.as_str() != change.address.tenant() {
            return Some(format!("is for tenant {}", self.tenant));
        }
        if &self.source != source {
            return Some(format!("is for source {}", self.source));
        }
        if let Some(at) = self.revoked {
            return Some(format!("was revoked at {at}"));
        }
        if now >= self.expires {
            return Some(format!("expired at {}", self.expires));
        }
        self.spent.contains(&change.digest).then(|| "was used already".to_owned())
    }
}

/// Whether the configuration's automatic approval may cover a change: never drift, upgrade or
/// unknown reasons, nor anything but routine risk, unless the tenant's rules name it.
#[must_use]
pub fn automatic_covers(change: &Change, rules: &ApprovalRules) -> bool {
    let reason = matches!(change.reason, Reason::Manifest | Reason::Schedule)
        || rules.automatic_reasons.contains(change.reason.to_string().as_str());
    let risk = change.risk == Risk::Routine || rules.automatic_risks.contains(risk_word(change.risk));
    reason && risk && change.held_by.is_none()
}

/// The word for a risk, as in JSON.
#[must_use]
pub const fn risk_word(risk: Risk) -> &'static str {
    match risk {
        Risk::Routine => "routine",
        Risk::Sensitive => "sensitive",
        Risk::Outage => "outage",
        Risk::Irreversible => "irreversible",
    }
}
