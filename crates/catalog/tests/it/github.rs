//! The kinds of GitHub: what they expand into and what they warn of.

use crate::support::{accounts, one, report, rules, source, wish};
use aplomo_catalog::{Accounts, SecretMark, expand};
use aplomo_core::TenantName;
use aplomo_core::fields::Fingerprint;
use aplomo_core::resource::DesiredState;
use aplomo_core::safety::Ownership;

const TENANT: &str = "apiVersion: aplomo/v1\nkind: Tenant\nmetadata: {name: acme, tenant: acme}\nspec: {github: {organization: Acme-Inc}, secrets: [npm-token]}\n";
const TYPE: &str = r"apiVersion: aplomo/v1
kind: RepositoryType
metadata: {name: microservice, tenant: platform}
spec:
  naming: {prefix: ms-, pattern: 'ms-[a-z]*'}
  defaults:
    visibility: private
    topics: [service]
    merge: {methods: [squash]}
    security: {secretScanning: true}
    environments: [{name: production, waitMinutes: 5}]
  branchProtections:
    - {name: default-branch, requires: {approvals: 1}}
  locked: [visibility, security.secretScanning]
";

fn kind(kind: &str, name: &str, spec: &str) -> String {
    let indented: Vec<String> = spec.trim_matches('\n').lines().map(|line| format!("  {line}")).collect();
    let body = indented.join("\n");
    format!("apiVersion: aplomo/v1\nkind: {kind}\nmetadata: {{name: {name}, tenant: acme}}\nspec:\n{body}\n")
}

fn with(accounts: &Accounts, documents: &[String]) -> DesiredState {
    let text = documents.join("---\n");
    expand(&[source("dir:/t", &[("a.yaml", &text), ("t.yaml", TENANT), ("types.yaml", TYPE)])], accounts)
}

fn all(documents: &[String]) -> DesiredState {
    with(&accounts(), documents)
}

fn repository(spec: &str) -> String {
    kind("Repository", "ms-shop", spec)
}

