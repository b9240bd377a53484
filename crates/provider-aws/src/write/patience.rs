//! How long a refusal is not the last word: a refused call had no effect, so it may be made again where
//! time alone mends what was wrong. Each attempt has an intent of its own.

use crate::probe::Probe;
use crate::write::Pen;
use aplomo_core::ports::CallError;
use aplomo_core::run::Intent;
use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use std::future::Future;
use std::time::Duration;

/// After which refusals a call is made again, and how many seconds later. A refused call had no effect.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) again: fn(code: &str, message: &str) -> bool,
    pub(crate) pauses: &'static [u64],
}

/// What was just made may not be known everywhere: 6 attempts in half a minute.
pub(crate) const YOUNG: Patience =
    Patience { again: |code, _| code.contains("NotFound"), pauses: &[1, 2, 4, 8, 15] };
/// What used it may still be going: 6 attempts in two minutes.
pub(crate) const HELD: Patience = Patience { again: |code, _| is_held(code), pauses: &[4, 8, 16, 32, 60] };
/// Once only.
pub(crate) const ONCE: Patience = Patience { again: |_, _| false, pauses: &[] };

/// Whether a refusal says that something still uses the object.
pub(crate) fn is_held(code: &str) -> bool {
    matches!(code, "DependencyViolation" | "InvalidIPAddress.InUse" | "InvalidAddress.Locked")
}

/// A journaled call, made again while patience lasts; each attempt has an intent of its own.
pub(crate) async fn patiently<C, T, E, F>(
    pen: &Pen<'_, C>,
    intent: &Intent,
    call: &'static str,
    patience: Patience,
    start: impl Fn(Probe) -> F + Send + Sync,
) -> Result<(T, Option<String>), CallError>
where
    C: Sync,
    T: Send,
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let mut pauses = patience.pauses.iter();
    loop {
        match pen.write(intent, call, &start).await {
            Err(CallError::Refused { code, message, request_id }) if (patience.again)(&code, &message) => {
                let Some(seconds) = pauses.next() else {
                    return Err(CallError::Refused { code, message, request_id });
                };
                pen.cx.clock.sleep(Duration::from_secs(*seconds)).await;
            }
            ended => return ended,
        }
    }
}

/// A refusal because there is no such thing any more, as wished.
pub(crate) fn or_gone<T>(result: Result<T, CallError>) -> Result<(), CallError> {
    match result {
        Err(CallError::Refused { code, .. }) if code.contains("NotFound") => Ok(()),
        ended => ended.map(drop),
    }
}
