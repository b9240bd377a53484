//! What a hand changes on GitHub is reported with the field's name and repaired: every managed field of
//! every type. How that works is said in `by_hand`; here is what GitHub has.

mod protections;
mod rows;

use super::hub::Hub;
use crate::by_hand::{Fixed, drifted, fields_without_a_row, names, rounds, types_without_a_row};
use crate::world::World;

/// The rows of GitHub.
pub type Row = crate::by_hand::Row<Hub>;

fn rows() -> Vec<Row> {
    rows::rows().into_iter().chain(protections::rows()).collect()
}

/// People are only ever looked up; secrets are told by their time and have stories of their own; keys and
/// autolinks are made and taken away, never changed.
fn is_written(type_name: &str) -> bool {
    let others = ["github.org.User", "github.repo.Secret", "github.repo.DeployKey", "github.repo.Autolink"];
    type_name.starts_with("github.") && !others.contains(&type_name)
}

/// Fields that no row changes. Where GitHub has no call for it, only another object could have another value.
const FIXED: &[Fixed] = &[
    // What makes it this object and not another.
    ("github.repo.Collaborator", &["/login", "/user"]),
    ("github.repo.TeamGrant", &["/team", "/teamId"]),
    ("github.org.TeamMembership", &["/login", "/user"]),
    ("github.repo.Variable", &["/environment", "/name"]),
    ("github.repo.CustomProperty", &["/name"]),
    // Who is behind the names of `/reviewers` changes with them, or when a login changes hands.
    ("github.repo.Environment", &["/name", "/reviewerIds/team:core", "/reviewerIds/user:ana"]),
    ("github.repo.BranchProtectionRule", &["/actorIds/team:core", "/pattern"]),
    // A ruleset of branches never becomes one of tags.
    ("github.repo.Ruleset", &["/target"]),
    // A new repository copies its template once.
    ("github.repo.Repository", &["/template"]),
];

#[test]
fn every_type_that_is_written_has_rows() {
    assert_eq!(
        types_without_a_row(&rows(), is_written),
        Vec::<String>::new(),
        "say how a hand changes their fields"
    );
}

#[test]
fn every_field_that_is_wished_has_a_row() {
    let hub = everything();
    let mut missing = fields_without_a_row(&hub.plan(), (&rows(), FIXED), str::to_owned);
    missing.retain(|field| field.split(' ').next().is_some_and(is_written));
    assert!(missing.is_empty(), "no row for {missing:#?}");
}

#[test]
fn a_change_by_hand_of_any_field_is_reported_by_name_and_repaired() {
    let hub = everything();
    hub.aplomo(&["apply", "m", "--auto-approve"]).exits(0);
    assert_eq!(World::changes(&hub.plan()), Vec::<String>::new());
    for round in rounds(rows()) {
        round.iter().for_each(|row| (row.by_hand)(&hub));
        let report = hub.aplomo(&["drift", "m", "--format", "json"]).json();
        assert_eq!(drifted(&report, str::to_owned), names(&round), "{report:#}");
        let ran = hub.aplomo(&["apply", "m", "--auto-approve"]);
        assert_eq!(ran.code, 0, "{:?}\n{}\n{}", names(&round), ran.out, ran.err);
        let plan = hub.plan();
        assert_eq!(World::changes(&plan), Vec::<String>::new(), "{:?}", names(&round));
    }
    hub.aplomo(&["audit", "verify"]).exits(0);
}

/// An organisation and manifests that wish something of every field.
fn everything() -> Hub {
    let hub = Hub::new();
    hub.github.change(|world| {
        for login in ["ana", "ben", "cleo"] {
            world.add_member(hub.org, login);
        }
        let org = world.orgs.get_mut(&hub.org).unwrap();
        org.properties.push(serde_json::json!({
            "property_name": "tier", "value_type": "string", "required": false, "default_value": null,
            "description": null, "allowed_values": null, "values_editable_by": "org_actors",
        }));
    });
    hub.write("m/everything.yaml", EVERYTHING);
    hub
}

