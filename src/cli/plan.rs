//! `aplomo plan PATH`: what would change, and why.

use super::shared::{findings_text, judge, moment, plan_path, say_problems};
use crate::args::{Format, PlanArgs};
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use aplomo_engine::PlanOptions;
use aplomo_planner::Style;

/// Plans a path and shows the plan.
///
/// # Errors
/// Where the path is not there, or the store or the plan file cannot be written.
pub async fn run(cx: &Cx, args: &PlanArgs) -> Result<Exit, Failure> {
    let engine = cx.engine().await?;
    let options = PlanOptions { as_of: moment(args.as_of.as_deref())?, ..PlanOptions::default() };
    let made = plan_path(cx, &engine, &args.path, options).await?;
    let plan = &made.planned.plan;
    engine.keep_plan(plan).await?;
    if let Some(file) = &args.out {
        crate::planfile::write(file, plan)?;
    }
    match cx.common.format {
        Format::Json => cx.out.json(plan)?,
        Format::Markdown | Format::Html => cx.out.result(&aplomo_planner::markdown(plan)),
        Format::Text => {
            let style = Style { color: cx.out.color, verbose: cx.common.verbose > 0 };
            let findings = findings_text(cx, &plan.findings, &made.reading);
            cx.out.result(&aplomo_planner::render_with(plan, style, &findings, true));
        }
    }
    say_problems(cx, &made.planned);
    Ok(judge(cx, &made.planned, !plan.changes.is_empty()))
}
