//! What ChangeFreeze, windows and rules on approvers become.

use crate::support::{TENANT, accounts, all, report, source, wish};
use aplomo_catalog::expand;

fn freeze(spec: &str) -> String {
    format!(
        "apiVersion: aplomo/v1\nkind: ChangeFreeze\nmetadata: {{name: peak, tenant: platform}}\nspec: {spec}\n---\n{TENANT}"
    )
}

#[test]
fn a_freeze_becomes_a_record_and_a_place_in_the_calendar() {
    let state = all(&freeze(
        "{tenants: [acme], environments: [production], from: 2026-12-20T00:00:00-03:00, until: 2027-01-04T08:00:00-03:00, reason: Peak, except: [{risk: routine, kind: Domain}]}",
    ));
    assert_eq!(report(&state.findings), "");
    insta::assert_snapshot!(
        wish(&state, "platform/ChangeFreeze/peak:aplomo.core.Freeze"),
        @r#"{"environments":["production"],"except":["risk=routine kind=Domain"],"from":"2026-12-20T03:00:00Z","reason":"Peak","tenants":["acme"],"until":"2027-01-04T11:00:00Z"}"#
    );
    let [freeze] = state.calendar.freezes.as_slice() else { panic!("one freeze") };
    assert_eq!(freeze.manifest, "platform/ChangeFreeze/peak");
    assert_eq!(freeze.until.to_string(), "2027-01-04T11:00:00Z");
}

