//! Looks at every attempt of a call as it leaves and returns: how many left, what date the service
//! has, whether it said to slow down. Deliberately absent: changing anything.

use crate::problem::THROTTLES;
use aws_sdk_route53::config::interceptors::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
    FinalizerInterceptorContextRef,
};
use aws_sdk_route53::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_route53::error::BoxError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// What was noticed on the attempts of one call.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    /// Attempts that left.
    pub(crate) attempts: u64,
    /// Attempts the service throttled.
    pub(crate) throttled: u64,
    /// The service's own time, of the last answer.
    pub(crate) date: Option<SystemTime>,
    /// The last request id.
    pub(crate) request_id: Option<String>,
}

/// The interceptor; clones share what they notice.
#[derive(Debug, Clone, Default)]
pub(crate) struct Probe(Arc<Mutex<Trace>>);

impl Probe {
    /// What was noticed so far.
    pub(crate) fn trace(&self) -> MutexGuard<'_, Trace> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an error body names a throttle.
fn says_slow_down(status: u16, body: Option<&[u8]>) -> bool {
    let body = String::from_utf8_lossy(body.unwrap_or_default());
    let code = body.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    status == 429 || code.is_some_and(|(code, _)| THROTTLES.contains(&code.trim()))
}

impl Intercept for Probe {
    fn name(&self) -> &'static str {
        "Probe"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.trace().attempts += 1;
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.response().headers();
        let mut trace = self.trace();
        if let Some(date) = headers.get("date").and_then(|text| httpdate::parse_http_date(text).ok()) {
            trace.date = Some(date);
        }
        trace.request_id = headers.get("x-amzn-requestid").map(str::to_owned);
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(response) = context.response() else { return Ok(()) };
        let status = response.status().as_u16();
        if status >= 400 && says_slow_down(status, response.body().bytes()) {
            self.trace().throttled += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::says_slow_down;

    #[test]
    fn a_throttle_is_known_by_its_code() {
        let body = |code: &str| format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>");
        assert!(says_slow_down(400, Some(body("Throttling").as_bytes())));
        assert!(says_slow_down(400, Some(body("PriorRequestNotComplete").as_bytes())));
        assert!(says_slow_down(429, None));
        assert!(!says_slow_down(400, Some(body("InvalidInput").as_bytes())));
        assert!(!says_slow_down(503, Some(b"<html>")));
    }
}
