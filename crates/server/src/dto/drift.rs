//! Drift reports: counts first, then the report as in `drift --format json`.

use super::{ChangeView, FindingView, MetaView, PlanSourceView, UnmanagedView, UnverifiableView};
use crate::data::DriftData;
use crate::view::View;
use aplomo_core::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The latest drift report of one source.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DriftView {
    /// The source.
    source: String,
    /// The moment it is a report for.
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    /// Whether all was seen; never better for looking at a part.
    complete: bool,
    /// Whether what belongs to tenants you may not see, or to nobody in particular, is left out.
    partial: bool,
    /// How many changes undo what the world did.
    changes: usize,
    /// How many other changes wait.
    pending: usize,
    /// How many objects nobody manages.
    unmanaged: usize,
    /// How many things could not be seen.
    unverifiable: usize,
    /// The whole report.
    report: DriftReportView,
}

/// A drift report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DriftReportView {
    /// The version of the format.
    format_version: u32,
    /// The moment it is a report for.
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    /// Where the wishes came from.
    sources: Vec<PlanSourceView>,
    /// Whether all was seen.
    complete: bool,
    /// Changes that undo what the world did.
    changes: Vec<ChangeView>,
    /// Changes that wait for approval and have nothing to do with drift.
    pending: Vec<ChangeView>,
    /// What checks say.
    findings: Vec<FindingView>,
    /// What nobody manages.
    unmanaged: Vec<UnmanagedView>,
    /// What could not be seen.
    unverifiable: Vec<UnverifiableView>,
    /// Calls and version; `null` where only a part is shown.
    meta: Option<MetaView>,
}

impl DriftView {
    /// The report as seen; `None` where nothing of it is.
    pub(crate) fn seen(data: &DriftData, view: &View) -> Option<Self> {
        let all = || data.changes.iter().chain(&data.pending);
        let whole =
            view.sees_all_of(data.speaks_for.as_ref()) && all().all(|c| view.sees(c.address.tenant()));
        let report = DriftReportView::seen(data, view, whole);
        let empty = report.changes.is_empty() && report.pending.is_empty() && report.findings.is_empty();
        if empty && !view.is_named_in(data.speaks_for.as_ref()) {
            return None;
        }
        Some(Self {
            source: data.source.to_string(),
            as_of: data.as_of,
            complete: data.complete,
            partial: !whole,
            changes: report.changes.len(),
            pending: report.pending.len(),
            unmanaged: report.unmanaged.len(),
            unverifiable: report.unverifiable.len(),
            report,
        })
    }
}

impl DriftReportView {
    fn seen(data: &DriftData, view: &View, whole: bool) -> Self {
        Self {
            format_version: data.format_version,
            as_of: data.as_of,
            sources: PlanSourceView::seen(&data.sources, view, |name| whole || *name == data.source),
            complete: data.complete,
            changes: ChangeView::seen(&data.changes, view),
            pending: ChangeView::seen(&data.pending, view),
            findings: FindingView::seen(&data.findings, view, whole),
            unmanaged: UnmanagedView::seen(&data.unmanaged, whole),
            unverifiable: UnverifiableView::seen(&data.unverifiable, view, whole),
            meta: whole.then(|| (&data.meta).into()),
        }
    }
}
