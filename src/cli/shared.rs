//! What several commands do alike: plan a path, filter, judge, show findings.

use crate::context::Cx;
use crate::diagnostics;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::history;
use aplomo_core::address::AddressPattern;
use aplomo_core::manifest::Snapshot;
use aplomo_core::{Finding, Plan, Severity, TenantName, Timestamp};
use aplomo_engine::{Engine, PlanOptions, Planned, Short};
use aplomo_source::Reading;
use std::path::Path;

/// A plan of a path with what was read for it.
pub struct PathPlan {
    /// The plan with what it was made from; filtered as `--tenant` and `--target` ask.
    pub planned: Planned,
    /// The manifests.
    pub reading: Reading,
}

/// Reads a path and plans it.
///
/// # Errors
/// Where the path is not there or the store cannot be read.
pub async fn plan_path(
    cx: &Cx,
    engine: &Engine,
    path: &Path,
    options: PlanOptions,
) -> Result<PathPlan, Failure> {
    let mut reading = cx.read(path)?;
    let rewritten = history::check(&engine.store, &mut reading.snapshot, &cx.env.cwd.join(path)).await?;
    let held = rewritten.map(|reason| (reading.snapshot.name.clone(), reason)).into_iter().collect();
    // A directory that is none of the configured sources may be a pull request's: it learns no secrets.
    let secrets = is_real(&reading.snapshot);
    let options = PlanOptions { held, secrets, ..options };
    let mut planned = engine.plan(std::slice::from_ref(&reading.snapshot), &options).await?;
    note_unmatched(cx, &planned);
    planned.plan = filtered(cx, planned.plan)?;
    Ok(PathPlan { planned, reading })
}

/// Whether a snapshot is of a source that the configuration names, or of a directory where it names none.
#[must_use]
pub fn is_real(snapshot: &Snapshot) -> bool {
    snapshot.operator || snapshot.tenants.is_some()
}

/// Says which filters match nothing at all: a misspelt name must not look like a place where nothing differs.
fn note_unmatched(cx: &Cx, planned: &Planned) {
    let all = || planned.desired.resources.keys().chain(planned.plan.changes.iter().map(|c| &c.address));
    for tenant in cx.common.tenant.iter().filter(|tenant| !all().any(|a| a.tenant() == tenant.as_str())) {
        cx.out.say(&diagnostics::visible(&format!("note: nothing here is of tenant `{tenant}`")));
    }
    for target in &cx.common.target {
        let pattern = AddressPattern(target.into());
        if !all().any(|address| pattern.matches(address)) {
            cx.out.say(&diagnostics::visible(&format!("note: nothing here matches the target `{target}`")));
        }
    }
}

/// The plan with only the tenants and targets that were asked for.
///
/// # Errors
/// Where a tenant's name is not well formed.
pub fn filtered(cx: &Cx, plan: Plan) -> Result<Plan, Failure> {
    if cx.common.tenant.is_empty() && cx.common.target.is_empty() {
        return Ok(plan);
    }
    let tenants = cx
        .common
        .tenant
        .iter()
        .map(TenantName::new)
        .collect::<Result<Vec<_>, _>>()
        .map_err(Failure::usage)?;
    let targets: Vec<_> = cx.common.target.iter().map(|t| AddressPattern(t.into())).collect();
    Ok(aplomo_planner::filter(plan, &tenants, &targets))
}

/// A plan file is what was approved, as a whole: narrowing it here would look like it had been narrowed.
///
/// # Errors
/// Where `--tenant` or `--target` was given.
pub fn no_filter(cx: &Cx) -> Result<(), Failure> {
    if cx.common.tenant.is_empty() && cx.common.target.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(
        "--tenant and --target narrow a plan when it is made: `aplomo plan PATH --target … --out FILE`",
    ))
}

/// How many approvals of how many are there, where changes need several people; `None` where none does.
#[must_use]
pub fn short_text(short: &[Short]) -> Option<String> {
    let least = short.iter().min_by_key(|s| s.who.len())?;
    let who = if least.who.is_empty() { "nobody".to_owned() } else { least.who.join(", ") };
    let changes = diagnostics::count(short.len(), "change");
    Some(format!(
        "{changes} with {} of {} approvals ({}): other people must approve as well",
        least.who.len(),
        least.needed,
        diagnostics::visible(&who)
    ))
}

/// A moment given as RFC 3339.
///
/// # Errors
/// Where it is none.
pub fn moment(text: Option<&str>) -> Result<Option<Timestamp>, Failure> {
    let parse = |t: &str| {
        t.parse().map_err(|_| Failure::usage(format!("`{t}` is no moment; write it as 2027-01-31T00:00:00Z")))
    };
    text.map(parse).transpose()
}

/// The problems of the manifests themselves: what `validate` lists.
#[must_use]
pub fn manifest_errors(planned: &Planned) -> bool {
    planned.desired.findings.iter().any(|f| f.severity == Severity::Error && f.rule != "unreachable-account")
}

/// The exit code of `plan` and `drift`.
#[must_use]
pub fn judge(cx: &Cx, planned: &Planned, differs: bool) -> Exit {
    if manifest_errors(planned) {
        return Exit::Invalid;
    }
    if cx.common.detailed_exitcode && differs {
        return Exit::Differs;
    }
    let unseen = !planned.plan.unverifiable.is_empty() || !planned.problems.is_empty();
    if !planned.problems.is_empty() || (cx.common.detailed_exitcode && unseen) {
        return Exit::Failed;
    }
    Exit::Done
}

/// Findings with their source lines.
#[must_use]
pub fn findings_text(cx: &Cx, findings: &[Finding], reading: &Reading) -> String {
    let texts = reading.texts.iter().map(|(file, text)| (file.clone(), text.clone())).collect();
    diagnostics::render(findings, &texts, cx.out.color)
}

/// Says what went wrong outside, on standard error.
pub fn say_problems(cx: &Cx, planned: &Planned) {
    for problem in &planned.problems {
        cx.out.say(&format!("error: {}", diagnostics::visible(problem)));
    }
}
