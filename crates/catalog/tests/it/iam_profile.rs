//! The kind IamProfile: what it expands into and what it warns of.

use crate::support::{TENANT, accounts, one, report, rules, source, wish};
use aplomo_catalog::expand;
use aplomo_catalog::import::{Options, iam_profile_manifest};
use aplomo_core::observation::OwnerMark;
use aplomo_core::resource::{Adopt, DesiredState};
use aplomo_core::{ManifestName, Model as _, Observed, RemoteId, Scope, Seen, Sight, TenantName, Wish};
use aplomo_resources::iam::model::Role;
use aplomo_resources::iam::policy::Use;
use aplomo_resources::iam::{ROLE, seen_document};
use std::fmt::Write as _;

/// A profile with these lines in its `spec`; they begin in line 5.
fn profile(spec: &str) -> String {
    let mut text = String::from(
        "apiVersion: aplomo/v1\nkind: IamProfile\nmetadata: {name: partner, tenant: acme}\nspec:\n",
    );
    spec.trim_matches('\n').lines().for_each(|line| {
        let _ = writeln!(text, "  {line}");
    });
    text
}

fn expanded(spec: &str) -> DesiredState {
    expand(&[source("dir:/t", &[("p.yaml", &profile(spec)), ("t.yaml", TENANT)])], &accounts())
}

