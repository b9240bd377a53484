//! `cargo xtask`: the commands that people and machines run on this repository.
//!
//! Deliberately absent: anything of the product. The demo and the benchmarks drive the real `aplomo`
//! binary from outside, as a user would.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a command-line tool")]

mod bench;
mod cargo;
mod daemon;
mod demo;
mod door;
mod github;
mod interrupt;
mod lint;
mod tally;
mod test;
mod world;

use anyhow::Result;
use clap::Parser;
use std::process::ExitCode;

/// Builds, tests and shows Aplomo.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
enum Task {
    /// Show the whole way of the data on a local AWS: plan, apply, drift, repair, audit.
    Demo(demo::Options),
    /// Run every test of the workspace; the last line counts them.
    Test(test::Options),
    /// Check format, clippy, the directions of dependencies, docs and file sizes.
    Lint,
    /// Measure time and memory of validate, planning and the idle daemon; asserts nothing.
    Bench(bench::Options),
    /// One measurement of `bench`, in a process of its own.
    #[command(hide = true)]
    BenchPlan(bench::planning::Options),
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::Demo(options) => demo::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Lint => lint::run(),
        Task::Bench(options) => bench::run(&options),
        Task::BenchPlan(options) => bench::planning::measure_here(&options),
    };
    finish(done)
}

fn finish(done: Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
