//! The OpenAPI document, made from the routes themselves.

use crate::routes;
use std::sync::LazyLock;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

const SCHEME: &str = "token";

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Aplomo",
    description = "What the daemon plans, ran and found drifted. Reads only; webhooks come in by one route and wake.",
    license(name = "Apache-2.0", identifier = "Apache-2.0")
))]
struct Head;

static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let text = document().to_pretty_json();
    text.unwrap_or_else(|_| "{}".to_owned()) // plain data: it can always be written
});

/// The OpenAPI document as JSON.
#[must_use]
pub fn openapi_json() -> &'static str {
    &DOCUMENT
}

fn document() -> OpenApi {
    let routes = OpenApiRouter::with_openapi(Head::openapi()).merge(routes::open());
    let routes = routes.merge(routes::hooks()).merge(routes::guarded());
    let (_, mut document) = routes.split_for_parts();
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("Needed where the daemon has tokens configured."))
        .build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(SCHEME, SecurityScheme::Http(scheme));
    document.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(SCHEME, [])]);
    document
}
