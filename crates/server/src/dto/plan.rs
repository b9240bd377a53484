//! Plans in short and whole; the whole one as in `plan --format json`, plus `partial`.

use super::{Action, ChangeView, ScopeView, Severity};
use crate::data::{PerTenant, PlanData, PlanEntry};
use crate::text::{prose, without_userinfo};
use crate::view::View;
use aplomo_core::plan::{Action as CoreAction, Meta, PlanSource, Unmanaged, Unverifiable};
use aplomo_core::{Finding, SourceName, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A source of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanSourceView {
    /// Its name.
    name: String,
    /// Its path or address.
    path: String,
    /// Its commit.
    commit: Option<String>,
    /// Whether it was read in full.
    complete: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    because: Vec<String>,
}

impl PlanSourceView {
    /// The sources whose names are shown.
    pub(super) fn seen(
        sources: &[PlanSource],
        view: &View,
        shown: impl Fn(&SourceName) -> bool,
    ) -> Vec<Self> {
        sources
            .iter()
            .filter(|source| shown(&source.name))
            .map(|source| Self::narrowed(source, view))
            .collect()
    }
    fn narrowed(source: &PlanSource, view: &View) -> Self {
        Self {
            name: source.name.to_string(),
            path: without_userinfo(&source.path),
            commit: source.commit.as_ref().map(ToString::to_string),
            complete: source.complete,
            because: source.because.iter().map(|why| prose(why, view)).collect(),
        }
    }
}

/// What a check says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingView {
    /// How much it weighs.
    severity: Severity,
    /// The name of the rule.
    rule: String,
    /// The resource or manifest it speaks of.
    address: Option<String>,
    /// What is wrong.
    message: String,
    /// The way out.
    help: Option<String>,
    /// The file.
    file: Option<String>,
    /// The line, from 1.
    line: Option<u32>,
    /// The column, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    /// The tenant it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
}

impl From<&Finding> for FindingView {
    fn from(finding: &Finding) -> Self {
        Self {
            severity: finding.severity.into(),
            rule: finding.rule.to_string(),
            address: finding.address.as_ref().map(ToString::to_string),
            message: finding.message.clone(),
            help: finding.help.clone(),
            file: finding.file.as_deref().map(ToOwned::to_owned),
            line: finding.line,
            column: finding.column,
            tenant: finding.tenant.as_ref().map(ToString::to_string),
        }
    }
}

impl FindingView {
    /// The findings that are seen: those of seen tenants, and the others where `whole`.
    pub(super) fn seen(findings: &[Finding], view: &View, whole: bool) -> Vec<Self> {
        let mine = findings.iter().filter(|f| f.tenant.as_deref().map_or(whole, |tenant| view.sees(tenant)));
        mine.map(|finding| Self::narrowed(finding, view)).collect()
    }
    fn narrowed(finding: &Finding, view: &View) -> Self {
        Self {
            message: prose(&finding.message, view),
            help: finding.help.as_ref().map(|help| prose(help, view)),
            ..Self::from(finding)
        }
    }
}

/// An object that exists and that nobody manages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnmanagedView {
    /// Its type.
    #[serde(rename = "type")]
    type_name: String,
    /// Its remote id.
    id: String,
    /// Its natural key.
    key: Option<String>,
    /// Where, in words.
    #[serde(rename = "in")]
    within: String,
    /// What else there is to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl From<&Unmanaged> for UnmanagedView {
    fn from(object: &Unmanaged) -> Self {
        Self {
            type_name: object.type_name.to_string(),
            id: object.id.to_string(),
            key: object.key.as_ref().map(ToString::to_string),
            within: object.within.clone(),
            note: object.note.clone(),
        }
    }
}

impl UnmanagedView {
    /// All of them where `whole`, else none: they belong to nobody.
    pub(super) fn seen(objects: &[Unmanaged], whole: bool) -> Vec<Self> {
        objects.iter().filter(|_| whole).map(Into::into).collect()
    }
}

/// What could not be seen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnverifiableView {
    /// Where.
    scope: ScopeView,
    /// Of which types.
    types: Vec<String>,
    /// Of which resource, where it is one.
    address: Option<String>,
    /// Which fields, where it is some.
    fields: Vec<String>,
    /// Why.
    why: String,
}

impl From<&Unverifiable> for UnverifiableView {
    fn from(gap: &Unverifiable) -> Self {
        Self {
            scope: (&gap.scope).into(),
            types: gap.types.iter().map(ToString::to_string).collect(),
            address: gap.address.as_ref().map(ToString::to_string),
            fields: gap.fields.iter().map(ToString::to_string).collect(),
            why: gap.why.clone(),
        }
    }
}

impl UnverifiableView {
    /// Those of seen tenants, and those of nobody in particular where `whole`.
    pub(super) fn seen(gaps: &[Unverifiable], view: &View, whole: bool) -> Vec<Self> {
        let mine = gaps.iter().filter(|gap| gap.address.as_ref().map_or(whole, |a| view.sees(a.tenant())));
        mine.map(|gap| Self { why: prose(&gap.why, view), ..gap.into() }).collect()
    }
}

