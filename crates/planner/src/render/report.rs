//! Findings, what is unmanaged, what could not be seen, and the drift report as rows.

use super::{Row, Tone, escape_text, plan};
use crate::drift::{DriftReport, Shares};
use aplomo_core::plan::{Covered, Unmanaged, Unverifiable};
use aplomo_core::{Finding, Severity};

/// How many unmanaged objects are listed where not all are asked for.
const UNMANAGED: usize = 20;

fn section(title: String, out: &mut Vec<Row>) {
    if !out.is_empty() {
        out.push(Row::blank());
    }
    out.push(Row::new(0, Tone::Head, title));
}

pub(crate) fn findings(all: &[Finding], out: &mut Vec<Row>) {
    if all.is_empty() {
        return;
    }
    section("Findings".to_owned(), out);
    for finding in all {
        let (word, tone) = match finding.severity {
            Severity::Error => ("error", Tone::Error),
            Severity::Warning => ("warning", Tone::Warn),
            Severity::Info => ("info", Tone::Plain),
        };
        out.push(Row::new(
            1,
            tone,
            format!("{word}[{}]: {}", escape_text(&finding.rule), escape_text(&finding.message)),
        ));
        let line = finding.line.map(|l| format!(":{l}")).unwrap_or_default();
        let place = finding.file.as_ref().map(|file| format!("{file}{line}"));
        let address = finding.address.as_ref().map(ToString::to_string);
        let at: Vec<String> = address.into_iter().chain(place).collect();
        if !at.is_empty() {
            out.push(Row::new(2, Tone::Faint, escape_text(&at.join("  ")).into_owned()));
        }
        if let Some(help) = &finding.help {
            out.push(Row::new(2, Tone::Plain, format!("help: {}", escape_text(help))));
        }
    }
}

pub(crate) fn unmanaged(all: &[Unmanaged], verbose: bool, out: &mut Vec<Row>) {
    if all.is_empty() {
        return;
    }
    section(format!("Unmanaged ({})", all.len()), out);
    let shown = if verbose { all.len() } else { UNMANAGED.min(all.len()) };
    for one in &all[..shown] {
        let key = one.key.as_ref().filter(|k| k.as_str() != one.id.as_str()).map(|k| format!("  {k}"));
        let note = one.note.as_ref().map(|n| format!("  ({n})"));
        let text = format!(
            "{} {}{} in {}{}",
            one.type_name,
            one.id,
            key.unwrap_or_default(),
            one.within,
            note.unwrap_or_default()
        );
        out.push(Row::new(1, Tone::Faint, escape_text(&text).into_owned()));
    }
    if shown < all.len() {
        out.push(Row::new(1, Tone::Faint, format!("and {} more (-v lists all)", all.len() - shown)));
    }
}

pub(crate) fn unverifiable(all: &[Unverifiable], out: &mut Vec<Row>) {
    if all.is_empty() {
        return;
    }
    section("Could not be seen".to_owned(), out);
    for one in all {
        let types: Vec<&str> = one.types.iter().map(AsRef::as_ref).collect();
        let what = one
            .address
            .as_ref()
            .map_or_else(|| format!("{} in {}", types.join(", "), one.scope), ToString::to_string);
        let fields: Vec<&str> = one.fields.iter().map(aplomo_core::FieldPath::as_str).collect();
        let fields = if fields.is_empty() { String::new() } else { format!(" {}", fields.join(", ")) };
        out.push(Row::new(1, Tone::Warn, escape_text(&format!("{what}{fields}: {}", one.why)).into_owned()));
    }
}

/// The one line of a drift report.
pub(crate) fn drift_headline(report: &DriftReport) -> String {
    let seen = if report.complete { "" } else { " Not everything could be seen." };
    let drift = match report.changes.len() {
        1 => "1 resource was changed behind our back".to_owned(),
        n => format!("{n} resources were changed behind our back"),
    };
    let pending = match report.pending.len() {
        1 => "1 other difference waits for approval".to_owned(),
        n => format!("{n} other differences wait for approval"),
    };
    match (report.changes.len(), report.pending.len()) {
        (0, 0) if report.complete => "No drift; nothing differs.".to_owned(),
        (0, 0) => format!("No drift in what could be seen.{seen}"),
        (0, _) => format!("No drift; {pending}.{seen}"),
        (_, 0) => format!("Drift: {drift}.{seen}"),
        (_, _) => format!("Drift: {drift}; {pending}.{seen}"),
    }
}

/// How much is looked after, in one line.
fn coverage(shares: &Shares) -> Option<Row> {
    let Covered { managed, unmanaged, unverifiable, reads, reads_complete } = shares.covered;
    let all = managed + unmanaged + unverifiable;
    let mut line = format!("Coverage: {managed} of {all} objects are managed ({})", shares.percent?);
    if unverifiable > 0 {
        line.push_str(&format!(", {unverifiable} could not be verified"));
    }
    if let Some(percent) = shares.reads_percent {
        line.push_str(&format!("; {reads_complete} of {reads} readings were complete ({percent})"));
    }
    line.push('.');
    let tone = if unverifiable > 0 || reads_complete < reads { Tone::Warn } else { Tone::Plain };
    Some(Row::new(0, tone, line))
}

/// All rows of a drift report.
pub(crate) fn drift_rows(report: &DriftReport, verbose: bool) -> Vec<Row> {
    let mut out = Vec::new();
    plan::sources(&report.sources, verbose, &mut out);
    if !report.changes.is_empty() {
        section("Changed behind our back (below: the way back)".to_owned(), &mut out);
        plan::changes(&report.changes, verbose, &mut out);
    }
    if !report.pending.is_empty() {
        section("Waiting for approval".to_owned(), &mut out);
        plan::changes(&report.pending, verbose, &mut out);
    }
    findings(&report.findings, &mut out);
    unmanaged(&report.unmanaged, verbose, &mut out);
    unverifiable(&report.unverifiable, &mut out);
    if !out.is_empty() {
        out.push(Row::blank());
    }
    out.extend(report.coverage.as_ref().and_then(coverage));
    out.push(Row::new(0, Tone::Head, drift_headline(report)));
    out
}