#[test]
fn callers_bring_what_is_asked_of_them() {
    let state = expanded(
        r#"
path: /partners/
trust:
  accounts: ["444455556666"]
  principals: ["arn:aws:iam::123456789012:role/ci"]
  services: [ec2.amazonaws.com]
  externalId: abc
  requireMfa: true
  sourceCidrs: [192.0.2.0/24]
  conditions: {StringEquals: {"aws:PrincipalOrgID": o-1}}
policies:
  managed: [ReadOnlyAccess, "arn:aws:iam::123456789012:policy/x"]
  inline: [{name: q, document: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:*:*:q"}}'}]
permissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess
maxSession: 4h
tags: {team: x}
"#,
    );
    assert_eq!(report(&state.findings), "");
    insta::assert_snapshot!(wish(&state, "IamProfile/partner:aws.iam.Role").replace("\\\"", "'"), @r#"{"attachments":{"arn:aws:iam::123456789012:policy/x":"arn:aws:iam::123456789012:policy/x","arn:aws:iam::aws:policy/ReadOnlyAccess":"arn:aws:iam::aws:policy/ReadOnlyAccess"},"inline":{"q":"{'Statement':[{'Action':'sqs:sendmessage','Effect':'Allow','Resource':'arn:aws:sqs:*:*:q'}],'Version':'2012-10-17'}"},"maxSession":14400,"name":"partner","path":"/partners/","permissionsBoundary":"arn:aws:iam::aws:policy/PowerUserAccess","tags":{"client":"acme","team":"x"},"trust":"{'Statement':[{'Action':'sts:AssumeRole','Condition':{'Bool':{'aws:multifactorauthpresent':'true'},'IpAddress':{'aws:sourceip':'192.0.2.0/24'},'StringEquals':{'aws:principalorgid':'o-1','sts:externalid':'abc'}},'Effect':'Allow','Principal':{'AWS':['444455556666','arn:aws:iam::123456789012:role/ci']}},{'Action':'sts:AssumeRole','Condition':{'StringEquals':{'aws:principalorgid':'o-1'}},'Effect':'Allow','Principal':{'Service':'ec2.amazonaws.com'}}],'Version':'2012-10-17'}"}"#);
}

#[test]
fn providers_are_named_or_made() {
    let state = expanded(
        r#"
trust:
  saml: {provider: corp}
  oidc: {provider: "https://Token.actions.githubusercontent.com", subjects: ["repo:acme/shop:*"], manage: true}
"#,
    );
    assert_eq!(report(&state.findings), "");
    insta::assert_snapshot!(wish(&state, "aws.iam.Role").replace("\\\"", "'"), @r#"{"name":"partner","tags":{"client":"acme"},"trust":"{'Statement':[{'Action':'sts:AssumeRoleWithWebIdentity','Condition':{'StringEquals':{'token.actions.githubusercontent.com:aud':'sts.amazonaws.com'},'StringLike':{'token.actions.githubusercontent.com:sub':'repo:acme/shop:*'}},'Effect':'Allow','Principal':{'Federated':'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com'}},{'Action':'sts:AssumeRoleWithSAML','Condition':{'StringEquals':{'saml:aud':'https://signin.aws.amazon.com/saml'}},'Effect':'Allow','Principal':{'Federated':'arn:aws:iam::123456789012:saml-provider/corp'}}],'Version':'2012-10-17'}"}"#);
    insta::assert_snapshot!(wish(&state, "aws.iam.OidcProvider"), @r#"{"audiences":["sts.amazonaws.com"],"tags":{"client":"acme"},"url":"token.actions.githubusercontent.com"}"#);
    let role = one(&state, "aws.iam.Role");
    assert!(role.depends_on.iter().any(|a| a.as_str().ends_with("OidcProvider")), "{:?}", role.depends_on);
}

#[test]
fn a_profile_that_ends_says_so_in_its_trust() {
    let state = expanded(
        r#"
trust: {accounts: ["123456789012"]}
expiresAt: "2027-03-31T22:00:00+00:00"
instanceProfile: true
policies:
  own: [{name: long, description: d, document: {Version: "2008-10-17", Statement: {Effect: Deny, Action: "s3:*", Resource: "*"}}}]
"#,
    );
    assert_eq!(report(&state.findings), "");
    let ending: Vec<&str> =
        state.resources.values().filter(|r| r.until.is_some()).map(|r| r.type_name.as_str()).collect();
    assert_eq!(ending, ["aws.iam.InstanceProfile", "aws.iam.Policy", "aws.iam.Role"]);
    let trust = wish(&state, "aws.iam.Role").replace("\\\"", "'");
    assert!(trust.contains("'DateLessThan':{'aws:currenttime':'2027-03-31T22:00:00Z'}"), "{trust}");
    insta::assert_snapshot!(trust, @r#"{"attachments":{"arn:aws:iam::123456789012:policy/long":{"$ref":{"constraint":{"be":"policy/long","must":"suffix"},"output":"arn","to":"acme/IamProfile/partner:aws.iam.Policy/long"}}},"name":"partner","tags":{"client":"acme"},"trust":"{'Statement':[{'Action':'sts:AssumeRole','Condition':{'DateLessThan':{'aws:currenttime':'2027-03-31T22:00:00Z'}},'Effect':'Allow','Principal':{'AWS':'123456789012'}}],'Version':'2012-10-17'}"}"#);
    insta::assert_snapshot!(wish(&state, "aws.iam.InstanceProfile"), @r#"{"name":"partner","role":{"$ref":{"constraint":{"be":"partner","must":"suffix"},"output":"id","to":"acme/IamProfile/partner:aws.iam.Role"}},"tags":{"client":"acme"}}"#);
    assert_eq!(one(&state, "Policy/long").defaults.text("/description"), Some("d"));
}

#[test]
fn a_document_of_ones_own_is_bound_to_the_end_as_well() {
    let state = expanded(
        r#"
trust:
  document: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "123456789012"}, Action: "sts:*"}, {Effect: Deny, Principal: "*", Action: "sts:TagSession"}]}
expiresAt: 2027-03-31T22:00:00Z
"#,
    );
    assert_eq!(report(&state.findings), "");
    insta::assert_snapshot!(wish(&state, "aws.iam.Role").replace("\\\"", "'"), @r#"{"name":"partner","tags":{"client":"acme"},"trust":"{'Statement':[{'Action':'sts:*','Condition':{'DateLessThan':{'aws:currenttime':'2027-03-31T22:00:00Z'}},'Effect':'Allow','Principal':{'AWS':'123456789012'}},{'Action':'sts:TagSession','Effect':'Deny','Principal':'*'}],'Version':'2012-10-17'}"}"#);
}

const BAD: &str = r#"
environments: [prod]
trust: {accounts: ["444455556666"], principals: ["*"], oidc: {provider: a.test}}
policies:
  managed: [AdministratorAccess]
  inline:
    - {name: all, document: {Version: "2008-10-17", Statement: {Effect: Allow, Action: "*", Resource: "*"}}}
    - {name: pass, document: {Version: "2008-10-17", Statement: {Effect: Allow, Action: "iam:*", Resource: "*"}}}
"#;

#[test]
fn what_should_not_be_trusted_and_allowed_is_a_warning() {
    let state = expanded(&BAD.replace("environments: [prod]", "description: d"));
    insta::assert_snapshot!(report(&state.findings), @r"
    warning[anyone-trusted] p.yaml:6:3 everybody with an AWS account may take the role
        help: name accounts, principals or an identity provider
    warning[oidc-any-subject] p.yaml:6:58 every token of the identity provider will do, whoever it was made for
        help: name the `subjects`
    warning[everything-allowed] p.yaml:8:15 `AdministratorAccess` allows every action on every resource
        help: attach what is needed
    warning[everything-allowed] p.yaml:10:21 the policy `all` allows every action on every resource
        help: name the actions and resources that are needed
    warning[pass-any-role] p.yaml:11:22 the policy `pass` lets any role be handed to a service, and so be used
        help: name the roles that `iam:PassRole` is for
    ");
}

#[test]
fn strangers_bring_an_external_id() {
    let state = expanded(r#"trust: {accounts: ["444455556666", "123456789012"]}"#);
    assert_eq!(rules(&state), ["external-without-id"], "the own account needs none");
    let state = expanded(r#"trust: {accounts: ["444455556666"], externalId: abc}"#);
    assert_eq!(report(&state.findings), "");
}

#[test]
fn production_refuses_the_gravest() {
    let environment = |kind: &str| {
        format!(
            "apiVersion: aplomo/v1\nkind: Environment\nmetadata: {{name: prod, tenant: acme}}\nspec: {{type: {kind}}}\n"
        )
    };
    let files =
        [("e.yaml", environment("production")), ("p.yaml", profile(BAD)), ("t.yaml", TENANT.to_owned())];
    let files: Vec<(&str, &str)> = files.iter().map(|(f, t)| (*f, t.as_str())).collect();
    let state = expand(&[source("dir:/t", &files)], &accounts());
    let grave: Vec<String> = state
        .findings
        .iter()
        .filter(|f| f.file.as_deref() == Some("p.yaml"))
        .map(|f| format!("{:?} {}", f.severity, f.rule))
        .collect();
    insta::assert_snapshot!(grave.join("\n"), @r"
    Error anyone-trusted
    Warning oidc-any-subject
    Error everything-allowed
    Error everything-allowed
    Warning pass-any-role
    ");
    assert!(rules(&expanded(BAD)).contains(&"unknown-environment"));
}

#[test]
fn what_cannot_be_is_told_where_it_stands() {
    let wrong = [
        "trust: {}",
        "trust: {accounts: [\"123\"]}",
        "trust: {services: [ec2.amazonaws.com], externalId: x}",
        "trust: {accounts: [\"123456789012\"], document: {}}",
        "trust: {principals: [AROAEXAMPLE12345678AB]}",
        "trust: {accounts: [\"123456789012\"], externalId: x, conditions: {StringEquals: {\"sts:externalid\": y}}}",
        "trust: {accounts: [\"123456789012\"]}\nexpiresAt: 2027-03-31",
        "trust: {accounts: [\"123456789012\"]}\nmaxSession: 5m",
        "trust: {accounts: [\"123456789012\"]}\npolicies: {inline: [{name: a, document: {Statement: []}}]}",
        "trust: {accounts: [\"123456789012\"]}\npolicies: {inline: [{name: a, document: \"{\"}]}",
        "trust: {accounts: [\"123456789012\"]}\npolicies: {managed: [\"arn:aws:s3:::x\"]}",
        "trust: {accounts: [\"123456789012\"]}\nroleName: a b",
    ];
    let told: Vec<String> = wrong.iter().map(|spec| report(&expanded(spec).findings)).collect();
    insta::assert_snapshot!(told.concat(), @r"
    error[nobody-trusted] p.yaml:5:3 nobody may take the role
        help: set `accounts`, `principals`, `services`, `saml` or `oidc`
    error[bad-account] p.yaml:5:22 `123` is no account id
        help: it has exactly 12 digits, in quotes
    error[unused-condition] p.yaml:5:42 an external id and a second factor are asked of `accounts` and `principals`, and there are none
    error[bad-policy] p.yaml:5:39 `document` stands alone: remove it, or the other fields of `trust`
    error[dangling-principal] p.yaml:5:11 `AROAEXAMPLE12345678AB` is the id of a role or user that was deleted
        help: name the one that is meant now by its ARN
    error[bad-policy] p.yaml:5:54 `StringEquals` of `sts:ExternalId` is set by another field already
    error[bad-value] p.yaml:5:3 `2027-03-31` is no moment with its zone: write it like `2027-03-31T22:00:00Z`
    error[iam-role] p.yaml:6:3 maxSession: 300 is not within 3600 and 43200
    error[bad-policy] p.yaml:6:33 Statement: it is empty
    error[bad-policy] p.yaml:6:33 the document is no JSON: EOF while parsing an object at line 1 column 1
    error[iam-role] p.yaml:6:14 attachments: `arn:aws:s3:::x` is no ARN of a managed policy
    error[iam-role] p.yaml:6:3 name: `a b` has not 1 to 64 letters, digits and `+=,.@_-`
    ");
}

#[test]
fn a_role_is_adopted_by_its_name() {
    let text = profile("roleName: Legacy\ntrust: {accounts: [\"123456789012\"]}")
        .replace("spec:", "lifecycle: {adopt: Legacy}\nspec:");
    let state = expand(&[source("dir:/t", &[("p.yaml", &text), ("t.yaml", TENANT)])], &accounts());
    assert_eq!(report(&state.findings), "");
    let role = one(&state, "aws.iam.Role");
    assert!(matches!(&role.adopt, Adopt::Id(id) if id.as_str() == "Legacy"));
    assert_eq!(role.key.as_deref(), Some("legacy"));
}

#[test]
fn an_imported_role_wishes_what_is_there() {
    let text = |t: &str| Sight::Value(t.to_owned());
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com","AWS":"123456789012"},"Action":["sts:AssumeRole","sts:TagSession"]}]}"#;
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::it's/*"}}"#;
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let model = Role::<Seen> {
        name: Sight::Value("Legacy_Role".into()),
        path: Sight::Value("/old/".into()),
        description: text("made: by hand"),
        max_session: Sight::Value(7_200),
        trust: Sight::Value(seen_document(trust, Use::Trust)),
        boundary: Sight::Value(arn.into()),
        inline: [
            ("read".to_owned(), Sight::Value(seen_document(policy, Use::Identity))),
            ("odd".to_owned(), text("{}")),
        ]
        .into(),
        attachments: [(arn.to_owned(), Sight::Value(arn.into()))].into(),
        tags: [("client".to_owned(), text("acme")), ("a:b".to_owned(), text("yes"))].into(),
    };
    let seen = Observed {
        type_name: ROLE,
        scope: Scope::own(),
        id: RemoteId::new("Legacy_Role").unwrap(),
        key: None,
        mark: OwnerMark::None,
        created_by: None,
        fields: model.to_fields(),
        outputs: Default::default(),
        brought_along: false,
        raw: None,
        waiting: None,
    };
    let options = Options {
        tenant: TenantName::known("acme"),
        name: ManifestName::known("legacy"),
        adopt: true,
        others: Default::default(),
    };
    let imported = iam_profile_manifest(&seen, &options);
    assert_eq!(imported.notes.len(), 1, "{:?}", imported.notes);
    assert!(imported.notes[0].contains("`odd` was left out"), "{:?}", imported.notes);
    let state = expand(&[source("dir:/t", &[("p.yaml", &imported.yaml), ("t.yaml", TENANT)])], &accounts());
    assert_eq!(report(&state.findings), "", "{}", imported.yaml);
    let role = one(&state, "aws.iam.Role");
    assert!(matches!(&role.adopt, Adopt::Id(id) if id.as_str() == "Legacy_Role"));
    for (path, wish) in role.wanted.iter() {
        assert_eq!(wish, &Wish::Value(seen.fields.value(path.as_str()).unwrap().clone()), "{path}");
    }
    assert_eq!(role.wanted.len() + 1, seen.fields.len(), "all but the odd one");
}

#[test]
fn a_document_that_names_no_version_is_told() {
    let state = expanded(
        r#"
trust:
  document: {Version: "2012-10-17", Statement: {Effect: Allow, Principal: {AWS: "123456789012"}, Action: "sts:AssumeRole"}}
policies:
  inline:
    - {name: own, document: '{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a/${aws:username}/*"}}'}
    - {name: old, document: {Version: "2008-10-17", Statement: {Effect: Deny, Action: "s3:*", Resource: "*"}}}
    - {name: bad, document: {Statement: {Effect: Deny}}}
  own: [{name: queue, document: {Statement: {Effect: Deny, Action: "sqs:*", Resource: "*"}}}]
"#,
    );
    let found: Vec<&aplomo_core::Finding> =
        state.findings.iter().filter(|f| f.rule == "policy-without-version").collect();
    let told: Vec<String> = found.iter().map(|f| format!("{} {}", f.line.unwrap(), f.message)).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    9 the policy `own` names no `Version`, and AWS reads it as one of 2008-10-17: its variables are plain text there and match nothing
    12 the policy `queue` names no `Version`, and AWS reads it as one of 2008-10-17: variables like `${aws:username}` would be plain text in it
    ");
    assert!(found.iter().all(|f| f.severity == aplomo_core::Severity::Warning));
}

/// Profiles of these names with the roles that they trust.
fn trusting(pairs: &[(&str, &str)]) -> Vec<(String, Vec<String>)> {
    let text = |(name, trusted): &(&str, &str)| {
        let principal = format!("arn:aws:iam::123456789012:role/x/{trusted}");
        profile(&format!("path: /x/\ntrust: {{principals: [\"{principal}\"]}}"))
            .replace("name: partner", &format!("name: {name}"))
    };
    let texts: Vec<String> = pairs.iter().map(text).collect();
    let files: Vec<(String, &str)> =
        texts.iter().enumerate().map(|(n, text)| (format!("{n}.yaml"), text.as_str())).collect();
    let mut all: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    all.push(("t.yaml", TENANT));
    let state = expand(&[source("dir:/t", &all)], &accounts());
    let needs = |name: &str| -> Vec<String> {
        let role = one(&state, &format!("{name}:aws.iam.Role"));
        role.depends_on.iter().map(|address| address.manifest().to_string()).collect()
    };
    pairs.iter().map(|(name, _)| ((*name).to_owned(), needs(name))).collect()
}

#[test]
fn a_role_that_another_trusts_is_made_first() {
    let of = |pairs: &[(&str, &str)]| {
        let shown = trusting(pairs).into_iter().map(|(name, needs)| format!("{name}: {}", needs.join(" ")));
        shown.collect::<Vec<_>>().join("; ")
    };
    let chain = of(&[("app", "ci"), ("ci", "stranger")]);
    assert_eq!(chain, "app: acme/IamProfile/ci; ci: ");
    assert_eq!(of(&[("app", "app")]), "app: ", "of itself nothing is first");
    let ring = of(&[("one", "two"), ("two", "three"), ("three", "one"), ("app", "one")]);
    assert_eq!(ring, "one: ; two: ; three: ; app: acme/IamProfile/one", "a ring has no order");
}
