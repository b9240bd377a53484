//! The daemon with git remotes over HTTP: commits are planned and applied, a remote that cannot be
//! reached or rewrote its history changes nothing, sources speak only for their tenants.

use crate::served::{Served, of, until};
use crate::world::{DOMAIN, TENANT, World};
use aplomo_sandbox::{GitRemote, WorkTree};
use std::path::PathBuf;

const TOKEN: &str = "ghs-0123456789abcdef";

/// A world with a remote that holds a tenant and a domain below `live/`, on the branch `prod`.
struct Remote {
    world: World,
    server: Option<GitRemote>,
    tree: WorkTree,
    bare: PathBuf,
}

impl Remote {
    fn new() -> Self {
        let world = World::new();
        let server = GitRemote::start(&world.path().join("srv"), Some(TOKEN)).unwrap();
        let bare = server.create("ops").unwrap();
        let tree = WorkTree::init(&world.path().join("work")).unwrap();
        let mut remote = Self { world, server: Some(server), tree, bare };
        remote.tree.write("live/tenant.yaml", TENANT).unwrap();
        remote.push(&[("live/domain.yaml", DOMAIN), ("draft/broken.yaml", "kind: [")]);
        remote
    }

    fn push(&mut self, files: &[(&str, &str)]) -> String {
        for (file, text) in files {
            self.tree.write(file, text).unwrap();
        }
        let commit = self.tree.commit("change").unwrap();
        self.tree.push(&self.bare, "prod").unwrap();
        commit
    }

    fn configure(&self, more: &str) {
        let url = self.server.as_ref().unwrap().url("ops");
        let git =
            format!("{{url: \"{url}\", branch: prod, subPath: live, poll: 1s, token: \"env:GIT_TOKEN\"}}");
        let source = format!("{{name: ops, tenants: [acme], operator: true, git: {git}}}");
        self.world.write("aplomo.yaml", format!("listen: 127.0.0.1:0\nsources: [{source}]\n{more}"));
    }

    /// Everything applied by the daemon, so under the source's name.
    fn applied(more: &str) -> (Self, Served) {
        let remote = Self::new();
        remote.configure(&format!("approval: automatic\n{more}"));
        let daemon = remote.serve(TOKEN);
        until("the zone and its records are there", || match remote.world.aws.zones().unwrap().first() {
            Some(zone) if remote.world.aws.records(&zone.id).unwrap().len() == 7 => Ok(()),
            _ => Err(daemon.log()),
        });
        daemon.counts("acme", 0, 0);
        remote.world.proxy.reset();
        (remote, daemon)
    }

    fn serve(&self, token: &str) -> Served {
        Served::run(self.world.command(&["serve"]).env("GIT_TOKEN", token))
    }

    fn www(&self) -> Option<u64> {
        self.world.aws.find(&self.world.zone("example.com"), "www.example.com.", "A").unwrap()[0].ttl
    }
}

#[track_caller]
fn source(daemon: &Served, what: &str, good: impl Fn(&serde_json::Value) -> bool) {
    daemon.sees(what, "/api/v1/status", |s| of(s, "sources", "ops").is_some_and(&good));
}

fn edited(ttl: u32) -> String {
    DOMAIN.replace("{name: www, type: A, ttl: 300", &format!("{{name: www, type: A, ttl: {ttl}"))
}

#[test]
fn a_new_commit_is_planned_and_applied_and_an_old_one_still_checked_for_drift() {
    let (mut remote, daemon) = Remote::applied("driftEvery: 1s\n");
    let commit = remote.push(&[("live/domain.yaml", &edited(60))]);
    source(&daemon, "the commit", |s| s["commit"] == commit.as_str() && s["complete"] == true);
    until("it is applied", || remote.www().filter(|t| *t == 60).ok_or(daemon.log()));
    let zone = remote.world.zone("example.com");
    let mut record = remote.world.aws.find(&zone, "mail.example.com.", "A").unwrap().remove(0);
    record.ttl = Some(77);
    remote.world.aws.upsert(&zone, &record).unwrap();
    daemon.counts("acme", 0, 1);
    let status = daemon.get("/api/v1/status").to_string();
    assert!(!daemon.log().contains(TOKEN) && !status.contains(TOKEN));
    daemon.stop();
}

