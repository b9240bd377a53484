//! What can go wrong between us and AWS: what, where, the request id, and the way out.

use crate::help::help;
use aplomo_core::ports::CallError;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_route53::config::http::HttpResponse;
use aws_sdk_route53::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use std::error::Error as StdError;
use std::io::ErrorKind;

/// Codes by which AWS asks to slow down; a call so answered had no effect.
pub(crate) const THROTTLES: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "PriorRequestNotComplete",
    "SlowDown",
];
const EXPIRED: &[&str] = &["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];
const BAD_KEYS: &[&str] = &[
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
    "IncompleteSignature",
    "MissingAuthenticationToken",
    "AuthFailure",
];
const DENIED: &[&str] =
    &["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized", "OptInRequired"];

/// A problem with AWS. `call` is `service:Action`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AwsProblem {
    /// The configuration cannot be used.
    #[error("{what} `{text}` {why}")]
    Config {
        /// Which setting.
        what: &'static str,
        /// What was given.
        text: String,
        /// What is wrong and what is allowed.
        why: &'static str,
    },
    /// No connection: nothing was sent.
    #[error("{call}: cannot reach {endpoint} ({why}); check the network, the endpoint and AWS_ENDPOINT_URL")]
    Unreachable {
        /// The call.
        call: &'static str,
        /// The endpoint, or `AWS`.
        endpoint: String,
        /// What was noticed.
        why: String,
    },
    /// No credentials were found: nothing was sent.
    #[error(
        "{call}: no AWS credentials ({why}); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role"
    )]
    NoCredentials {
        /// The call.
        call: &'static str,
        /// What was tried.
        why: String,
    },
    /// The credentials are over.
    #[error("{call}: the AWS credentials have expired ({code}: {message}{}); renew them and run again", request(.request_id))]
    ExpiredCredentials {
        /// The call.
        call: &'static str,
        /// The error code.
        code: String,
        /// The service's message.
        message: String,
        /// The request id.
        request_id: Option<String>,
    },
    /// AWS does not know the credentials.
    #[error("{call}: AWS does not accept the credentials ({code}: {message}{}); check the keys and the clock", request(.request_id))]
    BadCredentials {
        /// The call.
        call: &'static str,
        /// The error code.
        code: String,
        /// The service's message.
        message: String,
        /// The request id.
        request_id: Option<String>,
    },
    /// Not allowed.
    #[error("{call}: access denied in account {account} ({code}: {message}{}); allow it as in deploy/iam", request(.request_id))]
    AccessDenied {
        /// The call.
        call: &'static str,
        /// The account.
        account: String,
        /// The error code.
        code: String,
        /// The service's message.
        message: String,
        /// The request id.
        request_id: Option<String>,
    },
    /// Asked to slow down, more often than we repeat.
    #[error("{call}: account {account} is throttled ({code}{}); other callers share its limits, try again later", request(.request_id))]
    Throttled {
        /// The call.
        call: &'static str,
        /// The account.
        account: String,
        /// The error code.
        code: String,
        /// The request id.
        request_id: Option<String>,
    },
    /// The service said no; nothing happened.
    #[error("{call}: {code}: {message}{}{}", request(.request_id), way_out(.code))]
    Refused {
        /// The call.
        call: &'static str,
        /// The error code.
        code: String,
        /// The service's message.
        message: String,
        /// The request id.
        request_id: Option<String>,
    },
    /// The service failed; what it did is not known.
    #[error("{call}: the service failed with status {status} ({code}: {message}{}); try again later", request(.request_id))]
    ServiceFailed {
        /// The call.
        call: &'static str,
        /// The HTTP status.
        status: u16,
        /// The error code, empty where there was none.
        code: String,
        /// The service's message.
        message: String,
        /// The request id.
        request_id: Option<String>,
    },
    /// The call could not be put together: nothing was sent.
    #[error("{call}: could not be sent ({why})")]
    NotSent {
        /// The call.
        call: &'static str,
        /// Why.
        why: String,
    },
    /// Sent, and no answer came.
    #[error("{call}: no answer ({why})")]
    NoAnswer {
        /// The call.
        call: &'static str,
        /// What was noticed.
        why: String,
    },
    /// An answer came that cannot be understood.
    #[error("{call}: the answer cannot be understood ({why}{}); is the endpoint really AWS?", request(.request_id))]
    Unreadable {
        /// The call.
        call: &'static str,
        /// What is wrong with it.
        why: String,
        /// The request id.
        request_id: Option<String>,
    },
}

