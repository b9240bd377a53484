//! What a freeze and a window hold, and who opens them.

use super::*;
use crate::approval::Known;
use crate::name::{ActorName, Provider, SourceName, TypeName};
use crate::plan::{Action, Before, Reason};
use crate::safety::{EnvironmentType, TenantPolicy};
use crate::{Address, Digest};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn change(manifest: &str, risk: Risk, environments: &[&str]) -> Change {
    let address: Address = format!("{manifest}:aws.route53.RecordSet/www/A").parse().unwrap();
    Change {
        address,
        scope: Scope { provider: Provider::known("aws"), ..Scope::own() },
        type_name: TypeName::known("aws.route53.RecordSet"),
        id: None,
        key: None,
        action: Action::Create,
        risk,
        risk_notes: Vec::new(),
        told: Vec::new(),
        digest: Digest::of_bytes(b""),
        group: None,
        create_first: false,
        again: false,
        before: Before::Absent,
        after: None,
        fields: Vec::new(),
        reason: Reason::Manifest,
        references: Vec::new(),
        depends_on: Vec::new(),
        held_by: None,
        approvals_needed: 1,
        departs: false,
        environments: environments.iter().map(|name| (*name).into()).collect(),
        was_in: Vec::new(),
        origins: Vec::new(),
        moved_from: None,
        until: None,
        source: SourceName::known("s"),
        first_seen: None,
    }
}

fn freeze(tenants: &[&str], environments: &[&str]) -> Freeze {
    Freeze {
        manifest: "platform/ChangeFreeze/peak".into(),
        tenants: tenants.iter().map(|name| (*name).into()).collect(),
        environments: environments.iter().map(|name| (*name).into()).collect(),
        from: at("2026-12-20T00:00:00Z"),
        until: at("2027-01-04T00:00:00Z"),
        reason: "Christmas".into(),
        except: BTreeSet::new(),
    }
}

fn told(calendar: &Calendar, change: &Change, recorded: &Recorded, moment: &str) -> String {
    let shut = Today::of(&[calendar], at(moment)).shut(change, recorded);
    shut.map_or_else(String::new, |s| {
        let until = s.until.map(|until| until.to_string()).unwrap_or_default();
        format!("{} {} until {until}: {}", s.by, s.manifest, s.why)
    })
}

const IN: &str = "2026-12-24T12:00:00Z";

#[test]
fn a_freeze_holds_from_its_beginning_until_its_end() {
    let calendar = Calendar { freezes: vec![freeze(&["acme"], &[])], ..Calendar::default() };
    let (record, none) = (change("acme/Domain/d", Risk::Routine, &[]), Recorded::default());
    let held = "freeze platform/ChangeFreeze/peak until 2027-01-04T00:00:00Z: Christmas";
    for (moment, expected) in [
        ("2026-12-19T23:59:59Z", ""),
        ("2026-12-20T00:00:00Z", held),
        ("2027-01-03T23:59:59Z", held),
        ("2027-01-04T00:00:00Z", ""),
    ] {
        assert_eq!(told(&calendar, &record, &none, moment), expected, "{moment}");
    }
    let other = change("other/Domain/d", Risk::Routine, &[]);
    assert_eq!(told(&calendar, &other, &none, IN), "", "another tenant goes on");
    let mut own = change("acme/Tenant/acme", Risk::Routine, &[]);
    own.scope = Scope::own();
    assert_eq!(told(&calendar, &own, &none, IN), "", "or nobody could end it");
    let before = Today::of(&[&calendar], at("2026-12-01T00:00:00Z"));
    assert_eq!(before.next(), Some(at("2026-12-20T00:00:00Z")), "time alone changes the plan then");
    assert_eq!(Today::of(&[&calendar], at(IN)).next(), Some(at("2027-01-04T00:00:00Z")));
}

#[test]
fn environments_are_named_by_name_or_type_and_what_is_not_recorded_is_a_production() {
    let by_type = Calendar { freezes: vec![freeze(&[], &["production"])], ..Calendar::default() };
    let by_name = Calendar { freezes: vec![freeze(&["*"], &["lab"])], ..Calendar::default() };
    let mut recorded = Recorded::default();
    recorded.environments.insert("acme/Environment/lab".into(), EnvironmentType::Staging);
    let (lab, live) = (["lab"], ["live"]);
    let in_lab = change("acme/IamProfile/p", Risk::Routine, &lab);
    let in_live = change("acme/IamProfile/p", Risk::Routine, &live);
    let nowhere = change("acme/Domain/d", Risk::Routine, &[]);
    let holds = |calendar: &Calendar, change: &Change| !told(calendar, change, &recorded, IN).is_empty();
    assert!(!holds(&by_type, &in_lab) && holds(&by_type, &in_live) && !holds(&by_type, &nowhere));
    assert!(holds(&by_name, &in_lab) && !holds(&by_name, &in_live) && !holds(&by_name, &nowhere));
    let mut left = change("acme/IamProfile/p", Risk::Routine, &lab);
    left.was_in = vec!["live".into()];
    assert!(holds(&by_type, &left), "leaving a production in a freeze is a change of the production");
}

