//! `aplomo validate PATH`: parse and check manifests, touch nothing.

use super::shared::findings_text;
use crate::args::{Format, PathArg};
use crate::context::Cx;
use crate::diagnostics::{self, count};
use crate::exit::Exit;
use crate::failure::Failure;
use aplomo_catalog::Accounts;
use aplomo_core::{Finding, Severity};
use serde::Serialize;

#[derive(Serialize)]
struct Problems<'a> {
    problems: &'a [Finding],
}

/// Checks the manifests of a path.
///
/// # Errors
/// Where the path is not there.
pub fn run(cx: &Cx, args: &PathArg) -> Result<Exit, Failure> {
    let reading = cx.read(&args.path)?;
    let desired = aplomo_catalog::expand(std::slice::from_ref(&reading.snapshot), &Accounts::default());
    let mut findings = desired.findings;
    findings.sort();
    findings.dedup();
    diagnostics::sort(&mut findings);
    let errors = findings.iter().filter(|f| f.severity == Severity::Error).count();
    match cx.common.format {
        Format::Json => cx.out.json(&Problems { problems: &findings })?,
        _ => {
            let summary = summary(reading.snapshot.manifests.len(), desired.resources.len(), &findings);
            cx.out.result(&(findings_text(cx, &findings, &reading) + &summary));
        }
    }
    Ok(if errors > 0 { Exit::Invalid } else { Exit::Done })
}

fn summary(manifests: usize, resources: usize, findings: &[Finding]) -> String {
    let number = |severity| findings.iter().filter(|f| f.severity == severity).count();
    format!(
        "{}, {}: {}, {}",
        count(manifests, "manifest"),
        count(resources, "resource"),
        count(number(Severity::Error), "error"),
        count(number(Severity::Warning), "warning")
    )
}