#[test]
fn a_wrong_token_is_trouble_and_deletes_nothing() {
    let (remote, daemon) = Remote::applied("");
    daemon.stop();
    let daemon = remote.serve("ghs-wrong-wrong-wrong");
    source(&daemon, "trouble", |s| !s["problems"].as_array().unwrap().is_empty());
    daemon.counts("acme", 0, 0);
    std::fs::remove_dir_all(remote.world.path().join(".aplomo/sources")).unwrap();
    source(&daemon, "nothing to read", |s| s["complete"] == false);
    daemon.sees("a plan of nothing", "/api/v1/drift", |d| d["reports"][0]["report"]["complete"] == false);
    daemon.counts("acme", 0, 0);
    let shown = daemon.get("/api/v1/status").to_string() + &daemon.log();
    assert!(!shown.contains("ghs-wrong") && shown.contains("ops.git"), "{shown}");
    assert_eq!(remote.world.proxy.writes(), 0);
    daemon.stop();
}

#[test]
fn a_remote_that_is_away_for_a_while_changes_nothing() {
    let (mut remote, daemon) = Remote::applied("");
    let hidden = remote.world.path().join("srv/away");
    std::fs::rename(&remote.bare, &hidden).unwrap();
    source(&daemon, "trouble", |s| !s["problems"].as_array().unwrap().is_empty());
    daemon.counts("acme", 0, 0);
    std::fs::rename(&hidden, &remote.bare).unwrap();
    remote.push(&[("live/domain.yaml", &edited(60))]);
    until("it goes on", || remote.www().filter(|t| *t == 60).ok_or(daemon.log()));
    source(&daemon, "no trouble", |s| s["problems"].as_array().unwrap().is_empty());
    // Gone for good: what was fetched is still there.
    remote.server = None;
    source(&daemon, "trouble", |s| !s["problems"].as_array().unwrap().is_empty());
    daemon.counts("acme", 0, 0);
    daemon.stop();
}

#[test]
fn a_rewritten_history_is_held_until_somebody_accepts_it() {
    let (mut remote, daemon) = Remote::applied("");
    let first = remote.tree.head().unwrap();
    let two = DOMAIN.replace(
        "    - {name: mail",
        "    - {name: more, type: A, ttl: 300, values: [192.0.2.9]}\n    - {name: mail",
    );
    remote.push(&[("live/domain.yaml", &two)]);
    let zone = remote.world.zone("example.com");
    until("more", || match remote.world.aws.find(&zone, "more.example.com.", "A").unwrap().len() {
        1 => Ok(()),
        _ => Err(daemon.log()),
    });
    daemon.counts("acme", 0, 0);
    remote.world.proxy.reset();
    remote.tree.force_push(&remote.bare, "prod", &first).unwrap();
    source(&daemon, "held", |s| s["held"] == true && s["problems"].to_string().contains("does not descend"));
    daemon.sees("planned", "/api/v1/drift", |d| d["reports"][0]["report"]["complete"] == false);
    let status = daemon.counts("acme", 0, 0);
    assert_eq!(remote.world.proxy.writes(), 0, "{status:#}");
    assert_eq!(daemon.metric("aplomo_source_held{source=\"ops\"}").as_deref(), Some("1"));
    let shown = remote.world.aplomo(&["status"]).exits(0).out;
    assert!(shown.contains("aplomo release source:ops"), "{shown}");
    remote.world.aplomo(&["release", "source:ops", "--reason", "meant"]).exits(0);
    until("it goes back", || match remote.world.aws.find(&zone, "more.example.com.", "A").unwrap().len() {
        0 => Ok(()),
        _ => Err(daemon.log()),
    });
    source(&daemon, "not held", |s| s["held"] == false);
    let log = remote.world.aplomo(&["audit", "log", "--tenant", "platform"]).exits(0).out;
    assert!(log.contains("source-held") && log.contains("source-accepted"), "{log}");
    daemon.stop();
}

#[test]
fn a_sub_path_that_is_missing_deletes_nothing() {
    let (mut remote, daemon) = Remote::applied("");
    remote.tree.remove("live").unwrap();
    remote.push(&[("other/readme.txt", "moved")]);
    source(&daemon, "the missing directory", |s| {
        s["complete"] == false && s["problems"].to_string().contains("live")
    });
    daemon.sees("planned", "/api/v1/drift", |d| d["reports"][0]["report"]["complete"] == false);
    daemon.counts("acme", 0, 0);
    assert_eq!(remote.world.proxy.writes(), 0);
    remote.push(&[("live/tenant.yaml", TENANT), ("live/domain.yaml", &edited(60))]);
    until("it goes on", || remote.www().filter(|t| *t == 60).ok_or(daemon.log()));
    daemon.stop();
}

