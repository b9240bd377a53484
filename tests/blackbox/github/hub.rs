//! The world of one test with an organisation on GitHub beside it. All that was asked and answered is held
//! to GitHub's own description at the end.

use crate::world::World;
use aplomo_github_fake::world::Repo;
use aplomo_github_fake::{Clock, GitHub, Id, truth};
use std::ops::Deref;
use std::path::PathBuf;

/// What the App asks for, as deploy/github/app.json says.
fn asks() -> Vec<(String, String)> {
    let app: serde_json::Value =
        serde_json::from_str(include_str!("../../../deploy/github/app.json")).unwrap();
    let permissions = app["default_permissions"].as_object().unwrap();
    permissions.iter().map(|(name, level)| (name.clone(), level.as_str().unwrap().to_owned())).collect()
}

/// An organisation with the owner `olga`, whose App Aplomo is.
pub struct Hub {
    world: World,
    /// GitHub itself, to look at and to change behind Aplomo's back.
    pub github: GitHub,
    /// The organisation.
    pub org: Id,
}

impl Deref for Hub {
    type Target = World;
    fn deref(&self) -> &World {
        &self.world
    }
}

impl Hub {
    /// The tenant `acme` and the organisation `acme` with nothing in it.
    pub fn new() -> Self {
        let hub = Self::of("acme");
        hub.write("m/tenant.yaml", TENANT);
        hub
    }

    /// An organisation with nothing in it, no manifests.
    pub fn of(organisation: &str) -> Self {
        let world = World::new();
        let github = GitHub::start(7, Clock::new(jiff::Timestamp::now)).unwrap();
        let (private, public) = aplomo_github_fake::app_key().unwrap();
        let asks = asks();
        let asks: Vec<(&str, &str)> =
            asks.iter().map(|(name, level)| (name.as_str(), level.as_str())).collect();
        let (org, app) = github.change(|world| {
            let owner = world.add_user("olga");
            let org = world.add_org(organisation, owner);
            let app = world.add_app(org, "aplomo", &public, &asks);
            world.install(app, org);
            (org, app)
        });
        world.write("app.pem", private);
        let url = github.base_url();
        world.write("aplomo.yaml", format!(
            "aws: {{settle: 0s, resolver: off}}\n\
             github: {{url: \"{url}\", app: {{id: {app}, key: \"file:app.pem\"}}, settle: 0s, betweenWrites: 0s}}\n"
        ));
        Self { world, github, org }
    }

    /// As [`Hub::new`], with people, and manifests for a team, a repository and its protection; nothing applied.
    pub fn with_shop() -> Self {
        let hub = Self::new();
        hub.github.change(|world| {
            for login in ["ana", "ben", "cleo"] {
                world.add_member(hub.org, login);
            }
            world.add_user("petra-partner");
        });
        hub.world.write("m/shop.yaml", SHOP);
        hub
    }

    /// As [`Hub::with_shop`], applied; the partner has accepted the invitation.
    pub fn applied() -> Self {
        let hub = Self::with_shop();
        hub.aplomo(&["apply", "m", "--auto-approve"]).exits(6);
        hub.accept_invitations();
        hub.aplomo(&["plan", "m", "--detailed-exitcode"]).exits(0);
        hub
    }

    /// Everybody who was asked says yes.
    pub fn accept_invitations(&self) {
        self.github.change(|world| {
            for repo in world.repos.values_mut() {
                let accepted = std::mem::take(&mut repo.invitations);
                repo.direct.extend(accepted.into_values().map(|one| (one.invitee, one.role)));
            }
        });
    }

    /// The repository of a name, as it really is.
    #[track_caller]
    pub fn repo(&self, name: &str) -> Repo {
        let world = self.github.world();
        world.repos.values().find(|repo| repo.name == name).expect("the repository is there").clone()
    }

    /// Changes a repository behind Aplomo's back.
    pub fn by_hand(&self, name: &str, change: impl FnOnce(&mut Repo)) {
        self.github.change(|world| change(world.repos.values_mut().find(|repo| repo.name == name).unwrap()));
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let judge = truth::Judge::fetch(&cache()).unwrap();
        let wrong = judge.check_all(&self.github.log());
        assert!(wrong.is_empty(), "not as GitHub describes it:\n{}", wrong.join("\n"));
    }
}

fn cache() -> PathBuf {
    let (cache, home) = (std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME"));
    truth::default_cache_dir(cache.as_deref(), home.as_deref()).expect("HOME is set")
}

/// A tenant with an organisation.
pub const TENANT: &str = "\
apiVersion: aplomo/v1
kind: Tenant
metadata: {name: acme, tenant: acme}
spec:
  displayName: Acme
  github: {organization: acme}
";

/// A team, a repository with most of what one can have, and its protection.
const SHOP: &str = "\
apiVersion: aplomo/v1
kind: Team
metadata: {name: core, tenant: acme}
spec:
  name: Core
  description: Looks after the shop
  privacy: visible
  members: {maintainers: [ana], members: [ben]}
---
apiVersion: aplomo/v1
kind: Repository
metadata: {name: ms-shop, tenant: acme}
spec:
  description: The shop
  topics: [shop, microservice]
  visibility: private
  features: {issues: true, wiki: false}
  merge: {methods: [squash], deleteBranchOnMerge: true}
  security: {dependabotAlerts: true}
  access:
    teams: {core: maintain}
    users:
      cleo: {permission: admin}
      petra-partner: {permission: write, expiresAt: \"2099-03-31T22:00:00Z\"}
  actions:
    enabled: true
    allowed: selected
    githubOwned: true
    allowedActions: [acme/deploy@*]
    workflowPermissions: read
    variables: {REGION: eu-west-1}
  environments:
    - name: production
      reviewers: [\"user:ana\", \"team:core\"]
      waitMinutes: 5
      branches: [\"branch:main\"]
      variables: {STAGE: production}
  webhooks:
    - {url: \"https://ci.acme.example/github\", events: [push]}
  deployKeys:
    - title: mirror
      key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGvRSPRXqeGz3pPmcd2dFPwsx4dGnTLwqyVZ1VnXlCHT mirror@acme
  autolinks:
    - {prefix: ACME-, url: \"https://tickets.acme.example/browse/ACME-<num>\"}
  labels:
    items:
      - {name: bug, color: d73a4a, description: Something does not work}
      - {name: urgent, color: ff0000}
---
apiVersion: aplomo/v1
kind: BranchProtection
metadata: {name: main, tenant: acme}
spec:
  repositories: [ms-shop]
  patterns: [\"~DEFAULT_BRANCH\"]
  requires:
    approvals: 2
    codeOwners: true
    statusChecks: [{context: build}]
    linearHistory: true
  forbids: {forcePush: true, deletion: true}
";
