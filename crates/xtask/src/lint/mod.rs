//! `cargo xtask lint`: every check runs, also after one failed, and all failures are named at the end.

mod alike;
mod layers;
mod members;
mod sources;

use crate::cargo;
use anyhow::{Result, bail};

/// A check by its name.
type Check = (&'static str, fn() -> Result<()>);

const CHECKS: &[Check] = &[
    ("format", format),
    ("directions of dependencies", layers::check),
    ("features of dependencies", alike::check),
    ("sources", sources::check),
    ("clippy", clippy),
    ("documentation", documentation),
];

/// Runs all checks.
pub(crate) fn run() -> Result<()> {
    let failed: Vec<_> =
        CHECKS.iter().filter(|(name, check)| !passes(name, *check)).map(|(name, _)| *name).collect();
    if !failed.is_empty() {
        bail!("lint failed: {}", failed.join(", "));
    }
    println!("lint passed: {}", CHECKS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "));
    Ok(())
}

fn passes(name: &str, check: fn() -> Result<()>) -> bool {
    eprintln!("== {name}");
    check().inspect_err(|error| eprintln!("{error:#}")).is_ok()
}

fn format() -> Result<()> {
    cargo::must(&mut cargo::command(&["fmt", "--all", "--check"]))
}

fn clippy() -> Result<()> {
    let args = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    cargo::must(&mut cargo::command(&args))
}

fn documentation() -> Result<()> {
    let mut command =
        cargo::command(&["doc", "--workspace", "--no-deps", "--locked", "--document-private-items"]);
    cargo::must(command.env("RUSTDOCFLAGS", "-D warnings"))
}
