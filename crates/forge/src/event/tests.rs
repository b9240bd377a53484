//! What each event is about, and that no body does harm.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

const SLUG: &str = "aplomo";

fn about(event: &str, mut body: Value) -> Option<Concern> {
    let person = json!({"login": "alice", "type": "User"});
    body.as_object_mut().unwrap().entry("sender").or_insert(person);
    body.as_object_mut().unwrap().entry("repository").or_insert(json!({"full_name": "acme/manifests"}));
    concerns(event, body.to_string().as_bytes(), SLUG)
}

fn here(pull: Option<u64>, branch: Option<&str>) -> Option<Concern> {
    let place = Place::Repository("acme/manifests".into());
    Some(Concern { place, pull, branch: branch.map(SmolStr::new), ours: false })
}

#[test]
fn a_pull_request_wakes_where_something_of_it_may_have_changed() {
    for action in ["opened", "synchronize", "edited", "reopened", "closed", "ready_for_review", "new_in_2028"]
    {
        let body = json!({"action": action, "number": 7, "pull_request": {"number": 7}});
        assert_eq!(about("pull_request", body), here(Some(7), None), "{action}");
    }
    for action in IDLE {
        let body = json!({"action": action, "pull_request": {"number": 7}});
        assert_eq!(about("pull_request", body), None, "{action}");
    }
}

#[test]
fn reviews_and_comments_on_pull_requests_wake() {
    let review = json!({"action": "dismissed", "pull_request": {"number": 7}, "review": {"id": 80}});
    assert_eq!(about("pull_request_review", review), here(Some(7), None));
    let comment = json!({"action": "deleted", "issue": {"number": 8, "pull_request": {"url": "https://…"}}});
    assert_eq!(about("issue_comment", comment), here(Some(8), None));
    let issue = json!({"action": "created", "issue": {"number": 9}});
    assert_eq!(about("issue_comment", issue), None);
}

#[test]
fn a_branch_that_moved_wakes_and_a_tag_does_not() {
    assert_eq!(about("push", json!({"ref": "refs/heads/release/1"})), here(None, Some("release/1")));
    assert_eq!(about("push", json!({"ref": "refs/heads/gone", "deleted": true})), here(None, Some("gone")));
    assert_eq!(about("push", json!({"ref": "refs/tags/v1"})), None);
    assert_eq!(about("push", json!({"ref": "refs/heads/"})), None);
}

#[test]
fn a_check_wakes_where_somebody_asks_for_it_again() {
    let of = |pulls: Value| json!({"action": "rerequested", "check_run": {"pull_requests": pulls}});
    assert_eq!(about("check_run", of(json!([{"number": 7}]))), here(Some(7), None));
    assert_eq!(about("check_run", of(json!([]))), here(None, None), "of a fork");
    assert_eq!(about("check_run", of(json!([{"number": 7}, {"number": 8}]))), here(None, None));
    let suite = json!({"action": "rerequested", "check_suite": {"pull_requests": [{"number": 7}]}});
    assert_eq!(about("check_suite", suite), here(Some(7), None));
    let done = json!({"action": "completed", "check_run": {"pull_requests": [{"number": 7}]}});
    assert_eq!(about("check_run", done), None);
}

#[test]
fn who_may_what_is_looked_at_again_in_the_whole_organisation() {
    for event in ["membership", "team", "organization"] {
        let body = json!({"action": "removed", "organization": {"login": "acme"}, "team": {"slug": "sre"}});
        let place = Place::Organisation("acme".into());
        assert_eq!(about(event, body), Some(Concern { place, pull: None, branch: None, ours: false }));
    }
    assert_eq!(about("member", json!({"action": "removed"})), here(None, None));
}

#[test]
fn only_our_own_bot_is_ours() {
    let by = |login: &str, kind: &str| {
        let body = json!({"ref": "refs/heads/main", "sender": {"login": login, "type": kind}});
        about("push", body).unwrap().ours
    };
    assert!(by("aplomo[bot]", "Bot") && by("Aplomo[bot]", "Bot"));
    assert!(!by("aplomo", "User") && !by("aplomo[bot]", "User") && !by("dependabot[bot]", "Bot"));
    let body = json!({"ref": "refs/heads/main", "repository": {"full_name": "a/b"}, "sender": {"login": "[bot]", "type": "Bot"}});
    assert!(!concerns("push", body.to_string().as_bytes(), "").unwrap().ours, "no slug, nobody's");
}

#[test]
fn what_is_unknown_or_no_repository_wakes_nobody() {
    assert_eq!(about("ping", json!({"zen": "Design for failure."})), None);
    assert_eq!(about("star", json!({})), None);
    for name in ["acme", "acme/", "/x", "acme/a/b", "acme/..", "acme/a b", "acme/a\nb", &"a/".repeat(60)] {
        let body = json!({"ref": "refs/heads/main", "repository": {"full_name": name}});
        assert_eq!(about("push", body), None, "{name}");
    }
    let deep = format!("{{\"ref\":\"refs/heads/main\",\"x\":{}", "[".repeat(100_000));
    assert_eq!(concerns("push", deep.as_bytes(), SLUG), None);
}

fn any_json() -> impl Strategy<Value = Value> {
    let keys = "(action|ref|repository|full_name|pull_request|issue|number|check_run|pull_requests|sender|login|type)";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "(refs/heads/.*|acme/x|aplomo\\[bot\\]|.*)".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(keys, inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

const EVENTS: &[&str] = &[
    "pull_request",
    "pull_request_review",
    "issue_comment",
    "push",
    "check_run",
    "check_suite",
    "member",
    "team",
];

proptest! {
    #[test]
    fn any_body_is_answered(event in prop::sample::select(EVENTS), body in any_json(), octets: Vec<u8>) {
        for body in [body.to_string().into_bytes(), octets] {
            if let Some(Concern { place: Place::Repository(name), .. }) = concerns(event, &body, SLUG) {
                prop_assert_eq!(name.split('/').count(), 2);
            }
        }
    }
}
