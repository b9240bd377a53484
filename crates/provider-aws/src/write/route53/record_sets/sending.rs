//! Sending batches: one call each; a refused one is split until the culprit stands alone, so that the
//! others go through. How often is bounded.

use super::CHANGE;
use super::step::id_after;
use crate::record::atom::{Atom, Verb, changes, split};
use crate::write::tags::no_tenant;
use crate::write::{Pen, applied, blocked_by, ended, is_final, request_of, status_of};
use aplomo_core::ports::{ApprovedStep, CallError, StepOutcome};
use aplomo_core::run::Status;
use aws_sdk_route53::Client;
use aws_sdk_route53::error::BuildError;
use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch};
use std::collections::{BTreeMap, VecDeque};

/// The most calls that one refused batch may lead to: enough for some dozen culprits in a thousand.
pub(crate) const MAX_CALLS_PER_BATCH: u32 = 256;
/// After so many lost answers in a row nothing more is sent: the next run looks first.
const MAX_LOST: u32 = 2;

/// Batches on their way.
pub(super) struct Sending<'a> {
    pen: &'a Pen<'a, Client>,
    batch: &'a [ApprovedStep<'a>],
    outcomes: BTreeMap<usize, StepOutcome>,
    lost: u32,
    stopped: Option<String>,
}

impl<'a> Sending<'a> {
    pub(super) const fn new(
        pen: &'a Pen<'a, Client>,
        batch: &'a [ApprovedStep<'a>],
        outcomes: BTreeMap<usize, StepOutcome>,
    ) -> Self {
        Self { pen, batch, outcomes, lost: 0, stopped: None }
    }

    /// Sends them all, in their order.
    pub(super) async fn all(mut self, batches: VecDeque<Vec<Atom>>) -> Vec<StepOutcome> {
        for batch in batches {
            self.one(batch).await;
        }
        self.outcomes.into_values().collect()
    }

    /// Sends one batch and what becomes of it when it is refused.
    async fn one(&mut self, batch: Vec<Atom>) {
        let mut queue = VecDeque::from([batch]);
        let mut calls = 0;
        while let Some(part) = queue.pop_front() {
            let part = self.unblocked(part);
            if part.is_empty() {
                continue;
            }
            if let Some(why) = &self.stopped {
                let why = format!("not tried: {why}");
                self.end(&part, Status::Skipped, &why, None);
                continue;
            }
            if calls == MAX_CALLS_PER_BATCH {
                let why = format!(
                    "not tried alone: {calls} calls were made to find what is wrong with the batch; apply again"
                );
                self.end(&part, Status::Failed, &why, None);
                continue;
            }
            calls += 1;
            let sent = self.send(&part).await;
            self.take_in(part, sent, &mut queue);
        }
    }

    /// Without the atoms of which a step waits for what did not happen.
    fn unblocked(&mut self, part: Vec<Atom>) -> Vec<Atom> {
        let mut left = Vec::with_capacity(part.len());
        for atom in part {
            let steps = atom.steps.iter().filter_map(|at| self.batch.get(*at));
            match steps.filter_map(|step| blocked_by(step, self.outcomes.values())).next() {
                Some(why) => self.end(&[atom], Status::Skipped, &why, None),
                None => left.push(atom),
            }
        }
        left
    }

    /// What the answer means for the atoms that were sent.
    fn take_in(
        &mut self,
        part: Vec<Atom>,
        sent: Result<Option<String>, CallError>,
        queue: &mut VecDeque<Vec<Atom>>,
    ) {
        let error = match sent {
            Ok(request_id) => {
                self.lost = 0;
                return self.done(&part, &request_id);
            }
            Err(error) => error,
        };
        match &error {
            CallError::Refused { code, message, .. } if part.len() > 1 && is_about_content(code) => {
                let [first, second] = split(part, message, |atom, other| self.needs(atom, other));
                queue.push_front(second);
                queue.push_front(first);
                return;
            }
            CallError::Unknown(_) => self.lost += 1,
            _ => self.lost = 0,
        }
        if is_final(&error) {
            self.stopped = Some(error.to_string());
        } else if self.lost >= MAX_LOST {
            self.stopped = Some(format!("{} answers in a row were lost", self.lost));
        }
        self.end(&part, status_of(&error), &error.to_string(), request_of(&error));
    }

    /// Whether a step of one atom waits for a step of the other.
    fn needs(&self, atom: &Atom, other: &Atom) -> bool {
        let step = |at: &usize| self.batch.get(*at);
        let waits: Vec<_> = atom.steps.iter().filter_map(step).flat_map(|s| &s.change.depends_on).collect();
        other.steps.iter().filter_map(step).any(|s| waits.contains(&&s.change.address))
    }

    async fn send(&self, part: &[Atom]) -> Result<Option<String>, CallError> {
        let steps: Vec<_> = part.iter().flat_map(|a| &a.steps).filter_map(|at| self.batch.get(*at)).collect();
        let zone = steps.first().and_then(|step| step.scope.container.as_ref());
        let zone = zone.ok_or_else(|| not_sent("the zone's id is not known"))?;
        let batch = to_sdk(part).map_err(|bad| not_sent(&bad.to_string()))?;
        let request =
            self.pen.client.change_resource_record_sets().hosted_zone_id(zone.as_str()).change_batch(batch);
        let intent = self.pen.intent(CHANGE, &steps).ok_or_else(no_tenant)?;
        let start = |probe| request.clone().customize().interceptor(probe).send();
        let (_, request_id) = self.pen.write(&intent, CHANGE, start).await?;
        Ok(request_id)
    }

    fn done(&mut self, part: &[Atom], request_id: &Option<String>) {
        for at in part.iter().flat_map(|atom| &atom.steps) {
            if let Some(step) = self.batch.get(*at) {
                let outcome = applied(step, id_after(step), request_id.iter().cloned().collect());
                self.outcomes.insert(*at, outcome);
            }
        }
    }

    fn end(&mut self, part: &[Atom], status: Status, why: &str, request_id: Option<String>) {
        for at in part.iter().flat_map(|atom| &atom.steps) {
            if let Some(step) = self.batch.get(*at) {
                let outcome = ended(step, status, why);
                let request_ids = request_id.iter().cloned().collect();
                self.outcomes.insert(*at, StepOutcome { request_ids, ..outcome });
            }
        }
    }
}

/// Whether a refusal is about one of the changes, so that the others may go through without it.
fn is_about_content(code: &str) -> bool {
    matches!(code, "InvalidChangeBatch" | "InvalidInput" | "NoSuchHealthCheck")
}

fn not_sent(why: &str) -> CallError {
    CallError::Refused { code: "not-sent".into(), message: why.to_owned(), request_id: None }
}

fn to_sdk(part: &[Atom]) -> Result<ChangeBatch, BuildError> {
    let changes = changes(part).into_iter().map(|(verb, wire)| {
        let action = match verb {
            Verb::Create => ChangeAction::Create,
            Verb::Delete => ChangeAction::Delete,
            Verb::Upsert => ChangeAction::Upsert,
        };
        Change::builder().action(action).resource_record_set(wire.to_sdk()?).build()
    });
    ChangeBatch::builder().set_changes(Some(changes.collect::<Result<_, _>>()?)).build()
}
