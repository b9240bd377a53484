//! The daemon's HTTP side from outside: who may call, what they see, what it says of itself.

use crate::served::{Served, applied, until};
use crate::world::{DOMAIN, TENANT, World};

const ALL: &str = "all-0123456789abcdef";
const ACME: &str = "acme-0123456789abcdef";

/// Two tenants and two tokens.
fn guarded() -> (World, Served) {
    let world = World::new();
    let beta =
        |text: &str| text.replace("acme", "beta").replace("Acme", "Betamax").replace("example", "instance");
    for (file, text) in [("tenant.yaml", TENANT), ("domain.yaml", DOMAIN)] {
        world.write(&format!("a/{file}"), text);
        world.write(&format!("b/{file}"), beta(text));
    }
    world.write("all.token", format!("{ALL}\n"));
    world.write(
        "aplomo.yaml",
        "listen: 127.0.0.1:0\nsources:\n  - {name: a, path: a, tenants: [acme], operator: true}\n  \
         - {name: b, path: b, tenants: [beta], operator: true}\ntokens:\n  - {name: all, token: \"file:all.token\"}\n  \
         - {name: acme, token: \"env:ACME_TOKEN\", tenants: [acme]}\n",
    );
    let mut command =
        world.command(&["serve", "--config", world.path().join("aplomo.yaml").to_str().unwrap()]);
    let daemon = Served::run(command.env("ACME_TOKEN", ACME).current_dir("/"));
    until("it has planned", || match daemon.request("/readyz", &[]) {
        (200, _) => Ok(()),
        _ => Err(daemon.log()),
    });
    (world, daemon)
}

fn ask(daemon: &Served, path: &str, token: &str) -> (u16, String) {
    daemon.request(path, &[("Authorization", &format!("Bearer {token}"))])
}

#[test]
fn a_token_shows_its_tenants_and_no_other() {
    let (_world, daemon) = guarded();
    for path in
        ["/api/v1/status", "/api/v1/plans", "/api/v1/runs", "/api/v1/drift", "/metrics", "/openapi.json"]
    {
        let path = if daemon.request(path, &[]).0 == 404 { "/api/v1/openapi.json" } else { path };
        assert_eq!(daemon.request(path, &[]).0, 401, "{path}");
        assert_eq!(ask(&daemon, path, "wrong-0123456789abcdef").0, 401, "{path}");
        let (status, all) = ask(&daemon, path, ALL);
        assert_eq!(status, 200, "{path}: {all}");
        let (_, mine) = ask(&daemon, path, ACME);
        for word in ["beta", "Betamax", "instance.com"] {
            assert!(!mine.contains(word), "{path} tells {word}: {mine}");
        }
    }
    let (_, status) = ask(&daemon, "/api/v1/status", ACME);
    assert!(status.contains("\"acme\"") && status.contains("\"partial\":true"), "{status}");
    let (_, drift) = ask(&daemon, "/api/v1/drift", ACME);
    assert!(drift.contains("example.com"), "{drift}");
    let (_, plans) = ask(&daemon, "/api/v1/plans", ALL);
    let digest = plans.split("\"digest\":\"").nth(1).and_then(|d| d.split('"').next()).unwrap().to_owned();
    let (code, plan) = ask(&daemon, &format!("/api/v1/plans/{digest}"), ACME);
    assert!(code == 200 && plan.contains("example.com") && !plan.contains("instance"), "{plan}");
    assert_eq!(daemon.request("/healthz", &[]).0, 200, "open to all");
    assert!(!daemon.log().contains(ALL) && !daemon.log().contains(ACME));
    daemon.stop();
}

#[test]
fn new_tokens_and_sources_count_after_a_reload_and_wrong_ones_do_not() {
    let (world, daemon) = guarded();
    world.write("all.token", "short");
    daemon.signal(rustix::process::Signal::HUP);
    daemon.says("the old one stays");
    assert_eq!(ask(&daemon, "/api/v1/status", ALL).0, 200);
    let fresh = "fresh-0123456789abcdef";
    world.write("all.token", fresh);
    world.write("c/tenant.yaml", TENANT.replace("acme", "gamma"));
    let text = world.read("aplomo.yaml");
    let (head, tokens) = text.split_once("tokens:").unwrap();
    world.write(
        "aplomo.yaml",
        format!("{head}  - {{name: c, path: c, tenants: [gamma], operator: true}}\ntokens:{tokens}"),
    );
    daemon.signal(rustix::process::Signal::HUP);
    until("the new token and the new source", || match ask(&daemon, "/api/v1/status", fresh) {
        (200, body) if body.contains("gamma") => Ok(()),
        (status, body) => Err(format!("{status} {body}\n{}", daemon.log())),
    });
    assert_eq!(ask(&daemon, "/api/v1/status", ALL).0, 401);
    assert_eq!(ask(&daemon, "/api/v1/status", ACME).0, 200);
    daemon.stop();
}

#[test]
fn a_daemon_that_cannot_work_does_not_start() {
    let world = World::with_domain();
    world.write("aplomo.yaml", "listen: 127.0.0.1:0\n");
    assert!(world.aplomo(&["serve"]).exits(64).err.contains("sources"));
    let ops = "listen: 127.0.0.1:0\nsources: [{name: ops, path: m, tenants: [acme], operator: true}]\n";
    world.write("aplomo.yaml", format!("{ops}driftEvery: often\n"));
    assert!(world.aplomo(&["serve"]).exits(3).err.contains("`often` is no duration"));
    world.write("aplomo.yaml", format!("{ops}tokens: [{{name: a, token: \"env:NOT_SET\"}}]\n"));
    assert!(world.aplomo(&["serve"]).exits(1).err.contains("NOT_SET"));
    world.write("aplomo.yaml", ops);
    assert!(world.aplomo(&["serve", "m/tenant.yaml"]).exits(64).err.contains("part of source `ops`"));
    assert_eq!(world.proxy.total(), 0);
}

#[test]
fn a_foreign_host_is_refused() {
    let world = applied("");
    let daemon = Served::start(&world);
    for host in ["evil.example", "127.0.0.1.evil.example"] {
        let (status, body) = daemon.request("/api/v1/status", &[("Host", host)]);
        assert_eq!(status, 421, "{body}");
    }
    assert_eq!(daemon.request("/api/v1/status", &[("Host", "localhost")]).0, 200);
    daemon.stop();
}

#[test]
fn an_address_that_others_reach_needs_tokens() {
    let world = applied("");
    let ran = world.aplomo(&["serve", "--listen", "0.0.0.0:0"]).exits(4);
    assert!(ran.err.contains("token"), "{}", ran.err);
    world.aplomo(&["serve", "--listen", "nonsense"]).exits(1);
    assert_eq!(world.proxy.total(), 0);
}

#[test]
fn it_says_what_it_can_be_asked() {
    let world = applied("");
    let daemon = Served::start(&world);
    let (path, document) = ["/openapi.json", "/api/v1/openapi.json"]
        .into_iter()
        .map(|path| (path, daemon.request(path, &[])))
        .find(|(_, (status, _))| *status == 200)
        .unwrap();
    let document: serde_json::Value = serde_json::from_str(&document.1).unwrap();
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    for known in [
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/v1/status",
        "/api/v1/plans",
        "/api/v1/plans/{digest}",
        "/api/v1/runs",
        "/api/v1/drift",
        path,
    ] {
        assert!(paths.iter().any(|p| p.as_str() == known), "{known} is not in {paths:?}");
    }
    assert_eq!(daemon.request("/nothing", &[]).0, 404);
    daemon.stop();
}
