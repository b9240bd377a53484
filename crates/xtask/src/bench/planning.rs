//! Pure planning: expanding manifests and comparing the wish with a world that exists in memory only.
//!
//! Each figure comes from a process of its own, so that one size's memory does not count for another.

use super::synthetic::{self, World};
use super::{manifests, measure, table};
use crate::{cargo, door, interrupt};
use anyhow::{Context as _, Result, bail};
use aplomo_catalog::Accounts;
use aplomo_core::plan::Plan;
use aplomo_core::{DesiredState, Installation, Timestamp};
use aplomo_planner::PlanInput;
use aplomo_source::ReadOptions;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What exists before the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Before {
    /// Everything, as applied by us: the plan is empty.
    Everything,
    /// Nothing: the plan creates all of it.
    Nothing,
}

/// What the hidden `bench-plan` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    folder: PathBuf,
    #[arg(long, value_enum)]
    before: Before,
}

/// What one planning took.
#[derive(Debug, Serialize, Deserialize)]
struct Cost {
    read: f64,
    expand: f64,
    plan: f64,
    changes: usize,
    /// Resident memory at its highest before planning: manifests, wishes, world and ledger.
    input_kib: u64,
    /// The same to the end.
    peak_kib: u64,
}

/// Prints a row per size and world.
pub(crate) fn run(sizes: &[usize]) -> Result<()> {
    let tool = cargo::build("aplomo-xtask", "aplomo-xtask", &["--release"])?;
    for before in [Before::Everything, Before::Nothing] {
        println!("\n== pure planning, {} (release)", before.words());
        println!(
            "{:>9} {:>8} {:>9} {:>9} {:>9} {:>9}  growth of records, expand + plan, peak",
            "records", "changes", "expand s", "plan s", "input MB", "peak MB"
        );
        let mut last = None;
        for &records in sizes {
            interrupt::check()?;
            let cost = measured(&tool, records, before)?;
            let point = table::Point {
                records,
                seconds: cost.expand + cost.plan,
                megabytes: measure::megabytes(cost.peak_kib),
            };
            println!(
                "{records:>9} {:>8} {:>9.3} {:>9.3} {:>9.1} {:>9.1}  {}",
                cost.changes,
                cost.expand,
                cost.plan,
                measure::megabytes(cost.input_kib),
                point.megabytes,
                table::growth(last, point),
            );
            last = Some(point);
        }
    }
    Ok(())
}

impl Before {
    const fn words(self) -> &'static str {
        match self {
            Self::Everything => "everything exists and is recorded",
            Self::Nothing => "nothing exists",
        }
    }
}

fn measured(tool: &Path, records: usize, before: Before) -> Result<Cost> {
    let folder = tempfile::Builder::new().prefix("aplomo-bench-").tempdir().context("no temporary folder")?;
    manifests::write(folder.path(), records)?;
    let word = if before == Before::Everything { "everything" } else { "nothing" };
    let mut command = Command::new(tool);
    command.arg("bench-plan").arg(folder.path()).args(["--before", word]);
    serde_json::from_str(&cargo::output(&mut command)?).context("the measuring process wrote something else")
}

/// The measured process: plans the manifests of a folder and prints what it took.
pub(crate) fn measure_here(options: &Options) -> Result<()> {
    let installation = Installation::known("bench");
    let at: Timestamp = "2027-01-31T00:00:00Z".parse()?;
    let clock = door::now();
    let reading = aplomo_source::read_directory(&options.folder, &ReadOptions::default())?;
    let read = door::now().duration_since(clock).as_secs_f64();

    let snapshots = [reading.snapshot];
    let clock = door::now();
    let accounts = Accounts { default: Some(synthetic::account()), ..Accounts::default() };
    let desired = aplomo_catalog::expand(&snapshots, &accounts);
    let expand = door::now().duration_since(clock).as_secs_f64();
    if let Some(finding) = desired.findings.first() {
        bail!("the benchmark's manifests have a finding: {}", finding.message);
    }

    let world = match options.before {
        Before::Everything => synthetic::everything(&desired, &installation, at)?,
        Before::Nothing => synthetic::nothing(),
    };
    let input_kib = measure::own_peak();
    let clock = door::now();
    let plan = plan(&desired, &world, &installation, at);
    let took = door::now().duration_since(clock).as_secs_f64();
    let (changes, peak_kib) = (plan.changes.len(), measure::own_peak());
    let expected = if options.before == Before::Everything { 0 } else { desired.resources.len() };
    if changes != expected || !plan.findings.is_empty() || !plan.unverifiable.is_empty() {
        bail!("the plan has {changes} changes where {expected} belong, or findings, or gaps");
    }
    println!("{}", serde_json::to_string(&Cost { read, expand, plan: took, changes, input_kib, peak_kib })?);
    Ok(())
}

fn plan(desired: &DesiredState, world: &World, installation: &Installation, as_of: Timestamp) -> Plan {
    let recorded = aplomo_resources::aplomo::recorded(&world.memory);
    let types = aplomo_resources::registry();
    aplomo_planner::plan(&PlanInput {
        installation,
        version: "0.1.0",
        as_of,
        desired,
        sources: Vec::new(),
        commits: BTreeMap::new(),
        observation: &world.observation,
        memory: &world.memory,
        recorded: &recorded,
        types: &types,
        held_sources: BTreeMap::new(),
    })
}
