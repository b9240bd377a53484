//! Writers, a folder per service: they carry out approved steps and decide nothing. Every call goes through
//! `WriteCx::once`, every attempt anew.

pub(crate) mod acm;
pub(crate) mod craft;
pub(crate) mod ec2;
pub(crate) mod iam;
pub(crate) mod logs;
pub(crate) mod patience;
pub(crate) mod route53;
pub(crate) mod tags;

use crate::clients::{Branch, Sdk};
use crate::line::{Line, Site};
use crate::marks::forbidden;
use crate::probe::Probe;
use crate::problem::THROTTLES;
use aplomo_core::ports::{ApprovedStep, CallError, StepOutcome, WriteCx};
use aplomo_core::run::{Intent, Status};
use aplomo_core::{Action, Digest, RemoteId};
use aws_sdk_route53::config::http::HttpResponse;
use aws_sdk_route53::error::{ProvideErrorMetadata, SdkError};
use smol_str::SmolStr;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// How often a throttled call is made, the first included.
pub(crate) const ATTEMPTS: u32 = 5;

/// What writers of one service and account share: the clients that can write.
#[derive(Debug)]
pub(crate) struct Desk<C> {
    site: Arc<Site>,
    clients: Arc<Branch<C>>,
}

impl<C> Clone for Desk<C> {
    fn clone(&self) -> Self {
        Self { site: Arc::clone(&self.site), clients: Arc::clone(&self.clients) }
    }
}

/// One writing under way.
pub(crate) struct Pen<'a, C> {
    pub(crate) cx: &'a WriteCx<'a>,
    pub(crate) line: Line<'a>,
    pub(crate) client: C,
}

impl<C: Sdk> Desk<C> {
    /// A desk with clients that write.
    pub(crate) const fn new(site: Arc<Site>, clients: Arc<Branch<C>>) -> Self {
        Self { site, clients }
    }

    /// How long absence is not believed after an unanswered call: as configured, else as the service needs.
    pub(crate) fn settle(&self, usual: Duration) -> Duration {
        self.site.settle.unwrap_or(usual)
    }

    /// Ready to write steps of one scope.
    pub(crate) fn pen<'a>(&'a self, cx: &'a WriteCx<'a>, batch: &[ApprovedStep<'_>]) -> Pen<'a, C> {
        let scope = batch.first().map(|step| &step.scope);
        let client = self.clients.client(scope.and_then(|scope| scope.region.as_ref()));
        Pen { cx, line: Line::to_write(&self.site, cx, scope), client }
    }
}

impl<C: Sync> Pen<'_, C> {
    /// One journaled call; repeated only when the service says to slow down, which means that nothing
    /// happened. Yields its value with the request id.
    pub(crate) async fn write<T, E, F>(
        &self,
        intent: &Intent,
        call: &'static str,
        start: impl Fn(Probe) -> F + Sync,
    ) -> Result<(T, Option<String>), CallError>
    where
        T: Send,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let mut attempt = 1;
        loop {
            self.line.take(call).await;
            let sent = async { self.line.send(call, &start).await.map_err(CallError::from) };
            match self.cx.once(intent, sent).await {
                Err(CallError::Refused { code, .. }) if slow_down(&code) && attempt < ATTEMPTS => {
                    self.cx.clock.sleep(pause(&intent.key, attempt)).await;
                    attempt += 1;
                }
                ended => return ended,
            }
        }
    }

    /// The intent of a call for these steps; `None` where an address names no tenant.
    pub(crate) fn intent(&self, call: &'static str, steps: &[&ApprovedStep<'_>]) -> Option<Intent> {
        let tenant = steps.first()?.change.address.manifest_ref()?.tenant;
        let key = match steps {
            [one] => one.key.clone(),
            many => {
                let keys: Vec<&str> = many.iter().map(|step| step.key.as_str()).collect();
                SmolStr::new(Digest::of_bytes(keys.join(" ").as_bytes()).short(32))
            }
        };
        let changes = steps.iter().map(|step| (step.change.address.clone(), step.grant().digest())).collect();
        let (run, carries) = (self.cx.run.clone(), std::collections::BTreeSet::new());
        Some(Intent { run, tenant, call: call.into(), changes, key, carries })
    }
}

/// Whether a refusal means that the same call may be made again a little later.
fn slow_down(code: &str) -> bool {
    THROTTLES.contains(&code) || code == "429"
}

/// Half a second, doubled each time, and spread by a hash so that many do not wake at once.
fn pause(key: &str, attempt: u32) -> Duration {
    let digest = Digest::of_bytes(format!("{key} {attempt}").as_bytes());
    let spread = u64::from(u16::from_be_bytes([digest.as_bytes()[0], digest.as_bytes()[1]]));
    let full = 500u64 << attempt.min(5);
    Duration::from_millis(full / 2 + full / 2 * spread / u64::from(u16::MAX))
}

