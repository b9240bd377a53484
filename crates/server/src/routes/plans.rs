//! Plans.

use super::Api;
use crate::dto::{PlanList, PlanSummary, PlanView};
use crate::limit::Limit;
use crate::problem::Problem;
use crate::view::View;
use aplomo_core::Digest;
use axum::Json;
use axum::extract::{Path, State};

/// The newest plans, newest first.
#[utoipa::path(get, path = "/api/v1/plans", tag = "plans",
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "How many, 50 unless given.")),
    responses(
        (status = 200, body = PlanList),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn plans(
    view: View,
    limit: Limit,
    State(api): State<Api>,
) -> Result<Json<PlanList>, Problem> {
    let entries = api.backend.plans(limit.0, view.tenants()).await?;
    let seen = entries.iter().filter_map(|entry| PlanSummary::seen(entry, &view));
    Ok(Json(PlanList { plans: seen.take(limit.0 as usize).collect() }))
}

/// A whole plan.
#[utoipa::path(get, path = "/api/v1/plans/{digest}", tag = "plans",
    params(("digest" = String, Path, description = "The plan's digest, `sha256:…`.")),
    responses(
        (status = 200, body = PlanView),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn plan(
    view: View,
    State(api): State<Api>,
    Path(digest): Path<String>,
) -> Result<Json<PlanView>, Problem> {
    let digest: Digest =
        digest.parse().map_err(|bad: aplomo_core::name::BadName| Problem::bad_request(bad.to_string()))?;
    let found = api.backend.plan(&digest).await?;
    found.and_then(|data| PlanView::seen(data, &view)).map(Json).ok_or_else(|| Problem::not_found("plan"))
}
