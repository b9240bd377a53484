//! Deliveries of webhooks: the one route that takes something in. It is not guarded by a token but by the signature of
//! each delivery, which whoever takes it checks before reading; nothing in it is an instruction, it only wakes.

use super::Api;
use crate::backend::{Delivered, Delivery};
use crate::problem::Problem;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

/// The most octets of a delivery; GitHub sends none that is larger than 25 MB.
const MOST: usize = 25 << 20;
/// The most characters of a header that is looked at.
const MOST_HEADER: usize = 256;

/// Takes a delivery of GitHub's.
///
/// Answered once it is in the queue. `401` where its signature is not that of the configured secret.
#[utoipa::path(post, path = "/hooks/github", tag = "hooks", security(()),
    request_body(content = String, content_type = "application/json"),
    responses(
        (status = 202, description = "In the queue, or there before"),
        (status = 204, description = "Nothing follows from it"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn github(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let header = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.filter(|value| value.len() <= MOST_HEADER).map(str::to_owned)
    };
    let (event, id) = (header("x-github-event"), header("x-github-delivery"));
    let signature = header("x-hub-signature-256");
    let body = to_bytes(body, MOST).await.map_err(|_| Problem::delivery_too_large())?;
    let (Some(event), Some(id)) = (event, id) else { return Err(Problem::no_delivery()) };
    let delivery = Delivery { event: &event, id: &id, signature: signature.as_deref(), body: &body };
    match api.backend.delivered(&delivery).await? {
        Delivered::Queued => Ok(StatusCode::ACCEPTED),
        Delivered::Nothing => Ok(StatusCode::NO_CONTENT),
        Delivered::Forged => Err(Problem::forged()),
        Delivered::NotExpected => Err(Problem::not_found("path")),
    }
}