#[test]
fn exceptions_are_by_risk_and_kind() {
    let mut frozen = freeze(&["acme"], &[]);
    frozen.except =
        ["risk=routine kind=Domain", "risk=sensitive"].iter().filter_map(|l| Exception::read(l)).collect();
    let calendar = Calendar { freezes: vec![frozen], ..Calendar::default() };
    let holds = |manifest: &str, risk| {
        !told(&calendar, &change(manifest, risk, &[]), &Recorded::default(), IN).is_empty()
    };
    assert!(!holds("acme/Domain/d", Risk::Routine));
    assert!(holds("acme/Repository/r", Risk::Routine), "of another kind");
    assert!(holds("acme/Domain/d", Risk::Outage));
    assert!(!holds("acme/Repository/r", Risk::Sensitive));
    for line in ["", "risk=", "risk=grave", "kind=", "who=me", "risk"] {
        assert_eq!(Exception::read(line), None, "{line}");
    }
    assert_eq!(Exception::read("risk=routine kind=Domain").unwrap().line(), "risk=routine kind=Domain");
}

#[test]
fn outside_its_windows_a_tenant_and_an_environment_wait() {
    let window = |text: &str| vec![text.parse::<Window>().unwrap()];
    let windows = [
        ("acme/Tenant/acme".into(), window("thu 09:00-17:00 UTC")),
        ("acme/Environment/live".into(), window("thu 12:00-13:00 UTC")),
    ];
    let calendar = Calendar { windows: windows.into(), ..Calendar::default() };
    let none = Recorded::default();
    let (record, live) = (change("acme/Domain/d", Risk::Routine, &[]), ["live"]);
    let profile = change("acme/IamProfile/p", Risk::Routine, &live);
    assert_eq!(told(&calendar, &record, &none, "2026-12-24T10:00:00Z"), "");
    assert_eq!(
        told(&calendar, &profile, &none, "2026-12-24T10:00:00Z"),
        "window acme/Environment/live until 2026-12-24T12:00:00Z: thu 12:00-13:00 UTC"
    );
    assert_eq!(told(&calendar, &profile, &none, "2026-12-24T12:30:00Z"), "");
    let closed = "window acme/Tenant/acme until 2026-12-31T09:00:00Z: thu 09:00-17:00 UTC";
    assert_eq!(told(&calendar, &record, &none, "2026-12-24T17:00:00Z"), closed);
}

#[test]
fn of_what_is_recorded_and_what_is_wished_the_stricter_counts() {
    let recorded = Calendar { freezes: vec![freeze(&["acme"], &[])], ..Calendar::default() };
    let mut shorter = freeze(&["acme"], &[]);
    shorter.until = at("2026-12-21T00:00:00Z");
    let wished = Calendar { freezes: vec![shorter], ..Calendar::default() };
    let record = change("acme/Domain/d", Risk::Routine, &[]);
    let shut = Today::of(&[&recorded, &wished], at(IN)).shut(&record, &Recorded::default());
    assert_eq!(shut.and_then(|s| s.until), Some(at("2027-01-04T00:00:00Z")));
}

#[test]
fn breaking_the_glass_needs_a_second_person_where_the_tenant_says_so() {
    let acme = TenantName::known("acme");
    let breaker = |name: &'static str| Breaker {
        who: Actor { name: ActorName::known(name), how: Known::Claimed },
        reason: "the site is down".into(),
    };
    let mut glass = BreakGlass {
        tenant: acme.clone(),
        at: at(IN),
        until: at("2026-12-24T14:00:00Z"),
        by: vec![breaker("ana")],
    };
    let mut strict = Recorded::default();
    let mut policy = TenantPolicy::protected(acme.clone());
    policy.approval.second_person_for_lifts = true;
    strict.policies.insert(acme, policy);
    assert!(glass.opens(&Recorded::default(), at(IN)));
    assert!(!glass.opens(&Recorded::default(), at("2026-12-24T14:00:00Z")), "it is over");
    assert!(!glass.opens(&strict, at(IN)));
    glass.by.push(breaker("Ana"));
    assert!(!glass.opens(&strict, at(IN)), "the same person twice");
    glass.by.push(breaker("bob"));
    assert!(glass.opens(&strict, at(IN)));
    assert_eq!(
        glass.words(),
        "ana (claimed): the site is down; Ana (claimed): the site is down; bob (claimed): the site is down"
    );
}
