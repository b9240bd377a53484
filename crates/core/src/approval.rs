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
use crate::plan::{Action, Change, HeldBy, Reason};
use crate::safety::ApprovalRules;
use crate::scope::Scope;
use crate::types::Risk;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

mod people;
mod pull;

pub use pull::{ForPull, PullRef};

pub use people::different_people;

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
    /// The pull request it is for, where it is for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull: Option<ForPull>,
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
    /// More people must approve it.
    #[error("{} of {needed} approvals: {} approved it; {} must approve it as well (digest {digest})",
        .who.len(), names(.who), more(*.needed, .who.len()))]
    TooFew {
        /// The effect.
        digest: Digest,
        /// By how many different people it must be approved.
        needed: u32,
        /// The people who did.
        who: Vec<String>,
    },
    /// Something holds it that the approval does not lift.
    #[error("held by {0}")]
    Held(HeldBy),
    /// The digest does not recompute: the plan was edited.
    #[error("its digest does not recompute: the plan was edited or damaged; plan again")]
    Forged,
}

fn names(who: &[String]) -> String {
    if who.is_empty() { "no person".to_owned() } else { who.join(" and ") }
}

fn more(needed: u32, have: usize) -> String {
    match usize::try_from(needed).unwrap_or(usize::MAX).saturating_sub(have) {
        1 => "another person".to_owned(),
        more => format!("{more} different people"),
    }
}

/// The proof that a change is approved: exists only for a change whose approval stood when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    digest: Digest,
    /// At least one; the first is the one it rests on.
    approvals: Vec<SmolStr>,
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
        Self::prove(change, source, approvals, now, true)
    }

    /// As [`Grant::check`], for the rest of an effect whose first part was applied already and spent the
    /// approval: taking away what a replacement left behind.
    ///
    /// # Errors
    /// The [`Refusal`], which says what is missing.
    pub fn check_rest(
        change: &Change,
        source: &SourceName,
        approvals: &[Approval],
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        Self::prove(change, source, approvals, now, false)
    }

    fn prove(
        change: &Change,
        source: &SourceName,
        approvals: &[Approval],
        now: Timestamp,
        once: bool,
    ) -> Result<Self, Refusal> {
        if change.recompute_digest().ok() != Some(change.digest) {
            return Err(Refusal::Forged);
        }
        let named: Vec<_> = approvals.iter().filter(|a| a.named(change).is_some()).collect();
        if named.is_empty() {
            // What holds it says more than that nobody approved what could not be approved.
            return Err(change.held_by.clone().map_or(Refusal::Missing(change.digest), Refusal::Held));
        }
        let used = |a: &Approval| once && a.spent.contains(&change.digest);
        let why = |a: &Approval| {
            a.void_for(change, source, now).or_else(|| used(a).then(|| "was used already".to_owned()))
        };
        let (standing, void): (Vec<_>, Vec<_>) =
            named.into_iter().map(|a| (a, why(a))).partition(|(_, why)| why.is_none());
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
        let standing: Vec<&Approval> = standing.into_iter().map(|(a, _)| a).collect();
        enough(change, &standing)?;
        Ok(Self { digest: change.digest, approvals: standing.iter().map(|a| a.id.clone()).collect() })
    }

    /// The effect it is for.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }
    /// The approvals it rests on: at least one.
    #[must_use]
    pub fn approvals(&self) -> &[SmolStr] {
        &self.approvals
    }
}

/// Whether as many different people approved a change as it needs. One approval of anybody, a rule of
/// the configuration too, is enough for what needs no second person.
fn enough(change: &Change, standing: &[&Approval]) -> Result<(), Refusal> {
    let needed = change.approvals_needed;
    if needed <= 1 {
        return Ok(());
    }
    let who = people::people(standing);
    if u32::try_from(who.len()).is_ok_and(|have| have >= needed) {
        return Ok(());
    }
    Err(Refusal::TooFew { digest: change.digest, needed, who })
}

impl Approval {
    /// The effect by which it names a change: its own, or that of the first asking where the change asks
    /// again for what never came about. The first asking was spent by its request, not by a success.
    fn named(&self, change: &Change) -> Option<Digest> {
        let names = |digest: &Digest| self.digests.contains(digest);
        Some(change.digest).filter(names).or_else(|| change.first_asking().filter(names))
    }

    fn void_for(&self, change: &Change, source: &SourceName, now: Timestamp) -> Option<String> {
        if self.tenant.as_str() != change.address.tenant() {
            return Some(format!("is for tenant {}", self.tenant));
        }
        if &self.source != source {
            return Some(format!("is for source {}", self.source));
        }
        if let Some(tie) = self.pull.as_ref().filter(|tie| !tie.merged) {
            return Some(format!("is for pull request {}, which is not merged", tie.pull));
        }
        if let Some(at) = self.revoked {
            return Some(format!("was revoked at {at}"));
        }
        if now >= self.expires {
            return Some(format!("expired at {}", self.expires));
        }
        self.moved(change)
    }

    /// A reference that was known when it was approved and is another now: the digest names it by
    /// address, so it cannot tell.
    fn moved(&self, change: &Change) -> Option<String> {
        let known = self.resolved.get(&self.named(change)?)?;
        change.references.iter().find_map(|used| {
            let (then, now) = (known.get(&used.path)?, used.resolved.as_ref()?);
            (then != now).then(|| format!("was given when {} was {then}; it is {now} now", used.reference.to))
        })
    }
}

/// Whether the configuration's automatic approval may cover a change (decision 0025): never drift, upgrade or
/// unknown reasons, nor anything but routine risk, unless the tenant's rules name it. Never, whatever
/// they name: what needs several people, making anew what was lost with what it held, and settings of
/// ours that loosen something, lest a rule widens itself or moves a tenant to another account.
#[must_use]
pub fn automatic_covers(change: &Change, rules: &ApprovalRules) -> bool {
    let named = |reason: Reason| {
        matches!(reason, Reason::Manifest | Reason::Schedule)
            || rules.automatic_reasons.contains(reason.to_string().as_str())
    };
    // A change has the strongest reason of its fields; naming that one names none of the others.
    let reason = named(change.reason) && change.fields.iter().all(|field| named(field.reason));
    let risk = change.risk == Risk::Routine || rules.automatic_risks.contains(risk_word(change.risk));
    let lost = change.action == Action::Create
        && change.reason == Reason::Drift
        && change.risk == Risk::Irreversible;
    let loosens = change.scope == Scope::own() && change.risk != Risk::Routine;
    reason && risk && change.held_by.is_none() && change.approvals_needed <= 1 && !lost && !loosens
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

#[cfg(test)]
mod tests;
