//! What can go wrong between us and GitHub: what, where, and the way out.

use crate::help::help;
use aplomo_core::ports::CallError;

/// A call that did not give what it should. `call` is `github:METHOD /route`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GithubProblem {
    /// A setting that cannot be.
    #[error("{what} {why}")]
    Config {
        /// Which setting.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// No connection could be made.
    #[error(
        "{call}: {endpoint} cannot be reached ({why}); check `github.url` in the configuration and the network"
    )]
    Unreachable {
        /// The call.
        call: String,
        /// The address.
        endpoint: String,
        /// What was noticed.
        why: String,
    },
    /// The App is not installed there, or the organisation is not there.
    #[error("the GitHub App {app} is not installed in the organisation `{organisation}`, or there is no such organisation at {endpoint}: install it there with the permissions in deploy/github{}", request(.request_id))]
    NotInstalled {
        /// The App's id.
        app: u64,
        /// The organisation.
        organisation: String,
        /// The address.
        endpoint: String,
        /// The request id.
        request_id: Option<String>,
    },
    /// The credentials are no good.
    #[error("{call}: GitHub does not take the credentials ({message}{}); renew the token, or check the App's id, key and this machine's clock", request(.request_id))]
    BadCredentials {
        /// The call.
        call: String,
        /// GitHub's words.
        message: String,
        /// The request id.
        request_id: Option<String>,
    },
    /// The credentials may not do this.
    #[error("{call}: not allowed in `{organisation}` ({message}{}); give the App or token the permission as in deploy/github", request(.request_id))]
    Denied {
        /// The call.
        call: String,
        /// The organisation.
        organisation: String,
        /// GitHub's words.
        message: String,
        /// The request id.
        request_id: Option<String>,
    },
    /// It is not there, or our credentials may not know that it is there.
    #[error("{call}: absent or not visible to our credentials in `{organisation}`{}; GitHub does not tell which: check the name and the permissions in deploy/github", request(.request_id))]
    NotVisible {
        /// The call.
        call: String,
        /// The organisation.
        organisation: String,
        /// The request id.
        request_id: Option<String>,
    },
    /// A limit that lasts longer than we wait.
    #[error("{call}: the {which} of `{organisation}` is reached for another {seconds} s{}; what is left is done by the next run", request(.request_id))]
    Limited {
        /// The call.
        call: String,
        /// The organisation.
        organisation: String,
        /// Which limit.
        which: &'static str,
        /// How long it lasts.
        seconds: u64,
        /// The request id.
        request_id: Option<String>,
    },
    /// GitHub says no.
    #[error("{call}: refused with {status} ({message}{}){}", request(.request_id), way_out(*.status, .message))]
    Refused {
        /// The call.
        call: String,
        /// The HTTP status; 200 for GraphQL.
        status: u16,
        /// GitHub's words.
        message: String,
        /// The request id.
        request_id: Option<String>,
    },
    /// GitHub failed; what it did is not known.
    #[error("{call}: GitHub failed with {status}{}; try again later, see https://www.githubstatus.com", request(.request_id))]
    ServiceFailed {
        /// The call.
        call: String,
        /// The HTTP status.
        status: u16,
        /// The request id.
        request_id: Option<String>,
    },
    /// Nothing was sent.
    #[error("{call}: could not be sent ({why})")]
    NotSent {
        /// The call.
        call: String,
        /// Why.
        why: String,
    },
    /// Sent, and no answer came.
    #[error("{call}: no answer ({why})")]
    NoAnswer {
        /// The call.
        call: String,
        /// What was noticed.
        why: String,
    },
    /// An answer came that cannot be understood.
    #[error("{call}: the answer cannot be understood ({why}{}); is the address really GitHub's API?", request(.request_id))]
    Unreadable {
        /// The call.
        call: String,
        /// What is wrong with it.
        why: String,
        /// The request id.
        request_id: Option<String>,
    },
}

fn request(id: &Option<String>) -> String {
    id.as_ref().map(|id| format!(", request {id}")).unwrap_or_default()
}

fn way_out(status: u16, message: &str) -> String {
    help(status, message).map(|text| format!("; {text}")).unwrap_or_default()
}

impl GithubProblem {
    /// The HTTP status as text, or a word of ours.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Config { .. } => "configuration".into(),
            Self::Unreachable { .. } => "unreachable".into(),
            Self::NotInstalled { .. } => "not-installed".into(),
            Self::BadCredentials { .. } => "401".into(),
            Self::Denied { .. } => "403".into(),
            Self::NotVisible { .. } => "404".into(),
            Self::Limited { .. } => "rate-limited".into(),
            Self::Refused { status, .. } | Self::ServiceFailed { status, .. } => status.to_string(),
            Self::NotSent { .. } => "not-sent".into(),
            Self::NoAnswer { .. } => "no-answer".into(),
            Self::Unreadable { .. } => "unreadable".into(),
        }
    }

    /// The request id, where an answer came.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::NotInstalled { request_id, .. }
            | Self::BadCredentials { request_id, .. }
            | Self::Denied { request_id, .. }
            | Self::NotVisible { request_id, .. }
            | Self::Limited { request_id, .. }
            | Self::Refused { request_id, .. }
            | Self::ServiceFailed { request_id, .. }
            | Self::Unreadable { request_id, .. } => request_id.as_deref(),
            Self::Config { .. } | Self::Unreachable { .. } | Self::NotSent { .. } | Self::NoAnswer { .. } => {
                None
            }
        }
    }

    /// Whether it is an answer that something is absent or not visible.
    #[must_use]
    pub const fn is_not_visible(&self) -> bool {
        matches!(self, Self::NotVisible { .. })
    }

    /// Whether a write so answered may have happened.
    #[must_use]
    pub const fn is_ambiguous(&self) -> bool {
        matches!(self, Self::ServiceFailed { .. } | Self::NoAnswer { .. } | Self::Unreadable { .. })
    }
}

impl From<GithubProblem> for CallError {
    fn from(problem: GithubProblem) -> Self {
        if problem.is_ambiguous() {
            return Self::Unknown(problem.to_string());
        }
        Self::Refused {
            code: problem.code(),
            message: problem.to_string(),
            request_id: problem.request_id().map(str::to_owned),
        }
    }
}
