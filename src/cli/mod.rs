//! The commands, one file each.

mod apply;
mod approve;
mod audit;
mod break_glass;
mod completions;
mod drift;
mod explain;
mod graph;
mod hold;
mod import;
mod offboard;
mod plan;
mod recover;
mod release;
mod revert;
mod schema;
mod serve;
mod shared;
mod snooze;
mod status;
mod suspend;
mod validate;
mod why;

use crate::args::{Cli, Command, Format};
use crate::context::Cx;
use crate::env::Env;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Out;

/// Carries out a command and says what went wrong, if something did.
pub async fn run(arguments: Cli, env: Env) -> Exit {
    let out = Out::new(arguments.common.color, &env);
    crate::logging::start(arguments.common.verbose, matches!(arguments.command, Command::Serve(_)), &env);
    match dispatch(arguments, env).await {
        Ok(exit) => exit,
        Err(failure) => {
            out.say(&format!("error: {}", crate::diagnostics::visible(&format!("{:#}", failure.error))));
            failure.exit
        }
    }
}

async fn dispatch(arguments: Cli, env: Env) -> Result<Exit, Failure> {
    if arguments.common.format == Format::Html && !matches!(arguments.command, Command::Drift(_)) {
        return Err(Failure::usage("`--format html` is for `drift` only"));
    }
    match arguments.command {
        Command::Explain { field } => explain::run(&field, Out::new(arguments.common.color, &env)),
        Command::Schema { kind } => schema::run(kind.as_deref(), Out::new(arguments.common.color, &env)),
        Command::Completions { shell } => Ok(completions::run(shell)),
        command => with_context(command, Cx::new(env, arguments.common)?).await,
    }
}

async fn with_context(command: Command, cx: Cx) -> Result<Exit, Failure> {
    match command {
        Command::Validate(args) => validate::run(&cx, &args),
        Command::Plan(args) => plan::run(&cx, &args).await,
        Command::Approve(args) => approve::run(&cx, &args).await,
        Command::Apply(args) => apply::run(&cx, &args).await,
        Command::Drift(args) => drift::run(&cx, &args).await,
        Command::Import(args) => import::run(&cx, &args).await,
        Command::Offboard(args) => offboard::run(&cx, &args).await,
        Command::BreakGlass(args) => break_glass::run(&cx, &args).await,
        Command::Hold(args) => hold::run(&cx, &args).await,
        Command::Snooze(args) => snooze::run(&cx, &args).await,
        Command::Release(args) => release::run(&cx, &args).await,
        Command::Suspend(args) => suspend::run(&cx, &args).await,
        Command::Audit(command) => audit::run(&cx, &command).await,
        Command::Graph(args) => graph::run(&cx, &args),
        Command::Serve(args) => serve::run(cx, &args).await,
        Command::Status(args) => status::run(&cx, &args).await,
        Command::Revert(args) => revert::run(&cx, &args).await,
        Command::Why(args) => why::run(&cx, &args).await,
        Command::Recover(args) => recover::run(&cx, &args).await,
        // Those need no configuration and were carried out before.
        Command::Explain { .. } | Command::Schema { .. } | Command::Completions { .. } => Ok(Exit::Done),
    }
}
