//! The manifests of these stories, and worlds made of them.

use crate::world::{Ran, World};
use serde_json::Value;

/// No look-ups over DNS, and no waiting for what an emulator shows at once.
pub const CONFIG: &str = "aws: {resolver: off, settle: 0s}\n";

pub const TENANT: &str = "\
apiVersion: aplomo/v1
kind: Tenant
metadata: {name: acme, tenant: acme}
spec:
  displayName: Acme
  aws: {region: us-east-1}
  tags: {client: acme}
";

pub const DOMAIN: &str = "\
apiVersion: aplomo/v1
kind: Domain
metadata: {name: example-com, tenant: acme}
spec:
  zone: example.com
  records:
    - {name: www, type: A, ttl: 300, values: [192.0.2.1]}
";

/// Proven in our own zone; the wildcard shares its parent's record.
pub const CERTIFICATE: &str = "\
apiVersion: aplomo/v1
kind: Certificate
metadata: {name: shop, tenant: acme}
spec:
  domainName: shop.example.com
  alternativeNames: [\"*.shop.example.com\", www.example.com]
  validation: {domains: [example-com]}
  tags: {team: shop}
";

/// Proven by somebody else.
pub const EXTERNAL: &str = "\
apiVersion: aplomo/v1
kind: Certificate
metadata: {name: client, tenant: acme}
spec:
  domainName: shop.example.net
  validation: external
";

/// An external company: every field of a role, a policy of its own, machines that may have the role.
pub const PARTNER: &str = "\
apiVersion: aplomo/v1
kind: IamProfile
metadata: {name: partner, tenant: acme}
spec:
  description: Files the monthly reports
  trust: {accounts: [\"444455556666\"], externalId: acme-7f3a91}
  policies:
    managed: [job-function/ViewOnlyAccess]
    inline:
      - name: reports
        document:
          Version: \"2012-10-17\"
          Statement:
            - {Effect: Allow, Action: \"s3:GetObject\", Resource: \"arn:aws:s3:::acme-reports/*\"}
    own:
      - name: partner-queue
        document:
          Version: \"2012-10-17\"
          Statement:
            - {Effect: Allow, Action: \"sqs:SendMessage\", Resource: \"arn:aws:sqs:*:*:reports\"}
  permissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess
  maxSession: 4h
  instanceProfile: true
  expiresAt: 2036-03-31T22:00:00Z
";

/// A CI system, with the identity provider that vouches for it.
pub const CI: &str = "\
apiVersion: aplomo/v1
kind: IamProfile
metadata: {name: ci, tenant: acme}
spec:
  trust:
    oidc:
      provider: https://token.actions.githubusercontent.com
      manage: true
      subjects: [\"repo:acme/shop:*\"]
      thumbprints: [6938fd4d98bab03faadb97b34396831e3780aea1]
  policies: {managed: [ReadOnlyAccess]}
";

/// A network with all that a network has, as small as that can be.
pub const ENVIRONMENT: &str = "\
apiVersion: aplomo/v1
kind: Environment
metadata: {name: staging, tenant: acme}
spec:
  type: staging
  region: us-east-1
  network:
    cidr: 10.20.0.0/16
    zones: 1
    nat: single
    flowLogs: {destination: cloudwatch, retentionDays: 30}
    tiers:
      - {name: public, prefix: 24, exposure: public, slot: 0}
      - {name: app, prefix: 24, exposure: egress, slot: 1}
  prefixLists:
    - name: waf
      maxEntries: 5
      entries: [{cidr: 192.0.2.0/24, description: east}]
  securityGroups:
    - name: web
      description: Load balancers
      ingress:
        - {ports: 443, from: [{prefixList: waf}]}
        - {ports: 8443, from: [198.51.100.0/24], description: HTTPS}
      egress: []
  tags: {env: staging}
";

/// An auditor who signs in at the client's own identity provider.
pub fn auditor() -> String {
    let metadata = format!("<EntityDescriptor>{}</EntityDescriptor>", "a".repeat(1_100));
    format!(
        "\
apiVersion: aplomo/v1
kind: IamProfile
metadata: {{name: auditor, tenant: acme}}
spec:
  trust: {{saml: {{provider: acme-idp, metadata: {metadata}}}}}
  policies: {{managed: [SecurityAudit]}}
"
    )
}

/// The tenant alone.
pub fn tenant() -> World {
    let world = World::new();
    world.write("aplomo.yaml", CONFIG);
    world.write("m/tenant.yaml", TENANT);
    world
}

/// The tenant with some manifests, nothing applied.
pub fn with(manifests: &[&str]) -> World {
    let world = tenant();
    for (number, text) in manifests.iter().enumerate() {
        world.write(&format!("m/{number}.yaml"), text);
    }
    world
}

/// All kinds, nothing applied.
pub fn estate() -> World {
    with(&[DOMAIN, CERTIFICATE, PARTNER, CI, &auditor()])
}

/// Applies until nothing waits any more: a certificate is asked for, then issued.
#[track_caller]
pub fn settle(world: &World) {
    let ran = world.aplomo(&["apply", "m", "--auto-approve"]);
    assert!([0, 6].contains(&ran.code), "{}\n{}", ran.out, ran.err);
    clean(world);
}

/// The same, with the calls so far forgotten.
pub fn applied(manifests: &[&str]) -> World {
    let world = with(manifests);
    settle(&world);
    world.proxy.reset();
    world
}

/// Nothing is left to do, nothing is nobody's, and the log is whole.
#[track_caller]
pub fn clean(world: &World) -> Value {
    let plan = world.aplomo(&["plan", "m", "--detailed-exitcode", "--format", "json"]).exits(0).json();
    assert_eq!(plan["unmanaged"], serde_json::json!([]), "{plan:#}");
    assert_eq!(plan["complete"], true, "{plan:#}");
    world.aplomo(&["audit", "verify"]).exits(0);
    plan
}

/// Applies and insists on an exit code.
#[track_caller]
pub fn apply(world: &World, code: i32) -> Ran {
    world.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(code)
}

/// The findings of a rule, as `severity message`.
pub fn findings(report: &Value, rule: &str) -> Vec<String> {
    let all = report["findings"].as_array().unwrap().iter().filter(|f| f["rule"] == rule);
    all.map(|f| format!("{} {}", f["severity"].as_str().unwrap(), f["message"].as_str().unwrap())).collect()
}

/// How many of each sort there are, so that a copy too many shows.
pub fn census(world: &World) -> Vec<(&'static str, usize)> {
    let aws = &world.aws;
    let list =
        |action: &str, list: &str| aplomo_sandbox::Thing::all(&aws.iam(action, &[]).unwrap(), list).len();
    vec![
        ("zones", aws.zones().unwrap().len()),
        ("certificates", aws.certificates().unwrap().len()),
        ("roles", list("ListRoles", "Roles")),
        ("instance profiles", list("ListInstanceProfiles", "InstanceProfiles")),
        ("OIDC providers", list("ListOpenIDConnectProviders", "OpenIDConnectProviderList")),
        ("SAML providers", list("ListSAMLProviders", "SAMLProviderList")),
    ]
}
