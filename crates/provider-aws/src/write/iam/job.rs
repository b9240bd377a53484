//! One step under way, and the ways its calls are made.

use super::{GONE, PATIENT_ATTEMPTS, PATIENT_PAUSE};
use crate::marks::{MARK_KEYS, Tags, mark_tags};
use crate::wanted::{Want, entries, text, want};
use crate::write::tags::no_tenant;
use crate::write::{Pen, not_sent};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::{ApprovedStep, CallError};
use aplomo_core::run::Intent;
use aplomo_core::{Datum, RemoteId};
use aws_sdk_iam::Client;
use aws_sdk_iam::types::Tag;
use std::collections::BTreeMap;

/// What is known of the object so far.
pub(super) struct Job<'a> {
    pub(super) pen: &'a Pen<'a, Client>,
    pub(super) step: &'a ApprovedStep<'a>,
    pub(super) id: Option<RemoteId>,
    pub(super) requests: Vec<String>,
}

/// A journaled call: `send!(job, CALL, request)` yields its answer or the [`CallError`]. Refusals that
/// only mean that IAM has not heard of something yet are waited out.
macro_rules! send {
    ($job:expr, $call:expr, $request:expr) => {{
        let (request, mut attempt) = ($request, 1);
        let start = |probe| request.clone().customize().interceptor(probe).send();
        let intent = $job.intent($call)?;
        loop {
            match $job.pen.write(&intent, $call, start).await {
                Ok((output, request_id)) => {
                    $job.requests.extend(request_id);
                    break Ok(output);
                }
                Err(error) => {
                    if !$job.waits_out(&error, attempt).await {
                        break Err(error);
                    }
                    attempt += 1;
                }
            }
        }
    }};
}
pub(super) use send;

/// Sets and removes tags, each in one call where there are any.
macro_rules! retag {
    ($job:expr, $change:expr, ($tag:expr, $tagging:expr), ($untag:expr, $untagging:expr)) => {{
        let change = $change;
        if !change.set.is_empty() {
            let tags = $crate::write::iam::job::tags(&change.set)?;
            let _ = $crate::write::iam::job::send!($job, $tag, $tagging.set_tags(Some(tags)))?;
        }
        if !change.remove.is_empty() {
            let keys = change.remove.clone();
            let _ = $crate::write::iam::job::send!($job, $untag, $untagging.set_tag_keys(Some(keys)))?;
        }
    }};
}
pub(super) use retag;

impl<'a> Job<'a> {
    pub(super) const fn new(pen: &'a Pen<'a, Client>, step: &'a ApprovedStep<'a>) -> Self {
        Self { pen, step, id: None, requests: Vec::new() }
    }

    pub(super) fn intent(&self, call: &'static str) -> Result<Intent, CallError> {
        self.pen.intent(call, &[self.step]).ok_or_else(no_tenant)
    }

    /// Waits, where a refusal may mean that IAM has not heard of something yet: of a principal in a
    /// trust policy, of what this step has just made, or of a change that is under way.
    pub(super) async fn waits_out(&self, error: &CallError, attempt: u32) -> bool {
        let CallError::Refused { code, message, .. } = error else { return false };
        let made = self.step.id.is_none() && self.id.is_some();
        let unheard = match code.as_str() {
            "MalformedPolicyDocument" => message.contains("Invalid principal"),
            "ConcurrentModification" | "EntityTemporarilyUnmodifiable" => true,
            GONE => made,
            _ => false,
        };
        if !unheard || attempt >= PATIENT_ATTEMPTS {
            return false;
        }
        self.pen.cx.clock.sleep(PATIENT_PAUSE).await;
        true
    }

    /// The id of an object that is there.
    pub(super) fn existing(&self) -> Result<RemoteId, CallError> {
        let id = self.id.clone().or_else(|| self.step.id.clone());
        id.ok_or_else(|| not_sent("the object's id is not known"))
    }

