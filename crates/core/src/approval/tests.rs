//! What an approval covers, and for whom it counts.

use super::*;
use crate::address::Address;
use crate::fields::{Fields, Wish};
use crate::name::{Provider, TypeName};
use crate::plan::Before;
use crate::reference::{Constraint, Reference, ReferenceUse};
use crate::resource::CONTAINER_PATH;

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
        told: Vec::new(),
        digest: Digest::of_bytes(b""),
        group: None,
        create_first: false,
        again: false,
        before: Before::Absent,
        after: Some(Fields::from_iter([(FieldPath::known("/ttl"), Wish::Value(Datum::Int(60)))])),
        fields: Vec::new(),
        reason: Reason::Manifest,
        references: vec![ReferenceUse { path: CONTAINER_PATH, reference, resolved: Some(Datum::from(zone)) }],
        depends_on: Vec::new(),
        held_by: None,
        approvals_needed: 1,
        departs: false,
        environments: Vec::new(),
        was_in: Vec::new(),
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
        pull: None,
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

fn by(change: &Change, id: &str, name: &'static str, how: Known) -> Approval {
    Approval { id: id.into(), by: Actor { name: ActorName::known(name), how }, ..approval(change) }
}

#[test]
fn what_needs_two_people_is_not_granted_to_one_who_approves_twice() {
    let mut two = change("Z1");
    let usual = two.digest;
    two.approvals_needed = 2;
    two.digest = two.recompute_digest().unwrap();
    assert_ne!(two.digest, usual, "an approval on usual terms is none of the two");
    let says = |approvals: &[Approval]| match Grant::check(&two, &SourceName::known("s"), approvals, at(1)) {
        Ok(grant) => grant.approvals().join("+"),
        Err(refusal) => refusal.to_string(),
    };
    let id = |text: &str| Known::Authenticated(text.into());
    let ana = || by(&two, "a1", "ana", Known::Claimed);
    assert!(says(&[ana()]).starts_with("1 of 2 approvals: ana approved it; another person must"));
    let same = [
        by(&two, "a2", "ana", Known::Claimed),
        by(&two, "a2", "Ana", id("github:1")),
        by(&two, "a2", "approval: automatic", Known::Policy),
        Approval { revoked: Some(at(0)), ..by(&two, "a2", "bo", Known::Claimed) },
    ];
    for second in same {
        assert!(says(&[ana(), second.clone()]).starts_with("1 of 2"), "{second:?}");
    }
    let renamed = [by(&two, "a1", "ana", id("github:1")), by(&two, "a2", "anna", id("github:1"))];
    assert!(says(&renamed).starts_with("1 of 2"), "one account, two names");
    assert_eq!(says(&[ana(), by(&two, "a2", "bo", Known::Claimed)]), "a1+a2");
    let rule = by(&two, "a3", "approval: automatic", Known::Policy);
    assert!(says(&[rule]).starts_with("0 of 2 approvals: no person approved it; 2 different people"));
}

#[test]
fn no_rule_covers_what_needs_two_people_stands_for_a_loss_or_loosens() {
    let words = |all: &[&str]| all.iter().copied().map(SmolStr::new).collect();
    let rules = ApprovalRules {
        automatic_reasons: words(&["drift"]),
        automatic_risks: words(&["irreversible"]),
        ..ApprovalRules::default()
    };
    let usual = Change { action: Action::Delete, risk: Risk::Irreversible, ..change("Z1") };
    assert!(automatic_covers(&usual, &rules));
    assert!(!automatic_covers(&Change { approvals_needed: 2, ..usual.clone() }, &rules));
    let anew = Change { action: Action::Create, reason: Reason::Drift, ..usual };
    assert!(!automatic_covers(&anew, &rules), "what was lost is made anew by a person's word alone");
    let drifted = crate::plan::FieldChange {
        path: FieldPath::known("/ttl"),
        before: crate::Sight::Absent,
        after: Wish::Absent,
        reason: Reason::Drift,
    };
    let both = Change { reason: Reason::Unknown, fields: vec![drifted], risk: Risk::Routine, ..change("Z1") };
    let one = ApprovalRules { automatic_reasons: words(&["unknown"]), ..rules.clone() };
    assert!(!automatic_covers(&both, &one), "the strongest reason speaks for no other");
    let two = ApprovalRules { automatic_reasons: words(&["unknown", "drift"]), ..rules.clone() };
    assert!(automatic_covers(&both, &two));
    let rules = ApprovalRules { automatic_risks: words(&["sensitive"]), ..rules };
    let loosens = Change { scope: Scope::own(), risk: Risk::Sensitive, ..change("Z1") };
    assert!(!automatic_covers(&loosens, &rules), "no rule widens itself");
    assert!(automatic_covers(&Change { risk: Risk::Routine, ..loosens }, &rules));
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

/// A replacement of what was made by `first`, asking for the same again.
fn again(first: &Change) -> Change {
    let mut change = Change {
        action: Action::Replace,
        again: true,
        create_first: true,
        id: Some(crate::RemoteId::new("old").unwrap()),
        before: Before::Seen(Fields::default()),
        ..first.clone()
    };
    change.digest = change.recompute_digest().unwrap();
    change
}

#[test]
fn what_came_to_nothing_is_asked_for_again_under_the_first_approval_alone() {
    let first = change("Z1");
    let mut given = approval(&first);
    given.spent.insert(first.digest);
    assert_eq!(refusal(&again(&first), given.clone(), 1), "granted", "the request spent nothing");
    assert_ne!(refusal(&first, given.clone(), 1), "granted", "making it anew is another matter");
    assert_ne!(refusal(&again(&first), Approval { revoked: Some(at(0)), ..given.clone() }, 1), "granted");
    assert_ne!(refusal(&again(&first), given.clone(), 1_000_000), "granted", "it expired");
    // The mark makes the difference, and it enters the digest.
    let mut plain = Change { again: false, ..again(&first) };
    plain.digest = plain.recompute_digest().unwrap();
    assert_ne!(plain.digest, again(&first).digest);
    assert_ne!(refusal(&plain, given.clone(), 1), "granted");
    // Anything but the same is not covered.
    let ttl = Fields::from_iter([(FieldPath::known("/ttl"), Wish::Value(Datum::Int(61)))]);
    let other = again(&Change { after: Some(ttl), ..first.clone() });
    assert_ne!(refusal(&other, given.clone(), 1), "granted");
    let elsewhere = again(&Change {
        address: "acme/Domain/d:aws.route53.RecordSet/x/A".parse().unwrap(),
        ..first.clone()
    });
    assert_ne!(refusal(&elsewhere, given.clone(), 1), "granted");
    let mut moved = again(&first);
    moved.references[0].resolved = Some(Datum::from("Z2"));
    assert_ne!(refusal(&moved, given, 1), "granted", "a reference that was known is another now");
}
