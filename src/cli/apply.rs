//! `aplomo apply PATH | --plan FILE`: carry out approved changes.

use super::shared::{findings_text, manifest_errors, no_filter, plan_path, say_problems, short_text};
use crate::args::{ApplyArgs, Format};
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::planfile;
use aplomo_core::plan::HeldBy;
use aplomo_core::ports::CallCounter;
use aplomo_core::run::{Ending, Run, Status};
use aplomo_core::{Plan, Severity};
use aplomo_engine::{Approving, Connections, Engine, Order, PlanOptions, Planned, Stop};
use aplomo_planner::Style;
use std::io::Write as _;
use std::path::Path;

/// Applies a path or a plan file.
///
/// # Errors
/// Where nothing may be applied, another run is at work, or the store fails.
pub async fn run(cx: &Cx, args: &ApplyArgs) -> Result<Exit, Failure> {
    let engine = cx.engine().await?;
    let stop = Stop::default();
    stop.on_signals();
    match (&args.plan, &args.path) {
        (Some(file), _) => from_file(cx, &engine, args, file, &stop).await,
        (None, Some(path)) => from_path(cx, &engine, args, path, &stop).await,
        (None, None) => Err(Failure::usage("give a PATH or --plan FILE")),
    }
}

async fn from_file(
    cx: &Cx,
    engine: &Engine,
    args: &ApplyArgs,
    file: &Path,
    stop: &Stop,
) -> Result<Exit, Failure> {
    no_filter(cx)?;
    let plan = match planfile::read(&cx.env.cwd.join(file)) {
        Ok(plan) => plan,
        Err(failure) => return refused(cx, engine, args, None, failure).await,
    };
    if !plan.applyable {
        let errors = plan.findings.iter().any(|f| f.severity == Severity::Error);
        let why = match errors {
            true => "the plan may not be applied: an error finding stands in it; see its `findings`",
            false => {
                "nothing of the plan may be applied: `heldBy` of each change says why; plan again when that is over"
            }
        };
        return refused(cx, engine, args, Some(&plan), Failure::refused(why)).await;
    }
    let resumed = engine.resume_all(stop).await?;
    if let Some(exit) = report_resumed(cx, &resumed)? {
        return Ok(exit);
    }
    let calls = CallCounter::default();
    let connections = engine.connections_for(&plan, &calls).await?;
    if let Err(failure) = approve_if_asked(cx, engine, args, &plan).await {
        return refused(cx, engine, args, Some(&plan), failure).await;
    }
    let mut run = match execute(cx, engine, &plan, &connections, stop).await {
        Ok(run) => run,
        Err(failure) => return refused(cx, engine, args, Some(&plan), failure).await,
    };
    run.meta.add(&calls.calls());
    count_resumed(&mut run, &resumed);
    show(cx, &run)?;
    let exit = exit_of(&run);
    // A plan that was narrowed when it was made says nothing of the rest of its source.
    for source in plan.sources.iter().filter(|source| source.complete && !plan.narrowed) {
        accept_head(cx, engine, args, source, exit).await?;
    }
    Ok(exit)
}

/// A refusal is an audit entry too. What could not be done for another reason is only told.
async fn refused(
    cx: &Cx,
    engine: &Engine,
    args: &ApplyArgs,
    plan: Option<&Plan>,
    failure: Failure,
) -> Result<Exit, Failure> {
    if failure.exit == Exit::Refused {
        let by = cx.actor(args.name.as_deref())?;
        engine.audit_refusal(plan, &by, &failure.error.to_string()).await?;
    }
    Err(failure)
}

/// Remembers the commit that was applied, so that a later head that does not descend from it is held.
/// Only of a whole source that is not held itself, and never an older one than remembered.
async fn accept_head(
    cx: &Cx,
    engine: &Engine,
    args: &ApplyArgs,
    source: &aplomo_core::plan::PlanSource,
    exit: Exit,
) -> Result<(), Failure> {
    let filtered = !cx.common.tenant.is_empty() || !cx.common.target.is_empty();
    let Some(commit) = source.commit.as_ref().filter(|_| source.complete && !filtered) else { return Ok(()) };
    if !matches!(exit, Exit::Done | Exit::Partial | Exit::Waiting) {
        return Ok(());
    }
    let accepted = engine.store.accepted_head(&source.name).await?;
    let newer = accepted.is_none_or(|accepted| {
        accepted != *commit
            && aplomo_source::descends(&cx.env.cwd.join(&source.path), &accepted, commit).unwrap_or(false)
    });
    if newer {
        engine.store.accept_head(&source.name, commit, &cx.actor(args.name.as_deref())?).await?;
    }
    Ok(())
}

