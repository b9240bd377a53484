//! Metrics: what is counted, what is worked out, who may read them.

use crate::world::{ACME, ALL, World, api, call, guarded, metrics, plan, run, tokens};
use aplomo_server::{
    install_recorder, names, observe_plan, observe_reconcile, observe_report, observe_run, router,
};
use axum::http::StatusCode;
use std::time::Duration;

#[tokio::test]
async fn metrics_tell_what_happened_and_where_things_stand() {
    metrics();
    observe_plan(&plan());
    observe_run(&run());
    observe_report("mail", false);
    observe_reconcile(Duration::from_millis(300));
    let _ = call(guarded(), "/api/v1/runs/01run", Some(ALL)).await;
    let (status, text) = call(guarded(), "/metrics", Some(ALL)).await;
    assert_eq!(status, StatusCode::OK);
    for line in [
        "# TYPE aplomo_plans_total counter",
        "aplomo_plans_total 1",
        "aplomo_runs_total{ending=\"partial\"} 1",
        "aplomo_api_calls_total{call=\"route53:ListHostedZones\"} 2",
        "aplomo_api_calls_total{call=\"route53:ChangeResourceRecordSets\"} 2",
        "aplomo_reconcile_seconds_bucket{le=\"0.5\"} 1",
        "aplomo_reports_total{receiver=\"mail\",result=\"failed\"} 1",
        "aplomo_drift_changes{tenant=\"acme\"} 1",
        "aplomo_drift_age_seconds{tenant=\"acme\"} 90",
        "aplomo_audit_head_seq{tenant=\"globex\"} 7",
        "aplomo_source_age_seconds{source=\"acme-repo\"} 60",
        "aplomo_source_held{source=\"globex-repo\"} 1",
        "aplomo_quarantined{tenant=\"globex\"} 1",
    ] {
        assert!(text.lines().any(|l| l == line), "{line} is missing in\n{text}");
    }
    assert!(text.contains("aplomo_audit_head_info{tenant=\"acme\",hash=\"sha256:"), "{text}");
    assert!(text.contains("route=\"/api/v1/runs/{id}\""), "{text}");
    for metric in names::ALL {
        assert!(
            text.contains(&format!("# HELP {} {}", metric.name, metric.help)),
            "{} in\n{text}",
            metric.name
        );
    }
}

#[tokio::test]
async fn labels_name_tenants_so_a_token_for_some_is_refused() {
    let (status, text) = call(guarded(), "/metrics", Some(ACME)).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    insta::assert_snapshot!(text, @r#"{"type":"urn:aplomo:problem:all-tenants-only","title":"The token does not reach that far","status":403,"detail":"this shows every tenant and needs a token that is not limited to some"}"#);
}

#[tokio::test]
async fn a_broken_store_leaves_the_counters() {
    let service = router(api(World { broken: true, ..World::default() }, &tokens()));
    let (status, text) = call(service, "/metrics", Some(ALL)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!text.contains("aplomo_source_age_seconds"), "{text}");
}

#[test]
fn a_second_recorder_is_refused() {
    metrics();
    assert!(install_recorder().is_err());
}