fn request(id: &Option<String>) -> String {
    id.as_ref().map(|id| format!(", request {id}")).unwrap_or_default()
}

fn way_out(code: &str) -> String {
    help(code).map(|text| format!("; {text}")).unwrap_or_default()
}

/// Where a call was made, for the words.
pub(crate) struct Place<'a> {
    pub(crate) call: &'static str,
    pub(crate) account: &'a str,
    pub(crate) endpoint: &'a str,
    /// Attempts that left.
    pub(crate) attempts: u64,
    pub(crate) request_id: Option<String>,
}

impl AwsProblem {
    /// The error code, or a word of ours in lower case.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Config { .. } => "configuration",
            Self::Unreachable { .. } => "unreachable",
            Self::NoCredentials { .. } => "no-credentials",
            Self::NotSent { .. } => "not-sent",
            Self::NoAnswer { .. } => "no-answer",
            Self::Unreadable { .. } => "unreadable",
            Self::ExpiredCredentials { code, .. }
            | Self::BadCredentials { code, .. }
            | Self::AccessDenied { code, .. }
            | Self::Throttled { code, .. }
            | Self::Refused { code, .. }
            | Self::ServiceFailed { code, .. } => code,
        }
    }

    /// The request id, where an answer came.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::ExpiredCredentials { request_id, .. }
            | Self::BadCredentials { request_id, .. }
            | Self::AccessDenied { request_id, .. }
            | Self::Throttled { request_id, .. }
            | Self::Refused { request_id, .. }
            | Self::ServiceFailed { request_id, .. }
            | Self::Unreadable { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    /// Whether a write so answered may have happened.
    #[must_use]
    pub const fn is_ambiguous(&self) -> bool {
        matches!(self, Self::ServiceFailed { .. } | Self::NoAnswer { .. } | Self::Unreadable { .. })
    }

    pub(crate) fn from_sdk<E>(place: Place<'_>, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        let call = place.call;
        match error {
            SdkError::ConstructionFailure(_) => Self::NotSent { call, why: said(error) },
            SdkError::TimeoutError(_) if place.attempts > 0 => {
                Self::NoAnswer { call, why: "it took too long".into() }
            }
            SdkError::TimeoutError(_) => {
                Self::NotSent { call, why: "it took too long to find credentials".into() }
            }
            SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
                Some(connector) => dispatch(&place, connector),
                None => Self::NoAnswer { call, why: said(error) },
            },
            SdkError::ResponseError(response) => {
                let raw = response.raw();
                answered(place, raw.status().as_u16(), raw.body().bytes(), None, None)
                    .unwrap_or_else(|request_id| Self::Unreadable { call, why: said(error), request_id })
            }
            SdkError::ServiceError(service) => {
                let (meta, raw) = (service.err().meta(), service.raw());
                answered(place, raw.status().as_u16(), raw.body().bytes(), meta.code(), meta.message())
                    .unwrap_or_else(|request_id| Self::Unreadable { call, why: said(error), request_id })
            }
            _ => Self::NoAnswer { call, why: said(error) },
        }
    }
}

impl From<AwsProblem> for CallError {
    fn from(problem: AwsProblem) -> Self {
        if problem.is_ambiguous() {
            return Self::Unknown(problem.to_string());
        }
        let message = match &problem {
            AwsProblem::Refused { message, code, .. } => format!("{message}{}", way_out(code)),
            other => other.to_string(),
        };
        Self::Refused {
            code: problem.code().to_owned(),
            message,
            request_id: problem.request_id().map(str::to_owned),
        }
    }
}

