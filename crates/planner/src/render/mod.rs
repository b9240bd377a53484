//! Plans and drift reports as people read them: one list of rows, written for a terminal, as
//! Markdown or as HTML.
//!
//! Every text that comes from manifests or from the world is escaped when a row is made; what is
//! sensitive is never shortened.

mod change;
mod escape;
mod plan;
mod report;
mod values;
mod write;

pub use escape::{escape_html, escape_text};
pub(crate) use report::{drift_headline, drift_rows};
pub use values::field_text;
pub(crate) use write::{fenced, page, text};

use aplomo_core::{Datum, Plan, Timestamp};

/// A moment as people read it: to the second.
#[must_use]
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A value as people read it, escaped, on one line: in full, or the beginning of what is long. Different values look
/// different.
#[must_use]
pub fn value_text(value: &Datum, full: bool) -> String {
    values::datum(value, values::Full(full))
}

/// How to write text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// With colours for a terminal.
    pub color: bool,
    /// With everything: digests, long values, all that is unmanaged.
    pub verbose: bool,
}

/// What a row is, for colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Head,
    Add,
    Change,
    Remove,
    Own,
    Faint,
    Warn,
    Error,
}

/// One line, escaped already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) depth: usize,
    pub(crate) tone: Tone,
    pub(crate) text: String,
}

impl Row {
    pub(crate) fn new(depth: usize, tone: Tone, text: impl Into<String>) -> Self {
        Self { depth, tone, text: text.into() }
    }
    pub(crate) fn blank() -> Self {
        Self::new(0, Tone::Plain, "")
    }
}

/// The text of a plan: changes by tenant and manifest, findings, what is unmanaged and what could not
/// be seen, a summary and what to do next.
#[must_use]
pub fn render(plan: &Plan, style: Style) -> String {
    text(&plan::rows(plan, style.verbose), style.color)
}

/// As [`render`], with findings that were written already (with their source lines) in the place of
/// the plan's own, and with or without what to do next.
#[must_use]
pub fn render_with(plan: &Plan, style: Style, findings: &str, next: bool) -> String {
    let mut out = text(&plan::top(plan, style.verbose), style.color);
    if !findings.is_empty() {
        let gap = if out.is_empty() { "" } else { "\n" };
        out.push_str(&format!("{gap}{}\n", findings.trim_end()));
    }
    let mut rest = Vec::new();
    plan::bottom(plan, style.verbose, next, &mut rest);
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&text(&rest, style.color));
    out
}

/// The same as Markdown, for comments: everything that is not ours stands in a fence.
#[must_use]
pub fn markdown(plan: &Plan) -> String {
    fenced("Plan", &plan::summary(plan), &plan::rows(plan, false))
}
