//! Findings as people read them, in the form that cli.md promises: place, source line, and the way out.
//!
//! Deliberately absent: any other text; plans and reports are written by the planner.

use aplomo_core::{Finding, Severity};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Texts by file.
pub type Texts = BTreeMap<Arc<str>, Arc<str>>;

/// How much of a source line is shown, in characters.
const LINE: usize = 160;
/// How much of it stands before the column where not all of it is shown.
const BEFORE: usize = 60;

/// Renders findings, worst first, then by place.
#[must_use]
pub fn render(findings: &[Finding], texts: &Texts, color: bool) -> String {
    let mut sorted = findings.to_vec();
    sort(&mut sorted);
    let mut out = String::new();
    for finding in &sorted {
        one(finding, texts, color, &mut out);
        out.push('\n');
    }
    out
}

/// Sorts findings: worst first, then by place.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        (b.severity, &a.file, a.line, a.column, &a.rule)
            .cmp(&(a.severity, &b.file, b.line, b.column, &b.rule))
    });
}

fn one(finding: &Finding, texts: &Texts, color: bool, out: &mut String) {
    let (word, code) = match finding.severity {
        Severity::Error => ("error", "1;31"),
        Severity::Warning => ("warning", "1;33"),
        Severity::Info => ("info", "1;36"),
    };
    let paint = |code: &str, text: String| if color { format!("\x1b[{code}m{text}\x1b[0m") } else { text };
    let head = paint(code, format!("{word}[{}]", finding.rule));
    let _ = writeln!(out, "{head}: {}", visible(&finding.message).replace('\n', "\n  "));
    if let Some(place) = place(finding) {
        let _ = writeln!(out, "  {}", paint("2", format!("┌─ {}", visible(&place))));
    }
    if let Some((number, line, skip, width)) = source(finding, texts) {
        let _ = writeln!(out, "  {} {line}", paint("2", format!("│ {number} │")));
        let gap = " ".repeat(number.to_string().len());
        let mark = paint(code, "^".repeat(width));
        let _ = writeln!(out, "  {} {}{mark}", paint("2", format!("│ {gap} │")), " ".repeat(skip));
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(out, "  help: {}", visible(help).replace('\n', "\n        "));
    }
}

/// Where it is: file, line and column as far as they are known, else the address.
fn place(finding: &Finding) -> Option<String> {
    let Some(file) = &finding.file else { return finding.address.as_ref().map(ToString::to_string) };
    let line = finding.line.map(|l| format!(":{l}")).unwrap_or_default();
    let column = finding.line.and(finding.column).map(|c| format!(":{c}")).unwrap_or_default();
    Some(format!("{file}{line}{column}"))
}

/// The source line with its number, and where in it the finding is: how far in and how wide.
fn source(finding: &Finding, texts: &Texts) -> Option<(u32, String, usize, usize)> {
    let number = finding.line?;
    let text = texts.get(finding.file.as_ref()?)?;
    let line: Vec<char> = text.lines().nth(usize::try_from(number).ok()?.checked_sub(1)?)?.chars().collect();
    let at = finding.column.map_or_else(
        || line.iter().take_while(|c| c.is_whitespace()).count(),
        |column| (column as usize).saturating_sub(1),
    );
    let at = at.min(line.len());
    let from = if line.len() > LINE { at.saturating_sub(BEFORE) } else { 0 };
    let upto = line.len().min(from + LINE);
    let end = at + word(&line[at..upto.max(at)]);
    let shown = |part: &[char]| visible(&part.iter().collect::<String>());
    let lead = if from > 0 { "…" } else { "" };
    let tail = if upto < line.len() { "…" } else { "" };
    let before = format!("{lead}{}", shown(&line[from..at]));
    let marked = shown(&line[at..end]);
    let rest = shown(&line[end..upto.max(end)]);
    let (skip, width) = (before.chars().count(), marked.chars().count().max(1));
    Some((number, format!("{before}{marked}{rest}{tail}"), skip, width))
}

/// The length of the word at the beginning.
fn word(line: &[char]) -> usize {
    let quote = line.first().copied().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        return line.iter().skip(1).position(|c| *c == quote).map_or(line.len(), |end| end + 2);
    }
    line.iter()
        .position(|c| matches!(c, ':' | ' ' | ',' | '}' | ']'))
        .filter(|end| *end > 0)
        .unwrap_or(line.len())
}

/// The text with everything deceptive written out, so that a terminal shows what is there.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\n' && aplomo_core::name::is_deceptive(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// A number with its noun: `1 manifest`, `2 manifests`.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::Mark;

    fn shown(text: &str, line: u32, column: u32) -> String {
        let file: Arc<str> = "domains/example.yaml".into();
        let finding = Finding::error("unknown-field", "`tttl` is not a field of Domain.spec.records[]")
            .help("did you mean `ttl`?")
            .at(&file, Mark { line, column });
        render(&[finding], &Texts::from([(file, Arc::from(text))]), false).trim_end().to_owned()
    }

    #[test]
    fn a_finding_shows_its_place_line_and_way_out() {
        insta::assert_snapshot!(shown("records:\n  tttl: 300\n", 2, 3), @r"
        error[unknown-field]: `tttl` is not a field of Domain.spec.records[]
          ┌─ domains/example.yaml:2:3
          │ 2 │   tttl: 300
          │   │   ^^^^
          help: did you mean `ttl`?
        ");
    }

    #[test]
    fn a_long_line_is_cut_and_what_deceives_is_written_out() {
        let text = format!("{}\u{202e}tttl, {}", "x".repeat(500), "y".repeat(500));
        let shown = shown(&text, 1, 502);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[2].starts_with("  │ 1 │ …x") && lines[2].ends_with("y…"), "{shown}");
        assert!(lines[2].contains("\\u{202e}tttl, "), "{shown}");
        let column = |line: &str, what: &str| line[..line.find(what).unwrap()].chars().count();
        assert_eq!(column(lines[3], "^^^^"), column(lines[2], "tttl"), "{shown}");
    }

    #[test]
    fn places_beyond_the_text_do_no_harm() {
        for (line, column) in [(1, 99), (9, 1), (1, 0)] {
            assert!(shown("é", line, column).contains("help"), "{line}:{column}");
        }
        assert!(shown("", 1, 1).contains("domains/example.yaml:1:1"));
    }
}
