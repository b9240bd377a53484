//! What stands around every route: whom a request is for, who sent it, how much and how long.

use crate::access::Gate;
use crate::metrics;
use crate::problem::Problem;
use axum::body::HttpBody as _;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The longest an answer may take to be made.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How many guarded requests are answered at once.
const AT_ONCE: usize = 16;
/// The most octets of a request's body; nothing here reads one.
const MOST_BODY: u64 = 4096;

/// Nothing of this may be kept, framed, guessed at or loaded by other pages.
const HEADERS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
];

/// The places of requests that are being answered.
#[derive(Clone)]
pub(crate) struct Places(Arc<Semaphore>);

impl Places {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// Refuses what comes when all places are taken; waiting would only pile requests up.
pub(crate) async fn busy(State(places): State<Places>, request: Request, next: Next) -> Response {
    match places.0.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => Problem::busy().into_response(),
    }
}

/// Finds out what the caller may see, for the routes behind.
pub(crate) async fn admit(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    match gate.admit(request.headers()) {
        Ok(view) => {
            request.extensions_mut().insert(view);
            next.run(request).await
        }
        Err(problem) => {
            tracing::warn!(path = request.uri().path(), "an API call without a valid token was refused");
            problem.into_response()
        }
    }
}

/// Refuses requests that were meant for another host.
pub(crate) async fn host(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    match gate.check_host(request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Refuses requests that announce a body of any size; a body that is not announced is never read.
pub(crate) async fn no_body(request: Request, next: Next) -> Response {
    if request.body().size_hint().lower() > MOST_BODY {
        return Problem::too_large().into_response();
    }
    next.run(request).await
}

/// Gives up on answers that take too long.
pub(crate) async fn time_out(request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(TIMEOUT, next.run(request)).await;
    answer.unwrap_or_else(|_| Problem::timed_out().into_response())
}

/// Counts the request and puts the headers that every answer has.
pub(crate) async fn finish(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    metrics::observe_request(route.unwrap_or_else(|| "none".to_owned()), response.status());
    response
}
