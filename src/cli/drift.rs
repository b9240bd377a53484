//! `aplomo drift PATH`: what the world changed behind our back, what is unmanaged, what could not be seen.

use super::shared::{judge, moment, plan_path, say_problems};
use crate::args::{DriftArgs, Format};
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use aplomo_engine::PlanOptions;
use aplomo_planner::Style;

/// Reports drift.
///
/// # Errors
/// Where the path is not there or the store cannot be read.
pub async fn run(cx: &Cx, args: &DriftArgs) -> Result<Exit, Failure> {
    let engine = cx.engine().await?;
    let options = PlanOptions { as_of: moment(args.as_of.as_deref())?, ..PlanOptions::default() };
    let made = plan_path(cx, &engine, &args.path, options).await?;
    let report = aplomo_planner::drift(&made.planned.plan).since(&engine.first_seen().await?);
    match cx.common.format {
        Format::Json => cx.out.json(&report)?,
        Format::Markdown => cx.out.result(&report.markdown()),
        Format::Html => cx.out.result(&report.html()),
        Format::Text => {
            let style = Style { color: cx.out.color, verbose: cx.common.verbose > 0 };
            cx.out.result(&report.render(style));
        }
    }
    say_problems(cx, &made.planned);
    Ok(judge(cx, &made.planned, !report.changes.is_empty()))
}
