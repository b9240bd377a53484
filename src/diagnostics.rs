//! Findings as people read them: place, source line, and the way out.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use aplomo_core::{Finding, Severity};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Texts by file.
pub type Texts = BTreeMap<Arc<str>, Arc<str>>;

/// Renders findings, worst first, then by place.
#[must_use]
pub fn render(findings: &[Finding], texts: &Texts, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Unicode);
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by(|a, b| (b.severity, &a.file, a.line, a.column, &a.rule).cmp(&(a.severity, &b.file, b.line, b.column, &b.rule)));
    let mut out = String::new();
    for finding in sorted {
        out.push_str(&one(finding, texts, &renderer));
        out.push_str("\n\n");
    }
    out
}

fn one(finding: &Finding, texts: &Texts, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let message = visible(&finding.message);
    let help = finding.help.as_deref().map(visible);
    let title = level.primary_title(&message).id(finding.rule.as_str());
    let mut group = annotate_snippets::Group::with_title(title);
    let place = finding.file.as_ref().zip(finding.line);
    let source = place.and_then(|(file, _)| texts.get(file));
    let line = place.zip(source).and_then(|((_, line), text)| line_of(text, line));
    if let (Some((file, number)), Some(text)) = (place, line) {
        let span = span(text, finding.column);
        group = group.element(
            Snippet::source(visible(text)).line_start(number as usize).path(&**file)
                .annotation(AnnotationKind::Primary.span(span)),
        );
    } else if let Some((file, number)) = place {
        let origin = annotate_snippets::Origin::path(&**file).line(number as usize);
        group = group.element(origin);
    } else if let Some(address) = &finding.address {
        group = group.element(Level::NOTE.message(format!("about {address}")));
    }
    if let Some(help) = &help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

fn line_of(text: &str, number: u32) -> Option<&str> {
    text.lines().nth(usize::try_from(number).ok()?.checked_sub(1)?)
}

/// The octets of the word at a column, within the line.
fn span(line: &str, column: Option<u32>) -> std::ops::Range<usize> {
    let skip = column.map_or(0, |c| c.saturating_sub(1) as usize);
    let start = line.char_indices().nth(skip).map_or(line.len(), |(i, _)| i);
    let rest = &line[start..];
    let end = rest.find([':', ' ', ',']).filter(|end| *end > 0).unwrap_or(rest.len());
    start..start + end
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

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::Mark;

    #[test]
    fn a_finding_shows_its_place_line_and_way_out() {
        let file: Arc<str> = "domains/example.yaml".into();
        let finding = Finding::error("unknown-field", "`tttl` is not a field of Domain.spec.records[]")
            .help("did you mean `ttl`?")
            .at(&file, Mark { line: 2, column: 3 });
        let texts = Texts::from([(file, Arc::from("records:\n  tttl: 300\n"))]);
        insta::assert_snapshot!(render(&[finding], &texts, false).trim_end(), @r"
        error[unknown-field]: `tttl` is not a field of Domain.spec.records[]
          ╭▸ domains/example.yaml:2:3
          │
        2 │   tttl: 300
          │   ━━━━
          │
          ╰ help: did you mean `ttl`?
        ");
    }
}
