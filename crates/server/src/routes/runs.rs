//! Runs.

use super::Api;
use crate::dto::{RunList, RunSummary, RunView};
use crate::limit::Limit;
use crate::problem::Problem;
use crate::view::View;
use aplomo_core::RunId;
use axum::Json;
use axum::extract::{Path, State};

/// The newest runs, newest first.
#[utoipa::path(get, path = "/api/v1/runs", tag = "runs",
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "How many, 50 unless given.")),
    responses(
        (status = 200, body = RunList),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn runs(view: View, limit: Limit, State(api): State<Api>) -> Result<Json<RunList>, Problem> {
    let entries = api.backend.runs(limit.0, view.tenants()).await?;
    let seen = entries.iter().filter_map(|entry| RunSummary::seen(entry, &view));
    Ok(Json(RunList { runs: seen.take(limit.0 as usize).collect() }))
}

/// A whole run.
#[utoipa::path(get, path = "/api/v1/runs/{id}", tag = "runs",
    params(("id" = String, Path, description = "The run's id.")),
    responses(
        (status = 200, body = RunView),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn run(
    view: View,
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<RunView>, Problem> {
    let id = RunId::new(id).map_err(|bad| Problem::bad_request(bad.to_string()))?;
    let found = api.backend.run(&id).await?;
    found.and_then(|data| RunView::seen(&data, &view)).map(Json).ok_or_else(|| Problem::not_found("run"))
}
