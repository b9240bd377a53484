//! `aplomo validate` over ever more records.

use super::{manifests, measure};
use anyhow::{Context as _, Result};
use std::path::Path;
use std::process::Command;

/// Prints a row per size, with the ratios to the row before.
pub(crate) fn run(binary: &Path, sizes: &[usize]) -> Result<()> {
    println!("\n== aplomo validate (release)");
    println!(
        "{:>9} {:>7} {:>9} {:>9}  growth of records, time, memory",
        "records", "files", "seconds", "peak MB"
    );
    let mut before = None;
    for &records in sizes {
        let folder =
            tempfile::Builder::new().prefix("aplomo-bench-").tempdir().context("no temporary folder")?;
        let files = manifests::write(folder.path(), records)?;
        let cost = measure::run(Command::new(binary).current_dir(folder.path()).args(["validate", "."]))?;
        let growth = before.map(|(n, c)| growth(n, c, records, cost)).unwrap_or_default();
        let (seconds, megabytes) = (cost.wall.as_secs_f64(), cost.peak_kib as f64 / 1024.0);
        println!("{records:>9} {files:>7} {seconds:>9.3} {megabytes:>9.1}  {growth}");
        before = Some((records, cost));
    }
    Ok(())
}

fn growth(n: usize, before: measure::Cost, records: usize, now: measure::Cost) -> String {
    let ratio = |a: f64, b: f64| if b > 0.0 { a / b } else { f64::NAN };
    format!(
        "x{:.1}, x{:.1}, x{:.1}",
        ratio(records as f64, n as f64),
        ratio(now.wall.as_secs_f64(), before.wall.as_secs_f64()),
        ratio(now.peak_kib as f64, before.peak_kib as f64),
    )
}
