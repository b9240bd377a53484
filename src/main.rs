//! The binary: the only reader of the process environment, and the place where everything is joined.
//!
//! Deliberately absent: what the commands do (`cli`), and every decision (the crates).

#![allow(
    unreachable_pub,
    reason = "a binary exports nothing; `pub` says that a module offers it to the others"
)]

mod args;
mod cli;
mod config;
mod configfile;
mod connector;
mod context;
mod daemon;
mod diagnostics;
mod env;
mod exit;
mod failure;
mod history;
mod logging;
mod output;
mod planfile;
mod reports;
mod secrets;
mod sources_here;
mod why;

use clap::Parser as _;
use clap::error::ErrorKind;
use exit::Exit;
use std::io::IsTerminal as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match args::Cli::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let exit = match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done,
                _ => Exit::Usage,
            };
            let _ = error.print();
            return exit.into();
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::Out { color: false, progress: false }.say(&format!("error: no async runtime: {error}"));
            return Exit::Failed.into();
        }
    };
    let exit = runtime.block_on(cli::run(arguments, environment()));
    // What still runs in the background (a watcher, a slow connection) must not keep the command open.
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    exit.into()
}

/// Reads the process environment; nothing else does.
#[expect(clippy::disallowed_methods, reason = "this is the door through which the environment enters")]
fn environment() -> env::Env {
    env::Env {
        vars: std::env::vars_os()
            .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
            .collect(),
        cwd: std::env::current_dir().unwrap_or_else(|_| ".".into()),
        stdin_terminal: std::io::stdin().is_terminal(),
        stdout_terminal: std::io::stdout().is_terminal(),
        stderr_terminal: std::io::stderr().is_terminal(),
        pid: std::process::id(),
    }
}
