//! Rows as text for a terminal, Markdown and HTML.

use super::{Row, Tone, escape_html};

const fn ansi(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Plain => None,
        Tone::Head => Some("1"),
        Tone::Add => Some("32"),
        Tone::Change | Tone::Warn => Some("33"),
        Tone::Remove | Tone::Error => Some("31"),
        Tone::Own => Some("36"),
        Tone::Faint => Some("2"),
    }
}

/// Rows as text, with colours or without.
pub(crate) fn text(rows: &[Row], color: bool) -> String {
    let mut out = String::new();
    for row in rows {
        if !row.text.is_empty() {
            out.push_str(&"  ".repeat(row.depth));
        }
        match ansi(row.tone).filter(|_| color && !row.text.is_empty()) {
            Some(code) => out.push_str(&format!("\x1b[{code}m{}\x1b[0m", row.text)),
            None => out.push_str(&row.text),
        }
        out.push('\n');
    }
    out
}

/// Rows as Markdown: a heading, a headline of our own making, and everything else in a fence that
/// nothing inside can close.
pub(crate) fn fenced(title: &str, headline: &str, rows: &[Row]) -> String {
    let body = text(rows, false);
    let longest = body.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("### {title}\n\n{headline}\n\n{fence}diff\n{}{fence}\n", diff(rows))
}

/// As text, with the signs that `diff` colours at the start of the line.
fn diff(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        let sign = match row.tone {
            Tone::Add => "+",
            Tone::Remove => "-",
            Tone::Change | Tone::Own | Tone::Warn | Tone::Error => "!",
            Tone::Head => "#",
            Tone::Plain | Tone::Faint => " ",
        };
        let indent = "  ".repeat(row.depth);
        let line = format!("{sign} {indent}{}", row.text);
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

const CSS: &str = "body{font:14px/1.5 system-ui,sans-serif;margin:2rem;color:#1f2328;background:#fff}\
main{font-family:ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}\
.head{font-weight:600}.add{color:#116329}.change,.warn{color:#7d4e00}.remove,.error{color:#a40e26}\
.own{color:#0550ae}.faint{color:#656d76}\
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}.add{color:#7ee787}\
.change,.warn{color:#e3b341}.remove,.error{color:#ff7b72}.own{color:#79c0ff}.faint{color:#8b949e}}";

const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Head => "head",
        Tone::Add => "add",
        Tone::Change => "change",
        Tone::Remove => "remove",
        Tone::Own => "own",
        Tone::Faint => "faint",
        Tone::Warn => "warn",
        Tone::Error => "error",
    }
}

/// Rows as one HTML page without anything from elsewhere.
pub(crate) fn page(title: &str, headline: &str, rows: &[Row]) -> String {
    let mut body = String::new();
    for row in rows {
        let text = escape_html(&row.text);
        let indent = row.depth * 2;
        body.push_str(&format!(
            "<div class=\"{}\" style=\"padding-left:{indent}ch\">{text}</div>\n",
            class(row.tone)
        ));
    }
    let (title, headline) = (escape_html(title), escape_html(headline));
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{title}</title><style>{CSS}</style></head>\n<body><h1>{title}</h1><p>{headline}</p>\n<main>\n{body}</main></body></html>\n"
    )
}
