//! References, trees and commits by calls: what Aplomo opens its own pull requests with.

use serde_json::{Value, json};

use super::hub::{Hub, MANIFEST, hub};
use super::support::Reply;

const N: Value = Value::Null;

struct App<'a>(&'a Hub, String);

impl App<'_> {
    fn ask(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.0.acme.ask_as(&self.1, method, &format!("/repos/acme/shop/{path}"), body)
    }

    fn status(&self, method: &str, path: &str, body: &Value) -> u16 {
        self.ask(method, path, body).status
    }
}

#[test]
fn a_branch_a_tree_and_a_commit_become_a_pull_request() {
    let hub = hub();
    let _held = hub.acme.held();
    let app = App(&hub, hub.acme.installation_token(&[("contents", "write"), ("pull_requests", "write")]));
    assert_eq!(
        app.ask("GET", "git/ref/heads/main", &N).body["object"]["sha"],
        Value::from(hub.first.clone())
    );
    let entries = json!([
        {"path": "a.yaml", "mode": "100644", "type": "blob", "content": "ttl: 5\n"},
        {"path": "sub/\"odd\" name.yaml", "mode": "100644", "type": "blob", "content": MANIFEST},
        {"path": "b.yaml", "mode": "100644", "type": "blob", "sha": null},
    ]);
    let tree = app.ask("POST", "git/trees", &json!({"base_tree": hub.first, "tree": entries}));
    assert_eq!(tree.status, 201, "{}", tree.body);
    let tree = tree.body["sha"].as_str().unwrap();
    let commit =
        app.ask("POST", "git/commits", &json!({"message": "Accept", "tree": tree, "parents": [hub.first]}));
    assert_eq!(
        (commit.status, &commit.body["author"]["name"]),
        (201, &json!("aplomo[bot]")),
        "{}",
        commit.body
    );
    let sha = commit.body["sha"].as_str().unwrap();
    assert_eq!(app.ask("GET", &format!("git/commits/{sha}"), &N).body, commit.body);
    let branch = "aplomo/accept/1";
    let made = app.ask("POST", "git/refs", &json!({"ref": format!("refs/heads/{branch}"), "sha": sha}));
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(app.status("GET", &format!("git/ref/heads/{branch}"), &N), 200);
    let shown = app.ask("GET", "branches/aplomo%2Faccept%2F1", &N).body;
    assert_eq!(
        (&shown["commit"]["sha"], &shown["commit"]["commit"]["message"]),
        (&json!(sha), &json!("Accept"))
    );
    let pull = app.ask("POST", "pulls", &json!({"title": "Accept", "head": branch, "base": "main"}));
    assert_eq!((pull.status, &pull.body["user"]["login"]), (201, &json!("aplomo[bot]")), "{}", pull.body);
    let files = app.ask("GET", "pulls/1/files", &N).body;
    let names: Vec<&str> =
        files.as_array().unwrap().iter().map(|one| one["filename"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.yaml", "b.yaml", "sub/\"odd\" name.yaml"]);
    assert_eq!(hub.git(&["show", &format!("{branch}:a.yaml")]), "ttl: 5");
    assert_eq!(hub.told(), ["push", "pull_request opened"]);
    let activity = hub.get(&format!("activity?ref={branch}")).body;
    assert_eq!(
        (&activity[0]["activity_type"], &activity[0]["actor"]["login"]),
        (&json!("branch_creation"), &json!("aplomo[bot]"))
    );
    // The head moves on, then is rewritten, then goes.
    let more = json!({"message": "More", "tree": tree, "parents": [sha]});
    let more = app.ask("POST", "git/commits", &more).body["sha"].as_str().unwrap().to_owned();
    let path = format!("git/refs/heads/{branch}");
    assert_eq!(app.status("PATCH", &path, &json!({"sha": more})), 200);
    assert_eq!(app.status("PATCH", &path, &json!({"sha": sha})), 422, "no fast forward");
    assert_eq!(app.status("PATCH", &path, &json!({"sha": sha, "force": true})), 200);
    assert_eq!(app.status("DELETE", &path, &N), 204);
    assert_eq!(app.status("DELETE", &path, &N), 422);
    assert_eq!(hub.get("pulls/1").body["state"], "closed");
}

#[test]
fn what_git_cannot_do_is_refused() {
    let hub = hub();
    let _held = hub.acme.held();
    let app = App(&hub, hub.acme.installation_token(&[("contents", "write")]));
    let nothing = "0".repeat(40);
    let tree = |entry: Value| json!({"tree": [entry]});
    for (method, path, body, status) in [
        ("GET", "git/ref/heads/gone", N, 404),
        ("GET", "git/ref/heads/..", N, 404),
        ("GET", "git/commits/main", N, 404),
        ("GET", "branches/gone", N, 404),
        ("GET", "commits/gone", N, 422),
        ("POST", "git/refs", json!({"ref": "refs/heads/main", "sha": hub.first}), 422),
        ("POST", "git/refs", json!({"ref": "refs/heads/x", "sha": nothing}), 422),
        ("POST", "git/refs", json!({"ref": "refs/pull/1/head", "sha": hub.first}), 422),
        ("PATCH", "git/refs/heads/gone", json!({"sha": hub.first}), 422),
        ("POST", "git/trees", json!({"tree": []}), 422),
        (
            "POST",
            "git/trees",
            tree(json!({"path": "../x", "mode": "100644", "type": "blob", "content": ""})),
            422,
        ),
        (
            "POST",
            "git/trees",
            tree(json!({"path": ".git/x", "mode": "100644", "type": "blob", "content": ""})),
            422,
        ),
        (
            "POST",
            "git/trees",
            tree(json!({"path": "x", "mode": "100644", "type": "blob", "sha": nothing})),
            422,
        ),
        ("POST", "git/trees", json!({"base_tree": nothing, "tree": [{"path": "x", "content": ""}]}), 404),
        ("POST", "git/commits", json!({"message": "m", "tree": nothing}), 422),
    ] {
        let reply = app.ask(method, path, &body);
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.body);
    }
    let reads = App(&hub, hub.acme.installation_token(&[("contents", "read")]));
    assert_eq!(reads.status("POST", "git/refs", &json!({"ref": "refs/heads/x", "sha": hub.first})), 403);
    let plain = super::support::acme();
    assert_eq!(plain.get("/repos/acme/shop/git/ref/heads/main").status, 409, "git is not served");
}
