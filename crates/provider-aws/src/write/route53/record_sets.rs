//! Record sets: ChangeResourceRecordSets in batches. A record set is deleted exactly as it was read
//! and created anew in the same batch, so every batch is conditional by itself; nothing is upserted
//! but the apex NS and SOA, which Route 53 does not let go.

mod sending;
mod step;

use crate::record::atom::{Atom, pack};
use crate::write::{Desk, ended};
use aplomo_core::TypeName;
use aplomo_core::ports::{ApprovedStep, Fut, StepOutcome, WriteCx, Writer};
use aplomo_core::run::Status;
use aplomo_resources::route53;
use aws_sdk_route53::Client;
use sending::Sending;
use std::collections::BTreeMap;
use std::time::Duration;
use step::Work;

pub(crate) const CHANGE: &str = "route53:ChangeResourceRecordSets";

/// Writes record sets.
#[derive(Debug)]
pub(crate) struct RecordSetWriter(Desk<Client>);

impl RecordSetWriter {
    pub(crate) const fn new(desk: Desk<Client>) -> Self {
        Self(desk)
    }

    /// Every call it can make.
    #[must_use]
    pub(crate) const fn calls() -> &'static [&'static str] {
        &[CHANGE]
    }
}

/// The atoms of a batch of steps, and the outcomes of steps that need no call.
fn prepare(batch: &[ApprovedStep<'_>]) -> (Vec<Atom>, BTreeMap<usize, StepOutcome>) {
    let (mut atoms, mut outcomes): (Vec<Atom>, _) = (Vec::new(), BTreeMap::new());
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, approved) in batch.iter().enumerate() {
        let changes = match step::work(approved) {
            Work::Send(changes) => changes,
            Work::Done(outcome) => {
                outcomes.insert(at, outcome);
                continue;
            }
        };
        let known = approved.change.group.as_deref().and_then(|group| groups.get(group).copied());
        let place = known.unwrap_or(atoms.len());
        if known.is_none() {
            atoms.push(Atom::default());
            groups.extend(approved.change.group.as_deref().map(|group| (group, place)));
        }
        if let Some(atom) = atoms.get_mut(place) {
            atom.steps.push(at);
            atom.changes.extend(changes);
        }
    }
    (hold_groups(batch, atoms, &mut outcomes), outcomes)
}

/// A group goes together or not at all: where one of it cannot go, or it fits no batch, none goes.
fn hold_groups(
    batch: &[ApprovedStep<'_>],
    atoms: Vec<Atom>,
    outcomes: &mut BTreeMap<usize, StepOutcome>,
) -> Vec<Atom> {
    let group = |at: usize| batch.get(at).and_then(|step| step.change.group.clone());
    let failed: BTreeMap<_, _> = outcomes
        .iter()
        .filter(|(_, outcome)| outcome.status != Status::Applied)
        .filter_map(|(at, outcome)| Some((group(*at)?, outcome.address.clone())))
        .collect();
    atoms
        .into_iter()
        .filter(|atom| {
            let pair = atom.steps.iter().find_map(|at| failed.get(&group(*at)?));
            let why = pair.map(|address| format!("it goes together with {address}, which cannot go"));
            let Some(why) = why.or_else(|| atom.too_big()) else { return true };
            for at in &atom.steps {
                if let Some(step) = batch.get(*at) {
                    outcomes.insert(*at, ended(step, Status::Failed, why.clone()));
                }
            }
            false
        })
        .collect()
}

impl Writer for RecordSetWriter {
    fn feeds(&self) -> &[TypeName] {
        const FEEDS: &[TypeName] = &[route53::RECORD_SET];
        FEEDS
    }
    /// Route 53 shows a change at once to those who list.
    fn settle(&self) -> Duration {
        Duration::ZERO // its calls are conditional or carry a token: what a reading lacks is refused, not doubled
    }
    fn write<'a>(&'a self, cx: &'a WriteCx<'a>, batch: &'a [ApprovedStep<'a>]) -> Fut<'a, Vec<StepOutcome>> {
        Box::pin(async move {
            let (atoms, outcomes) = prepare(batch);
            let pen = self.0.pen(cx, batch);
            Sending::new(&pen, batch, outcomes).all(pack(atoms)).await
        })
    }
}
