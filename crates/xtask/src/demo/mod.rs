//! `cargo xtask demo`: the whole way of the data on a local AWS and a local GitHub, with the real binary, told step by step.
//!
//! Everything lives in a temporary folder and on free ports, and is gone at the end, also after a failure
//! or Ctrl-C. Every command is printed before it runs and its exit code is checked.

mod keep;
mod pulls;
mod steps;
mod tell;

use crate::world::World;
use crate::{cargo, interrupt};
use anyhow::Result;
use tell::Teller;

/// What `cargo xtask demo` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// At the end leave the local AWS and GitHub running together with `aplomo serve`, until Ctrl-C.
    #[arg(long)]
    keep: bool,
}

/// Runs the demo.
pub(crate) fn run(options: &Options) -> Result<()> {
    interrupt::listen()?;
    let mut teller = Teller::default();
    teller.heading("Build the binary, and start a local AWS and a local GitHub");
    let binary = cargo::build("aplomo", "aplomo", &[])?;
    let mut world = World::make(&binary)?;
    teller.say(&format!(
        "AWS (moto behind a proxy): {}, with the network {}",
        world.endpoint(),
        world.network()
    ));
    teller.say(&format!(
        "GitHub (stateful, held to GitHub's own descriptions by the tests): {}",
        world.github().url()
    ));
    teller.say(&format!("git repository, configuration and store: {}", world.folder().display()));
    steps::run(&mut world, &mut teller)?;
    if options.keep {
        return keep::run(&world, &mut teller);
    }
    teller.heading("What to try next");
    teller.say(NEXT);
    Ok(())
}

const NEXT: &str = "\
cargo xtask demo --keep     the same, then the daemon keeps running and you edit the manifests yourself
aplomo explain Domain       every field a Domain has, in the terminal
aplomo schema Domain        its JSON Schema, for your editor
README.md                   a configuration for your own account
Everything this demo made is gone again.";
