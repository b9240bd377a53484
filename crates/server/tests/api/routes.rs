//! Each route, its limits and its errors.

use crate::world::{World, api, bare, call, get, plan, read, run, send};
use aplomo_server::{Access, Readiness, openapi_json, router};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;

fn plan_path() -> String {
    format!("/api/v1/plans/{}", plan().digest)
}

#[tokio::test]
async fn a_whole_plan_is_the_json_of_the_contract() {
    let mut shown = read(bare(), &plan_path(), None).await;
    assert_eq!(shown.as_object_mut().unwrap().remove("partial"), Some(Value::Bool(false)));
    let mut stored = serde_json::to_value(plan()).unwrap();
    for source in stored["sources"].as_array_mut().unwrap() {
        source["path"] = source["path"].as_str().unwrap().replace("bot:pw@", "").into();
    }
    assert_eq!(shown, stored);
}

#[tokio::test]
async fn a_whole_run_is_the_json_of_the_contract() {
    let mut shown = read(bare(), "/api/v1/runs/01run", None).await;
    for extra in ["partial", "source", "summary"] {
        assert!(shown.as_object_mut().unwrap().remove(extra).is_some(), "{extra}");
    }
    assert_eq!(shown, serde_json::to_value(run()).unwrap());
}

#[tokio::test]
async fn lists_status_and_drift_answer() {
    let plans = read(bare(), "/api/v1/plans?limit=2", None).await;
    assert_eq!(plans["plans"].as_array().unwrap().len(), 2);
    assert_eq!(plans["plans"][0]["summary"]["update"], 2);
    let runs = read(bare(), "/api/v1/runs", None).await;
    assert_eq!(runs["runs"][0]["summary"], serde_json::json!({"applied": 1, "failed": 1}));
    let drift = read(bare(), "/api/v1/drift", None).await;
    assert_eq!((&drift["reports"][0]["changes"], &drift["reports"][0]["unmanaged"]), (&2.into(), &1.into()));
    assert_eq!(drift["reports"][0]["report"]["changes"][0]["firstSeen"], Value::Null);
    let status = read(bare(), "/api/v1/status", None).await;
    assert_eq!(status["tenants"].as_array().unwrap().len(), 2);
    assert!(!status.to_string().contains("pw@"), "{status}");
    insta::assert_snapshot!(status["budgets"], @r#"[{"account":"123456789012","available":12,"burst":50,"perSecond":10,"service":"route53","slowUntil":"2027-01-31T00:02:00Z","throttledSince":"2027-01-31T00:01:00Z"}]"#);
}

#[tokio::test]
async fn alive_is_not_ready() {
    let readiness = Readiness::ready().because("no-source-read", "source acme-repo was never read");
    let world = World { readiness, ..World::default() };
    let service = router(api(world, &Access::default()));
    assert_eq!(
        call(service.clone(), "/healthz", None).await,
        (StatusCode::OK, r#"{"status":"alive"}"#.to_owned())
    );
    let (status, text) = call(service, "/readyz", None).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    insta::assert_snapshot!(text, @r#"{"type":"urn:aplomo:problem:not-ready","title":"Not ready","status":503,"detail":"the daemon cannot do its work: no-source-read","reasons":[{"code":"no-source-read","message":"source acme-repo was never read"}]}"#);
    assert_eq!(call(bare(), "/readyz", None).await, (StatusCode::OK, r#"{"status":"ready"}"#.to_owned()));
}

#[tokio::test]
async fn problems_are_documents_that_say_what_to_do() {
    let mut all = String::new();
    for path in [
        "/api/v1/nothing".to_owned(),
        "/api/v1/runs/unknown".to_owned(),
        format!("/api/v1/plans/sha256:{}", "0".repeat(64)),
        "/api/v1/plans/latest".to_owned(),
    ] {
        let (status, response, text) = send(bare(), get(&path).body(Body::empty()).unwrap()).await;
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["status"], status.as_u16());
        all += &format!("{text}\n");
    }
    insta::assert_snapshot!(all, @r#"
    {"type":"urn:aplomo:problem:not-found","title":"Not found","status":404,"detail":"there is no such path"}
    {"type":"urn:aplomo:problem:not-found","title":"Not found","status":404,"detail":"there is no such run"}
    {"type":"urn:aplomo:problem:not-found","title":"Not found","status":404,"detail":"there is no such plan"}
    {"type":"urn:aplomo:problem:bad-request","title":"The request cannot be used","status":400,"detail":"digest `latest` has the form sha256:<64 hexadecimal digits>"}
    "#);
}

#[tokio::test]
async fn limits_are_read_strictly() {
    let mut all = String::new();
    for query in
        ["limit=0", "limit=201", "limit=-1", "limit=ten", "limit=%2B5", "limit=", "limit=1&limit=2", "page=2"]
    {
        let (status, text) = call(bare(), &format!("/api/v1/runs?{query}"), None).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
        let detail = serde_json::from_str::<Value>(&text).unwrap()["detail"].as_str().unwrap().to_owned();
        all += &format!("{query}: {detail}\n");
    }
    insta::assert_snapshot!(all, @r#"
    limit=0: `limit` must be a whole number from 1 to 200, not `0`
    limit=201: `limit` must be a whole number from 1 to 200, not `201`
    limit=-1: `limit` must be a whole number from 1 to 200, not `-1`
    limit=ten: `limit` must be a whole number from 1 to 200, not `ten`
    limit=%2B5: `limit` must be a whole number from 1 to 200, not `+5`
    limit=: `limit` must be a whole number from 1 to 200, not ``
    limit=1&limit=2: `limit` is given more than once
    page=2: `page` is not known here; this call takes `limit` alone
    "#);
    for (query, count) in [("", 50), ("?limit=1", 1), ("?limit=200", 200)] {
        let plans = read(bare(), &format!("/api/v1/plans{query}"), None).await;
        assert_eq!(plans["plans"].as_array().unwrap().len(), count, "{query}");
    }
}

#[tokio::test]
async fn nothing_can_be_written_and_no_body_is_taken() {
    for path in ["/api/v1/plans", "/api/v1/status", "/healthz"] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let request = Request::builder().method(method).uri(path).header("host", "localhost");
            let (status, ..) = send(bare(), request.body(Body::empty()).unwrap()).await;
            assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
    }
    let (status, ..) = send(bare(), get("/healthz").body(Body::from(vec![0; 5000])).unwrap()).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_broken_backend_is_told_without_its_words() {
    let service = router(api(World { broken: true, ..World::default() }, &Access::default()));
    for path in ["status", "plans", "runs", "drift", "runs/01run"] {
        let (status, text) = call(service.clone(), &format!("/api/v1/{path}"), None).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(!text.contains("fire"), "{text}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    for path in ["/healthz", "/nothing", "/api/v1/status", "/metrics"] {
        let (_, response, _) = send(bare(), get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
        assert_eq!(
            response.headers()["content-security-policy"],
            "default-src 'none'; frame-ancestors 'none'"
        );
    }
}

#[tokio::test]
async fn a_delivery_is_taken_by_its_signature_and_needs_no_token() {
    let deliver = async |headers: &[(&str, &str)]| {
        let mut request = Request::post("/hooks/github").header("host", "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send(bare(), request.body(Body::from("{}".repeat(4_000))).unwrap()).await.0
    };
    let known = [("x-github-event", "push"), ("x-github-delivery", "1")];
    let signed = |signature| [known[0], known[1], ("x-hub-signature-256", signature)];
    assert_eq!(deliver(&signed("good")).await, StatusCode::ACCEPTED);
    assert_eq!(deliver(&signed("bad")).await, StatusCode::UNAUTHORIZED);
    assert_eq!(deliver(&known).await, StatusCode::UNAUTHORIZED);
    assert_eq!(deliver(&[("x-hub-signature-256", "good")]).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_openapi_document_lists_every_route() {
    let document = read(bare(), "/api/v1/openapi.json", None).await;
    assert_eq!(document, serde_json::from_str::<Value>(openapi_json()).unwrap());
    let mut all = String::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let answers: Vec<_> = operation["responses"].as_object().unwrap().keys().cloned().collect();
            let open = if operation["security"].is_null() { "" } else { " open" };
            all += &format!("{method} {path}{open} -> {}\n", answers.join(" "));
        }
    }
    insta::assert_snapshot!(all, @r#"
    get /api/v1/drift -> 200 401 503
    get /api/v1/openapi.json -> 200 401
    get /api/v1/plans -> 200 400 401 503
    get /api/v1/plans/{digest} -> 200 400 401 404 503
    get /api/v1/runs -> 200 400 401 503
    get /api/v1/runs/{id} -> 200 400 401 404 503
    get /api/v1/status -> 200 401 503
    get /healthz open -> 200
    post /hooks/github open -> 202 204 401 404 413 503
    get /metrics -> 200 401 403
    get /readyz open -> 200 503
    "#);
    let schemas: Vec<_> = document["components"]["schemas"].as_object().unwrap().keys().cloned().collect();
    insta::assert_snapshot!(schemas.join(" "), @"Action AuditHeadView BreakGlassView BudgetView ChangeView DriftList DriftReportView DriftView Ending FieldView FindingView Health HoldView LockView MetaView OriginView OutcomeView PlanList PlanSourceView PlanSummary PlanView Problem QuarantineView ReadinessReason Reason ReferenceView Risk RunList RunMetaView RunSummary RunView ScopeView Severity SourceView Status StatusView TenantView UnmanagedView UnverifiableView");
    assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
}

#[tokio::test]
async fn too_many_requests_at_once_are_refused_and_health_still_answers() {
    let world = World { stuck: true, ..World::default() };
    let service = router(api(world, &Access::default()));
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let service = service.clone();
        waiting.spawn(async move { call(service, "/api/v1/status", None).await });
    }
    tokio::task::yield_now().await; // each of the sixteen gets as far as the stuck backend
    let (status, response, text) =
        send(service.clone(), get("/api/v1/status").body(Body::empty()).unwrap()).await;
    assert_eq!(
        (status, &response.headers()["retry-after"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"1".parse().unwrap())
    );
    assert!(text.contains("urn:aplomo:problem:busy"), "{text}");
    assert_eq!(call(service, "/healthz", None).await.0, StatusCode::OK);
    waiting.shutdown().await;
}
