//! `cargo xtask bench`: time and memory of the release binary, and how they grow. Prints, asserts nothing.

mod idle;
mod manifests;
mod measure;
pub(crate) mod planning;
mod synthetic;
mod table;
mod validate;

use crate::{cargo, interrupt};
use anyhow::Result;

/// What `cargo xtask bench` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many records, each size its own row.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000, 100_000])]
    records: Vec<usize>,
    /// Leave out the idle daemon (it needs moto and half a minute).
    #[arg(long)]
    no_daemon: bool,
}

/// Runs all benchmarks.
pub(crate) fn run(options: &Options) -> Result<()> {
    interrupt::listen()?;
    let binary = cargo::build("aplomo", "aplomo", &["--release"])?;
    validate::run(&binary, &options.records)?;
    planning::run(&options.records)?;
    if !options.no_daemon {
        idle::run(&binary)?;
    }
    Ok(())
}