async fn from_path(
    cx: &Cx,
    engine: &Engine,
    args: &ApplyArgs,
    path: &Path,
    stop: &Stop,
) -> Result<Exit, Failure> {
    let resumed = engine.resume_all(stop).await?;
    if let Some(exit) = report_resumed(cx, &resumed)? {
        return Ok(exit);
    }
    let options = PlanOptions { forget: true, ..PlanOptions::default() };
    let made = plan_path(cx, engine, path, options).await?;
    let Planned { plan, connections, problems, observation, .. } = &made.planned;
    engine.keep_plan(plan).await?;
    if cx.common.format == Format::Text {
        let style = Style { color: cx.out.color, verbose: cx.common.verbose > 0 };
        let findings = findings_text(cx, &plan.findings, &made.reading);
        cx.out.result(&aplomo_planner::render_with(plan, style, &findings, false));
    }
    if let Some(skew) = observation.skew_seconds.filter(|s| s.abs() > aplomo_engine::MAX_SKEW_SECONDS) {
        return Err(aplomo_engine::EngineError::ClockSkew(skew).into());
    }
    say_problems(cx, &made.planned);
    let nothing = plan.changes.iter().all(|c| c.held_by.is_some() && !is_liftable(c));
    if nothing {
        let exit = nothing_to_do(cx, &made.planned, resumed.last())?;
        for source in &plan.sources {
            accept_head(cx, engine, args, source, exit).await?;
        }
        return Ok(exit);
    }
    if let Err(failure) = approve_if_asked(cx, engine, args, plan).await {
        return refused(cx, engine, args, Some(plan), failure).await;
    }
    let mut run = execute(cx, engine, plan, connections, stop).await?;
    run.meta.add(&plan.meta.api_calls);
    count_resumed(&mut run, &resumed);
    show(cx, &run)?;
    let exit = exit_of(&run);
    let troubled = manifest_errors(&made.planned) || !problems.is_empty() || refused_findings(plan);
    for source in &plan.sources {
        accept_head(cx, engine, args, source, exit).await?;
    }
    Ok(if exit == Exit::Done && troubled { Exit::Partial } else { exit })
}

/// A guard may have been lifted by a standing approval; that is found when the approval is checked.
fn is_liftable(change: &aplomo_core::Change) -> bool {
    change.held_by.as_ref().is_some_and(HeldBy::liftable)
}

fn refused_findings(plan: &Plan) -> bool {
    plan.findings.iter().any(|f| f.severity == Severity::Error)
}

/// Nothing can be written: because nothing differs, or because everything is held.
fn nothing_to_do(cx: &Cx, planned: &Planned, resumed: Option<&Run>) -> Result<Exit, Failure> {
    let plan = &planned.plan;
    if let Some(run) = resumed.filter(|_| plan.changes.is_empty()) {
        // What was done is the run that was gone on with.
        show(cx, run)?;
    } else if cx.common.format == Format::Json {
        let empty = serde_json::json!({
            "run": resumed.map(|r| &r.run),
            "outcomes": plan.changes.iter().map(|c| serde_json::json!({
                "address": c.address, "action": c.action, "status": "held",
                "error": c.held_by.as_ref().map(|h| format!("held by {h}")), "requestIds": [],
            })).collect::<Vec<_>>(),
            "converged": plan.changes.is_empty() && planned.problems.is_empty() && plan.unverifiable.is_empty(),
            "meta": {"apiCalls": plan.meta.api_calls},
        });
        cx.out.json(&empty)?;
    }
    if manifest_errors(planned) {
        return Ok(Exit::Invalid);
    }
    if !planned.problems.is_empty() {
        return Ok(Exit::Failed);
    }
    if !plan.changes.is_empty() || refused_findings(plan) {
        return Ok(Exit::Refused);
    }
    Ok(match resumed {
        Some(run) => exit_of(run),
        // Nothing is left for us to do, and something is not finished.
        None if plan.findings.iter().any(|f| f.rule == "waiting") => Exit::Waiting,
        None => Exit::Done,
    })
}