#[test]
fn what_is_wrong_with_a_freeze_is_told() {
    let times = "from: 2026-12-20T00:00:00Z, until: 2026-12-24T00:00:00Z";
    let found: Vec<String> = [
        format!("{{{times}, reason: Peak}}"),
        "{tenants: [acme], from: 2026-12-24T00:00:00Z, until: 2026-12-20T00:00:00Z, reason: ' '}".to_owned(),
        "{tenants: [acme], from: 2026-12-20T00:00:00Z, until: 2027-12-24T00:00:00Z, reason: Peak}".to_owned(),
        format!(
            "{{tenants: [acmee, '*', platform], {times}, reason: Peak, except: [{{}}, {{kind: Domian}}]}}"
        ),
        "{tenants: [acme], from: 2026-12-20T00:00:00, until: 2026-12-24, reason: Peak}".to_owned(),
    ]
    .iter()
    .map(|spec| report(&all(&freeze(spec)).findings))
    .collect();
    insta::assert_snapshot!(found.join("--\n"), @r#"
    error[bad-freeze] t.yaml:4:1 it says neither `tenants` nor `environments`
        help: name what is frozen; `tenants: ["*"]` is everything
    --
    error[bad-freeze] t.yaml:4:53 the freeze ends (2026-12-20T00:00:00Z) before it begins (2026-12-24T00:00:00Z)
    error[bad-freeze] t.yaml:4:82 the reason says nothing
        help: say why, for people whose changes wait
    --
    warning[long-freeze] t.yaml:4:53 nothing is applied for 369 days
        help: look at the years; a freeze of more than 90 days is unusual
    --
    warning[unknown-tenant] t.yaml:4:25 no Tenant describes `acmee`, so nothing is frozen by that
        help: did you mean `acme`?
    error[bad-freeze] t.yaml:4:121 an exception names neither `risk` nor `kind`
        help: an exception for everything would be no freeze: take it out
    error[unknown-kind] t.yaml:4:126 `Domian` is not a kind that this version knows
        help: did you mean `Domain`?
    --
    error[bad-value] t.yaml:4:7 `2026-12-20T00:00:00` is no moment with its zone: write it like `2027-03-31T22:00:00Z`
    "#);
}

#[test]
fn only_the_operators_source_freezes() {
    let text =
        freeze("{tenants: [acme], from: 2026-12-20T00:00:00Z, until: 2026-12-24T00:00:00Z, reason: Mine}");
    let mut theirs = source("git:/theirs", &[("f.yaml", text.split("---").next().unwrap())]);
    theirs.operator = false;
    theirs.tenants = Some(["platform".parse().unwrap()].into());
    let state = expand(&[theirs], &accounts());
    assert!(state.calendar.freezes.is_empty() && state.resources.is_empty());
    assert_eq!(state.findings[0].rule, "operator-only");
}

#[test]
fn windows_and_rules_on_people_are_recorded_with_the_tenant() {
    let state = all("apiVersion: aplomo/v1
kind: Tenant
metadata: {name: acme, tenant: acme}
spec:
  contacts: [{name: Ana, github: ana, githubId: 7, role: technical}]
  approval:
    approvers:
      - {team: acme-ops/sre}
      - {team: acme-ops/leads, environments: [production], risks: [irreversible, outage], approvals: 2}
  windows: [{days: [mon, tue], from: '22:00', to: '02:00', timeZone: America/Santiago}]
  locale: es
");
    assert_eq!(report(&state.findings), "");
    let policy = &state.tenants["acme"];
    assert_eq!(policy.contacts[0].id, Some(7));
    assert_eq!(policy.locale, aplomo_core::safety::Locale::Es);
    assert_eq!(
        state.calendar.windows["acme/Tenant/acme"][0].to_string(),
        "mon,tue 22:00-02:00 America/Santiago"
    );
    insta::assert_snapshot!(wish(&state, "acme/Tenant/acme:aplomo.core.TenantSettings"), @r#"{"approval":{"approvers":["acme-ops/leads environments=production risks=outage,irreversible approvals=2","acme-ops/sre approvals=1"],"automaticReasons":{"$absent":true},"automaticRisks":{"$absent":true},"secondPersonForLifts":false},"aws":{"accountId":{"$absent":true},"externalId":{"$absent":true},"readRoleArn":{"$absent":true},"region":{"$absent":true},"regions":{"$absent":true},"writeRoleArn":{"$absent":true}},"contacts":{"Ana":"technical ana #7"},"displayName":{"$absent":true},"github":{"organization":{"$absent":true}},"guards":{"count":5,"permille":300},"locale":"es","secrets":{"$absent":true},"state":"active","windows":["mon,tue 22:00-02:00 America/Santiago"]}"#);
    // What is recorded is what was wished.
    let mut memory = aplomo_core::ledger::Memory::default();
    for (address, want) in &state.resources {
        memory.ledger.insert(
            address.clone(),
            aplomo_core::ledger::LedgerEntry {
                type_name: want.type_name.clone(),
                scope: want.scope.clone(),
                id: aplomo_core::RemoteId::known("x"),
                key: None,
                applied: want.wanted.clone(),
                resolved: Default::default(),
                source: want.source.clone(),
                commit: None,
                version: "1".into(),
                run: None,
                at: aplomo_core::Timestamp::UNIX_EPOCH,
                brought_along: false,
                until: None,
                environments: Vec::new(),
            },
        );
    }
    let recorded = aplomo_resources::aplomo::recorded(&memory);
    assert_eq!(&recorded.policies["acme"], policy);
    assert_eq!(recorded.calendar, state.calendar);
}

#[test]
fn an_environment_says_what_it_is_for_and_what_names_it_is_in_it() {
    let state = all("apiVersion: aplomo/v1
kind: Environment
metadata: {name: lab, tenant: acme}
spec:
  type: staging
  region: eu-west-1
  network: {cidr: 10.0.0.0/16}
  windows: [{days: [sat], from: '08:00', to: '24:00', timeZone: UTC}]
---
apiVersion: aplomo/v1
kind: Domain
metadata: {name: inside, tenant: acme}
spec: {zone: inside.example, visibility: private, environments: [lab]}
");
    assert_eq!(
        state.findings.iter().filter(|f| f.severity == aplomo_core::Severity::Error).count(),
        0,
        "{}",
        report(&state.findings)
    );
    insta::assert_snapshot!(wish(&state, "acme/Environment/lab:aplomo.core.Safety"), @r#"{"consents":{"$absent":true},"deletion":"protect","environment":"staging","ownership":"additive","windows":["sat 08:00-24:00 UTC"]}"#);
    for manifest in ["acme/Environment/lab", "acme/Domain/inside"] {
        assert!(state.environments[manifest].contains("lab"), "{manifest}");
    }
    let production = all("apiVersion: aplomo/v1
kind: Environment
metadata: {name: live, tenant: acme}
spec: {type: production, region: eu-west-1, network: {cidr: 10.0.0.0/16}}
");
    assert!(
        !production.resources.keys().any(|a| a.type_name() == "aplomo.core.Safety"),
        "the safe default is not recorded"
    );
}

#[test]
fn what_is_wrong_with_windows_and_people_is_told() {
    let state = all("apiVersion: aplomo/v1
kind: Tenant
metadata: {name: acme, tenant: acme}
spec:
  contacts:
    - {name: Ana, github: ana rojas, role: technical}
    - {name: Bob, email: bob, role: technical}
  approval:
    approvers: [{team: sre}, {team: 'ops/sre approvals=1'}]
  windows:
    - {days: [mon], from: '22:00', to: '22:00', timeZone: UTC}
    - {days: [], from: '22:00', to: '23:00', timeZone: UTC}
    - {days: [mon], from: '9:00', to: '23:00', timeZone: UTC}
    - {days: [mon], from: '09:00', to: '23:00', timeZone: Mars/Base}
");
    insta::assert_snapshot!(report(&state.findings), @r"
    error[bad-contact] t.yaml:6:19 `github` of `Ana` is no login
    error[bad-contact] t.yaml:7:19 `email` of `Bob` is no mail address
    error[bad-team] t.yaml:9:18 `sre` is no team of an organisation
        help: write `ORGANISATION/SLUG`, as in the team's address
    error[bad-team] t.yaml:9:31 `ops/sre approvals=1` is no team of an organisation
        help: write `ORGANISATION/SLUG`, as in the team's address
    error[bad-window] t.yaml:11:7 a window that is none: it ends when it begins
    error[bad-window] t.yaml:12:7 a window that is none: `` is no day: mon, tue, wed, thu, fri, sat, sun
    error[bad-window] t.yaml:13:7 a window that is none: `9:00` is no time of day from 00:00 to 24:00
    error[bad-window] t.yaml:14:7 a window that is none: `Mars/Base` is no time zone, like `America/Santiago` or `UTC`
    ");
}
