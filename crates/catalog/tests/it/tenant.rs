//! What a Tenant manifest becomes.

use crate::support::{all, one, report, wish};
use aplomo_core::safety::{Deletion, TenantState};

const FULL: &str = r#"apiVersion: aplomo/v1
kind: Tenant
metadata: {name: acme, tenant: acme}
lifecycle: {deletion: orphan}
spec:
  displayName: Acme
  state: frozen
  contacts:
    - {name: Ana, github: ana, email: ana@acme.example, role: requester}
  aws: {accountId: "001234567890", region: us-east-1, regions: [eu-west-1], readRoleArn: "arn:aws:iam::001234567890:role/read", externalId: x}
  github: {organization: acme-inc}
  guards: {maxDeletes: {count: 9, fraction: 12.5%}}
  approval: {automaticReasons: [drift], automaticRisks: [outage], secondPersonForLifts: true}
  secrets: [npm-token]
  locale: es
  tags: {client: acme}
"#;

#[test]
fn a_tenant_becomes_settings_and_a_policy() {
    let state = all(FULL);
    assert_eq!(report(&state.findings), "");
    insta::assert_snapshot!(wish(&state, "acme/Tenant/acme:aplomo.core.TenantSettings"), @r#"{"approval":{"approvers":{"$absent":true},"automaticReasons":["drift"],"automaticRisks":["outage"],"secondPersonForLifts":true},"aws":{"accountId":"001234567890","externalId":"x","readRoleArn":"arn:aws:iam::001234567890:role/read","region":"us-east-1","regions":["eu-west-1"],"writeRoleArn":{"$absent":true}},"contacts":{"Ana":"requester ana ana@acme.example"},"displayName":"Acme","github":{"organization":"acme-inc"},"guards":{"count":9,"permille":125},"locale":"es","secrets":["npm-token"],"state":"frozen","windows":{"$absent":true}}"#);
    insta::assert_snapshot!(wish(&state, "acme/Tenant/acme:aplomo.core.Safety"), @r#"{"consents":{"$absent":true},"deletion":"orphan","ownership":"additive"}"#);
    assert_eq!(one(&state, "TenantSettings").deletion, Deletion::Orphan);
    let policy = state.tenants.values().next().unwrap();
    assert_eq!((policy.state, policy.guards.count, policy.guards.permille), (TenantState::Frozen, 9, 125));
    assert_eq!(policy.accounts["aws"].as_str(), "001234567890");
    assert_eq!(policy.accounts["github"].as_str(), "acme-inc");
    assert_eq!(policy.access["aws"].external_id.as_deref(), Some("x"));
    assert!(policy.approval.automatic_reasons.contains("drift") && policy.secrets.contains("npm-token"));
}

#[test]
fn what_is_wrong_with_a_tenant_is_told() {
    let text = r#"apiVersion: aplomo/v1
kind: Tenant
metadata: {name: acme, tenant: other}
spec:
  contacts:
    - {name: Ana, github: ana, role: requester}
    - {name: Ana, role: boss}
  guards: {maxDeletes: {count: 1.5, fraction: 2}}
  aws: {accountId: 12345}
"#;
    let second = r#"apiVersion: aplomo/v1
kind: Tenant
metadata: {name: acme, tenant: other}
spec:
  contacts:
    - {name: Ana, github: ana, role: requester}
    - {name: Ana, role: security}
    - {name: Bob, role: security}
  aws: {accountId: "12345"}
"#;
    let third = r#"apiVersion: aplomo/v1
kind: Tenant
metadata: {name: acme, tenant: other}
spec:
  contacts: [{name: Ana, github: ana, role: requester}, {name: Ana, role: security}, {name: Bob, role: security}]
  tags: {"aplomo:x": a, "aws:y": b, "a;b": c, ok: "x y"}
"#;
    let found: Vec<String> = [text, second, third].iter().map(|text| report(&all(text).findings)).collect();
    insta::assert_snapshot!(found.join("--\n"), @r"
    error[bad-value] t.yaml:7:25 `boss` is not a value of Tenant.spec.contacts[].role
        help: one of `requester`, `technical`, `security`
    error[wrong-type] t.yaml:8:32 Tenant.spec.guards.maxDeletes.count is a number with a fraction, where a whole number is wanted
    error[bad-value] t.yaml:8:47 `2` is not a value of Tenant.spec.guards.maxDeletes.fraction
        help: a share is written like `0.3` or `30%`, between 0 and 1, at most to the thousandth
    error[wrong-type] t.yaml:9:20 Tenant.spec.aws.accountId is a whole number, where a text is wanted
        help: put it in quotes to make it a text
    --
    error[bad-value] t.yaml:9:20 `12345` is not a value of Tenant.spec.aws.accountId
        help: an account id has exactly 12 digits, in quotes
    --
    error[tenant-name] t.yaml:3:24 the Tenant `acme` says it belongs to `other`
        help: metadata.name and metadata.tenant are the same here
    error[duplicate-contact] t.yaml:5:57 `Ana` is listed twice
    warning[unreachable-contact] t.yaml:5:86 nobody can tell who `Bob` is: there is neither `github` nor `email`
    error[bad-tag] t.yaml:6:10 the tag `aplomo:x` begins with `aplomo:`, which marks what is ours
    error[bad-tag] t.yaml:6:25 the tag `aws:y` begins with `aws:`, which AWS keeps for itself
    error[bad-tag] t.yaml:6:37 the tag `a;b` may hold letters, digits, spaces and `+ - = . _ : / @`
    ");
}
