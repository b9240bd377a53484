//! Whether the process lives, and whether it can do its work.

use super::Api;
use crate::problem::{Problem, Reason};
use crate::view::View;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

/// All is well.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `alive` or `ready`.
    status: &'static str,
}

/// Whether the process lives. Needs no token.
#[utoipa::path(get, path = "/healthz", tag = "health", security(()), responses((status = 200, body = Health)))]
pub(crate) async fn alive() -> Json<Health> {
    Json(Health { status: "alive" })
}

/// Whether the daemon can do its work.
///
/// Needs no token; why not is told in words only to callers who may see every tenant.
#[utoipa::path(get, path = "/readyz", tag = "health", security(()), responses(
    (status = 200, body = Health),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn ready(State(api): State<Api>, headers: HeaderMap) -> Result<Json<Health>, Problem> {
    let readiness = api.backend.ready().await;
    if readiness.is_ready() {
        return Ok(Json(Health { status: "ready" }));
    }
    let trusted = api.gate.admit(&headers).as_ref().is_ok_and(View::is_all);
    let reasons = readiness.reasons.into_iter();
    let told = |reason: crate::NotReady| Reason {
        code: reason.code.to_string(),
        message: Some(reason.message).filter(|_| trusted),
    };
    Err(Problem::not_ready(reasons.map(told).collect()))
}
