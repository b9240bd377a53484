//! Runs in short and whole; the whole one as in `apply --format json`, plus `source` and `partial`.

use super::locks::BreakGlassView;
use super::{Action, Ending, Status};
use crate::data::{RunData, RunEntry};
use crate::text::prose;
use crate::view::View;
use aplomo_core::Timestamp;
use aplomo_core::run::{ChangeOutcome, Ending as CoreEnding, Run, Status as CoreStatus};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What became of one change.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OutcomeView {
    /// The address.
    address: String,
    /// What was to be done.
    action: Action,
    /// What became of it.
    status: Status,
    /// Why not, with the way out.
    error: Option<String>,
    /// The services' request ids.
    request_ids: Vec<String>,
}

impl From<&ChangeOutcome> for OutcomeView {
    fn from(outcome: &ChangeOutcome) -> Self {
        Self {
            address: outcome.address.to_string(),
            action: outcome.action.into(),
            status: outcome.status.into(),
            error: outcome.error.clone(),
            request_ids: outcome.request_ids.clone(),
        }
    }
}

/// A run in short.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunSummary {
    /// Its id.
    run: String,
    /// The source whose plan it executed.
    source: String,
    /// The tenants it touched.
    tenants: Vec<String>,
    /// The digest of the plan.
    plan: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    started: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended: Option<Timestamp>,
    /// How it ended; `null` while it goes on, or where nothing you may see has come of it.
    ending: Option<Ending>,
    /// Whether everything it touched is as wished.
    converged: bool,
    /// Whether what belongs to tenants you may not see is left out.
    partial: bool,
    /// Freezes and windows that were broken open when it began.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    break_glass: Vec<BreakGlassView>,
    /// How many changes came to what.
    #[schema(value_type = BTreeMap<String, u32>)]
    summary: BTreeMap<Status, u32>,
}

impl RunSummary {
    /// The run as seen; `None` where nothing of it is.
    pub(crate) fn seen(entry: &RunEntry, view: &View) -> Option<Self> {
        let run = &entry.run;
        let tenants = view.keep(&run.tenants);
        let mut counts: BTreeMap<CoreStatus, u32> = BTreeMap::new();
        for (status, n) in entry.tenants.iter().filter(|(t, _)| view.sees(t)).flat_map(|(_, of)| of) {
            *counts.entry(*status).or_default() += n;
        }
        if tenants.is_empty() && counts.is_empty() && !view.is_all() {
            return None;
        }
        let whole =
            tenants.len() == run.tenants.len() && entry.tenants.keys().all(|tenant| view.sees(tenant));
        let ending = if whole { run.ending } else { ending(run, &counts) };
        Some(Self {
            run: run.run.to_string(),
            source: entry.source.to_string(),
            tenants: tenants.iter().map(ToString::to_string).collect(),
            plan: run.plan.to_string(),
            started: run.started,
            ended: run.ended,
            ending: ending.map(Into::into),
            converged: if whole { run.converged } else { ending == Some(CoreEnding::Converged) },
            partial: !whole,
            break_glass: run
                .break_glass
                .iter()
                .filter_map(|glass| BreakGlassView::seen(glass, view))
                .collect(),
            summary: counts.into_iter().map(|(status, n)| (status.into(), n)).collect(),
        })
    }
}

/// How the part of a run that is seen ended.
fn ending(run: &Run, counts: &BTreeMap<CoreStatus, u32>) -> Option<CoreEnding> {
    let whole = run.ending?;
    let only = |allowed: &[CoreStatus]| counts.keys().all(|status| allowed.contains(status));
    Some(match whole {
        CoreEnding::Interrupted | CoreEnding::Converged => whole,
        _ if counts.is_empty() => return None,
        _ if only(&[CoreStatus::Applied]) => CoreEnding::Converged,
        _ if only(&[CoreStatus::Applied, CoreStatus::Waiting]) => CoreEnding::Waiting,
        _ if only(&[CoreStatus::Held, CoreStatus::Stale]) => CoreEnding::Refused,
        _ if only(&[CoreStatus::Failed, CoreStatus::Skipped]) => CoreEnding::Failed,
        _ => CoreEnding::Partial,
    })
}

/// A whole run.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunView {
    /// The run in short.
    #[serde(flatten)]
    short: RunSummary,
    /// The outcomes.
    outcomes: Vec<OutcomeView>,
    /// The calls it took; `null` where only a part is shown.
    meta: Option<RunMetaView>,
}

/// Calls a run took.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunMetaView {
    /// Calls by `service:Action`.
    api_calls: BTreeMap<String, u64>,
}

impl RunView {
    /// The run as seen; `None` where nothing of it is.
    pub(crate) fn seen(data: &RunData, view: &View) -> Option<Self> {
        let RunData { run, source } = data;
        let short = RunSummary::seen(&RunEntry::new(run, source.clone()), view)?;
        let mine = run.outcomes.iter().filter(|outcome| view.sees(outcome.address.tenant()));
        let narrowed = |outcome: &ChangeOutcome| OutcomeView {
            error: outcome.error.as_ref().map(|error| prose(error, view)),
            ..outcome.into()
        };
        let meta = (!short.partial).then(|| RunMetaView { api_calls: run.meta.api_calls.clone() });
        Some(Self { outcomes: mine.map(narrowed).collect(), meta, short })
    }
}
