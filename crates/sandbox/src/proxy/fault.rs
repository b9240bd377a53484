//! Rules that bend the traffic: which calls, which of them, and what happens. Deliberately absent: doing it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::answer::{Answer, AwsError};

/// The process a fault kills. Its id may be set after the rule was injected, as it is known only once spawned.
#[derive(Debug, Clone, Default)]
pub struct Victim(Arc<AtomicU32>);

impl Victim {
    /// A victim without a process yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the process. A fault that fires earlier waits up to ten seconds for it.
    pub fn set(&self, pid: u32) {
        self.0.store(pid, Ordering::SeqCst);
    }

    /// The process id, if it was set.
    pub fn pid(&self) -> Option<u32> {
        Some(self.0.load(Ordering::SeqCst)).filter(|pid| *pid != 0)
    }
}

/// Changes an answer on its way back.
pub type Edit = Arc<dyn Fn(Answer) -> Answer + Send + Sync>;

/// What happens to a call.
#[derive(Clone)]
pub enum Fault {
    /// The proxy answers with an error; moto never sees the call.
    Error(AwsError),
    /// The proxy answers with exactly this; moto never sees the call.
    Respond(Answer),
    /// The call takes effect, then the process is killed with SIGKILL and the connection closed without an answer.
    KillAfterEffect(Victim),
    /// The process is killed before the call takes effect.
    KillBeforeEffect(Victim),
    /// The call takes effect and the connection is closed without an answer.
    LostAnswer,
    /// The connection is closed before the call takes effect.
    LostRequest,
    /// Nothing happens for so long, then the connection is closed. The call has no effect.
    Hang(Duration),
    /// The call is forwarded only after so long.
    Delay(Duration),
    /// The answer is changed on its way back. Goes together with other faults.
    Rewrite(Edit),
}

impl Fault {
    /// 403 `AccessDenied`.
    pub fn access_denied() -> Self {
        Self::error(403, "AccessDenied", "not authorized to perform this operation")
    }

    /// 400 `Throttling`.
    pub fn throttling() -> Self {
        Self::error(400, "Throttling", "Rate exceeded")
    }

    /// 400 `PriorRequestNotComplete`, Route53's throttle per zone.
    pub fn prior_request_not_complete() -> Self {
        Self::error(
            400,
            "PriorRequestNotComplete",
            "The request was rejected because Route 53 was still processing a prior request.",
        )
    }

    /// 403 `ExpiredToken`.
    pub fn expired_token() -> Self {
        Self::error(403, "ExpiredToken", "The security token included in the request is expired")
    }

    /// 500 `InternalFailure`.
    pub fn internal_failure() -> Self {
        Self::error(500, "InternalFailure", "an internal error occurred")
    }

    /// 400 `InvalidChangeBatch` in the shape the SDKs know: `[message, message]`.
    pub fn invalid_change_batch(messages: &[&str]) -> Self {
        Self::Error(AwsError::invalid_change_batch(messages))
    }

    /// 400 `InvalidChangeBatch` in the bare shape of the API reference, without `ErrorResponse` and code.
    pub fn invalid_change_batch_bare(messages: &[&str]) -> Self {
        Self::Respond(Answer::invalid_change_batch_bare(messages))
    }

    /// 400 `DependencyViolation`, EC2's refusal to delete what is in use, or seems to be.
    pub fn dependency_violation() -> Self {
        Self::error(400, "DependencyViolation", "resource has a dependent object")
    }

    /// Any error: HTTP status, AWS error code, message; written in the shape of the called service.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::Error(AwsError { status, code: code.into(), message: message.into() })
    }

    /// Changes the answer.
    pub fn rewrite(edit: impl Fn(Answer) -> Answer + Send + Sync + 'static) -> Self {
        Self::Rewrite(Arc::new(edit))
    }

    /// Shifts the `Date` header of the answer by so many seconds, negative for the past.
    pub fn skew_date(seconds: i64) -> Self {
        Self::rewrite(move |answer| answer.with_date_shifted(seconds))
    }

    pub(crate) fn as_edit(&self) -> Option<Edit> {
        match self {
            Self::Rewrite(edit) => Some(edit.clone()),
            _ => None,
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => write!(f, "Error({} {})", error.status, error.code),
            Self::Respond(answer) => write!(f, "Respond({})", answer.status),
            Self::KillAfterEffect(_) => f.write_str("KillAfterEffect"),
            Self::KillBeforeEffect(_) => f.write_str("KillBeforeEffect"),
            Self::LostAnswer => f.write_str("LostAnswer"),
            Self::LostRequest => f.write_str("LostRequest"),
            Self::Hang(time) => write!(f, "Hang({time:?})"),
            Self::Delay(time) => write!(f, "Delay({time:?})"),
            Self::Rewrite(_) => f.write_str("Rewrite"),
        }
    }
}
