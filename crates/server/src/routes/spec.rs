//! The OpenAPI document of this API.

use crate::openapi::openapi_json;
use crate::problem::Problem;
use crate::view::View;
use axum::http::header;
use axum::response::IntoResponse;

/// This document.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "status", responses(
    (status = 200, body = serde_json::Value, content_type = "application/json"),
    (status = 401, body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn document(_: View) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], openapi_json())
}