fn addresses(state: &DesiredState) -> String {
    let ours = state.resources.keys().filter(|a| !a.as_str().starts_with("acme/Tenant/"));
    ours.map(|a| a.as_str().to_owned()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_type_gives_what_a_repository_does_not_say() {
    let state = all(&[repository(
        "type: microservice\ntopics: [shop]\nenvironments: [{name: production, preventSelfReview: true}]",
    )]);
    assert_eq!(report(&state.findings), "");
    insta::assert_snapshot!(addresses(&state), @r"
    acme/Repository/ms-shop:github.repo.Environment/production
    acme/Repository/ms-shop:github.repo.Repository
    acme/Repository/ms-shop:github.repo.Ruleset/default-branch
    ");
    insta::assert_snapshot!(wish(&state, "github.repo.Repository"));
    insta::assert_snapshot!(wish(&state, "Environment/production"));
    insta::assert_snapshot!(wish(&state, "Ruleset/default-branch"));
    let scope = &one(&state, "github.repo.Repository").scope;
    assert_eq!(scope.to_string(), "github/acme-inc", "the login in lower case");
    assert_eq!(
        one(&state, "Environment/production").scope.container_of.as_ref().map(|a| a.as_str()),
        Some("acme/Repository/ms-shop:github.repo.Repository")
    );
}

#[test]
fn what_a_type_decides_is_not_changed() {
    let state = all(&[kind(
        "Repository",
        "shop",
        "type: microservice\nvisibility: public\nsecurity: {secretScanning: false, pushProtection: true}",
    )]);
    insta::assert_snapshot!(report(&state.findings));
}

#[test]
fn the_same_as_the_type_says_is_no_change() {
    let state =
        all(&[repository("type: microservice\nvisibility: private\nsecurity: {secretScanning: true}")]);
    assert_eq!(report(&state.findings), "");
}

#[test]
fn people_are_looked_up_once_and_access_ends() {
    let state = all(&[
        repository(
            "access: {users: {Ana: {permission: push, expiresAt: '2027-03-31T22:00:00Z'}, ben: {permission: Releaser}}}",
        ),
        kind("Team", "core", "name: Core Team\nmembers: {maintainers: [ana], members: ['@ben']}"),
        kind("Repository", "ms-pay", "access: {teams: {core-team: pull}}"),
    ]);
    assert_eq!(report(&state.findings), "");
    insta::assert_snapshot!(addresses(&state));
    insta::assert_snapshot!(wish(&state, "Collaborator/ana"));
    insta::assert_snapshot!(wish(&state, "TeamGrant/core-team"));
    insta::assert_snapshot!(wish(&state, "TeamMembership/ben"));
    assert!(one(&state, "Collaborator/ana").until.is_some());
    assert!(one(&state, "github.org.User/ana").observe);
    let ana = one(&state, "Collaborator/ana").needs();
    assert!(ana.iter().any(|a| a.as_str() == "acme/Organization/acme-inc:github.org.User/ana"), "{ana:?}");
}

#[test]
fn each_collection_is_owned_for_itself() {
    let state = all(&[repository("access: {ownership: exclusive}\nlabels: {ownership: observe}")]);
    insta::assert_snapshot!(wish(&state, "Repository/ms-shop:aplomo.core.Safety"), @r#"{"collections":["github.repo.Collaborator=exclusive","github.repo.Label=observe","github.repo.TeamGrant=exclusive"],"consents":{"$absent":true},"deletion":"protect","ownership":"additive"}"#);
    let of =
        |member: &str| state.collections.iter().find(|c| c.member.as_str() == member).map(|c| c.ownership);
    assert_eq!(of("github.repo.Label"), Some(Ownership::Observe));
    assert_eq!(of("github.repo.Collaborator"), Some(Ownership::Exclusive));
}

#[test]
fn a_secret_is_a_name_that_the_tenant_may_use() {
    let spec = "actions: {secrets: {NPM: npm-token, OTHER: npm-tokn}}\nwebhooks: [{url: 'https://x.example', secret: nothing}]";
    let state = all(&[repository(spec)]);
    insta::assert_snapshot!(report(&state.findings));
    assert!(one(&state, "Secret/NPM").observe, "nothing was resolved, so nothing is written");
    assert!(!state.resources.keys().any(|a| a.as_str().ends_with("Secret/OTHER")));

    let spec =
        "actions: {secrets: {NPM: npm-token}}\nwebhooks: [{url: 'https://x.example', secret: npm-token}]";
    let known = SecretMark::Known {
        fingerprint: Fingerprint("k1:abc".into()),
        formerly: Vec::new(),
        rotation_days: Some(90),
    };
    let resolved = resolved(spec, Some(known));
    assert_eq!(report(&resolved.findings), "");
    insta::assert_snapshot!(wish(&resolved, "Secret/NPM"), @r#"{"environment":{"$absent":true},"name":"NPM","value":{"$secret":"k1:abc"}}"#);
    let secret = one(&resolved, "Secret/NPM");
    assert!(!secret.observe);
    assert_eq!(secret.hints.get("rotationDays"), Some(&90.into()));
    assert!(wish(&resolved, "github.repo.Webhook/29d534674bab").contains(r#""secret":{"$secret":"k1:abc"}"#));
}

/// The wishes of a repository, where the configuration has this to say of its secret.
fn resolved(spec: &str, mark: Option<SecretMark>) -> DesiredState {
    let names = mark.into_iter().map(|mark| ("npm-token".into(), mark)).collect();
    let secrets = Some([(TenantName::known("acme"), names)].into());
    with(&Accounts { secrets, ..accounts() }, &[repository(spec)])
}

#[test]
fn a_secret_that_is_not_at_hand_is_told_and_not_written() {
    let spec = "actions: {secrets: {NPM: npm-token}}";
    let missing = resolved(spec, None);
    assert_eq!(rules(&missing), ["secret-not-configured"]);
    assert!(one(&missing, "Secret/NPM").observe);
    let unreadable = resolved(spec, Some(SecretMark::Unreadable { why: "`env:X` is not set".into() }));
    assert_eq!(rules(&unreadable), ["secret-unreadable"]);
    assert!(one(&unreadable, "Secret/NPM").observe);
    // What the configuration allows is not enough: the tenant must be let, too.
    let refused = resolved("actions: {secrets: {NPM: other}}", None);
    assert_eq!(rules(&refused), ["secret-not-allowed"]);
    assert!(!refused.resources.keys().any(|a| a.as_str().ends_with("Secret/NPM")));
}

#[test]
fn a_selector_picks_repositories() {
    let state = all(&[
        repository("type: microservice\ntopics: [shop, web]"),
        kind("Repository", "ms-pay", "type: microservice"),
        "apiVersion: aplomo/v1\nkind: Repository\nmetadata: {name: tools, tenant: acme, labels: {tier: gold}}\nspec: {topics: [web]}\n".to_owned(),
        kind("BranchProtection", "by-type", "selector: {type: microservice}"),
        kind("BranchProtection", "by-topic", "selector: {topics: [WEB]}"),
        kind("BranchProtection", "by-label", "selector: {labels: {tier: gold}}"),
        kind("BranchProtection", "named", "repositories: [tools]\nmechanism: classic\npatterns: [main, 'release/*']"),
    ]);
    assert_eq!(report(&state.findings), "");
    let made: Vec<&str> =
        state.resources.keys().map(|a| a.as_str()).filter(|a| a.contains("/BranchProtection/")).collect();
    insta::assert_snapshot!(made.join("\n"), @r"
    acme/BranchProtection/by-label:github.repo.Ruleset/tools
    acme/BranchProtection/by-topic:github.repo.Ruleset/ms-shop
    acme/BranchProtection/by-topic:github.repo.Ruleset/tools
    acme/BranchProtection/by-type:github.repo.Ruleset/ms-pay
    acme/BranchProtection/by-type:github.repo.Ruleset/ms-shop
    acme/BranchProtection/named:github.repo.BranchProtectionRule/tools/main
    acme/BranchProtection/named:github.repo.BranchProtectionRule/tools/release=2F=2A
    ");
}

#[test]
fn the_whole_of_a_protection() {
    let state = all(&[
        repository("merge: {methods: [squash]}"),
        kind("Team", "core", "privacy: secret"),
        kind(
            "BranchProtection",
            "main",
            r"
repositories: [ms-shop]
patterns: [~DEFAULT_BRANCH, release/*]
exclude: [release/old]
requires:
  approvals: 2
  codeOwners: true
  statusChecks: [{context: build}, {context: test, app: 15368}]
  upToDate: true
  mergeQueue: {maxToMerge: 5}
  codeScanning: [{tool: CodeQL}]
bypass: [{team: core, mode: pullRequest}, {user: Ana}, {role: maintain}, {role: organizationAdmin}, {app: bot}]
enforcement: evaluate
",
        ),
    ]);
    assert_eq!(report(&state.findings), "");
    insta::assert_snapshot!(wish(&state, "github.repo.Ruleset/ms-shop"));
}

#[test]
fn contradictions_are_told_where_they_stand() {
    let state = all(&[
        repository(
            "merge: {methods: [merge], titles: {squash: PR_TITLE}}\nenvironments: [{name: production}]\nactions: {variables: {DB_PASSWORD: x}}",
        ),
        kind(
            "BranchProtection",
            "a",
            "repositories: [ms-shop, ms-shp]\nrequires: {codeOwners: true, upToDate: true, linearHistory: true, mergeQueue: {}, deployments: [producton]}\nforbids: {update: true}\nbypass: []\nallowsPush: []",
        ),
        kind(
            "BranchProtection",
            "b",
            "repositories: [ms-shop]\nmechanism: classic\ntarget: tag\nenforcement: disabled\nbypass: [{role: admin}, {}]",
        ),
        kind("BranchProtection", "c", "selector: {type: micro-service}"),
        kind("BranchProtection", "d", "selector: {topics: [nothing]}"),
        kind("Team", "core", "parent: core"),
        kind("Team", "sub", "parent: cor\nmembers: {maintainers: [a, -x], members: [A]}"),
        kind(
            "Repository",
            "ms-pay",
            "type: widgt\naccess: {teams: {coree: read}, users: {'a b': {permission: read}}}",
        ),
    ]);
    insta::assert_snapshot!(report(&state.findings));
}

#[test]
fn a_type_that_locks_nothing_known_is_told() {
    let text = "apiVersion: aplomo/v1\nkind: RepositoryType\nmetadata: {name: widget, tenant: platform}\nspec: {locked: [visiblity, security.secretScaning, merge], naming: {prefix: 'w '}}\n";
    let state = expand(&[source("dir:/t", &[("a.yaml", text)])], &accounts());
    insta::assert_snapshot!(report(&state.findings));
}

#[test]
fn a_type_is_the_operators_word() {
    let mut theirs = source("dir:/t", &[("types.yaml", TYPE)]);
    theirs.operator = false;
    theirs.tenants = Some([TenantName::known("platform")].into());
    let state = expand(&[theirs], &accounts());
    assert_eq!(rules(&state), ["operator-only"]);
}

#[test]
fn without_an_organisation_nothing_is_known() {
    let text = kind("Repository", "ms-shop", "visibility: private");
    let tenant = "apiVersion: aplomo/v1\nkind: Tenant\nmetadata: {name: acme, tenant: acme}\nspec: {}\n";
    let state = expand(&[source("dir:/t", &[("a.yaml", &text), ("t.yaml", tenant)])], &accounts());
    assert_eq!(rules(&state), ["no-organization"]);
}

#[test]
fn an_adopted_repository_brings_what_is_in_it() {
    let text = repository("labels: {items: [{name: Bug, color: '#D73A4A'}]}")
        .replace("spec:", "lifecycle: {adopt: '42'}\nspec:");
    let state = all(&[text]);
    assert_eq!(report(&state.findings), "");
    assert_eq!(
        one(&state, "github.repo.Repository").adopt,
        aplomo_core::resource::Adopt::Id(aplomo_core::RemoteId::known("42"))
    );
    assert_eq!(one(&state, "Label/bug").adopt, aplomo_core::resource::Adopt::InContainer);
}