/// Calls and version.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MetaView {
    /// Calls by `service:Action`.
    api_calls: BTreeMap<String, u64>,
    /// The version of Aplomo.
    version: String,
    /// How long it took, in milliseconds.
    took_ms: u64,
}

impl From<&Meta> for MetaView {
    fn from(meta: &Meta) -> Self {
        Self { api_calls: meta.api_calls.clone(), version: meta.version.clone(), took_ms: meta.took_ms }
    }
}

/// A plan in short.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlanSummary {
    /// Its digest.
    digest: String,
    /// The moment it is a plan for.
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    /// The names of its sources.
    sources: Vec<String>,
    /// Whether all wishes and all of the world they touch were seen.
    complete: bool,
    /// Whether it may be applied.
    applyable: bool,
    /// Whether changes of tenants you may not see are left out of the counts.
    partial: bool,
    /// Changes by action.
    #[schema(value_type = BTreeMap<String, u32>)]
    summary: BTreeMap<Action, u32>,
}

impl PlanSummary {
    /// The plan as seen; `None` where nothing of it is.
    pub(crate) fn seen(entry: &PlanEntry, view: &View) -> Option<Self> {
        let mine: Vec<_> =
            entry.tenants.iter().filter(|(tenant, _)| view.sees(tenant)).map(|(_, of)| of).collect();
        if mine.is_empty() && !view.is_named_in(entry.speaks_for.as_ref()) {
            return None;
        }
        let whole = mine.len() == entry.tenants.len() && view.sees_all_of(entry.speaks_for.as_ref());
        Some(Self {
            digest: entry.digest.to_string(),
            as_of: entry.as_of,
            sources: sources(entry, &mine, whole).map(ToString::to_string).collect(),
            complete: entry.complete,
            applyable: if whole { entry.applyable } else { applyable(&mine) },
            partial: !whole,
            summary: summary(mine.iter().flat_map(|of| of.changes.iter().map(|(action, n)| (*action, *n)))),
        })
    }
}

/// The sources that are shown: all of a plan seen whole, else those of the changes that are seen, and
/// the only one there is.
fn sources<'a>(
    entry: &'a PlanEntry,
    mine: &'a [&PerTenant],
    all: bool,
) -> impl Iterator<Item = &'a SourceName> {
    let all = all || entry.sources.len() == 1;
    entry.sources.iter().filter(move |source| all || mine.iter().any(|of| of.sources.contains(*source)))
}

fn applyable(mine: &[&PerTenant]) -> bool {
    let changes = mine.iter().any(|of| !of.changes.is_empty());
    mine.iter().all(|of| of.errors == 0) && (!changes || mine.iter().any(|of| of.open > 0))
}

fn summary(counts: impl Iterator<Item = (CoreAction, u32)>) -> BTreeMap<Action, u32> {
    let mut summary: BTreeMap<Action, u32> =
        CoreAction::ALL.into_iter().map(|action| (action.into(), 0)).collect();
    for (action, count) in counts {
        *summary.entry(action.into()).or_default() += count;
    }
    summary
}

/// A whole plan.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlanView {
    /// The version of the plan's format.
    format_version: u32,
    /// The digest of the whole plan, also where only a part of it is shown.
    digest: String,
    /// The moment it is a plan for.
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    /// When time alone may change it.
    #[schema(value_type = Option<String>, format = DateTime)]
    wake: Option<Timestamp>,
    /// Where the wishes came from.
    sources: Vec<PlanSourceView>,
    /// Whether all was seen; never better for looking at a part.
    complete: bool,
    /// Whether it may be applied.
    applyable: bool,
    /// Whether what belongs to tenants you may not see, or to nobody in particular, is left out.
    partial: bool,
    /// Changes by action.
    #[schema(value_type = BTreeMap<String, u32>)]
    summary: BTreeMap<Action, u32>,
    /// The changes.
    changes: Vec<ChangeView>,
    /// What checks say.
    findings: Vec<FindingView>,
    /// What nobody manages.
    unmanaged: Vec<UnmanagedView>,
    /// What could not be seen.
    unverifiable: Vec<UnverifiableView>,
    /// Calls and version; `null` where only a part is shown.
    meta: Option<MetaView>,
}

impl PlanView {
    /// The plan as seen; `None` where nothing of it is.
    pub(crate) fn seen(data: PlanData, view: &View) -> Option<Self> {
        let PlanData { plan, speaks_for } = data;
        let short = PlanSummary::seen(&PlanEntry::new(&plan, speaks_for), view)?;
        let whole = !short.partial;
        Some(Self {
            format_version: plan.format_version,
            digest: short.digest,
            as_of: plan.as_of,
            wake: plan.wake.filter(|_| whole),
            sources: PlanSourceView::seen(&plan.sources, view, |name| {
                short.sources.iter().any(|shown| shown == name.as_str())
            }),
            complete: plan.complete,
            applyable: short.applyable,
            partial: !whole,
            summary: short.summary,
            changes: ChangeView::seen(&plan.changes, view),
            findings: FindingView::seen(&plan.findings, view, whole),
            unmanaged: UnmanagedView::seen(&plan.unmanaged, whole),
            unverifiable: UnverifiableView::seen(&plan.unverifiable, view, whole),
            meta: whole.then(|| (&plan.meta).into()),
        })
    }
}
