//! What a backend gives: types of core, with what is needed to tell whose they are.
//!
//! Deliberately absent: how any of it is shown; see `dto`.

use aplomo_core::ledger::{Hold, Quarantine};
use aplomo_core::plan::{Action, Change, HeldBy, Meta, Plan, PlanSource, Unmanaged, Unverifiable};
use aplomo_core::run::{Run, Status};
use aplomo_core::safety::BreakGlass;
use aplomo_core::{CommitId, Digest, Finding, Installation, Severity, SourceName, TenantName, Timestamp};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Where everything stands now.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusData {
    /// The moment it is told.
    pub now: Timestamp,
    /// When the daemon started.
    pub started: Timestamp,
    /// The version of Aplomo.
    pub version: String,
    /// The installation.
    pub installation: Installation,
    /// The tenants.
    pub tenants: Vec<TenantData>,
    /// The sources.
    pub sources: Vec<SourceData>,
    /// Holds in force.
    pub holds: Vec<Hold>,
    /// The quarantine.
    pub quarantine: Vec<Quarantine>,
    /// Who is at work.
    pub locks: Vec<LockData>,
    /// Freezes and windows that are open in an emergency.
    pub break_glass: Vec<BreakGlass>,
    /// Budgets of calls.
    pub budgets: Vec<BudgetData>,
}

/// A run at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockData {
    /// The tenant and the account, `acme/123456789012`.
    pub scope: String,
    /// The process that holds it.
    pub holder: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when, unless it is renewed.
    pub until: Timestamp,
}

/// Where a tenant stands.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantData {
    /// The tenant.
    pub name: TenantName,
    /// Its state as applied: `active`, `frozen`, `leaving` or `released`.
    pub state: SmolStr,
    /// Its last run.
    pub last_run: Option<RunEntry>,
    /// When drift was last looked for.
    pub drift_as_of: Option<Timestamp>,
    /// How many of its changes undo drift.
    pub drift_changes: u32,
    /// How many other changes of it wait.
    pub pending_changes: u32,
    /// The head of its audit chain.
    pub audit_head: Option<AuditHead>,
}

/// The newest entry of an audit chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    /// Its number.
    pub seq: i64,
    /// Its hash.
    pub hash: Digest,
}

/// Where a source stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceData {
    /// Its name.
    pub name: SourceName,
    /// Its path or address; user and password are not shown.
    pub location: String,
    /// The tenants it may speak for; `None` for any.
    pub speaks_for: Option<BTreeSet<TenantName>>,
    /// The commit that was read last.
    pub commit: Option<CommitId>,
    /// When it was last read.
    pub read_at: Option<Timestamp>,
    /// Whether that reading was complete.
    pub complete: bool,
    /// Why it is held, where it is.
    pub held: Option<String>,
    /// What went wrong lately.
    pub problems: Vec<String>,
}

/// A budget of calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetData {
    /// The account.
    pub account: String,
    /// The service, e.g. `route53`.
    pub service: String,
    /// How many calls may leave at once now.
    pub available: u32,
    /// How many may leave at once when it is full.
    pub burst: u32,
    /// How many are added each second when nobody slows it down.
    pub per_second: u32,
    /// Since when the service says to slow down.
    pub throttled_since: Option<Timestamp>,
    /// Until when it runs slower, because the service said so.
    pub slow_until: Option<Timestamp>,
}

/// What a plan holds of one tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PerTenant {
    /// Changes by action.
    pub changes: BTreeMap<Action, u32>,
    /// How many changes nothing holds that an approval could not lift.
    pub open: u32,
    /// How many error findings stand.
    pub errors: u32,
    /// The sources its changes come from.
    pub sources: BTreeSet<SourceName>,
}

/// A plan in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanEntry {
    /// Its digest.
    pub digest: Digest,
    /// The moment it is a plan for.
    pub as_of: Timestamp,
    /// Its sources.
    pub sources: Vec<SourceName>,
    /// The tenants those may speak for; `None` for any.
    pub speaks_for: Option<BTreeSet<TenantName>>,
    /// Whether all was seen.
    pub complete: bool,
    /// Whether it may be applied.
    pub applyable: bool,
    /// What it holds of each tenant.
    pub tenants: BTreeMap<SmolStr, PerTenant>,
}

impl PlanEntry {
    /// A plan in short; `speaks_for` names the tenants its sources may speak for, `None` for any.
    #[must_use]
    pub fn new(plan: &Plan, speaks_for: Option<BTreeSet<TenantName>>) -> Self {
        Self {
            digest: plan.digest,
            as_of: plan.as_of,
            sources: plan.sources.iter().map(|source| source.name.clone()).collect(),
            speaks_for,
            complete: plan.complete,
            applyable: plan.applyable,
            tenants: per_tenant(plan),
        }
    }
}

fn per_tenant(plan: &Plan) -> BTreeMap<SmolStr, PerTenant> {
    let mut tenants: BTreeMap<SmolStr, PerTenant> = BTreeMap::new();
    for change in &plan.changes {
        let of = tenants.entry(change.address.tenant().into()).or_default();
        *of.changes.entry(change.action).or_default() += 1;
        of.sources.insert(change.source.clone());
        of.open += u32::from(change.held_by.as_ref().is_none_or(HeldBy::liftable));
    }
    for finding in plan.findings.iter().filter(|finding| finding.severity == Severity::Error) {
        if let Some(tenant) = &finding.tenant {
            tenants.entry(tenant.clone()).or_default().errors += 1;
        }
    }
    tenants
}

/// A whole plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanData {
    /// The plan.
    pub plan: Plan,
    /// The tenants its sources may speak for; `None` for any.
    pub speaks_for: Option<BTreeSet<TenantName>>,
}

/// A run in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEntry {
    /// The run; its outcomes may be left out.
    pub run: Run,
    /// The source whose plan it executed.
    pub source: SourceName,
    /// How many changes of each tenant came to what.
    pub tenants: BTreeMap<SmolStr, BTreeMap<Status, u32>>,
}

impl RunEntry {
    /// A run in short, counted from its outcomes.
    #[must_use]
    pub fn new(run: &Run, source: SourceName) -> Self {
        let mut tenants: BTreeMap<SmolStr, BTreeMap<Status, u32>> = BTreeMap::new();
        for outcome in &run.outcomes {
            let of = tenants.entry(outcome.address.tenant().into()).or_default();
            *of.entry(outcome.status).or_default() += 1;
        }
        Self { run: Run { outcomes: Vec::new(), ..run.clone() }, source, tenants }
    }
}

/// A whole run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunData {
    /// The run with its outcomes.
    pub run: Run,
    /// The source whose plan it executed.
    pub source: SourceName,
}

/// The latest drift report of one source, field by field as the planner gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftData {
    /// The source.
    pub source: SourceName,
    /// The tenants it may speak for; `None` for any.
    pub speaks_for: Option<BTreeSet<TenantName>>,
    /// The version of the report's format.
    pub format_version: u32,
    /// The moment it is a report for.
    pub as_of: Timestamp,
    /// Where the wishes came from.
    pub sources: Vec<PlanSource>,
    /// Whether all was seen.
    pub complete: bool,
    /// Changes that undo what the world did.
    pub changes: Vec<Change>,
    /// Changes that wait for approval and have nothing to do with drift.
    pub pending: Vec<Change>,
    /// What checks say.
    pub findings: Vec<Finding>,
    /// What nobody manages.
    pub unmanaged: Vec<Unmanaged>,
    /// What could not be seen.
    pub unverifiable: Vec<Unverifiable>,
    /// Calls and version.
    pub meta: Meta,
}