/// The chain of causes in one line.
fn said(error: &(impl StdError + ?Sized)) -> String {
    let text = DisplayErrorContext(error).to_string();
    text.split(" (").next().unwrap_or(&text).to_owned()
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |e: &&'a (dyn StdError + 'static)| (*e).source())
}

/// A failure before any answer: credentials, connection, or a connection that broke.
fn dispatch(place: &Place<'_>, error: &(dyn StdError + 'static)) -> AwsProblem {
    let call = place.call;
    let last = chain(error).last().map(ToString::to_string).unwrap_or_default();
    if let Some(problem) = chain(error).find_map(|e| e.downcast_ref::<AwsProblem>()) {
        return problem.clone(); // taking the role failed
    }
    if let Some(credentials) = chain(error).find_map(|e| e.downcast_ref::<CredentialsError>()) {
        let why = chain(credentials).map(ToString::to_string).collect::<Vec<_>>().join(": ");
        return AwsProblem::NoCredentials { call, why };
    }
    if place.attempts == 0 {
        return AwsProblem::NotSent { call, why: last };
    }
    if chain(error).any(never_connected) {
        return AwsProblem::Unreachable { call, endpoint: place.endpoint.to_owned(), why: last };
    }
    AwsProblem::NoAnswer { call, why: last }
}

fn never_connected(error: &(dyn StdError + 'static)) -> bool {
    let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    let refused = matches!(
        kind,
        Some(
            ErrorKind::ConnectionRefused
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::AddrNotAvailable
        )
    );
    refused || error.to_string().contains("(Connect)")
}

/// An answer that is no success. Err with the request id where it says nothing we understand.
fn answered(
    place: Place<'_>,
    status: u16,
    body: Option<&[u8]>,
    code: Option<&str>,
    message: Option<&str>,
) -> Result<AwsProblem, Option<String>> {
    let (call, account) = (place.call, place.account.to_owned());
    let body = String::from_utf8_lossy(body.unwrap_or_default());
    let request_id = place.request_id.or_else(|| element(&body, "RequestId"));
    let bare = body.contains("<InvalidChangeBatch");
    let code = code.map(str::to_owned).or_else(|| bare.then(|| "InvalidChangeBatch".to_owned()));
    let message = message.map(str::to_owned).filter(|m| !m.is_empty()).unwrap_or_else(|| messages(&body));
    let Some(code) = code else {
        return match status {
            403 => Ok(AwsProblem::AccessDenied { call, account, code: "403".into(), message, request_id }),
            429 => Ok(AwsProblem::Throttled { call, account, code: "429".into(), request_id }),
            500.. => Ok(AwsProblem::ServiceFailed { call, status, code: String::new(), message, request_id }),
            _ => Err(request_id),
        };
    };
    Ok(match code.as_str() {
        c if THROTTLES.contains(&c) => AwsProblem::Throttled { call, account, code, request_id },
        c if EXPIRED.contains(&c) => AwsProblem::ExpiredCredentials { call, code, message, request_id },
        c if BAD_KEYS.contains(&c) => AwsProblem::BadCredentials { call, code, message, request_id },
        c if DENIED.contains(&c) => AwsProblem::AccessDenied { call, account, code, message, request_id },
        _ if status >= 500 => AwsProblem::ServiceFailed { call, status, code, message, request_id },
        _ => AwsProblem::Refused { call, code, message, request_id },
    })
}

fn element(body: &str, name: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text.trim().to_owned())
}

/// All `Message` elements of an error body.
fn messages(body: &str) -> String {
    let parts = body.split("<Message>").skip(1).filter_map(|part| part.split_once("</Message>"));
    parts.map(|(text, _)| unescape(text)).collect::<Vec<_>>().join("; ")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}
