//! Drift.

use super::Api;
use crate::dto::{DriftList, DriftView};
use crate::problem::Problem;
use crate::view::View;
use axum::Json;
use axum::extract::State;

/// The latest drift report of each source.
#[utoipa::path(get, path = "/api/v1/drift", tag = "drift", responses(
    (status = 200, body = DriftList),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn drift(view: View, State(api): State<Api>) -> Result<Json<DriftList>, Problem> {
    let reports = api.backend.drift().await?;
    Ok(Json(DriftList { reports: reports.iter().filter_map(|data| DriftView::seen(data, &view)).collect() }))
}
