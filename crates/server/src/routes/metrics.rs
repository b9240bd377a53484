//! Metrics for Prometheus.

use super::Api;
use crate::problem::Problem;
use crate::view::View;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

/// Metrics in Prometheus text format.
///
/// Labels name tenants, so a token that is limited to some tenants is refused.
#[utoipa::path(get, path = "/metrics", tag = "metrics", responses(
    (status = 200, body = String, content_type = "text/plain"),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn metrics(view: View, State(api): State<Api>) -> Result<impl IntoResponse, Problem> {
    if !view.is_all() {
        return Err(Problem::all_tenants_only());
    }
    let status = api.backend.status().await;
    if let Err(error) = &status {
        tracing::error!(%error, "metrics lack what the status tells");
    }
    let text = api.metrics.render(status.ok().as_ref());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}
