//! `aplomo validate PATH`: parse and check manifests, touch nothing.

use super::shared::show_findings;
use crate::args::{Format, PathArg};
use crate::context::Cx;
use crate::diagnostics::count;
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
    let errors = findings.iter().filter(|f| f.severity == Severity::Error).count();
    match cx.common.format {
        Format::Json => cx.out.json(&Problems { problems: &findings })?,
        _ => {
            show_findings(cx, &findings, &reading);
            cx.out.result(&summary(reading.snapshot.manifests.len(), desired.resources.len(), &findings));
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