/// `--auto-approve` approves what is planned; without it a person at a terminal is asked.
async fn approve_if_asked(cx: &Cx, engine: &Engine, args: &ApplyArgs, plan: &Plan) -> Result<(), Failure> {
    if !args.auto_approve {
        let short = short_text(&engine.short_of_people(plan).await?);
        if engine.any_granted(plan).await? || !ask(cx, plan, short.as_deref())? {
            return Ok(());
        }
    }
    // What waits for the end of a freeze is approved by `aplomo approve`, not by an apply that cannot apply it.
    let now = plan.changes.iter().filter(|c| !c.held_by.as_ref().is_some_and(HeldBy::passes));
    let request = Approving {
        by: cx.actor(args.name.as_deref())?,
        lifts: Vec::new(),
        only: Some(now.map(|c| c.digest).collect()),
        expires_after: cx.expiry(None)?,
        pull: None,
    };
    engine.approve(plan, &request).await?;
    Ok(())
}

/// Asks at a terminal; without one there is nobody to ask.
fn ask(cx: &Cx, plan: &Plan, short: Option<&str>) -> Result<bool, Failure> {
    if !cx.env.stdin_terminal || !cx.env.stdout_terminal || cx.common.format != Format::Text {
        return Err(Failure::refused(match short {
            Some(short) => format!("{short}: `aplomo approve {} --as NAME`", plan.digest),
            None => format!(
                "nobody approved this plan ({}); approve it with `aplomo approve`, or pass --auto-approve",
                plan.digest
            ),
        }));
    }
    let mut stderr = std::io::stderr();
    if let Some(short) = short {
        writeln!(stderr, "{short}")?;
    }
    write!(stderr, "Apply these changes? Only `yes` approves: ")?;
    stderr.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if answer.trim() == "yes" { Ok(true) } else { Err(Failure::refused("not approved; nothing was changed")) }
}

async fn execute(
    cx: &Cx,
    engine: &Engine,
    plan: &Plan,
    connections: &Connections,
    stop: &Stop,
) -> Result<Run, Failure> {
    let bar = crate::output::progress(cx.out, plan.changes.len());
    let progress = |done: usize, _all: usize| bar.set_position(done as u64);
    let order = Order { plan, connections, resume: None, stop, progress: &progress };
    let run = engine.execute(&order).await;
    bar.finish_and_clear();
    Ok(run?)
}

/// Says what was gone on with. One that was interrupted again comes before anything new: what became
/// of its calls is not known, and a new plan could do them twice.
fn report_resumed(cx: &Cx, runs: &[Run]) -> Result<Option<Exit>, Failure> {
    for run in runs {
        cx.out.say(&format!("went on with run {}, which was interrupted", run.run));
    }
    let Some(run) = runs.iter().find(|run| run.ending == Some(Ending::Interrupted)) else { return Ok(None) };
    cx.out.say("it was interrupted again; apply again, or revoke its approval to give it up");
    show(cx, run)?;
    Ok(Some(exit_of(run)))
}

/// Calls for the runs before this one were made by the same command.
fn count_resumed(run: &mut Run, resumed: &[Run]) {
    for before in resumed {
        run.meta.add(&before.meta.api_calls);
    }
}

fn show(cx: &Cx, run: &Run) -> Result<(), Failure> {
    if cx.common.format == Format::Json {
        return Ok(cx.out.json(run)?);
    }
    let mut text = String::new();
    for outcome in &run.outcomes {
        text.push_str(&format!(
            "{:<11} {:<7} {}\n",
            word(outcome.status),
            outcome.action.word(),
            outcome.address
        ));
        let silent = (outcome.status != Status::Applied).then_some("no reason given");
        if let Some(why) = outcome.error.as_deref().or(silent) {
            text.push_str(&format!("            {}\n", crate::diagnostics::visible(why)));
        }
    }
    let applied = run.outcomes.iter().filter(|o| o.status == Status::Applied).count();
    let all = crate::diagnostics::count(run.outcomes.len(), "change");
    text.push_str(&format!("\nRun {}: {applied} of {all} applied", run.run));
    text.push_str(if run.converged { "; everything it touched is as wished.\n" } else { ".\n" });
    cx.out.result(&text);
    Ok(())
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Applied => "applied",
        Status::Failed => "failed",
        Status::Stale => "stale",
        Status::Held => "held",
        Status::Waiting => "waiting",
        Status::Skipped => "skipped",
        Status::Quarantined => "quarantined",
        Status::Unknown => "unknown",
    }
}

/// The exit code of a run.
#[must_use]
pub fn exit_of(run: &Run) -> Exit {
    match run.ending {
        Some(Ending::Converged) => Exit::Done,
        Some(Ending::Partial) => Exit::Partial,
        Some(Ending::Waiting) => Exit::Waiting,
        Some(Ending::Refused) => Exit::Refused,
        Some(Ending::Failed | Ending::Interrupted) | None => Exit::Failed,
    }
}
