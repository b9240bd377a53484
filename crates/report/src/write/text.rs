//! Plain text, and the form that Slack and what speaks like it take.

use crate::document::{Block, Line, Part};
use aplomo_planner::escape_text;

/// Blocks as text.
pub(crate) fn text(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        match block {
            Block::Title(title) => out.push_str(&format!("{}\n\n", escape_text(title))),
            Block::Section(title) => out.push_str(&format!("\n{}\n", escape_text(title))),
            Block::Words(words) => out.push_str(&format!("{}\n", line(words))),
            Block::Item(words) => out.push_str(&format!("  {}\n", line(words))),
            Block::Detail(words) => out.push_str(&format!("      {}\n", line(words))),
            Block::Table(_, rows) => {
                for [field, now, wished] in rows {
                    let row = format!("{}: {} → {}", line(field), line(now), line(wished));
                    out.push_str(&format!("      {row}\n"));
                }
            }
        }
    }
    out
}

fn line(parts: &Line) -> String {
    let part = |part: &Part| match part {
        Part::Say(text) | Part::Code(text) => escape_text(text).into_owned(),
    };
    parts.iter().map(part).collect()
}

/// Blocks as a message of a chat: `&`, `<` and `>` are its markup, and so are mentions and links within `<>`.
pub(crate) fn slack(blocks: &[Block]) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let shown = |words: &Line| -> String {
        let part = |part: &Part| match part {
            Part::Say(text) => escape(&escape_text(text)),
            Part::Code(text) => format!("`{}`", escape(&escape_text(text)).replace('`', "'")),
        };
        words.iter().map(part).collect()
    };
    let block = |block: &Block| match block {
        Block::Title(title) | Block::Section(title) => {
            format!("*{}*\n", escape(&escape_text(title)).replace('*', "∗"))
        }
        Block::Words(words) => format!("{}\n", shown(words)),
        Block::Item(words) | Block::Detail(words) => format!("• {}\n", shown(words)),
        Block::Table(..) => String::new(),
    };
    blocks.iter().map(block).collect()
}
