//! The world of a pull request test: a repository of manifests on GitHub, a client's people, the operator's, and the
//! daemon that answers.

use crate::github::hub::Hub;
use crate::served::{Served, until};
use crate::world::DOMAIN;
use aplomo_github_fake::Id;
use aplomo_github_fake::world::{CheckRun, Comment};
use serde_json::Value;
use std::ops::Deref;

/// See the module. `ana` and `ben` may ask for `acme`, `eve` may not; `sam` and `sue` are in the team `sre`.
pub struct Office {
    hub: Hub,
    pub repo: Id,
    pub sre: Id,
    people: Vec<(&'static str, Id)>,
}

impl Deref for Office {
    type Target = Hub;
    fn deref(&self) -> &Hub {
        &self.hub
    }
}

/// A tenant with two contacts.
const TENANT: &str = "\
apiVersion: aplomo/v1
kind: Tenant
metadata: {name: acme, tenant: acme}
spec:
  displayName: Acme
  contacts:
    - {name: Ana, github: ana, role: requester}
    - {name: Ben, github: ben, role: technical}
    - {name: Sec, github: sec, role: security}
";

impl Office {
    /// Everybody is there, the domain is on the branch, nothing is applied.
    pub fn new() -> Self {
        let hub = Hub::of("acme");
        hub.github.serve_git(&hub.path().join("srv"));
        let mut people = Vec::new();
        let (repo, sre) = hub.github.change(|world| {
            people.push(("olga", *world.orgs[&hub.org].members.keys().next().unwrap()));
            for login in ["ana", "ben", "sec", "eve", "sam", "sue"] {
                people.push((login, world.add_member(hub.org, login)));
            }
            let id = |login: &str| people.iter().find(|(name, _)| *name == login).unwrap().1;
            let sre = world.add_team(hub.org, "sre", &[id("sam"), id("sue")]);
            let repo = world.add_repo(hub.org, "manifests");
            let direct = &mut world.repos.get_mut(&repo).unwrap().direct;
            for (_, user) in people.iter().filter(|(login, _)| *login != "olga") {
                direct.insert(*user, aplomo_github_fake::world::Role::Push);
            }
            (repo, sre)
        });
        hub.github.create_git(repo, &[("live/domain.yaml", DOMAIN)]).unwrap();
        hub.write("platform/tenant.yaml", TENANT);
        let office = Self { hub, repo, sre, people };
        office.configure("");
        office
    }

    /// As [`Office::new`], with everything applied, and the daemon.
    #[track_caller]
    pub fn open(more: &str) -> (Self, Served) {
        let office = Self::new();
        office.configure(more);
        let daemon = office.serve();
        office.apply_all(&daemon);
        (office, daemon)
    }

    /// Writes the configuration.
    pub fn configure(&self, more: &str) {
        let owner = self.hub.github.change(|world| {
            let owner = *world.orgs[&self.hub.org].members.keys().next().unwrap();
            world.add_token(owner)
        });
        self.write("git.token", owner);
        let kept = self.read("aplomo.yaml");
        let kept = kept.lines().filter(|line| line.starts_with("aws:") || line.starts_with("github:"));
        let kept = kept.map(|line| {
            let hook = ", webhook: {secrets: [\"file:hook.secret\"]}}";
            let bare = line.replace(hook, "}");
            if line.starts_with("github:") { bare.trim_end_matches('}').to_owned() + hook } else { bare }
        });
        let kept = kept.collect::<Vec<_>>().join("\n");
        self.write("hook.secret", SECRET);
        let url = format!("{}/acme/manifests.git", self.github.base_url());
        self.write(
            "aplomo.yaml",
            format!(
                "{kept}\nlisten: 127.0.0.1:0\nsources:\n\
                 - {{name: platform, path: platform, tenants: [acme], operator: true}}\n\
                 - name: acme\n  tenants: [acme]\n  git:\n    url: \"{url}\"\n    branch: main\n    subPath: live\n    \
                 poll: 1s\n    token: \"file:git.token\"\n    pullRequests: {{repository: acme/manifests, approvers: acme/sre, poll: 1s}}\n{more}"
            ),
        );
    }

    /// The daemon, with the App's webhook leading to it.
    pub fn serve(&self) -> Served {
        let daemon = Served::start(self);
        self.github.change(|world| {
            for app in world.apps.values_mut() {
                app.webhook_url = Some(format!("http://{}/hooks/github", daemon.address));
                app.webhook_secret = Some(SECRET.to_owned());
            }
        });
        daemon
    }

    /// The operator approves what is there at the keyboard, until nothing is left.
    #[track_caller]
    pub fn apply_all(&self, daemon: &Served) {
        until("all is applied", || {
            let plans = daemon.get("/api/v1/plans?limit=1");
            let status = daemon.get("/api/v1/status");
            let tenant = crate::served::of(&status, "tenants", "acme").cloned().unwrap_or_default();
            if tenant["pendingChanges"] == 0 && tenant["lastRun"]["ending"] == "converged" {
                return Ok(());
            }
            if let Some(digest) = plans["plans"][0]["digest"].as_str() {
                self.aplomo(&["approve", digest, "--as", "olga"]);
            }
            Err(format!("{tenant:#}\n{}", daemon.log()))
        });
        self.proxy.reset();
    }

