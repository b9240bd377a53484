//! Where everything stands.

use super::Api;
use crate::dto::StatusView;
use crate::problem::Problem;
use crate::view::View;
use axum::Json;
use axum::extract::State;

/// Where tenants, sources, holds, quarantine and budgets stand.
#[utoipa::path(get, path = "/api/v1/status", tag = "status", responses(
    (status = 200, body = StatusView),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn status(view: View, State(api): State<Api>) -> Result<Json<StatusView>, Problem> {
    Ok(Json(StatusView::seen(&api.backend.status().await?, &view)))
}
