//! Roles: normal form, what is refused, and what a change means.

use super::*;
use aplomo_core::Sight;
use aplomo_core::types::Risk;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":["sts:AssumeRole"]}]}"#;
const READ: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}]}"#;
const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

fn wanted() -> Role<Wanted> {
    Role {
        name: Wish::Value("Auditor".into()),
        path: Wish::Value("/".into()),
        max_session: Wish::Value(3_600),
        trust: Wish::Value(TRUST.into()),
        inline: [("read".to_owned(), Wish::Value(READ.to_owned()))].into(),
        attachments: [(READ_ONLY.to_owned(), Wish::Value(READ_ONLY.into()))].into(),
        ..Default::default()
    }
}

fn seen(wanted: &Role<Wanted>) -> Role<Seen> {
    let sight = |wish: &Wish<String>| wish.value().cloned().map_or(Sight::Absent, Sight::Value);
    let text = |wish: &Wish<SmolStr>| wish.value().cloned().map_or(Sight::Absent, Sight::Value);
    Role {
        name: text(&wanted.name),
        path: text(&wanted.path),
        max_session: wanted.max_session.value().copied().map_or(Sight::Absent, Sight::Value),
        trust: sight(&wanted.trust),
        boundary: text(&wanted.boundary),
        inline: wanted.inline.iter().map(|(k, v)| (k.clone(), sight(v))).collect(),
        attachments: wanted.attachments.iter().map(|(k, v)| (k.clone(), text(v))).collect(),
        ..Default::default()
    }
}

