//! Who may ask and who may approve.

use super::*;
use proptest::prelude::*;

fn rules(texts: &[&str]) -> ApprovalRules {
    let approvers = texts.iter().map(|text| text.parse().unwrap()).collect();
    ApprovalRules { approvers, ..ApprovalRules::default() }
}

fn who(rules: &ApprovalRules, risk: Risk, environment: Option<EnvironmentType>) -> String {
    let found = rules.approvers(risk, environment, Some("ops/sre"));
    let teams: Vec<&str> = found.teams.iter().map(SmolStr::as_str).collect();
    format!("{} x{}", teams.join(" "), found.people)
}

#[test]
fn the_most_specific_rule_wins() {
    use EnvironmentType::{Production, Staging};
    use Risk::{Irreversible, Outage, Routine};
    let all = rules(&[
        "a/any approvals=1",
        "a/grave risks=outage,irreversible approvals=2",
        "a/prod environments=production approvals=3",
        "a/both environments=production risks=irreversible approvals=4",
    ]);
    assert_eq!(who(&all, Routine, None), "a/any x1");
    assert_eq!(who(&all, Outage, None), "a/grave x2");
    assert_eq!(who(&all, Outage, Some(Staging)), "a/grave x2");
    assert_eq!(who(&all, Outage, Some(Production)), "a/prod x3", "the environment goes before the risk");
    assert_eq!(who(&all, Irreversible, Some(Production)), "a/both x4");
}

#[test]
fn equally_specific_rules_add_their_teams_and_the_strictest_number_counts() {
    let two = rules(&["a/one risks=outage approvals=2", "a/two risks=outage,sensitive approvals=1"]);
    assert_eq!(who(&two, Risk::Outage, None), "a/one a/two x2");
    assert_eq!(who(&two, Risk::Sensitive, None), "a/two x1");
}

#[test]
fn without_a_rule_it_is_the_default_team_and_one_person() {
    let some = rules(&["a/one environments=production approvals=2"]);
    assert_eq!(who(&some, Risk::Irreversible, None), "ops/sre x1");
    let nobody = some.approvers(Risk::Routine, None, None);
    assert_eq!((nobody.teams.len(), nobody.people), (0, 1));
}

#[test]
fn what_is_no_rule_is_refused() {
    for text in
        ["", "sre", "a/b/c", "a/ b", "a/b approvals=0", "a/b risks=grave", "a/b environments=", "a/b x=1"]
    {
        assert!(text.parse::<ApproverRule>().is_err(), "{text}");
    }
    let rule: ApproverRule = "a/b environments=staging,production risks=outage approvals=2".parse().unwrap();
    let words = "the team a/b approves outage changes in production or staging: 2 different people";
    assert_eq!(rule.words(), words);
}

#[test]
fn contacts_are_known_by_id_where_there_is_one() {
    let ana = ContactPolicy::read("Ana Rojas", "requester anarojas #7 ana@acme.example");
    assert_eq!((ana.login.as_deref(), ana.id, ana.role.may_ask()), (Some("anarojas"), Some(7), true));
    assert!(ana.is("renamed", 7) && !ana.is("anarojas", 8), "the login changed hands");
    let bob = ContactPolicy::read("Bob", "technical Bob");
    assert!(bob.is("bob", 1) && !bob.is("bobby", 1));
    let desk = ContactPolicy::read("Desk", "security desk@acme.example");
    assert!(desk.login.is_none() && !desk.role.may_ask() && !desk.is("desk", 1));
    assert!(!ContactPolicy::read("Eve", "boss eve").role.may_ask(), "an unknown role may not ask");
}

proptest! {
    #[test]
    fn what_is_recorded_reads_back(
        login in proptest::option::of("[A-Za-z0-9-]{1,12}"), id in proptest::option::of(1u64..),
        environments in proptest::sample::subsequence(EnvironmentType::ALL.to_vec(), 0..=3),
        risks in proptest::sample::subsequence(RISKS.to_vec(), 0..=4), approvals in 1u32..9,
    ) {
        let contact = ContactPolicy { name: "x".into(), login: login.map(Into::into), id, role: ContactRole::Technical };
        prop_assert_eq!(ContactPolicy::read("x", &contact.line(Some("x@y.z"))), contact);
        let (environments, risks) = (environments.into_iter().collect(), risks.into_iter().collect());
        let rule = ApproverRule { team: "o/t".into(), environments, risks, approvals };
        prop_assert_eq!(rule.to_string().parse::<ApproverRule>(), Ok(rule));
    }

    #[test]
    fn one_more_rule_never_leaves_a_change_to_nobody(
        texts in proptest::collection::vec(
            "a/[a-c]( environments=(production|staging))?( risks=(routine|outage))? approvals=[1-3]", 0..6),
        risk in proptest::sample::select(RISKS.to_vec()),
        environment in proptest::option::of(proptest::sample::select(EnvironmentType::ALL.to_vec())),
    ) {
        let all: Vec<&str> = texts.iter().map(String::as_str).collect();
        let found = rules(&all).approvers(risk, environment, Some("ops/sre"));
        prop_assert!(!found.teams.is_empty() && found.people >= 1);
        let mut turned = all.clone();
        turned.reverse();
        prop_assert_eq!(rules(&turned).approvers(risk, environment, Some("ops/sre")), found);
    }
}
