//! `aplomo validate` over ever more records.

use super::{manifests, measure, table};
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
    let mut last = None;
    for &records in sizes {
        let folder =
            tempfile::Builder::new().prefix("aplomo-bench-").tempdir().context("no temporary folder")?;
        let files = manifests::write(folder.path(), records)?;
        let cost = measure::run(Command::new(binary).current_dir(folder.path()).args(["validate", "."]))?;
        let (seconds, megabytes) = (cost.wall.as_secs_f64(), measure::megabytes(cost.peak_kib));
        let point = table::Point { records, seconds, megabytes };
        println!("{records:>9} {files:>7} {seconds:>9.3} {megabytes:>9.1}  {}", table::growth(last, point));
        last = Some(point);
    }
    Ok(())
}
