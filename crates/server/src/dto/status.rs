//! Where everything stands.

use super::RunSummary;
use super::locks::{BreakGlassView, LockView};
use crate::data::{AuditHead, BudgetData, SourceData, StatusData, TenantData};
use crate::text::{prose, without_userinfo};
use crate::view::View;
use aplomo_core::Timestamp;
use aplomo_core::ledger::{Hold, Quarantine};
use serde::Serialize;
use utoipa::ToSchema;

/// The newest entry of an audit chain: what `audit verify --head` takes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditHeadView {
    /// Its number.
    seq: i64,
    /// Its hash.
    hash: String,
}

impl From<&AuditHead> for AuditHeadView {
    fn from(head: &AuditHead) -> Self {
        Self { seq: head.seq, hash: head.hash.to_string() }
    }
}

/// Where a tenant stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TenantView {
    /// The tenant.
    name: String,
    /// `active`, `frozen`, `leaving` or `released`.
    state: String,
    /// Its last run.
    last_run: Option<RunSummary>,
    /// When drift was last looked for.
    #[schema(value_type = Option<String>, format = DateTime)]
    drift_as_of: Option<Timestamp>,
    /// How many of its changes undo drift.
    drift_changes: u32,
    /// How many other changes of it wait.
    pending_changes: u32,
    /// The head of its audit chain.
    audit_head: Option<AuditHeadView>,
}

impl TenantView {
    fn seen(tenant: &TenantData, view: &View) -> Self {
        Self {
            name: tenant.name.to_string(),
            state: tenant.state.to_string(),
            last_run: tenant.last_run.as_ref().and_then(|run| RunSummary::seen(run, view)),
            drift_as_of: tenant.drift_as_of,
            drift_changes: tenant.drift_changes,
            pending_changes: tenant.pending_changes,
            audit_head: tenant.audit_head.as_ref().map(Into::into),
        }
    }
}

/// Where a source stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceView {
    /// Its name.
    name: String,
    /// Its path or address, without user and password.
    location: String,
    /// The tenants it may speak for that you may see; `null` for any.
    tenants: Option<Vec<String>>,
    /// The commit that was read last.
    commit: Option<String>,
    /// When it was last read.
    #[schema(value_type = Option<String>, format = DateTime)]
    read_at: Option<Timestamp>,
    /// Whether that reading was complete.
    complete: bool,
    /// Whether it is held until somebody accepts its new history.
    held: bool,
    /// What is wrong, in words; empty where the source also speaks for tenants you may not see.
    problems: Vec<String>,
}

impl SourceView {
    fn seen(source: &SourceData, view: &View) -> Option<Self> {
        let tenants = source.speaks_for.as_ref();
        if !view.is_named_in(tenants) {
            return None;
        }
        let whole = view.sees_all_of(tenants);
        let problems = source.held.iter().chain(&source.problems).filter(|_| whole).cloned().collect();
        Some(Self {
            name: source.name.to_string(),
            location: without_userinfo(&source.location),
            tenants: tenants.map(|all| view.keep(all).iter().map(ToString::to_string).collect()),
            commit: source.commit.as_ref().map(ToString::to_string),
            read_at: source.read_at,
            complete: source.complete,
            held: source.held.is_some(),
            problems,
        })
    }
}

/// Writes that are stopped.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HoldView {
    /// A tenant, an address or a pattern.
    what: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// Why.
    reason: String,
    /// Who said so, and how sure that is.
    by: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl From<&Hold> for HoldView {
    fn from(hold: &Hold) -> Self {
        Self {
            what: hold.what.0.to_string(),
            until: hold.until,
            reason: hold.reason.clone(),
            by: hold.by.to_string(),
            at: hold.at,
        }
    }
}

impl HoldView {
    /// A hold on one tenant's things is seen by who sees the tenant; a wider one by who sees all.
    fn seen(hold: &Hold, view: &View) -> Option<Self> {
        let tenant = hold.what.0.split(['/', ':']).next().unwrap_or_default();
        view.sees(tenant).then(|| Self { reason: prose(&hold.reason, view), ..hold.into() })
    }
}

