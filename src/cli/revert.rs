//! `aplomo revert RUN`: plan the way back. It writes nothing: the plan is approved and applied like any other.

use super::shared::{is_real, say_problems};
use crate::args::{Format, RevertArgs};
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::sources_here::{self, Here};
use crate::{history, planfile};
use aplomo_core::manifest::Snapshot;
use aplomo_core::{Address, Plan, RunId};
use aplomo_engine::{Engine, PlanOptions, Reverting};
use aplomo_planner::{Cannot, Style, escape_text};
use aplomo_store::StoredRun;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;

/// What `revert --format json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    run: &'a RunId,
    plan: &'a Plan,
    cannot: &'a [Cannot],
    already: &'a [Address],
}

/// Plans the way back of a run and shows it.
///
/// # Errors
/// Where there is no such run, no manifests can be read, or the store or the plan file cannot be written.
pub async fn run(cx: &Cx, args: &RevertArgs) -> Result<Exit, Failure> {
    super::shared::no_filter(cx)?;
    let engine = cx.engine().await?;
    let id = RunId::new(&args.run).map_err(Failure::usage)?;
    let stored = engine.stored_run(&id).await?;
    let stored = stored
        .ok_or_else(|| Failure::failed(format!("there is no run `{id}`; `aplomo status` lists them")))?;
    let (snapshots, options) = sources(cx, &engine, args, &stored).await?;
    let made = engine.revert(&stored, &snapshots, &options).await?;
    let plan = &made.planned.plan;
    engine.keep_plan(plan).await?;
    if let Some(file) = &args.out {
        planfile::write(&cx.env.cwd.join(file), plan)?;
    }
    show(cx, &made)?;
    say_problems(cx, &made.planned);
    Ok(judge(cx, &made))
}

/// What the manifests say now, of all that the plan of the run was made from.
async fn sources(
    cx: &Cx,
    engine: &Engine,
    args: &RevertArgs,
    stored: &StoredRun,
) -> Result<(Vec<Snapshot>, PlanOptions), Failure> {
    let path = args.path.clone().or_else(|| planned_from(cx, stored));
    let here = sources_here::read(cx, path.as_deref()).await?;
    if here.is_empty() {
        return Err(Failure::usage("give the manifests with --path, or configure `sources`"));
    }
    let mut options = PlanOptions::default();
    let mut snapshots = Vec::new();
    for Here { mut snapshot, place, trouble, .. } in here {
        if let Some(place) = &place
            && let Some(reason) = history::check(&engine.store, &mut snapshot, place).await?
        {
            options.held.insert(snapshot.name.clone(), reason);
        }
        if let Some(trouble) = trouble {
            cx.out.say(&crate::diagnostics::visible(&format!("note: {trouble}")));
        }
        snapshots.push(snapshot);
    }
    options.secrets = snapshots.iter().all(is_real);
    Ok((snapshots, options))
}

/// Without configured sources: the directory that the run was planned from, where it is still there.
fn planned_from(cx: &Cx, stored: &StoredRun) -> Option<PathBuf> {
    let only = stored.plan.sources.first().filter(|_| cx.config.sources.is_empty())?;
    let path = PathBuf::from(&only.path);
    cx.env.cwd.join(&path).exists().then_some(path)
}

fn show(cx: &Cx, made: &Reverting) -> Result<(), Failure> {
    let (plan, back) = (&made.planned.plan, &made.back);
    match cx.common.format {
        Format::Json => {
            let answer = Answer { run: &back.run, plan, cannot: &back.cannot, already: &back.already };
            cx.out.json(&answer)?;
        }
        Format::Markdown | Format::Html => {
            cx.out.result(&format!("{}\n{}", aplomo_planner::markdown(plan), fenced(&words(made))));
        }
        Format::Text => {
            let style = Style { color: cx.out.color, verbose: cx.common.verbose > 0 };
            let findings = crate::diagnostics::render(&plan.findings, &Default::default(), cx.out.color);
            let text = aplomo_planner::render_with(plan, style, &findings, false);
            cx.out.result(&format!("{text}\n{}", words(made)));
        }
    }
    Ok(())
}

/// Nothing inside can close the fence: its lines begin with a letter or two blanks.
fn fenced(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("~~~\n{text}~~~\n") }
}

/// What does not go back, and what to do with the rest.
fn words(made: &Reverting) -> String {
    let mut out = String::new();
    if !made.back.cannot.is_empty() {
        out.push_str("Cannot go back\n");
    }
    for one in &made.back.cannot {
        let field = one.field.as_ref().map(|path| format!(" {path}")).unwrap_or_default();
        let _ = writeln!(
            out,
            "  {}{} ({}): {}",
            one.address,
            escape_text(&field),
            one.action,
            escape_text(&one.why)
        );
    }
    for address in &made.back.already {
        let _ = writeln!(out, "As before already: {address}");
    }
    if made.planned.plan.applyable && !made.planned.plan.changes.is_empty() {
        let _ = writeln!(
            out,
            "Next: `aplomo approve {}`, then `aplomo apply --plan FILE` (write it with --out). What goes back is held until the manifests say so too: change them as well.",
            made.planned.plan.digest
        );
    }
    out
}

fn judge(cx: &Cx, made: &Reverting) -> Exit {
    if super::shared::manifest_errors(&made.planned) {
        return Exit::Invalid;
    }
    if !made.planned.problems.is_empty() {
        return Exit::Failed;
    }
    let plan = &made.planned.plan;
    let nothing_goes = plan.changes.is_empty() && !made.back.cannot.is_empty();
    // What is planned and wholly held does not go back either.
    if nothing_goes || !plan.applyable {
        return Exit::Refused;
    }
    if cx.common.detailed_exitcode && !plan.changes.is_empty() { Exit::Differs } else { Exit::Done }
}
