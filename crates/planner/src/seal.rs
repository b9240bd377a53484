//! The plan's digest, made change by change: the same octets as [`Plan::recompute_digest`], without
//! holding a second copy of the plan.

use aplomo_core::canonical;
use aplomo_core::digest::Digest;
use aplomo_core::plan::Plan;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Sets the plan's digest. Where the short way does not lead to one, the long way does.
pub(crate) fn seal(plan: &mut Plan) {
    if let Some(digest) = short_way(plan).or_else(|| plan.recompute_digest().ok()) {
        plan.digest = digest;
    }
}

fn short_way(plan: &Plan) -> Option<Digest> {
    let mut sum = Sum { sha: Sha256::new(), buffer: Vec::new() };
    sum.text("{\"applyable\":");
    sum.value(&plan.applyable)?;
    sum.member("asOf", &plan.as_of)?;
    sum.list("changes", &plan.changes)?;
    sum.member("complete", &plan.complete)?;
    if let Some(coverage) = &plan.coverage {
        sum.member("coverage", coverage)?;
    }
    sum.list("findings", &plan.findings)?;
    sum.member("formatVersion", &plan.format_version)?;
    if plan.narrowed {
        sum.member("narrowed", &plan.narrowed)?;
    }
    if let Some(run) = &plan.reverts {
        sum.member("reverts", run)?;
    }
    sum.member("sources", &plan.sources)?;
    sum.member("summary", &plan.summary)?;
    sum.list("unmanaged", &plan.unmanaged)?;
    sum.list("unverifiable", &plan.unverifiable)?;
    sum.member("wake", &plan.wake)?;
    sum.text("}");
    let mut text = "sha256:".to_owned();
    for byte in sum.sha.finalize() {
        let _ = write!(text, "{byte:02x}"); // writing to a String does not fail
    }
    text.parse().ok()
}

struct Sum {
    sha: Sha256,
    buffer: Vec<u8>,
}

impl Sum {
    fn text(&mut self, text: &str) {
        self.sha.update(text.as_bytes());
    }
    fn value<T: Serialize>(&mut self, value: &T) -> Option<()> {
        self.buffer.clear();
        canonical::write(value, &mut self.buffer).ok()?;
        self.sha.update(&self.buffer);
        Some(())
    }
    fn member<T: Serialize>(&mut self, name: &str, value: &T) -> Option<()> {
        self.text(&format!(",\"{name}\":"));
        self.value(value)
    }
    fn list<T: Serialize>(&mut self, name: &str, values: &[T]) -> Option<()> {
        self.text(&format!(",\"{name}\":["));
        for (i, value) in values.iter().enumerate() {
            if i > 0 {
                self.text(",");
            }
            self.value(value)?;
        }
        self.text("]");
        Some(())
    }
}
