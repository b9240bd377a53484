//! The drift report: what the world changed behind our back, what is unmanaged, what could not be seen.

use crate::render::{self, Style};
use aplomo_core::plan::{Change, Covered, Meta, Plan, PlanSource, Reason, Unmanaged, Unverifiable};
use aplomo_core::{Address, Finding, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What `drift --format json` prints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DriftReport {
    /// See [`aplomo_core::plan::FORMAT_VERSION`].
    pub format_version: u32,
    /// The moment it is a report for.
    pub as_of: Timestamp,
    /// Where the wishes came from.
    pub sources: Vec<PlanSource>,
    /// Whether all wishes and all of the world they touch were seen.
    pub complete: bool,
    /// Changes that undo what the world did: at least one field has the reason `drift`.
    pub changes: Vec<Change>,
    /// Changes that wait for approval and have nothing to do with drift.
    pub pending: Vec<Change>,
    /// What checks say.
    pub findings: Vec<Finding>,
    /// What nobody manages.
    pub unmanaged: Vec<Unmanaged>,
    /// What could not be seen.
    pub unverifiable: Vec<Unverifiable>,
    /// How much of what exists is looked after; not of a narrowed report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Shares>,
    /// Not part of the result.
    pub meta: Meta,
}

/// A share in per cent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Share(f64);

impl Share {
    /// Rounded down to a tenth. Where something could not be seen it is never all; nothing of nothing is no
    /// share.
    #[must_use]
    pub fn of(part: u64, whole: u64, complete: bool) -> Option<Self> {
        let most = if complete { 1_000 } else { 999 };
        let tenths = (part.min(whole) * 1_000).checked_div(whole)?.min(most);
        u32::try_from(tenths).ok().map(|tenths| Self(f64::from(tenths) / 10.0))
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} %", self.0)
    }
}

/// How much of what exists is looked after.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shares {
    /// The counts.
    #[serde(flatten)]
    pub covered: Covered,
    /// The share of managed objects among all that are managed, unmanaged or unverifiable; `null` where
    /// there is none.
    pub percent: Option<Share>,
    /// The share of readings that saw everything; `null` where nothing was read.
    pub reads_percent: Option<Share>,
}

impl Shares {
    fn of(covered: &Covered, complete: bool) -> Self {
        let all = covered.managed + covered.unmanaged + covered.unverifiable;
        let complete = complete && covered.unverifiable == 0 && covered.reads == covered.reads_complete;
        Self {
            covered: *covered,
            percent: Share::of(covered.managed, all, complete),
            reads_percent: Share::of(covered.reads_complete, covered.reads, complete),
        }
    }
}

/// The drift report of a plan. `firstSeen` is empty; see [`DriftReport::since`].
#[must_use]
pub fn drift(plan: &Plan) -> DriftReport {
    let drifted = |change: &Change| {
        change.reason == Reason::Drift || change.fields.iter().any(|field| field.reason == Reason::Drift)
    };
    let (changes, pending) = plan.changes.iter().cloned().partition(drifted);
    DriftReport {
        format_version: plan.format_version,
        as_of: plan.as_of,
        sources: plan.sources.clone(),
        complete: plan.complete,
        changes,
        pending,
        findings: plan.findings.clone(),
        unmanaged: plan.unmanaged.clone(),
        unverifiable: plan.unverifiable.clone(),
        coverage: plan.coverage.map(|covered| Shares::of(&covered, plan.complete)),
        meta: plan.meta.clone(),
    }
}

impl DriftReport {
    /// The same with the moment each drift was first seen; what is not known is first seen now.
    #[must_use]
    pub fn since(mut self, first_seen: &BTreeMap<Address, Timestamp>) -> Self {
        for change in &mut self.changes {
            change.first_seen = Some(first_seen.get(&change.address).copied().unwrap_or(self.as_of));
        }
        self
    }

    /// Whether nothing differs at all and everything was seen.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.complete && self.changes.is_empty() && self.pending.is_empty()
    }

    /// The report as text for a terminal.
    #[must_use]
    pub fn render(&self, style: Style) -> String {
        render::text(&render::drift_rows(self, style.verbose), style.color)
    }

    /// The report as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        render::fenced("Drift", &render::drift_headline(self), &render::drift_rows(self, false))
    }

    /// The report as one HTML page that needs nothing else.
    #[must_use]
    pub fn html(&self) -> String {
        render::page("Drift", &render::drift_headline(self), &render::drift_rows(self, true))
    }
}
