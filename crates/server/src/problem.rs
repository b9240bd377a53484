//! Errors as RFC 9457 problem documents.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong (RFC 9457). `type` is stable and is what programs should look at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `urn:aplomo:problem:` and a name in kebab case.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The kind of problem in words.
    title: &'static str,
    /// The HTTP status.
    #[schema(value_type = u16)]
    status: u16,
    /// This problem in words, with the way out.
    detail: String,
    /// Of `not-ready` only: what stands in the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<Reason>,
    #[serde(skip)]
    header: Option<(&'static str, &'static str)>,
}

/// What stands in the way of the daemon's work.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReadinessReason)]
pub(crate) struct Reason {
    /// A stable name.
    pub(crate) code: String,
    /// What is wrong; only for callers who may see every tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            title,
            status: status.as_u16(),
            detail: detail.into(),
            reasons: Vec::new(),
            header: None,
        }
    }
    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.header = Some((name, value));
        self
    }
    /// A parameter that cannot be used.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "urn:aplomo:problem:bad-request",
            "The request cannot be used",
            detail,
        )
    }
    /// Nothing of that name, or nothing that the caller may see: the two look the same.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "urn:aplomo:problem:not-found",
            "Not found",
            format!("there is no such {what}"),
        )
    }
    /// Only reading is possible.
    pub(crate) fn method() -> Self {
        let detail = "this API only reads: use GET";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "urn:aplomo:problem:method-not-allowed",
            "Method not allowed",
            detail,
        )
    }
    /// No token was sent.
    pub(crate) fn no_token() -> Self {
        let detail = "send a token in the header `Authorization: Bearer …`";
        let problem =
            Self::new(StatusCode::UNAUTHORIZED, "urn:aplomo:problem:no-token", "A token is needed", detail);
        problem.with("www-authenticate", "Bearer realm=\"aplomo\"")
    }
    /// What was sent is no token of ours.
    pub(crate) fn wrong_token() -> Self {
        let detail =
            "the token is not one of those configured, or the header is not `Authorization: Bearer …`";
        let problem = Self::new(
            StatusCode::UNAUTHORIZED,
            "urn:aplomo:problem:wrong-token",
            "The token is not valid",
            detail,
        );
        problem.with("www-authenticate", "Bearer realm=\"aplomo\", error=\"invalid_token\"")
    }
    /// The token covers some tenants and this is about all.
    pub(crate) fn all_tenants_only() -> Self {
        let detail = "this shows every tenant and needs a token that is not limited to some";
        Self::new(
            StatusCode::FORBIDDEN,
            "urn:aplomo:problem:all-tenants-only",
            "The token does not reach that far",
            detail,
        )
    }
    /// The request names another host.
    pub(crate) fn misdirected() -> Self {
        let detail =
            "call localhost, 127.0.0.1 or [::1], or configure the public host this server is called by";
        Self::new(
            StatusCode::MISDIRECTED_REQUEST,
            "urn:aplomo:problem:wrong-host",
            "The request is for another host",
            detail,
        )
    }
    /// A delivery whose signature is not right.
    pub(crate) fn forged() -> Self {
        let detail = "the signature is not that of the configured webhook secret";
        Self::new(
            StatusCode::UNAUTHORIZED,
            "urn:aplomo:problem:forged",
            "The delivery is not genuine",
            detail,
        )
    }
    /// A request that is no delivery.
    pub(crate) fn no_delivery() -> Self {
        Self::bad_request("a delivery has the headers X-GitHub-Event and X-GitHub-Delivery")
    }
    /// A delivery that is larger than any.
    pub(crate) fn delivery_too_large() -> Self {
        let detail = "no delivery is larger than 25 MB";
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "urn:aplomo:problem:body-too-large",
            "The body is too large",
            detail,
        )
    }
    /// A body where none belongs.
    pub(crate) fn too_large() -> Self {
        let detail = "this API only reads: send no body";
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "urn:aplomo:problem:body-too-large",
            "The body is too large",
            detail,
        )
    }
    /// Too many requests at once.
    pub(crate) fn busy() -> Self {
        let detail = "too many requests are being answered; try again in a second";
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "urn:aplomo:problem:busy", "Busy", detail);
        problem.with("retry-after", "1")
    }
    /// It took too long.
    pub(crate) fn timed_out() -> Self {
        let detail = "the answer took too long; ask for less, or see the daemon's log";
        Self::new(StatusCode::GATEWAY_TIMEOUT, "urn:aplomo:problem:timed-out", "Timed out", detail)
    }
    /// The backend failed; why is in the log.
    pub(crate) fn unavailable() -> Self {
        let detail = "what was asked for could not be read; the daemon's log says why";
        let problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "urn:aplomo:problem:unavailable",
            "Unavailable",
            detail,
        );
        problem.with("retry-after", "5")
    }
    /// The daemon cannot do its work.
    pub(crate) fn not_ready(reasons: Vec<Reason>) -> Self {
        let codes: Vec<_> = reasons.iter().map(|reason| reason.code.as_str()).collect();
        let detail = format!("the daemon cannot do its work: {}", codes.join(", "));
        Self {
            reasons,
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "urn:aplomo:problem:not-ready", "Not ready", detail)
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&self)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        response
    }
}
