//! Acme with git: a repository with files, somebody who writes to it, somebody who only reads it, a team.

use aplomo_github_fake::world::Role;
use aplomo_github_fake::{GitHub, Id, Sending};
use serde_json::Value;

use super::support::{Acme, Reply, acme};

/// All events of this family; the App of [`hub`] asks for each.
pub(crate) const EVENTS: &[&str] = &[
    "push",
    "pull_request",
    "pull_request_review",
    "issue_comment",
    "issues",
    "check_run",
    "check_suite",
    "membership",
];

pub(crate) struct Hub {
    pub(crate) acme: Acme,
    pub(crate) root: tempfile::TempDir,
    /// The first commit of `main`.
    pub(crate) first: String,
    /// May write, and is no owner.
    pub(crate) wendy: Id,
    /// How many deliveries were told of.
    seen: std::cell::Cell<usize>,
}

pub(crate) const MANIFEST: &str = "kind: Domain\nttl: 300\n";

/// Deliveries are noted and not sent.
pub(crate) fn hub() -> Hub {
    let acme = acme();
    let root = tempfile::tempdir().unwrap();
    acme.github.serve_git(root.path());
    acme.github.sending(Sending::Held);
    let wendy = acme.github.change(|world| {
        let app = world.apps.get_mut(&acme.app).unwrap();
        app.events = EVENTS.iter().map(|event| (*event).to_owned()).collect();
        app.webhook_url = Some("http://127.0.0.1:1/hook".to_owned());
        let wendy = world.add_member(acme.org, "wendy");
        world.repos.get_mut(&acme.shop).unwrap().direct.insert(wendy, Role::Push);
        wendy
    });
    let first = acme.github.create_git(acme.shop, &[("a.yaml", MANIFEST), ("b.yaml", MANIFEST)]).unwrap();
    Hub { acme, root, first, wendy, seen: std::cell::Cell::default() }
}

impl Hub {
    pub(crate) fn github(&self) -> &GitHub {
        &self.acme.github
    }

    /// Wendy changes a file on a branch of hers; the commit.
    pub(crate) fn push(&self, branch: &str, text: &str) -> String {
        let files = [("a.yaml", Some(text))];
        self.acme.clock.advance(1);
        self.github().push_files(self.acme.shop, self.wendy, branch, "Change a", &files).unwrap()
    }

    /// And asks to have it merged; commit and number.
    pub(crate) fn pull(&self, branch: &str, text: &str) -> (String, u64) {
        let commit = self.push(branch, text);
        let number = self.github().open_pull(self.acme.shop, self.wendy, branch, "main", "Change a").unwrap();
        (commit, number)
    }

    /// Below the repository, as the owner.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.acme.ask(method, &format!("/repos/acme/shop/{path}"), body)
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, &Value::Null)
    }

    /// As whoever holds the token; the status.
    pub(crate) fn status(&self, token: &str, method: &str, path: &str, body: &Value) -> u16 {
        self.acme.ask_as(token, method, &format!("/repos/acme/shop/{path}"), body).status
    }

    /// `event action` of all deliveries since the last time.
    pub(crate) fn told(&self) -> Vec<String> {
        let world = self.github().world();
        let seen = self.seen.replace(world.deliveries.len());
        world.deliveries[seen..]
            .iter()
            .map(|one| {
                format!("{} {}", one.event, one.action.as_deref().unwrap_or_default()).trim_end().to_owned()
            })
            .collect()
    }

    /// The last delivery of an event.
    pub(crate) fn last(&self, event: &str) -> Value {
        let world = self.github().world();
        world.deliveries.iter().rev().find(|one| one.event == event).unwrap().payload.clone()
    }

    /// git in the bare repository.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        super::git::ok(&self.root.path().join("acme/shop.git"), args)
    }
}

#[test]
fn whoever_leaves_a_team_is_out_of_it_and_of_its_parent() {
    let hub = hub();
    let _held = hub.acme.held();
    let (github, team) = (hub.github(), hub.acme.team);
    let child = github.change(|world| {
        let child = world.add_team(hub.acme.org, "Night shift", &[hub.wendy]);
        world.orgs.get_mut(&hub.acme.org).unwrap().teams.get_mut(&child).unwrap().parent = Some(team);
        child
    });
    let token = hub.acme.installation_token(&[("members", "read")]);
    let status = || {
        let path = "/orgs/acme/teams/platform-friends/memberships/wendy";
        hub.acme.ask_as(&token, "GET", path, &Value::Null).status
    };
    assert_eq!(status(), 200, "by the child team");
    github.remove_team_member(child, hub.wendy).unwrap();
    assert_eq!(status(), 404);
    github.add_team_member(team, hub.wendy).unwrap();
    assert_eq!(status(), 200);
    assert_eq!(hub.told(), ["membership removed", "membership added"]);
    assert_eq!(hub.last("membership")["member"]["login"], "wendy");
    assert!(github.remove_team_member(child, hub.wendy).is_err(), "is not in it");
}