#[test]
fn a_source_speaks_for_its_tenants_only() {
    let world = World::new();
    let server = GitRemote::start(&world.path().join("srv"), None).unwrap();
    let beta = |text: &str| text.replace("acme", "beta").replace("example", "instance");
    world.write("m/acme.yaml", TENANT);
    world.write("m/beta.yaml", beta(TENANT));
    let mut trees = Vec::new();
    let mut sources = "  - {name: ops, path: m, tenants: [acme, beta], operator: true}\n".to_owned();
    for (name, text) in [("acme", DOMAIN.to_owned()), ("beta", beta(DOMAIN))] {
        let bare = server.create(name).unwrap();
        let mut tree = WorkTree::init(&world.path().join(name)).unwrap();
        tree.write("domain.yaml", text).unwrap();
        tree.commit("first").unwrap();
        tree.push(&bare, "main").unwrap();
        sources += &format!(
            "  - {{name: {name}, tenants: [{name}], git: {{url: \"{}\", poll: 1s}}}}\n",
            server.url(name)
        );
        trees.push((tree, bare));
    }
    world.write("aplomo.yaml", format!("listen: 127.0.0.1:0\napproval: automatic\nsources:\n{sources}"));
    let daemon = Served::start(&world);
    until(
        "both are there",
        || if world.aws.zones().unwrap().len() == 2 { Ok(()) } else { Err(daemon.log()) },
    );
    daemon.counts("acme", 0, 0);
    daemon.counts("beta", 0, 0);
    world.proxy.reset();
    // Beta's source speaks for acme, and sets acme's and its own settings.
    let (tree, bare) = &mut trees[1];
    let foreign = DOMAIN.replace("example", "stolen");
    tree.write(
        "foreign.yaml",
        format!("{foreign}---\n{TENANT}---\n{}", beta(TENANT).replace("Acme", "Boss")),
    )
    .unwrap();
    tree.commit("foreign").unwrap();
    tree.push(bare, "main").unwrap();
    let findings = |d: &serde_json::Value| {
        let reports = d["reports"].as_array().unwrap();
        reports.iter().map(|r| r["report"]["findings"].to_string()).collect::<String>()
    };
    let drift = daemon.sees("the findings", "/api/v1/drift", |d| findings(d).contains("foreign.yaml"));
    let said = findings(&drift);
    assert!(said.contains("acme") && said.contains("operator"), "{drift:#}");
    assert_eq!(world.proxy.writes(), 0, "{drift:#}");
    let zones = world.aws.zones().unwrap();
    assert!(zones.len() == 2 && !zones.iter().any(|z| z.name.contains("stolen")), "{zones:?}");
    // Acme goes on.
    let (tree, bare) = &mut trees[0];
    tree.write("domain.yaml", edited(60)).unwrap();
    tree.commit("mine").unwrap();
    tree.push(bare, "main").unwrap();
    let zone = world.zone("example.com");
    until("acme goes on", || match world.aws.find(&zone, "www.example.com.", "A").unwrap()[0].ttl {
        Some(60) => Ok(()),
        _ => Err(format!("{:#}\n{}", daemon.get("/api/v1/drift"), daemon.log())),
    });
    daemon.stop();
}

#[test]
fn a_remote_that_never_answers_delays_nobody_else() {
    let world = World::with_domain();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/ops.git", silent.local_addr().unwrap());
    let sources = "  - {name: ops, path: m, tenants: [acme], operator: true}\n";
    let hung = format!("  - {{name: hung, tenants: [beta], git: {{url: \"{url}\", poll: 1s}}}}\n");
    world.write("aplomo.yaml", format!("listen: 127.0.0.1:0\nsources:\n{hung}{sources}"));
    let daemon = Served::start(&world);
    let status = daemon.counts("acme", 7, 0);
    let hung = of(&status, "sources", "hung").unwrap();
    assert!(hung["complete"] == false && hung["problems"].to_string().contains("takes long"), "{status:#}");
    daemon.stop();
}
