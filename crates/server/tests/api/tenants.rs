//! What a token for some tenants sees: its own, and nothing that could be somebody else's.

use crate::world::{ACME, ALL, GLOBEX, NOBODY, call, guarded, plan, read};
use axum::http::StatusCode;
use serde_json::json;

fn paths() -> Vec<String> {
    let plan = format!("/api/v1/plans/{}", plan().digest);
    let others = ["status", "plans?limit=1", "runs", "runs/01run", "drift"];
    others.iter().map(|path| format!("/api/v1/{path}")).chain([plan]).collect()
}

#[tokio::test]
async fn a_token_shows_nothing_of_other_tenants() {
    for (secret, mine, others) in [(ACME, "acme", "globex"), (GLOBEX, "globex", "acme")] {
        for path in paths() {
            let (status, text) = call(guarded(), &path, Some(secret)).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(text.contains(mine), "{path} shows nothing of {mine}: {text}");
            assert!(!text.contains(others), "{path} shows {others} to {mine}: {text}");
        }
    }
}

#[tokio::test]
async fn a_token_for_a_tenant_without_anything_sees_nothing() {
    for path in paths() {
        let (status, text) = call(guarded(), &path, Some(NOBODY)).await;
        let single = path.contains("/plans/") || path.contains("/runs/");
        assert_eq!(status, if single { StatusCode::NOT_FOUND } else { StatusCode::OK }, "{path}");
        for hidden in ["acme", "globex", "Z1", "stray", "01run"] {
            assert!(!text.contains(hidden), "{path} shows {hidden}: {text}");
        }
    }
    let unknown = call(guarded(), "/api/v1/runs/unknown", Some(NOBODY)).await;
    assert_eq!(
        call(guarded(), "/api/v1/runs/01run", Some(NOBODY)).await,
        unknown,
        "hidden differs from unknown"
    );
}

#[tokio::test]
async fn a_part_of_a_plan_says_so_and_is_counted_anew() {
    let path = format!("/api/v1/plans/{}", plan().digest);
    let shown = read(guarded(), &path, Some(ACME)).await;
    assert_eq!((&shown["partial"], &shown["summary"]["update"]), (&json!(true), &json!(1)));
    assert_eq!(shown["digest"], json!(plan().digest), "the digest names the whole plan");
    assert_eq!(shown["complete"], false, "looking at a part makes nothing complete");
    assert_eq!(shown["applyable"], false, "its own error finding stands");
    assert_eq!(shown["findings"][0]["message"], "also claimed by (another tenant)");
    assert_eq!(shown["changes"][0]["dependsOn"], json!([]));
    assert_eq!((&shown["meta"], &shown["wake"]), (&json!(null), &json!(null)));
    assert_eq!((&shown["unmanaged"], &shown["unverifiable"]), (&json!([]), &json!([])));
    let listed = read(guarded(), "/api/v1/plans?limit=1", Some(ACME)).await;
    for field in ["digest", "asOf", "complete", "applyable", "partial", "summary"] {
        assert_eq!(listed["plans"][0][field], shown[field], "{field}");
    }
    assert_eq!(listed["plans"][0]["sources"], json!(["acme-repo"]));
}

#[tokio::test]
async fn a_part_of_a_run_ends_as_that_part_ended() {
    let mine = read(guarded(), "/api/v1/runs/01run", Some(ACME)).await;
    assert_eq!(
        (&mine["ending"], &mine["converged"], &mine["partial"]),
        (&json!("converged"), &json!(true), &json!(true))
    );
    let theirs = read(guarded(), "/api/v1/runs/01run", Some(GLOBEX)).await;
    assert_eq!((&theirs["ending"], &theirs["converged"]), (&json!("failed"), &json!(false)));
    assert_eq!(theirs["summary"], json!({"failed": 1}));
    let all = read(guarded(), "/api/v1/runs/01run", Some(ALL)).await;
    assert_eq!((&all["ending"], &all["partial"]), (&json!("partial"), &json!(false)));
}

#[tokio::test]
async fn a_part_of_the_status_keeps_to_its_tenants() {
    let shown = read(guarded(), "/api/v1/status", Some(ACME)).await;
    let names = |list: &str, field: &str| -> Vec<String> {
        shown[list].as_array().unwrap().iter().map(|x| x[field].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("tenants", "name"), ["acme"]);
    assert_eq!(names("sources", "name"), ["acme-repo", "shared-repo"]);
    assert_eq!(names("holds", "what"), ["acme"]);
    assert_eq!(names("locks", "scope"), ["acme/123456789012"]);
    assert_eq!(names("breakGlass", "tenant"), ["acme"]);
    assert_eq!(shown["quarantine"], json!([]));
    assert_eq!(shown["tenants"][0]["lastRun"]["summary"], json!({"applied": 1}));
}
