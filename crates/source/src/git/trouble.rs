//! Errors of libgit2 in our words, without secrets.
//!
//! Deliberately absent: deciding what to do about them.

use super::access::Visit;
use super::cache::{damaged, unwritable};
use crate::error::SourceError;
use git2::{Error, ErrorClass, ErrorCode};
use std::path::Path;
use std::time::Duration;

/// When an error came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Before anything was taken over: the cache is not to blame.
    Connecting,
    /// While objects and refs were written.
    Fetching,
}

/// What an error of libgit2 means.
pub(super) fn explain(
    error: &Error,
    phase: Phase,
    visit: &Visit<'_>,
    cache: &Path,
    timeout: Duration,
) -> SourceError {
    let url = visit.address.shown.clone();
    let host = visit.address.host.clone();
    let why = visit.auth.redact(error.message());
    if visit.is_cancelled() {
        return SourceError::TimedOut { url, seconds: timeout.as_secs() };
    }
    if let Some(why) = visit.distrust.borrow_mut().take() {
        return SourceError::HostIdentity { host, why };
    }
    match (error.code(), error.class()) {
        (ErrorCode::Certificate, ErrorClass::Ssh) => {
            SourceError::HostIdentity { why: unknown_key(&host), host }
        }
        (ErrorCode::Certificate, _) | (_, ErrorClass::Ssl) => SourceError::HostIdentity { host, why },
        (ErrorCode::Auth, _) => SourceError::AuthFailed { url, why },
        (_, ErrorClass::Ssh) if is_auth(&why) => SourceError::AuthFailed { url, why },
        (_, ErrorClass::Http | ErrorClass::Net) => http(url, why),
        (_, ErrorClass::Ssh) => SourceError::Unreachable { url, why },
        _ if phase == Phase::Connecting => SourceError::Unreachable { url, why },
        _ if is_full(&why) => unwritable(cache, &why),
        _ => damaged(cache, &why),
    }
}

fn unknown_key(host: &str) -> String {
    format!(
        "`~/.ssh/known_hosts` does not have the key that it shows. Compare the output of `ssh-keyscan {host}` with \
         what its operators publish, then add it there, or configure a known_hosts file"
    )
}

fn http(url: String, why: String) -> SourceError {
    let status = |code: &str| why.ends_with(code);
    if status("401") || status("403") {
        return SourceError::AuthFailed { url, why };
    }
    let hint = if status("404") {
        "; there is no such repository, or the token may not see it"
    } else if why.contains("redirect") {
        "; it has moved, and redirects to other hosts are not followed: configure its new address"
    } else {
        ""
    };
    SourceError::Unreachable { why: format!("{why}{hint}"), url }
}

fn is_auth(why: &str) -> bool {
    let why = why.to_lowercase();
    ["authenticat", "publickey", "private key", "public key", "passphrase", "agent", "credentials"]
        .iter()
        .any(|word| why.contains(word))
}

fn is_full(why: &str) -> bool {
    let why = why.to_lowercase();
    ["no space left", "read-only file system", "permission denied", "quota"]
        .iter()
        .any(|word| why.contains(word))
}
