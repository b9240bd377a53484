//! The one way out: every call takes from the budget, is counted attempt by attempt, tells the
//! service's time, and comes back as a value or an [`AwsProblem`].

use crate::dns::Lookup;
use crate::probe::Probe;
use crate::problem::{AwsProblem, Place};
use crate::read::acm::Details;
use crate::role::Assumptions;
use aplomo_core::ports::{Budget, CallCounter, Clock, Priority, ReadCx, WriteCx};
use aplomo_core::{Scope, Timestamp};
use aws_sdk_route53::config::http::HttpResponse;
use aws_sdk_route53::error::{ProvideErrorMetadata, SdkError};
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What the clients of one account share.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) account: String,
    /// The endpoint as configured, or `AWS`.
    pub(crate) endpoint: String,
    pub(crate) assumptions: Arc<Assumptions>,
    /// How long absence is not believed after an unanswered call; unset: as each service needs.
    pub(crate) settle: Option<Duration>,
    /// Where names of others are looked up.
    pub(crate) dns: Lookup,
    /// What was described of certificates before, so that no two ask for what never changes.
    pub(crate) certificates: Details,
    /// Networks that had no IPv6 block when they were last listed.
    pub(crate) without_ipv6: Mutex<BTreeSet<String>>,
}

/// The way out for one reading or writing.
pub(crate) struct Line<'a> {
    pub(crate) site: &'a Site,
    account: String,
    budget: &'a dyn Budget,
    calls: &'a CallCounter,
    clock: &'a dyn Clock,
    priority: Priority,
    skew: Mutex<Option<i64>>,
}

impl<'a> Line<'a> {
    /// For reading.
    pub(crate) fn to_read(site: &'a Site, cx: &ReadCx<'a>, scope: Option<&Scope>) -> Self {
        Self::new(site, scope, (cx.budget, cx.calls, cx.clock, cx.priority))
    }

    /// For writing.
    pub(crate) fn to_write(site: &'a Site, cx: &WriteCx<'a>, scope: Option<&Scope>) -> Self {
        Self::new(site, scope, (cx.budget, cx.calls, cx.clock, Priority::Apply))
    }

    fn new(
        site: &'a Site,
        scope: Option<&Scope>,
        (budget, calls, clock, priority): (&'a dyn Budget, &'a CallCounter, &'a dyn Clock, Priority),
    ) -> Self {
        let account =
            scope.and_then(|s| s.account.as_ref()).map_or(site.account.as_str(), |a| a.as_str()).to_owned();
        Self { site, account, budget, calls, clock, priority, skew: Mutex::new(None) }
    }

    /// The service's clock minus ours, the widest seen; `None` before the first answer.
    pub(crate) fn skew(&self) -> Option<i64> {
        *self.skew.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the budget lets one more call leave.
    pub(crate) async fn take(&self, call: &'static str) {
        self.budget.take(&self.account, call, self.priority).await;
    }

    /// A call that only reads: budget, then [`Line::send`].
    pub(crate) async fn ask<T, E, F>(
        &self,
        call: &'static str,
        start: impl FnOnce(Probe) -> F,
    ) -> Result<T, AwsProblem>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        self.take(call).await;
        self.send(call, start).await.map(|(value, _)| value)
    }

    /// Makes a call and yields its value with the request id. `start` hangs the probe into the call.
    pub(crate) async fn send<T, E, F>(
        &self,
        call: &'static str,
        start: impl FnOnce(Probe) -> F,
    ) -> Result<(T, Option<String>), AwsProblem>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let account = Account { line: self, call, probe: Probe::default() };
        let result = start(account.probe.clone()).await;
        let (attempts, date, request_id) = {
            let trace = account.probe.trace();
            (trace.attempts, trace.date, trace.request_id.clone())
        };
        self.see(date.and_then(|date| Timestamp::try_from(date).ok()));
        let place = Place {
            call,
            account: &self.account,
            endpoint: &self.site.endpoint,
            attempts,
            request_id: request_id.clone(),
        };
        match result {
            Ok(value) => Ok((value, request_id)),
            Err(error) => Err(AwsProblem::from_sdk(place, &error)),
        }
    }

    fn see(&self, date: Option<Timestamp>) {
        let Some(date) = date else { return };
        let now = date.as_second() - self.clock.now().as_second();
        let mut widest = self.skew.lock().unwrap_or_else(PoisonError::into_inner);
        *widest = widest.into_iter().chain([now]).max_by_key(|skew| skew.abs());
    }
}

/// Books a call's attempts when it ends, be it by being dropped.
struct Account<'l, 'a> {
    line: &'l Line<'a>,
    call: &'static str,
    probe: Probe,
}

impl Drop for Account<'_, '_> {
    fn drop(&mut self) {
        let (attempts, throttled) = {
            let trace = self.probe.trace();
            (trace.attempts, trace.throttled)
        };
        (0..attempts).for_each(|_| self.line.calls.count(self.call));
        (0..throttled).for_each(|_| self.line.budget.throttled(&self.line.account, self.call));
        (0..self.line.site.assumptions.take()).for_each(|_| self.line.calls.count("sts:AssumeRole"));
    }
}
