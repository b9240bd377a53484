//! `cargo xtask bench`: time and memory of the release binary, and how they grow. Prints, and asserts
//! nothing but that the commands end well.

mod aws;
mod estate;
mod github;
mod hcl;
mod idle;
mod manifests;
mod measure;
pub(crate) mod planning;
mod synthetic;
mod table;
mod terraform;
mod validate;

use crate::{cargo, interrupt};
use anyhow::Result;

/// What `cargo xtask bench` takes.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    only: Option<Only>,
    /// How many records, each size its own row.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000, 100_000])]
    records: Vec<usize>,
    /// Leave out the idle daemon (it needs moto and half a minute).
    #[arg(long)]
    no_daemon: bool,
}

/// Benchmarks that run alone.
#[derive(Debug, clap::Subcommand)]
enum Only {
    /// Calls, time and memory on an estate of 900 and some objects on the local AWS.
    Aws(aws::Options),
    /// Requests, points, time and memory on organisations of so many repositories on the local GitHub.
    Github(github::Options),
}

/// Runs the benchmarks that were asked for.
pub(crate) fn run(options: &Options) -> Result<()> {
    interrupt::listen()?;
    match &options.only {
        Some(Only::Aws(options)) => return aws::run(options),
        Some(Only::Github(options)) => return github::run(options),
        None => {}
    }
    let binary = cargo::build("aplomo", "aplomo", &["--release"])?;
    validate::run(&binary, &options.records)?;
    planning::run(&options.records)?;
    if !options.no_daemon {
        idle::run(&binary)?;
    }
    Ok(())
}
