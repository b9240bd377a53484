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
        let named: Vec<_> = approvals.iter().filter(|a| a.digests.contains(&change.digest)).collect();
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
        self.moved(change)
    }

    /// A reference that was known when it was approved and is another now: the digest names it by
    /// address, so it cannot tell.
    fn moved(&self, change: &Change) -> Option<String> {
        let known = self.resolved.get(&change.digest)?;
        change.references.iter().find_map(|used| {
            let (then, now) = (known.get(&used.path)?, used.resolved.as_ref()?);
            (then != now).then(|| format!("was given when {} was {then}; it is {now} now", used.reference.to))
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::fields::{Fields, Wish};
    use crate::name::{Provider, TypeName};
    use crate::plan::{Action, Before};
    use crate::reference::{Constraint, Reference, ReferenceUse};
    use crate::resource::CONTAINER_PATH;
    use crate::scope::Scope;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn change(zone: &str) -> Change {
        let address: Address = "acme/Domain/d:aws.route53.RecordSet/www/A".parse().unwrap();
        let container: Address = "acme/Domain/d:aws.route53.HostedZone".parse().unwrap();
        let reference = Reference { to: container.clone(), output: "id".into(), constraint: Constraint::Any };
        let mut change = Change {
            address,
            scope: Scope { container_of: Some(container), provider: Provider::known("aws"), ..Scope::own() },
            type_name: TypeName::known("aws.route53.RecordSet"),
            id: None,
            key: None,
            action: Action::Create,
            risk: Risk::Routine,
            risk_notes: Vec::new(),
            digest: Digest::of_bytes(b""),
            group: None,
            create_first: false,
            before: Before::Absent,
            after: Some(Fields::from_iter([(FieldPath::known("/ttl"), Wish::Value(Datum::Int(60)))])),
            fields: Vec::new(),
            reason: Reason::Manifest,
            references: vec![ReferenceUse {
                path: CONTAINER_PATH,
                reference,
                resolved: Some(Datum::from(zone)),
            }],
            depends_on: Vec::new(),
            held_by: None,
            origins: Vec::new(),
            moved_from: None,
            until: None,
            source: SourceName::known("s"),
            first_seen: None,
        };
        change.digest = change.recompute_digest().unwrap();
        change
    }

    fn approval(change: &Change) -> Approval {
        let known = change.references.iter().filter_map(|r| Some((r.path.clone(), r.resolved.clone()?)));
        Approval {
            id: "a1".into(),
            tenant: TenantName::known("acme"),
            source: SourceName::known("s"),
            digests: BTreeSet::from([change.digest]),
            plan: None,
            resolved: BTreeMap::from([(change.digest, known.collect())]),
            by: Actor { name: ActorName::known("ana"), how: Known::Claimed },
            at: at(0),
            expires: at(100),
            lifts: Vec::new(),
            revoked: None,
            spent: BTreeSet::new(),
        }
    }

    fn refusal(change: &Change, approval: Approval, now: i64) -> String {
        match Grant::check(change, &SourceName::known("s"), &[approval], at(now)) {
            Ok(_) => "granted".to_owned(),
            Err(refusal) => refusal.to_string(),
        }
    }

    #[test]
    fn an_approval_stands_for_its_effect_until_it_does_not() {
        let change = change("Z1");
        let good = approval(&change);
        assert_eq!(refusal(&change, good.clone(), 1), "granted");
        let says = |approval: Approval, now: i64, word: &str| {
            let why = refusal(&change, approval, now);
            assert!(why.contains(word), "{why}");
        };
        says(good.clone(), 100, "expired");
        says(Approval { revoked: Some(at(1)), ..good.clone() }, 2, "revoked");
        says(Approval { spent: good.digests.clone(), ..good.clone() }, 2, "used already");
        says(Approval { source: SourceName::known("t"), ..good.clone() }, 2, "for source t");
        says(Approval { tenant: TenantName::known("other"), ..good.clone() }, 2, "for tenant other");
        says(Approval { digests: BTreeSet::new(), ..good }, 2, "nobody approved it");
    }

    #[test]
    fn the_digest_survives_another_zone_and_the_approval_does_not() {
        let (then, now) = (change("Z1"), change("Z2"));
        assert_eq!(then.digest, now.digest, "a container enters the digest by its address");
        assert!(refusal(&now, approval(&then), 1).contains("was Z1; it is Z2 now"));
    }

    #[test]
    fn what_is_held_needs_a_lift_and_an_edit_is_forged() {
        let mut held = change("Z1");
        held.held_by = Some(HeldBy::GUARD_COUNT);
        assert_eq!(refusal(&held, approval(&held), 1), "held by guard:max-deletes");
        let lift = Lift { rule: "guard:max-deletes".into(), reason: "planned".into() };
        assert_eq!(refusal(&held, Approval { lifts: vec![lift], ..approval(&held) }, 1), "granted");
        let mut edited = change("Z1");
        edited.after = None;
        assert!(refusal(&edited, approval(&edited), 1).contains("edited"));
    }
}
