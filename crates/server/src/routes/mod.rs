//! The routes. They read; what comes in by webhook is put into a queue and tells nothing but where to look.
//!
//! Three groups: `open` ones, which tell nothing about tenants, `hooks`, guarded by a signature, and `guarded` ones, which are reached
//! through [`Gate::admit`](crate::Gate) alone and get what the caller may see as a `View`.

mod drift;
mod health;
mod hooks;
mod metrics;
mod plans;
mod runs;
mod spec;
mod status;

use crate::access::Gate;
use crate::backend::{Backend, BackendError};
use crate::layers;
use crate::metrics::Metrics;
use crate::problem::Problem;
use crate::view::View;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::middleware::{from_fn, from_fn_with_state};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What the routes are joined from.
#[derive(Clone)]
pub struct Api {
    /// What they read.
    pub backend: Arc<dyn Backend>,
    /// Who may call.
    pub gate: Gate,
    /// What `/metrics` shows.
    pub metrics: Metrics,
}

pub(crate) fn open() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(health::alive)).routes(routes!(health::ready))
}

pub(crate) fn hooks() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(hooks::github))
}

pub(crate) fn guarded() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(metrics::metrics))
        .routes(routes!(status::status))
        .routes(routes!(plans::plans))
        .routes(routes!(plans::plan))
        .routes(routes!(runs::runs))
        .routes(routes!(runs::run))
        .routes(routes!(drift::drift))
        .routes(routes!(spec::document))
}

/// The whole service: routes, access, limits and headers.
pub fn router(api: Api) -> Router {
    let (open, _) = open().split_for_parts();
    let (guarded, _) = guarded().split_for_parts();
    let guarded = guarded
        .route_layer(from_fn_with_state(layers::Places::new(), layers::busy))
        .route_layer(from_fn_with_state(api.gate.clone(), layers::admit));
    let (hooks, _) = hooks().split_for_parts();
    let hooks = hooks.route_layer(from_fn_with_state(layers::Places::new(), layers::busy));
    let reading = open.merge(guarded).route_layer(from_fn(layers::no_body));
    reading
        .merge(hooks)
        .fallback(async || Problem::not_found("path"))
        .method_not_allowed_fallback(async || Problem::method())
        .layer(from_fn(layers::time_out))
        .layer(from_fn_with_state(api.gate.clone(), layers::host))
        .layer(from_fn(layers::finish))
        .with_state(api)
}

/// Put there by [`layers::admit`]; without it nothing is shown.
impl<S: Sync> FromRequestParts<S> for View {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::no_token)
    }
}

/// The reason goes to the log, for it may speak of things the caller may not see.
impl From<BackendError> for Problem {
    fn from(error: BackendError) -> Self {
        tracing::error!(%error, "an API call could not be answered");
        Self::unavailable()
    }
}
