//! `aplomo graph PATH`: the dependency graph as dot or mermaid.

use crate::args::{GraphArgs, GraphForm};
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use aplomo_catalog::Accounts;
use aplomo_planner::GraphFormat;

/// Prints the graph of a path's resources.
///
/// # Errors
/// Where the path is not there.
pub fn run(cx: &Cx, args: &GraphArgs) -> Result<Exit, Failure> {
    let reading = cx.read(&args.path)?;
    let desired = aplomo_catalog::expand(std::slice::from_ref(&reading.snapshot), &Accounts::default());
    let format = match args.form {
        GraphForm::Dot => GraphFormat::Dot,
        GraphForm::Mermaid => GraphFormat::Mermaid,
    };
    cx.out.result(&aplomo_planner::graph(&desired, format));
    Ok(Exit::Done)
}
