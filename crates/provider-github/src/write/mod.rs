//! Writers, one per type: they carry out approved steps and decide nothing. Every call goes through
//! `WriteCx::once`, every attempt anew, at least a second after the one before.
//!
//! GitHub takes no idempotency keys and no conditions. What a write relies on was read just before, by the
//! engine; creates are sent once; what was sent without an answer is looked for by its natural key.

mod access;
mod branch_rules;
mod environments;
mod job;
mod nodes;
mod pen;
mod repositories;
mod rulesets;
mod sealed;
mod settings;
mod small;
mod teams;
mod toggles;
mod wishes;

pub(crate) use job::Job;
pub(crate) use pen::Told;
pub(crate) use wishes::{need, wish, wished};

use crate::keys::Purpose;
use crate::line::{Line, Site};
use crate::permissions::write_permissions;
use aplomo_core::fields::{WantedFields, Wish};
use aplomo_core::ports::{ApprovedStep, CallError, Fut, StepOutcome, WriteCx, Writer};
use aplomo_core::run::Status;
use aplomo_core::{FieldPath, RemoteId, TypeName};
use aplomo_resources::github::names;
use pen::{LIMITED, Pen};
use std::collections::BTreeSet;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

/// How long a new object may be missing from readings.
const SETTLE: Duration = Duration::from_secs(120);

/// How objects of one type are made, changed and taken away.
pub(crate) trait Craft: Send + Sync + 'static {
    /// The type.
    const FEEDS: &'static [TypeName];
    /// What it is, for the words: `the label`.
    const WHAT: &'static str;

    /// The wished fields that the call carries which makes it: all, unless making takes several calls.
    fn carries(after: &WantedFields) -> BTreeSet<FieldPath> {
        after.iter().filter(|(_, wish)| is_plain(wish)).map(|(path, _)| path.clone()).collect()
    }
    /// Makes the object by [`Job::create`], which learns its id.
    fn make(job: &mut Job<'_>, after: &WantedFields) -> impl Future<Output = Result<(), CallError>> + Send;
    /// Brings what is there into shape; after [`Craft::make`], what that could not do.
    fn shape(job: &mut Job<'_>, after: &WantedFields) -> impl Future<Output = Result<(), CallError>> + Send;
    /// Takes it away; what is gone already is as wished.
    fn unmake(job: &mut Job<'_>, id: &RemoteId) -> impl Future<Output = Result<(), CallError>> + Send;
}

/// The writers for what is approved: one per type that the steps speak of.
pub(crate) fn writers(site: &Arc<Site>, approved: &[ApprovedStep<'_>]) -> Vec<Box<dyn Writer>> {
    let types: BTreeSet<&TypeName> = approved.iter().map(|step| &step.change.type_name).collect();
    let purpose = purpose(approved);
    all(site, &purpose).into_iter().filter(|w| w.feeds().iter().any(|t| types.contains(t))).collect()
}

fn all(site: &Arc<Site>, purpose: &Purpose) -> Vec<Box<dyn Writer>> {
    vec![
        Work::<repositories::Repositories>::new(site, purpose),
        Work::<access::TeamGrants>::new(site, purpose),
        Work::<access::Collaborators>::new(site, purpose),
        Work::<environments::Environments>::new(site, purpose),
        Work::<settings::Variables>::new(site, purpose),
        Work::<settings::Secrets>::new(site, purpose),
        Work::<settings::Webhooks>::new(site, purpose),
        Work::<settings::Actions>::new(site, purpose),
        Work::<small::DeployKeys>::new(site, purpose),
        Work::<small::Autolinks>::new(site, purpose),
        Work::<small::Labels>::new(site, purpose),
        Work::<small::CustomProperties>::new(site, purpose),
        Work::<rulesets::Rulesets>::new(site, purpose),
        Work::<branch_rules::BranchRules>::new(site, purpose),
        Work::<teams::Teams>::new(site, purpose),
        Work::<teams::Memberships>::new(site, purpose),
    ]
}

/// Every mutation.
pub(crate) fn mutations() -> impl Iterator<Item = &'static str> {
    branch_rules::MUTATIONS.iter().chain(toggles::MUTATIONS).copied()
}

/// Permissions for the steps' types, and their repositories where all of them are known. A repository that
/// is yet to come, and what belongs to the organisation, can be written by a token for all of them only.
fn purpose(approved: &[ApprovedStep<'_>]) -> Purpose {
    let needs = approved.iter().flat_map(|step| write_permissions(&step.change.type_name)).copied();
    let repository = |step: &ApprovedStep<'_>| {
        let id = match &step.change.type_name {
            t if *t == names::REPOSITORY => step.id.as_ref(),
            t if *t == names::TEAM || *t == names::TEAM_MEMBERSHIP => return None,
            _ => step.scope.container.as_ref(),
        };
        id?.as_str().parse().ok()
    };
    let repositories: Option<BTreeSet<u64>> = approved.iter().map(repository).collect();
    Purpose::Write { needs: needs.collect(), repositories }
}

/// The writer of one type.
pub(crate) struct Work<C> {
    site: Arc<Site>,
    purpose: Purpose,
    craft: PhantomData<fn() -> C>,
}

impl<C: Craft> Work<C> {
    fn new(site: &Arc<Site>, purpose: &Purpose) -> Box<Self> {
        Box::new(Self { site: Arc::clone(site), purpose: purpose.clone(), craft: PhantomData })
    }
}

impl<C: Craft> Writer for Work<C> {
    fn feeds(&self) -> &[TypeName] {
        C::FEEDS
    }
    fn settle(&self) -> Duration {
        self.site.settle.unwrap_or(SETTLE)
    }
    fn write<'a>(&'a self, cx: &'a WriteCx<'a>, batch: &'a [ApprovedStep<'a>]) -> Fut<'a, Vec<StepOutcome>> {
        Box::pin(async move {
            let pen = Pen { cx, line: Line::to_write(&self.site, cx), purpose: &self.purpose };
            let (mut outcomes, mut stopped): (Vec<StepOutcome>, Option<String>) = (Vec::new(), None);
            for step in batch {
                if let Some(why) = stopped.clone().or_else(|| blocked_by(step, &outcomes)) {
                    outcomes.push(ended(step, Status::Skipped, why));
                    continue;
                }
                let (outcome, error) = Job::new(&pen, step).run::<C>().await;
                stopped = error.filter(is_final).map(|error| format!("not tried: {error}"));
                outcomes.push(outcome);
            }
            outcomes
        })
    }
}

