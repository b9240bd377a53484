//! `aplomo drift PATH`: what the world changed behind our back, what is unmanaged, what could not be seen.
//!
//! What somebody snoozed is still a difference, so it counts for the exit code: a script that asks whether the
//! world is as wished gets the truth, and people see in the headline what of it is known.

use super::shared::{judge, moment, plan_path, say_problems};
use crate::args::{DriftArgs, Format};
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::reports::{self, EVERYBODY};
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
    // So that the way back of each drift can be approved by its digest.
    engine.keep_plan(&made.planned.plan).await?;
    let drift = aplomo_planner::drift(&made.planned.plan).since(&engine.first_seen().await?);
    let name = match cx.common.tenant.as_slice() {
        [one] => one.as_str(),
        [] => EVERYBODY,
        _ if args.keep => return Err(Failure::usage("--keep is of one tenant, or of all")),
        _ => EVERYBODY,
    };
    let told = engine.store.told_newest(name).await?;
    let report = reports::of(&engine.store, drift, (name, told.as_ref()), false, args.locale).await?;
    if args.keep {
        engine.store.report_made::<()>(name, report.drift.as_of, Some((&report.told(), &[]))).await?;
    }
    match cx.common.format {
        Format::Json => cx.out.json(&report)?,
        Format::Markdown => cx.out.result(&report.markdown()),
        Format::Html => cx.out.result(&report.html()),
        Format::Text => {
            let style = Style { color: cx.out.color, verbose: cx.common.verbose > 0 };
            cx.out.result(&format!("{}{}", report.drift.render(style), report.supplement()));
        }
    }
    say_problems(cx, &made.planned);
    Ok(judge(cx, &made.planned, !report.drift.changes.is_empty()))
}
