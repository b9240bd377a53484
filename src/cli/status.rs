//! `aplomo status`: tenants, last runs, quarantine, holds, drift age, leases, budgets.

use crate::args::{Format, StatusArgs};
use crate::context::Cx;
use crate::diagnostics::{count, visible};
use crate::exit::Exit;
use crate::failure::Failure;
use aplomo_core::Timestamp;
use aplomo_core::ledger::Memory;
use aplomo_core::ports::Clock as _;
use aplomo_core::safety::BreakGlass;
use aplomo_engine::budget::Budgets;
use aplomo_engine::clock::SystemClock;
use aplomo_planner::moment;
use aplomo_store::{Head, HeldSource, LeaseRow, RunSummary, Store};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What `status --format json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    at: Timestamp,
    installation: String,
    tenants: BTreeMap<String, TenantStatus>,
    runs: Vec<aplomo_core::run::Run>,
    quarantine: Vec<aplomo_core::ledger::Quarantine>,
    holds: Vec<aplomo_core::ledger::Hold>,
    reverted: Vec<aplomo_core::reverted::Reverted>,
    snoozes: Vec<aplomo_core::told::Snooze>,
    held_sources: Vec<HeldSource>,
    /// Reports that their receivers have not taken yet.
    letters: Vec<aplomo_store::Waiting>,
    leases: Vec<LeaseRow>,
    /// Freezes and windows that somebody broke open, or asked to.
    break_glass: Vec<GlassStatus>,
    audit_heads: Vec<Head>,
    budgets: BTreeMap<String, RateStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audit_trouble: Option<String>,
}

/// A broken glass.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GlassStatus {
    #[serde(flatten)]
    glass: BreakGlass,
    /// Whether freezes and windows are open by it.
    opens: bool,
}

/// A budget as configured. What is left of it only the process knows that makes the calls.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RateStatus {
    burst: u32,
    per_second: u32,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct TenantStatus {
    resources: u64,
    oldest_drift: Option<Timestamp>,
    drifting: u64,
}

/// Shows where everything stands, or breaks a lease.
///
/// # Errors
/// Where the store cannot be read.
pub async fn run(cx: &Cx, args: &StatusArgs) -> Result<Exit, Failure> {
    let store = cx.store().await?;
    if let Some(tenant) = &args.unlock {
        return unlock(cx, &store, tenant, args.reason.as_deref().unwrap_or_default()).await;
    }
    let at = SystemClock::new().now();
    let memory = store.memory(at).await?;
    let recorded = aplomo_resources::aplomo::recorded(&memory);
    let standing = memory.glass.iter().filter(|glass| glass.until > at).cloned();
    let glass = standing.map(|glass| GlassStatus { opens: glass.opens(&recorded, at), glass }).collect();
    let status = Status {
        at,
        installation: store.installation().to_string(),
        tenants: tenants(&memory),
        runs: store.runs(10).await?.into_iter().map(|RunSummary { run, .. }| run).collect(),
        quarantine: memory.quarantine,
        holds: memory.holds.into_iter().filter(|h| h.until > at).collect(),
        reverted: memory.reverted.into_values().collect(),
        snoozes: store.snoozes(at).await?,
        held_sources: store.held_sources().await?,
        letters: store.letters_waiting().await?,
        leases: store.leases().await?,
        break_glass: glass,
        audit_heads: store.heads().await?,
        budgets: budgets(cx),
        audit_trouble: store.head_trouble(),
    };
    match cx.common.format {
        Format::Json => cx.out.json(&status)?,
        _ => cx.out.result(&text(&status)),
    }
    Ok(Exit::Done)
}

async fn unlock(cx: &Cx, store: &Store, tenant: &str, why: &str) -> Result<Exit, Failure> {
    let prefix = format!("{tenant}/");
    let mut broken = 0;
    for lease in store.leases().await?.iter().filter(|l| l.scope.starts_with(&prefix)) {
        store.lease_break(&lease.scope, &cx.actor(None)?, why).await?;
        broken += 1;
    }
    cx.out.result(&format!("{broken} leases of {tenant} broken; their holders stop before the next write"));
    Ok(if broken > 0 { Exit::Done } else { Exit::Refused })
}

fn tenants(memory: &Memory) -> BTreeMap<String, TenantStatus> {
    let mut tenants: BTreeMap<String, TenantStatus> = BTreeMap::new();
    for address in memory.ledger.keys() {
        tenants.entry(address.tenant().to_owned()).or_default().resources += 1;
    }
    for (address, since) in &memory.first_seen {
        let tenant = tenants.entry(address.tenant().to_owned()).or_default();
        tenant.drifting += 1;
        tenant.oldest_drift = tenant.oldest_drift.into_iter().chain([*since]).min();
    }
    tenants
}

/// By service; `*` for those of which nothing is said.
fn budgets(cx: &Cx) -> BTreeMap<String, RateStatus> {
    let usual = ("*".to_owned(), Budgets::USUAL);
    let all = cx.rates().into_iter().chain(std::iter::once(usual));
    all.map(|(service, rate)| (service, RateStatus { burst: rate.burst, per_second: rate.per_second }))
        .collect()
}

fn budgets_text(status: &Status) -> String {
    let mut out = String::new();
    for (service, rate) in &status.budgets {
        let service = if service == "*" { "other services" } else { service };
        let _ = writeln!(
            out,
            "budget of {service}: {} calls a second, {} at once, for each account",
            rate.per_second, rate.burst
        );
    }
    out.push_str("  (as configured; what is left of them the daemon tells at /api/v1/status)\n");
    out
}

/// Who is at work. A lease stands for a minute and is renewed while its holder lives.
fn leases_text(status: &Status) -> String {
    let mut out = String::new();
    for lease in &status.leases {
        let (since, until) = (moment(lease.since), moment(lease.until));
        let over = if lease.until <= status.at { ", which is over" } else { "" };
        let _ = writeln!(
            out,
            "{} is being worked on by {} since {since}, until {until}{over}",
            lease.scope, lease.holder
        );
    }
    out
}

fn text(status: &Status) -> String {
    let mut out = format!("Aplomo `{}` at {}\n", status.installation, moment(status.at));
    for (name, tenant) in &status.tenants {
        let _ = write!(
            out,
            "  {name}: {}",
            count(usize::try_from(tenant.resources).unwrap_or(usize::MAX), "resource")
        );
        if let Some(since) = tenant.oldest_drift {
            let _ = write!(out, ", {} drifting, the oldest since {}", tenant.drifting, moment(since));
        }
        out.push('\n');
    }
    for run in &status.runs {
        let ending = run
            .ending
            .map_or_else(|| "at work or interrupted".to_owned(), |e| format!("{e:?}").to_lowercase());
        let _ = writeln!(out, "run {}  {}  {ending}", run.run, moment(run.started));
    }
    for entry in &status.quarantine {
        let _ = writeln!(out, "quarantined {}: {}", entry.address, entry.why);
    }
    for hold in &status.holds {
        let _ = writeln!(
            out,
            "held {} until {} by {}: {}",
            hold.what.0,
            moment(hold.until),
            hold.by,
            hold.reason
        );
    }
    for one in &status.reverted {
        let _ = writeln!(out, "{} was {one}; `aplomo release {}` ends that", one.address, one.address);
    }
    for one in &status.snoozes {
        let (until, by) = (moment(one.until), &one.by);
        let _ = writeln!(out, "drift at {} snoozed until {until} by {by}: {}", one.address, one.reason);
    }
    for one in &status.letters {
        let why = one.trouble.as_deref().unwrap_or("not tried yet");
        let _ = writeln!(out, "report of {} waits, next try {}: {why}", one.name, moment(one.next));
    }
    for source in &status.held_sources {
        let _ = writeln!(
            out,
            "source {} held: {}; `aplomo release source:{}` accepts it",
            source.source, source.reason, source.source
        );
    }
    out.push_str(&leases_text(status));
    for GlassStatus { glass, opens } in &status.break_glass {
        let (tenant, until) = (&glass.tenant, moment(glass.until));
        let _ = match opens {
            true => writeln!(
                out,
                "BREAK-GLASS: freezes and windows of {tenant} are open until {until}: {}",
                glass.words()
            ),
            false => writeln!(out, "break-glass of {tenant} waits for another person: {}", glass.words()),
        };
    }
    if let Some(trouble) = &status.audit_trouble {
        let _ = writeln!(out, "audit heads are not published: {trouble}");
    }
    out.push_str(&budgets_text(status));
    visible(&out)
}
