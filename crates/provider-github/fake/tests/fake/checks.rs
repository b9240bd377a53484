//! Check runs: only Apps, only their own, within the limits.

use aplomo_github_fake::app_key;
use serde_json::{Value, json};

use super::hub::{Hub, hub};
use super::support::Reply;

const N: Value = Value::Null;

impl Hub {
    fn as_app(&self, token: &str, method: &str, path: &str, body: &Value) -> Reply {
        self.acme.ask_as(token, method, &format!("/repos/acme/shop/{path}"), body)
    }
}

fn annotations(count: usize) -> Vec<Value> {
    let one = |line: usize| json!({"path": "a.yaml", "start_line": line, "end_line": line, "annotation_level": "warning", "message": "m"});
    (1..=count).map(one).collect()
}

#[test]
fn a_check_from_its_beginning_to_its_end() {
    let hub = hub();
    let _held = hub.acme.held();
    let (commit, _) = hub.pull("wish", "ttl: 60\n");
    let token = hub.acme.installation_token(&[("checks", "write")]);
    hub.told();
    let begun = json!({"name": "aplomo", "head_sha": commit, "status": "in_progress", "external_id": "e",
        "output": {"title": "Planning", "summary": "soon"}});
    let made = hub.as_app(&token, "POST", "check-runs", &begun);
    assert_eq!((made.status, &made.body["status"]), (201, &json!("in_progress")), "{}", made.body);
    assert_eq!(made.body["pull_requests"][0]["number"], 1);
    let path = format!("check-runs/{}", made.body["id"]);
    let change = |body: Value| hub.as_app(&token, "PATCH", &path, &body);
    let output = |more: Value| {
        let mut output = json!({"title": "Plan", "summary": "s"});
        output.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"output": output})
    };
    assert_eq!(change(output(json!({"annotations": annotations(51)}))).status, 422);
    assert_eq!(change(output(json!({"annotations": annotations(50)}))).status, 200);
    assert_eq!(
        change(output(json!({"annotations": annotations(2)}))).body["output"]["annotations_count"],
        52
    );
    assert_eq!(change(output(json!({"text": "x".repeat(65_536)}))).status, 422);
    assert_eq!(change(output(json!({"summary": "x".repeat(65_536)}))).status, 422);
    assert_eq!(change(output(json!({"text": "x".repeat(65_535)}))).status, 200);
    assert_eq!(change(json!({"status": "completed"})).status, 422, "without a conclusion");
    let ended = change(json!({"conclusion": "action_required"})).body;
    assert_eq!((&ended["status"], ended["completed_at"].is_string()), (&json!("completed"), true));
    let listed = hub.as_app(&token, "GET", &format!("{path}/annotations?per_page=50&page=2"), &N);
    assert_eq!(listed.body.as_array().unwrap().len(), 2);
    assert_eq!(hub.as_app(&token, "GET", &path, &N).body["conclusion"], "action_required");
    assert_eq!(hub.told(), ["check_run created", "check_run completed"]);
    hub.as_app(&token, "POST", "check-runs", &json!({"name": "aplomo", "head_sha": commit}));
    let count = |question: &str| hub.get(&format!("commits/{question}")).body["total_count"].clone();
    assert_eq!(count("wish/check-runs"), 1, "the latest");
    assert_eq!(count(&format!("{commit}/check-runs?filter=all")), 2);
    assert_eq!(count(&format!("{commit}/check-runs?check_name=other")), 0);
    assert_eq!(count(&format!("{commit}/check-runs?status=queued&app_id={}", hub.acme.app)), 1);
    let missing = json!({"name": "aplomo", "head_sha": "0".repeat(40)});
    assert_eq!(hub.as_app(&token, "POST", "check-runs", &missing).status, 422);
}

#[test]
fn nobody_else_writes_a_check_and_everybody_may_ask_for_it_again() {
    let hub = hub();
    let _held = hub.acme.held();
    let (other, installed) = hub.github().change(|world| {
        let other = world.add_app(hub.acme.org, "other", &app_key().unwrap().1, &[("checks", "write")]);
        let app = world.apps.get_mut(&other).unwrap();
        app.events = vec!["check_run".to_owned()];
        app.webhook_url = Some("http://127.0.0.1:1/".to_owned());
        (other, world.install(other, hub.acme.org))
    });
    let token = hub.acme.installation_token(&[("checks", "write")]);
    let made = hub.as_app(&token, "POST", "check-runs", &json!({"name": "aplomo", "head_sha": hub.first}));
    let path = format!("check-runs/{}", made.body["id"]);
    let jwt = super::support::jwt(other, hub.acme.clock.now().as_second());
    let theirs = hub.acme.ask_as(&jwt, "POST", &format!("/app/installations/{installed}/access_tokens"), &N);
    let theirs = theirs.body["token"].as_str().unwrap().to_owned();
    assert_eq!(hub.as_app(&theirs, "PATCH", &path, &json!({"conclusion": "success"})).status, 403);
    assert_eq!(hub.ask("PATCH", &path, &json!({"conclusion": "success"})).status, 403, "the owner");
    assert_eq!(hub.ask("POST", "check-runs", &json!({"name": "aplomo", "head_sha": hub.first})).status, 403);
    assert_eq!(hub.get(&path).body["status"], "queued");
    hub.told();
    hub.github().rerequest_check(hub.acme.shop, made.body["id"].as_u64().unwrap(), hub.wendy).unwrap();
    let suite = format!("check-suites/{}", made.body["check_suite"]["id"]);
    assert_eq!(hub.get(&suite).status, 200);
    assert_eq!(hub.get(&format!("{suite}/check-runs")).body["total_count"], 1);
    assert_eq!(hub.ask("POST", &format!("{suite}/rerequest"), &N).status, 201);
    assert!(hub.github().world().deliveries.iter().all(|one| one.app == hub.acme.app), "only whose it is");
    assert_eq!(hub.last("check_run")["sender"]["login"], "wendy");
    assert_eq!(hub.told(), ["check_run rerequested", "check_suite rerequested"]);
}
