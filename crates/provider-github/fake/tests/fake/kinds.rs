//! What single fields of Aplomo's kinds need: templates, pages, merge queues, code scanning.

use serde_json::{Value, json};

use super::support::acme;

#[test]
fn a_repository_from_a_template_has_its_branches() {
    let acme = acme();
    let _held = acme.held();
    let generate = |body: &Value| acme.ask("POST", "/repos/acme/shop/generate", body);
    assert_eq!(generate(&json!({"name": "new"})).status, 422);
    acme.ask("PATCH", "/repos/acme/shop", &json!({"is_template": true}));
    let made = generate(&json!({"owner": "acme", "name": "new", "private": true, "description": "d"}));
    assert_eq!(
        (made.status, &made.body["description"], &made.body["private"]),
        (201, &json!("d"), &json!(true))
    );
    let world = acme.github.world();
    assert_eq!(world.repo_named("acme", "new").unwrap().branches, world.repos[&acme.shop].branches);
    assert_eq!(generate(&json!({"name": "new"})).status, 422);
}

#[test]
fn pages_are_on_or_off() {
    let acme = acme();
    let _held = acme.held();
    let ask = |method: &str, body: &Value| acme.ask(method, "/repos/acme/shop/pages", body);
    assert_eq!(ask("GET", &Value::Null).status, 404);
    assert_eq!(
        ask("POST", &json!({"source": {"branch": "main"}})).body["source"],
        json!({"branch": "main", "path": "/"})
    );
    assert_eq!(ask("POST", &json!({"build_type": "workflow"})).status, 409);
    assert_eq!(ask("PUT", &json!({"https_enforced": true})).status, 204);
    assert_eq!(ask("GET", &Value::Null).body["https_enforced"], true);
    assert_eq!(acme.get("/repos/acme/shop").body["has_pages"], true);
    assert_eq!(ask("DELETE", &Value::Null).status, 204);
    assert_eq!(acme.get("/repos/acme/shop").body["has_pages"], false);
}

#[test]
fn merge_queues_and_code_scanning_read_over_graphql() {
    let acme = acme();
    let _held = acme.held();
    let rules = json!([
        {"type": "merge_queue", "parameters": {"check_response_timeout_minutes": 60, "grouping_strategy": "ALLGREEN",
            "max_entries_to_build": 5, "max_entries_to_merge": 5, "merge_method": "SQUASH", "min_entries_to_merge": 1,
            "min_entries_to_merge_wait_minutes": 5}},
        {"type": "code_scanning", "parameters": {"code_scanning_tools": [
            {"tool": "CodeQL", "alerts_threshold": "errors", "security_alerts_threshold": "high_or_higher"}]}}]);
    let made = acme.ask(
        "POST",
        "/repos/acme/shop/rulesets",
        &json!({"name": "r", "enforcement": "active", "rules": rules}),
    );
    assert_eq!((made.status, &made.body["rules"]), (201, &rules));
    let read = acme.graphql(
        "{ repository(owner: \"acme\", name: \"shop\") { rulesets(first: 1) { nodes { rules(first: 9) { nodes { type
            parameters { ... on MergeQueueParameters { mergeMethod maxEntriesToBuild }
                ... on CodeScanningParameters { codeScanningTools { tool alertsThreshold } } } } } } } } }",
    );
    let rules = &read["data"]["repository"]["rulesets"]["nodes"][0]["rules"]["nodes"];
    assert_eq!(rules[0]["parameters"], json!({"mergeMethod": "SQUASH", "maxEntriesToBuild": 5}), "{read}");
    assert_eq!(rules[1]["parameters"]["codeScanningTools"][0]["tool"], "CodeQL");
}
