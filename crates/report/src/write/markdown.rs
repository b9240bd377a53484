//! Markdown. What is from elsewhere stands in code spans that nothing inside can close: there no link, no
//! mention and no markup works.

use crate::document::{Block, Line, Part};
use aplomo_planner::escape_text;

/// Blocks as Markdown.
pub(crate) fn markdown(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        match block {
            Block::Title(text) => out.push_str(&format!("## {}\n\n", words(text))),
            Block::Section(text) => out.push_str(&format!("\n### {}\n\n", words(text))),
            Block::Words(text) => out.push_str(&format!("{}\n\n", line(text))),
            Block::Item(text) => out.push_str(&format!("- {}\n", line(text))),
            Block::Detail(text) => out.push_str(&format!("  - {}\n", line(text))),
            Block::Table(head, rows) => table(head, rows, &mut out),
        }
    }
    out
}

/// A table below an item must be indented as its text is, and stand apart.
fn table(head: &[String; 3], rows: &[[Line; 3]], out: &mut String) {
    let head: Vec<String> = head.iter().map(|cell| words(cell)).collect();
    out.push_str(&format!("\n  | {} |\n  | --- | --- | --- |\n", head.join(" | ")));
    for row in rows {
        // A bar ends a cell even inside a code span.
        let cells: Vec<String> = row.iter().map(|cell| line(cell).replace('|', "\\|")).collect();
        out.push_str(&format!("  | {} |\n", cells.join(" | ")));
    }
    out.push('\n');
}

fn line(parts: &Line) -> String {
    let part = |part: &Part| match part {
        Part::Say(text) => words(text),
        Part::Code(text) => span(text),
    };
    parts.iter().map(part).collect()
}

/// Words of ours; a tenant's name may be among them.
fn words(text: &str) -> String {
    let mut out = String::new();
    for c in escape_text(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A code span: its fence is longer than any run of backticks inside.
fn span(text: &str) -> String {
    let text = escape_text(text);
    if text.trim().is_empty() {
        return "` `".to_owned();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inside_closes_a_span_or_ends_a_line() {
        assert_eq!(span("a"), "`a`");
        assert_eq!(span("a`b``c"), "```a`b``c```");
        assert_eq!(span("`a`"), "`` `a` ``");
        assert_eq!(span("a\n\n# b"), "`a\\n\\n# b`");
        assert_eq!(words("<img> *x* & [y](z)"), "\\<img\\> \\*x\\* \\& \\[y\\](z)");
    }
}