/// What a step of one object came to, with the error where there was one. `what` names the object.
pub(crate) fn concluded(
    step: &ApprovedStep<'_>,
    what: &str,
    (id, mut request_ids): (Option<RemoteId>, Vec<String>),
    result: Result<(), CallError>,
) -> (StepOutcome, Option<CallError>) {
    let Err(error) = result else { return (applied(step, id, request_ids), None) };
    request_ids.extend(request_of(&error));
    let half = id.is_some() && step.id.is_none();
    let partly = if half { format!("{what} exists, but is not complete: ") } else { String::new() };
    let outcome = ended(step, status_of(&error), format!("{partly}{error}"));
    (StepOutcome { id: id.or(outcome.id.clone()), request_ids, ..outcome }, Some(error))
}

/// Carries out steps one after another; what follows a failure that stops everything, or depends on
/// one that failed, is not tried.
pub(crate) async fn in_turn<'b, F>(
    batch: &'b [ApprovedStep<'b>],
    carry_out: impl Fn(&'b ApprovedStep<'b>) -> F + Send,
) -> Vec<StepOutcome>
where
    F: Future<Output = (StepOutcome, Option<CallError>)> + Send,
{
    let (mut outcomes, mut stopped): (Vec<StepOutcome>, Option<String>) = (Vec::new(), None);
    for step in batch {
        if let Some(why) = stopped.clone().or_else(|| blocked_by(step, outcomes.iter())) {
            outcomes.push(ended(step, Status::Skipped, why));
            continue;
        }
        let (outcome, error) = carry_out(step).await;
        stopped = error.filter(is_final).map(|error| format!("not tried: {error}"));
        outcomes.push(outcome);
    }
    outcomes
}

/// A call that was never made, for a reason of our own.
pub(crate) fn not_sent(why: &str) -> CallError {
    CallError::Refused { code: "not-sent".into(), message: why.to_owned(), request_id: None }
}

/// Why a step may not be begun at all; `None` where it may.
pub(crate) fn hopeless(step: &ApprovedStep<'_>) -> Option<StepOutcome> {
    vanished(step).or_else(|| forbidden(step).map(|why| ended(step, Status::Failed, why)))
}

/// An outcome without an error.
pub(crate) fn applied(
    step: &ApprovedStep<'_>,
    id: Option<RemoteId>,
    request_ids: Vec<String>,
) -> StepOutcome {
    StepOutcome {
        address: step.change.address.clone(),
        status: Status::Applied,
        id,
        error: None,
        request_ids,
    }
}

/// An outcome that went wrong; the object, where there is one, is still there.
pub(crate) fn ended(step: &ApprovedStep<'_>, status: Status, why: impl Into<String>) -> StepOutcome {
    let id = step.id.clone().or_else(|| step.found.clone());
    StepOutcome {
        address: step.change.address.clone(),
        status,
        id,
        error: Some(why.into()),
        request_ids: Vec::new(),
    }
}

/// The outcome of a step that needs an object which is not there any more; `None` where it is there.
pub(crate) fn vanished(step: &ApprovedStep<'_>) -> Option<StepOutcome> {
    let needs = matches!(step.change.action, Action::Update | Action::Adopt | Action::Move);
    (needs && step.fresh.is_none())
        .then(|| ended(step, Status::Stale, "it is not there any more: plan again"))
}

/// What a call's failure means for its steps.
pub(crate) fn status_of(error: &CallError) -> Status {
    match error {
        CallError::Journal(_) | CallError::Refused { .. } => Status::Failed,
        CallError::Fenced(_) => Status::Skipped,
        CallError::Unknown(_) => Status::Unknown,
    }
}

/// Its request id.
pub(crate) fn request_of(error: &CallError) -> Option<String> {
    if let CallError::Refused { request_id, .. } = error { request_id.clone() } else { None }
}

/// Whether nothing more may be sent after it.
pub(crate) fn is_final(error: &CallError) -> bool {
    matches!(error, CallError::Journal(_) | CallError::Fenced(_))
}

/// Whether what a step waits for, as far as it is in this batch, did not happen.
pub(crate) fn blocked_by<'a>(
    step: &ApprovedStep<'_>,
    mut done: impl Iterator<Item = &'a StepOutcome>,
) -> Option<String> {
    let failed = done.find(|o| o.status != Status::Applied && step.change.depends_on.contains(&o.address))?;
    Some(format!("it waits for {}, which did not happen", failed.address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_are_spread() {
        let all: Vec<Duration> = (1..ATTEMPTS).map(|attempt| pause("key", attempt)).collect();
        for (attempt, pause) in all.iter().enumerate() {
            let full = Duration::from_millis(500 << (attempt + 1));
            assert!(*pause >= full / 2 && *pause <= full, "{pause:?}");
        }
        assert_ne!(pause("key", 1), pause("another", 1));
        assert_eq!(pause("key", 1), pause("key", 1));
    }
}