const EVERYTHING: &str = r#"
apiVersion: aplomo/v1
kind: Team
metadata: {name: everybody, tenant: acme}
spec: {name: Everybody, privacy: visible}
---
apiVersion: aplomo/v1
kind: Team
metadata: {name: core, tenant: acme}
spec:
  name: Core
  description: Looks after the shop
  privacy: visible
  notifications: true
  parent: everybody
  members: {maintainers: [ana], members: [ben]}
---
apiVersion: aplomo/v1
kind: Repository
metadata: {name: shop, tenant: acme}
spec:
  description: The shop
  homepage: https://shop.acme.example
  topics: [shop]
  visibility: private
  defaultBranch: main
  features: {issues: true, wiki: false, projects: false, discussions: false, forking: false}
  merge:
    methods: [squash, merge]
    autoMerge: true
    deleteBranchOnMerge: true
    updateBranch: true
    signOff: false
    titles: {squash: PR_TITLE, squashMessage: PR_BODY, merge: PR_TITLE, mergeMessage: PR_BODY}
  security:
    dependabotAlerts: true
    dependabotUpdates: true
    secretScanning: true
    pushProtection: true
    privateVulnerabilityReporting: false
  access:
    teams: {core: maintain}
    users: {cleo: {permission: admin}}
  actions:
    enabled: true
    allowed: selected
    githubOwned: true
    verifiedCreators: false
    allowedActions: [acme/deploy@*]
    pinned: false
    workflowPermissions: read
    canApprovePullRequests: false
    variables: {REGION: eu-west-1}
  environments:
    - name: production
      reviewers: ["user:ana", "team:core"]
      waitMinutes: 5
      preventSelfReview: true
      branches: ["branch:main"]
  webhooks:
    - {url: "https://ci.acme.example/github", events: [push], contentType: json, active: true}
  deployKeys:
    - title: mirror
      key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGvRSPRXqeGz3pPmcd2dFPwsx4dGnTLwqyVZ1VnXlCHT mirror@acme
  autolinks:
    - {prefix: ACME-, url: "https://tickets.acme.example/browse/ACME-<num>"}
  labels:
    items:
      - {name: urgent, color: ff0000, description: Now}
  customProperties: {tier: gold}
---
apiVersion: aplomo/v1
kind: BranchProtection
metadata: {name: rules, tenant: acme}
spec:
  repositories: [shop]
  patterns: ["~DEFAULT_BRANCH"]
  exclude: ["refs/heads/wip/*"]
  requires:
    approvals: 2
    codeOwners: true
    dismissStale: true
    lastPushApproval: true
    resolvedThreads: true
    statusChecks: [{context: build}]
    upToDate: true
    signedCommits: true
    linearHistory: true
    deployments: [production]
    codeScanning: [{tool: CodeQL, alerts: errors, securityAlerts: high_or_higher}]
    mergeQueue: {method: squash, grouping: ALLGREEN, maxToBuild: 5, minToMerge: 1, maxToMerge: 5, minWaitMinutes: 5, checkTimeoutMinutes: 60}
  forbids: {forcePush: true, deletion: true, creation: true, update: true}
  enforcement: active
---
apiVersion: aplomo/v1
kind: BranchProtection
metadata: {name: classic, tenant: acme}
spec:
  repositories: [shop]
  mechanism: classic
  patterns: ["release/*"]
  requires:
    approvals: 1
    codeOwners: true
    dismissStale: true
    lastPushApproval: true
    resolvedThreads: true
    statusChecks: [{context: build}]
    upToDate: true
    signedCommits: true
    linearHistory: true
    deployments: [production]
  forbids: {forcePush: true, deletion: true, creation: true}
  allowsPush: ["team:core"]
  bypass: [{team: core}]
  adminsToo: true
"#;