#[test]
fn documents_are_in_normal_form_and_names_fold() {
    let role = Roles::normalise(wanted()).unwrap();
    insta::assert_snapshot!(role.trust.value().unwrap(), @r#"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"AWS":"111122223333"}}],"Version":"2012-10-17"}"#);
    assert_eq!(Roles::identity_wanted(&role).unwrap(), "auditor");
    assert_eq!(Roles::identity(&seen(&role)).unwrap(), "auditor");
}

#[test]
fn everything_wrong_is_told_at_once() {
    let mut wrong = wanted();
    wrong.name = Wish::Value("a b".into());
    wrong.path = Wish::Value("partners".into());
    wrong.max_session = Wish::Value(60);
    wrong.trust = Wish::Value(READ.into());
    wrong.boundary = Wish::Value("ReadOnlyAccess".into());
    wrong.inline.insert("w".into(), Wish::Value(TRUST.into()));
    wrong.attachments.insert("x".into(), Wish::Value("x".into()));
    let found: Vec<String> = Roles::normalise(wrong).unwrap_err().into_iter().map(|f| f.message).collect();
    insta::assert_snapshot!(found.join("\n"), @r"
    name: `a b` has not 1 to 64 letters, digits and `+=,.@_-`
    path: `partners` is no path: it begins and ends with `/`, e.g. `/partners/`
    maxSession: 60 is not within 3600 and 43200
    trust: Statement[0]: a trust policy names no resource
    permissionsBoundary: `ReadOnlyAccess` is no ARN of a managed policy, e.g. `arn:aws:iam::aws:policy/ReadOnlyAccess`
    inline w: Statement[0]: a policy of a role or user names no principal
    attachments: `x` is no ARN of a managed policy
    ");
}

#[test]
fn access_that_comes_and_goes_is_told() {
    let before = Roles::normalise(wanted()).unwrap();
    let mut after = before.clone();
    after.trust = Wish::Value(TRUST.replace("111122223333:root", "444455556666:user/eve"));
    after.inline.insert("read".into(), Wish::Value(READ.replace("GetObject", "*")));
    after.inline.insert("old".into(), Wish::Absent);
    after.attachments.insert(READ_ONLY.into(), Wish::Absent);
    after.attachments.insert(
        "arn:aws:iam::aws:policy/AdministratorAccess".into(),
        Wish::Value("arn:aws:iam::aws:policy/AdministratorAccess".into()),
    );
    after.boundary = Wish::Absent;
    after.max_session = Wish::Value(14_400);
    let mut there = seen(&before);
    there.inline.insert("old".into(), Sight::Value(READ.replace("s3:GetObject", "iam:*")));
    there.boundary = Sight::Value("arn:aws:iam::aws:policy/PowerUserAccess".into());
    let assessment = Roles::assess(Some(&there), Some(&Roles::normalise(after).unwrap()));
    assert_eq!(assessment.risk, Risk::Sensitive);
    insta::assert_snapshot!(assessment.notes.join("\n"), @r"
    trust: arn:aws:iam::444455556666:user/eve gains sts:assumerole
    trust: the account 111122223333 loses sts:assumerole
    inline policy old: loses iam:* on arn:aws:s3:::a/*
    inline policy read: gains s3:* on arn:aws:s3:::a/*
    gains what the policy arn:aws:iam::aws:policy/AdministratorAccess allows
    loses what the policy arn:aws:iam::aws:policy/ReadOnlyAccess allows
    the boundary arn:aws:iam::aws:policy/PowerUserAccess no longer bounds what it may do
    sessions may last 14400 seconds, no longer only 3600
    ");
}

#[test]
fn an_unchanged_role_is_routine_and_a_deleted_one_is_not() {
    let role = Roles::normalise(wanted()).unwrap();
    let mut retagged = role.clone();
    retagged.tags.insert("team".into(), Wish::Value("x".into()));
    assert_eq!(Roles::assess(Some(&seen(&role)), Some(&retagged)), Assessment::default());
    let mut moved = role.clone();
    moved.path = Wish::Value("/new/".into());
    assert_eq!(Roles::assess(Some(&seen(&role)), Some(&moved)).risk, Risk::Outage);
    let gone = Roles::assess(Some(&seen(&role)), None);
    assert_eq!(gone.risk, Risk::Sensitive);
    insta::assert_snapshot!(gone.notes.join("\n"), @r"
    whoever works as Auditor loses all access at once, running sessions too
    trust: the account 111122223333 loses sts:assumerole
    ");
}

#[test]
fn seen_roles_are_inspected() {
    let mut there = seen(&wanted());
    there.trust = Sight::Value(TRUST.replace(
        "\"arn:aws:iam::111122223333:root\"",
        "[\"AROAEXAMPLE12345678AB\",\"111122223333\",\"123456789012\"]",
    ));
    let found: Vec<String> =
        trusting(&there, "123456789012").into_iter().map(|f| format!("{} {}", f.rule, f.message)).collect();
    insta::assert_snapshot!(found.join("\n"), @r"
    dangling-principal the role Auditor trusts `AROAEXAMPLE12345678AB`, a role or user that was deleted
    external-without-id the account 111122223333 may take the role Auditor without an external id
    ");
}

fn around(role: &Role<Seen>, wanted: Option<&Role<Wanted>>) -> String {
    let id = aplomo_core::RemoteId::new("Auditor").unwrap();
    let around = Around { id: &id, account: Some("123456789012") };
    let found = Roles::inspect(role, wanted, &around);
    found.into_iter().map(|f| format!("{} {}", f.rule, f.message)).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_others_gave_to_a_role_of_ours_is_told_with_what_it_gives() {
    let ours = wanted();
    let mut there = seen(&ours);
    assert_eq!(around(&there, Some(&ours)), "");
    there.inline.insert("mine".into(), Sight::Value(READ.replace("s3:GetObject", "iam:*")));
    there.inline.insert("odd".into(), Sight::Value("{".into()));
    for arn in ["AdministratorAccess", "job-function/Billing"].map(|n| format!("arn:aws:iam::aws:policy/{n}"))
    {
        there.attachments.insert(arn.clone(), Sight::Value(arn.into()));
    }
    // What is on its way out is ours.
    let mut ours = ours;
    ours.inline.insert("old".into(), Wish::Absent);
    there.inline.insert("old".into(), Sight::Value(READ.into()));
    insta::assert_snapshot!(around(&there, Some(&ours)), @r"
    policy-not-ours the role Auditor has the inline policy `mine`, which no manifest names: it gains iam:* on arn:aws:s3:::a/*
    policy-not-ours the role Auditor has the inline policy `odd`, which no manifest names: it gains what is not understood here
    policy-not-ours the role Auditor has the attached policy arn:aws:iam::aws:policy/AdministratorAccess, which no manifest names: it gains every action on every resource
    policy-not-ours the role Auditor has the attached policy arn:aws:iam::aws:policy/job-function/Billing, which no manifest names: it gains what that policy allows
    ");
}

#[test]
fn a_role_of_nobody_that_everybody_may_take_is_told() {
    let mut there = seen(&wanted());
    there.trust = Sight::Value(TRUST.replace("arn:aws:iam::111122223333:root", "*"));
    insta::assert_snapshot!(around(&there, None), @"anyone-trusted everybody with an AWS account may take the role Auditor");
    let bound = r#"{"AWS":"*"},"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#;
    there.trust = Sight::Value(TRUST.replace(r#"{"AWS":"arn:aws:iam::111122223333:root"}"#, bound));
    assert_eq!(around(&there, None), "");
}

#[test]
fn documents_count_as_told_only_where_sentences_say_all_of_them() {
    let before = Roles::normalise(wanted()).unwrap();
    let told = |there: &Role<Seen>, after: &Role<Wanted>| -> Vec<String> {
        let after = Roles::normalise(after.clone()).unwrap();
        Roles::assess(Some(there), Some(&after)).told.iter().map(ToString::to_string).collect()
    };
    let there = seen(&before);
    let mut after = before.clone();
    after.trust = Wish::Value(TRUST.replace("111122223333:root", "444455556666:user/eve"));
    after.inline.insert("read".into(), Wish::Value(READ.replace("GetObject", "*")));
    assert_eq!(told(&there, &after), ["/trust", "/inline/read"]);
    // Another version means something that no sentence says.
    let mut after = before.clone();
    after.inline.insert(
        "read".into(),
        Wish::Value(READ.replace("GetObject", "*").replace("2012-10-17", "2008-10-17")),
    );
    assert_eq!(told(&there, &after), [""; 0]);
    // What was there is not understood.
    let mut there = seen(&before);
    there.trust = Sight::Value("{".into());
    assert_eq!(told(&there, &before), [""; 0]);
    let created = Roles::assess(None, Some(&before));
    assert_eq!(created.told.len(), 2, "{created:?}");
}
