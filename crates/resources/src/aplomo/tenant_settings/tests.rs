//! What people read before a tenant's settings change.

use super::*;
use aplomo_core::Sight;
use aplomo_core::types::Risk;

fn told(before: Option<&TenantSettings<Seen>>, after: Option<&TenantSettings<Wanted>>) -> String {
    let assessment = Settings::assess(before, after);
    format!("{:?}\n{}", assessment.risk, assessment.notes.join("\n"))
}

#[test]
fn everything_that_loosens_is_told() {
    let before = TenantSettings::<Seen> {
        aws_account: Sight::Value("111111111111".into()),
        aws_external_id: Sight::Value("x".into()),
        second_person_for_lifts: Sight::Value(true),
        ..Default::default()
    };
    let after = TenantSettings::<Wanted> {
        state: Wish::Value("leaving".into()),
        guard_count: Wish::Value(50),
        guard_permille: Wish::Value(505),
        aws_account: Wish::Value("222222222222".into()),
        aws_write_role: Wish::Value("arn:aws:iam::222222222222:role/w".into()),
        aws_external_id: Wish::Absent,
        automatic_reasons: Wish::Value(["drift".into()].into()),
        automatic_risks: Wish::Value(["outage".into(), "sensitive".into()].into()),
        second_person_for_lifts: Wish::Value(false),
        secrets: Wish::Value(["token".into()].into()),
        contacts: [("Ana".to_owned(), Wish::Value("technical ana ana@a.test".to_owned()))].into(),
        ..Default::default()
    };
    insta::assert_snapshot!(told(Some(&before), Some(&after)), @r#"
    Sensitive
    the tenant leaves: from the next plan on its objects are taken down in order, past protection and the limits on removals; each change needs approvals by two different people
    up to 50 removals within 24 hours pass the guard, 5 before
    up to 50.5 % of a type may be removed within 24 hours, 30 % before
    acts in the AWS account `222222222222` in the place of `111111111111`
    writes with the role `arn:aws:iam::222222222222:role/w` in the place of our own credentials
    its roles are assumed without an external id
    changes because of drift may be applied without a person
    outage and sensitive changes may be applied without a person
    lifting a guard no longer needs a second person
    its manifests may use the secrets token
    Ana (technical ana ana@a.test) may ask for changes
    "#);
}

#[test]
fn the_usual_settings_are_routine() {
    let after = TenantSettings::<Wanted> {
        display_name: Wish::Value("Acme".into()),
        state: Wish::Value("active".into()),
        guard_count: Wish::Value(5),
        guard_permille: Wish::Value(300),
        locale: Wish::Value("es".into()),
        ..Default::default()
    };
    assert_eq!(Settings::assess(None, Some(&after)), Assessment::default());
}

#[test]
fn forgetting_stricter_guards_loosens_them() {
    let before = TenantSettings::<Seen> { guard_count: Sight::Value(1), ..Default::default() };
    assert_eq!(Settings::assess(Some(&before), None).risk, Risk::Sensitive);
}

#[test]
fn accounts_and_roles_must_fit() {
    let wrong = TenantSettings::<Wanted> {
        aws_account: Wish::Value("1111-2222-3333".into()),
        aws_read_role: Wish::Value("arn:aws:iam::999999999999:role/r".into()),
        aws_write_role: Wish::Value("admin".into()),
        ..Default::default()
    };
    let found: Vec<String> = Settings::normalise(wrong).unwrap_err().into_iter().map(|f| f.message).collect();
    insta::assert_snapshot!(found.join("\n"), @r#"
    aws/readRoleArn: `arn:aws:iam::999999999999:role/r` is of another account than `aws.accountId`
    aws/writeRoleArn: `admin` is no role, `arn:aws:iam::<account>:role/<name>`
    "#);
}
