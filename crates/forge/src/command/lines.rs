//! The lines of a comment that are addressed to us.

use pulldown_cmark::{Event, Options, Parser, Tag};
use std::ops::Range;

/// How a command begins.
pub(super) const CALL: &str = "/aplomo";

/// The lines in the running text of a Markdown body that begin with a call, without the space around them.
pub(super) fn lines(body: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for block in blocks(body) {
        let mut at = block.text.start;
        for line in body[block.text.clone()].split('\n') {
            let start = at + line.len() - line.trim_start().len();
            at += line.len() + 1;
            if is_call(line.trim()) && !block.covers(start) {
                found.push(line.trim());
            }
        }
    }
    found
}

fn is_call(line: &str) -> bool {
    line.strip_prefix(CALL).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

/// A paragraph or heading in no quotation, list or table.
struct Block {
    text: Range<usize>,
    /// Code and HTML in it, which may go over several lines.
    covered: Vec<Range<usize>>,
}

impl Block {
    fn covers(&self, at: usize) -> bool {
        self.covered.iter().any(|range| range.contains(&at))
    }
}

/// As GitHub reads Markdown: what it shows as text must be the same that is taken for text here.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_GFM)
    .union(Options::ENABLE_TASKLISTS);

fn blocks(body: &str) -> Vec<Block> {
    let (mut blocks, mut depth): (Vec<Block>, usize) = (Vec::new(), 0);
    for (event, range) in Parser::new_ext(body, OPTIONS).into_offset_iter() {
        match event {
            Event::Start(Tag::Paragraph | Tag::Heading { .. }) if depth == 0 => {
                blocks.push(Block { text: range, covered: Vec::new() });
                depth += 1;
            }
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Code(_) | Event::InlineHtml(_) | Event::Html(_) => {
                // Blocks come one after the other, so what is covered in one is never asked of another.
                if let Some(block) = blocks.last_mut() {
                    block.covered.push(range);
                }
            }
            _ => {}
        }
    }
    blocks
}
