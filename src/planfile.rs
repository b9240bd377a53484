//! Writing a plan file, reading one, and refusing one that was edited.

use crate::failure::Failure;
use anyhow::Context as _;
use aplomo_core::Plan;
use std::path::Path;

/// A plan file larger than this is no plan of ours.
const MAX_BYTES: u64 = 1 << 30;

/// Writes a plan.
///
/// # Errors
/// Where the file cannot be written.
pub fn write(file: &Path, plan: &Plan) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(plan)?;
    std::fs::write(file, text).with_context(|| format!("cannot write the plan to {}", file.display()))?;
    Ok(())
}

/// Reads a plan and checks that its digests recompute.
///
/// # Errors
/// Where the file is not there, is no plan, or was edited (refused).
pub fn read(file: &Path) -> Result<Plan, Failure> {
    let size = std::fs::metadata(file)
        .with_context(|| format!("cannot read the plan file {}", file.display()))?
        .len();
    if size > MAX_BYTES {
        return Err(Failure::failed(format!("{} is too large for a plan", file.display())));
    }
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the plan file {}", file.display()))?;
    let refused = || {
        format!(
            "{} is no plan as `aplomo plan --out` writes it: its digests do not recompute, so it was edited or damaged; make a new one",
            file.display()
        )
    };
    let plan: Plan = serde_json::from_str(&text).map_err(|_| Failure::refused(refused()))?;
    let edited = plan.changes.iter().any(|c| c.recompute_digest().ok() != Some(c.digest));
    if edited || plan.recompute_digest().ok() != Some(plan.digest) {
        return Err(Failure::refused(refused()));
    }
    Ok(plan)
}