    /// What shall be.
    pub(super) fn after(&self) -> Result<&'a WantedFields, CallError> {
        self.step.after.as_ref().ok_or_else(|| not_sent("the step says nothing about what shall be"))
    }

    /// A wish for a field.
    pub(super) fn wish<T>(
        &self,
        path: &str,
        read: impl Fn(&Datum) -> Option<T>,
    ) -> Result<Want<T>, CallError> {
        want(self.after()?, path, read).map_err(|why| not_sent(&why))
    }

    /// A text that is wished.
    pub(super) fn text(&self, path: &str) -> Result<Option<String>, CallError> {
        self.wish(path, text).map(Want::set)
    }

    /// A text that a create cannot do without.
    pub(super) fn needed(&self, path: &str) -> Result<String, CallError> {
        self.text(path)?.ok_or_else(|| not_sent(&format!("{path} is not said")))
    }

    /// The wishes below a path, as texts.
    pub(super) fn below(&self, path: &str) -> Result<BTreeMap<String, Want<String>>, CallError> {
        let found = entries(self.after()?, path).map_err(|why| not_sent(&why))?;
        let one = |(key, want): (String, Want<&Datum>)| match want {
            Want::Leave => Ok((key, Want::Leave)),
            Want::Clear => Ok((key, Want::Clear)),
            Want::Set(Datum::Text(value)) => Ok((key, Want::Set(value.to_string()))),
            Want::Set(other) => Err(not_sent(&format!("{path}/{key} cannot be `{other}`"))),
        };
        found.into_iter().map(one).collect()
    }

    /// What is there at a path.
    pub(super) fn there(&self, path: &str) -> Option<&'a Datum> {
        self.step.fresh.as_ref().and_then(|fresh| fresh.fields.value(path))
    }

    /// The texts that are there below a path, by their last part.
    pub(super) fn all_there(&self, path: &str) -> Vec<String> {
        let fields = self.step.fresh.iter().flat_map(|fresh| fresh.fields.iter());
        let below = fields.filter_map(|(p, sight)| {
            Some((p.as_str().strip_prefix(path)?.strip_prefix('/')?, sight.value()?))
        });
        below.map(|(key, _)| key.replace("~1", "/").replace("~0", "~")).collect()
    }

    /// The tags that a create call carries: the marks and what is wished.
    pub(super) fn create_tags(&self) -> Result<Vec<Tag>, CallError> {
        let mut all = mark_tags(&self.step.marks);
        let wished = self.below("/tags")?.into_iter();
        all.extend(wished.filter_map(|(key, want)| Some((key, want.set()?))));
        tags(&all)
    }

    /// Whether tags that were found say that an earlier attempt of this very step made the object.
    pub(super) fn is_ours(&self, found: &[Tag]) -> bool {
        let ours = mark_tags(&self.step.marks);
        MARK_KEYS
            .iter()
            .all(|key| found.iter().any(|tag| tag.key == *key && ours.get(*key) == Some(&tag.value)))
    }
}

/// Tags as the service takes them.
pub(super) fn tags(all: &Tags) -> Result<Vec<Tag>, CallError> {
    let one = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    all.iter().map(one).collect::<Result<_, _>>().map_err(|bad| not_sent(&bad.to_string()))
}

/// What is gone already is as wished.
pub(super) fn or_gone<T>(result: Result<T, CallError>) -> Result<(), CallError> {
    match result {
        Ok(_) => Ok(()),
        Err(CallError::Refused { code, .. }) if code == GONE => Ok(()),
        Err(error) => Err(error),
    }
}

/// The writer of a type: `feeds`, `settle`, and its jobs one after another.
macro_rules! writer {
    ($name:ident, $type_name:expr, $what:literal, [$($call:expr),* $(,)?]) => {
        #[doc = concat!("Writes ", $what, ".")]
        #[derive(Debug)]
        pub(crate) struct $name($crate::write::Desk<aws_sdk_iam::Client>);

        impl $name {
            pub(crate) const fn new(desk: $crate::write::Desk<aws_sdk_iam::Client>) -> Self {
                Self(desk)
            }

            /// Every call it can make.
            #[must_use]
            pub(crate) const fn calls() -> &'static [&'static str] {
                &[$($call),*]
            }
        }

        impl aplomo_core::ports::Writer for $name {
            fn feeds(&self) -> &[aplomo_core::TypeName] {
                const FEEDS: &[aplomo_core::TypeName] = &[$type_name];
                FEEDS
            }
            fn settle(&self) -> std::time::Duration {
                self.0.settle($crate::write::iam::SETTLE)
            }
            fn write<'a>(
                &'a self,
                cx: &'a aplomo_core::ports::WriteCx<'a>,
                batch: &'a [aplomo_core::ports::ApprovedStep<'a>],
            ) -> aplomo_core::ports::Fut<'a, Vec<aplomo_core::ports::StepOutcome>> {
                Box::pin(async move {
                    let pen = &self.0.pen(cx, batch);
                    $crate::write::in_turn(batch, |step| async move {
                        if let Some(outcome) = $crate::write::hopeless(step) {
                            return (outcome, None);
                        }
                        let mut job = $crate::write::iam::job::Job::new(pen, step);
                        let result = carry_out(&mut job).await;
                        $crate::write::concluded(step, $what, (job.id, job.requests), result)
                    })
                    .await
                })
            }
        }
    };
}
pub(super) use writer;
