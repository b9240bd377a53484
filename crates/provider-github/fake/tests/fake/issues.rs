//! Issues and comments.

use serde_json::{Value, json};

use super::hub::hub;

const N: Value = Value::Null;

#[test]
fn every_call_once_as_github_describes_it() {
    let hub = hub();
    let _held = hub.acme.held();
    let long = "x".repeat(65_537);
    let made = hub.ask(
        "POST",
        "issues",
        &json!({"title": "Drift", "body": "b", "labels": ["bug", {"name": "new"}]}),
    );
    assert_eq!((made.status, made.body["labels"].as_array().unwrap().len()), (201, 2));
    for (method, path, body, status) in [
        ("POST", "issues", json!({"title": "Another"}), 201),
        ("POST", "issues", json!({"body": "no title"}), 422),
        ("POST", "issues", json!({"title": "t", "body": long}), 422),
        ("GET", "issues?state=all&labels=bug,new&creator=olga&per_page=1", N, 200),
        ("GET", "issues/1", N, 200),
        ("GET", "issues/9", N, 404),
        ("PATCH", "issues/1", json!({"title": "Drift of today", "body": "c", "labels": ["bug"]}), 200),
        ("PATCH", "issues/1", json!({"state": "closed"}), 200),
        ("PATCH", "issues/1", json!({"state": "open"}), 200),
        ("POST", "issues/1/comments", json!({"body": "hello"}), 201),
        ("POST", "issues/1/comments", json!({"body": " "}), 422),
        ("POST", "issues/1/comments", json!({"body": long}), 422),
        ("POST", "issues/9/comments", json!({"body": "x"}), 404),
        ("GET", "issues/1/comments", N, 200),
        ("GET", "issues/comments?sort=updated&direction=desc", N, 200),
    ] {
        let reply = hub.ask(method, path, &body);
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.body);
    }
    assert_eq!(hub.get("issues?labels=bug").body.as_array().unwrap().len(), 1);
    assert_eq!(hub.get("issues?creator=mick").body, json!([]));
    assert_eq!(
        hub.told(),
        [
            "issues opened",
            "issues opened",
            "issues edited",
            "issues closed",
            "issues reopened",
            "issue_comment created"
        ]
    );
    hub.acme.ask("PATCH", "/repos/acme/shop", &json!({"has_issues": false}));
    assert_eq!(hub.get("issues").status, 410);
}

#[test]
fn pull_requests_and_issues_share_one_sequence() {
    let hub = hub();
    let _held = hub.acme.held();
    hub.pull("wish", "ttl: 60\n");
    assert_eq!(hub.ask("POST", "issues", &json!({"title": "i"})).body["number"], 2);
    let (_, third) = hub.pull("other", "ttl: 61\n");
    assert_eq!(third, 3);
    let all = hub.get("issues").body;
    let pulls: Vec<bool> =
        all.as_array().unwrap().iter().map(|one| one.get("pull_request").is_some()).collect();
    assert_eq!(pulls, [true, false, true]);
    assert_eq!(hub.get("pulls/2").status, 404);
}

#[test]
fn an_edited_comment_shows_it_and_an_app_is_named() {
    let hub = hub();
    let _held = hub.acme.held();
    hub.pull("wish", "ttl: 60\n");
    let (github, shop) = (hub.github(), hub.acme.shop);
    let id = github.comment(shop, 1, hub.wendy, "/aplomo approve abc").unwrap();
    let before = hub.get(&format!("issues/comments/{id}")).body;
    assert_eq!(before["created_at"], before["updated_at"]);
    // The owner edits what another wrote, without a second having passed.
    github.edit_comment(shop, id, hub.acme.owner, "/aplomo approve def").unwrap();
    let after = hub.get(&format!("issues/comments/{id}")).body;
    assert_eq!(after["user"]["login"], "wendy");
    assert!(after["updated_at"].as_str() > after["created_at"].as_str());
    let told = hub.last("issue_comment");
    assert_eq!(
        (&told["changes"]["body"]["from"], &told["sender"]["login"]),
        (&json!("/aplomo approve abc"), &json!("olga"))
    );
    let bot = hub.acme.installation_token(&[("pull_requests", "write")]);
    let made =
        hub.acme.ask_as(&bot, "POST", "/repos/acme/shop/issues/1/comments", &json!({"body": "The plan"}));
    assert_eq!(
        (&made.body["performed_via_github_app"]["slug"], &made.body["user"]["login"]),
        (&json!("aplomo"), &json!("aplomo[bot]"))
    );
    assert_eq!(hub.acme.get("/users/aplomo[bot]").body["id"], made.body["user"]["id"]);
    let path = format!("issues/comments/{}", made.body["id"]);
    assert_eq!(hub.status(&bot, "PATCH", &path, &json!({"body": "The next plan"})), 200);
    assert_eq!(hub.status(&bot, "DELETE", &path, &N), 204);
    assert_eq!(hub.get(&path).status, 404);
    github.delete_comment(shop, id, hub.wendy).unwrap();
    assert_eq!(hub.get("pulls/1").body["comments"], 0);
    assert_eq!(
        hub.told(),
        [
            "push",
            "pull_request opened",
            "issue_comment created",
            "issue_comment edited",
            "issue_comment created",
            "issue_comment edited",
            "issue_comment deleted",
            "issue_comment deleted"
        ]
    );
}