/// A change that did not converge.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuarantineView {
    /// The address.
    address: String,
    /// The field that would not stay.
    field: Option<String>,
    /// Why, in words.
    why: String,
    /// The commit under which it happened.
    commit: Option<String>,
    /// The effect that failed.
    digest: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl From<&Quarantine> for QuarantineView {
    fn from(entry: &Quarantine) -> Self {
        Self {
            address: entry.address.to_string(),
            field: entry.field.as_ref().map(ToString::to_string),
            why: entry.why.clone(),
            commit: entry.commit.as_ref().map(ToString::to_string),
            digest: entry.digest.to_string(),
            at: entry.at,
        }
    }
}

impl QuarantineView {
    fn seen(entry: &Quarantine, view: &View) -> Option<Self> {
        view.sees(entry.address.tenant()).then(|| Self { why: prose(&entry.why, view), ..entry.into() })
    }
}

/// A budget of calls.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BudgetView {
    /// The account.
    account: String,
    /// The service.
    service: String,
    /// How many calls may leave at once now.
    available: u32,
    /// How many may leave at once when it is full.
    burst: u32,
    /// How many are added each second when nobody slows it down.
    per_second: u32,
    /// Since when the service says to slow down.
    #[schema(value_type = Option<String>, format = DateTime)]
    throttled_since: Option<Timestamp>,
    /// Until when it runs slower, because the service said so.
    #[schema(value_type = Option<String>, format = DateTime)]
    slow_until: Option<Timestamp>,
}

impl From<&BudgetData> for BudgetView {
    fn from(budget: &BudgetData) -> Self {
        Self {
            account: budget.account.clone(),
            service: budget.service.clone(),
            available: budget.available,
            burst: budget.burst,
            per_second: budget.per_second,
            throttled_since: budget.throttled_since,
            slow_until: budget.slow_until,
        }
    }
}

/// Where everything stands, as far as you may see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatusView {
    /// The version of Aplomo.
    version: String,
    /// The installation.
    installation: String,
    /// The moment it is told.
    #[schema(value_type = String, format = DateTime)]
    now: Timestamp,
    /// When the daemon started.
    #[schema(value_type = String, format = DateTime)]
    started: Timestamp,
    /// Whether what belongs to tenants you may not see, or to nobody in particular, is left out.
    partial: bool,
    /// The tenants.
    tenants: Vec<TenantView>,
    /// The sources.
    sources: Vec<SourceView>,
    /// Holds in force.
    holds: Vec<HoldView>,
    /// The quarantine.
    quarantine: Vec<QuarantineView>,
    /// Who is at work.
    locks: Vec<LockView>,
    /// Freezes and windows that are open in an emergency.
    break_glass: Vec<BreakGlassView>,
    /// Budgets of calls; only for who may see every tenant.
    budgets: Vec<BudgetView>,
}

impl StatusView {
    /// The status as seen.
    pub(crate) fn seen(status: &StatusData, view: &View) -> Self {
        let tenants = status.tenants.iter().filter(|tenant| view.sees(tenant.name.as_str()));
        Self {
            version: status.version.clone(),
            installation: status.installation.to_string(),
            now: status.now,
            started: status.started,
            partial: !view.is_all(),
            tenants: tenants.map(|tenant| TenantView::seen(tenant, view)).collect(),
            sources: status.sources.iter().filter_map(|source| SourceView::seen(source, view)).collect(),
            holds: status.holds.iter().filter_map(|hold| HoldView::seen(hold, view)).collect(),
            quarantine: status
                .quarantine
                .iter()
                .filter_map(|entry| QuarantineView::seen(entry, view))
                .collect(),
            locks: status.locks.iter().filter_map(|lock| LockView::seen(lock, view)).collect(),
            break_glass: status
                .break_glass
                .iter()
                .filter_map(|glass| BreakGlassView::seen(glass, view))
                .collect(),
            budgets: status.budgets.iter().filter(|_| view.is_all()).map(Into::into).collect(),
        }
    }
}