    pub fn id(&self, login: &str) -> Id {
        self.people.iter().find(|(name, _)| *name == login).unwrap().1
    }

    /// Pushes the domain with another time to live of `www` to a branch, as somebody; the commit.
    pub fn push_ttl(&self, who: &str, branch: &str, ttl: u32) -> String {
        self.push(who, branch, &[("live/domain.yaml", &ttl_of(DOMAIN, ttl))])
    }

    pub fn push(&self, who: &str, branch: &str, files: &[(&str, &str)]) -> String {
        let files: Vec<_> = files.iter().map(|(path, text)| (*path, Some(*text))).collect();
        self.github.push_files(self.repo, self.id(who), branch, "change", &files).unwrap()
    }

    /// A pull request of somebody that sets the time to live of `www`.
    pub fn asks_ttl(&self, who: &str, branch: &str, ttl: u32) -> u64 {
        self.push_ttl(who, branch, ttl);
        self.opens(who, branch)
    }

    pub fn opens(&self, who: &str, branch: &str) -> u64 {
        self.github.open_pull(self.repo, self.id(who), branch, "main", "A change").unwrap()
    }

    /// Somebody reads what is shown: GitHub's moments are whole seconds, and what is said in the second in which
    /// something was shown does not mean it.
    pub fn read_by_somebody(&self, number: u64) {
        let shown = self.ours(number).map(|comment| comment.updated_at);
        until("what is shown was read", || match shown {
            Some(at) if jiff::Timestamp::now().as_second() <= at.as_second() => Err(String::new()),
            _ => Ok(()),
        });
    }

    /// A review that approves the head.
    pub fn approves(&self, who: &str, number: u64) -> Id {
        self.read_by_somebody(number);
        self.github.review(self.repo, number, self.id(who), "APPROVE", None).unwrap()
    }

    pub fn merges(&self, who: &str, number: u64) -> String {
        self.github.merge_pull(self.repo, number, self.id(who)).unwrap()
    }

    pub fn comments(&self, who: &str, number: u64, text: &str) -> Id {
        self.github.comment(self.repo, number, self.id(who), text).unwrap()
    }

    /// Our comment at a pull request, where there is one.
    pub fn ours(&self, number: u64) -> Option<Comment> {
        let repo = self.repo_now();
        let mut all = repo.comments.into_values().filter(|c| c.number == number);
        let ours = all.find(|c| c.body.starts_with("<!-- aplomo:pull -->"));
        assert!(!all.any(|c| c.body.starts_with("<!-- aplomo:pull -->")), "there are two comments of ours");
        ours
    }

    fn repo_now(&self) -> aplomo_github_fake::world::Repo {
        self.github.world().repos[&self.repo].clone()
    }

    /// The newest check of a commit, where there is one.
    pub fn check(&self, commit: &str) -> Option<CheckRun> {
        let checks = self.repo_now().check_runs;
        checks.into_values().rfind(|check| check.head_sha == commit && check.name == "aplomo")
    }

    /// Waits until our comment holds a text; gives it.
    #[track_caller]
    pub fn says(&self, daemon: &Served, number: u64, text: &str) -> String {
        until(&format!("#{number}: {text}"), || {
            let body = self.ours(number).map(|comment| comment.body).unwrap_or_default();
            if body.contains(text) { Ok(body) } else { Err(format!("{body}\n{}", daemon.log())) }
        })
    }

    /// Waits until the check of a commit ends so.
    #[track_caller]
    pub fn concludes(&self, daemon: &Served, commit: &str, conclusion: &str) -> CheckRun {
        until(&format!("the check of {commit} is {conclusion}"), || match self.check(commit) {
            Some(check) if check.conclusion.as_deref() == Some(conclusion) => Ok(check),
            other => Err(format!("{other:#?}\n{}", daemon.log())),
        })
    }

    /// The time to live of `www` in Route 53.
    pub fn www(&self) -> u64 {
        let zone = self.zone("example.com");
        self.aws.find(&zone, "www.example.com.", "A").unwrap()[0].ttl.unwrap()
    }

    #[track_caller]
    pub fn www_becomes(&self, daemon: &Served, ttl: u64) {
        until(&format!("www has {ttl}"), || {
            let now = self.www();
            if now == ttl { Ok(()) } else { Err(format!("it has {now}\n{}", daemon.log())) }
        });
    }

    /// Entries of the audit log of a kind, newest first.
    pub fn audited(&self, kind: &str) -> Vec<Value> {
        let log = self.aplomo(&["audit", "log", "--format", "json", "--limit", "1000"]).exits(0).json();
        let entries =
            log.as_array().cloned().or_else(|| log["entries"].as_array().cloned()).unwrap_or_default();
        entries.into_iter().filter(|entry| entry["kind"] == kind).collect()
    }
}

/// The secret of the webhook.
pub const SECRET: &str = "a-webhook-secret-of-the-tests";

/// The domain with another time to live of `www`.
pub fn ttl_of(domain: &str, ttl: u32) -> String {
    domain.replace("{name: www, type: A, ttl: 300", &format!("{{name: www, type: A, ttl: {ttl}"))
}

/// The digest to approve with, as the comment shows it.
pub fn digest_in(body: &str) -> String {
    let at = body.find("/aplomo approve sha256:").expect("the comment names a digest");
    body[at + "/aplomo approve ".len()..].chars().take("sha256:".len() + 64).collect()
}