/// Whether a wish can be seen fulfilled.
const fn is_plain(wish: &Wish) -> bool {
    matches!(wish, Wish::Value(_) | Wish::Absent)
}

/// A call that was never made, for a reason of our own.
pub(crate) fn not_sent(why: &str) -> CallError {
    CallError::Refused { code: "not-sent".into(), message: why.to_owned(), request_id: None }
}

/// "Not found" is what GitHub answers for what is gone and for what the writing token may not touch, and the
/// object was there just before: the engine looks again with what reads before it believes either.
pub(crate) fn or_gone<T>(result: Result<T, CallError>) -> Result<(), CallError> {
    match result {
        Err(CallError::Refused { code, message, .. }) if code == "404" => Err(CallError::Unknown(message)),
        ended => ended.map(drop),
    }
}

fn ended(step: &ApprovedStep<'_>, status: Status, why: impl Into<String>) -> StepOutcome {
    let id = step.id.clone().or_else(|| step.found.clone());
    let address = step.change.address.clone();
    StepOutcome { address, status, id, error: Some(why.into()), request_ids: Vec::new() }
}

/// Whether nothing more may be sent after it.
fn is_final(error: &CallError) -> bool {
    let handed_over = matches!(error, CallError::Refused { code, .. } if code == LIMITED);
    handed_over || matches!(error, CallError::Journal(_) | CallError::Fenced(_))
}

/// Whether what a step waits for, as far as it is in this batch, did not happen.
fn blocked_by(step: &ApprovedStep<'_>, done: &[StepOutcome]) -> Option<String> {
    let mut failed = done.iter().filter(|o| o.status != Status::Applied);
    let failed = failed.find(|o| step.change.depends_on.contains(&o.address))?;
    Some(format!("it waits for {}, which did not happen", failed.address))
}
