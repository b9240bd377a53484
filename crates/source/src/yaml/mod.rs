//! YAML text to documents whose every value knows its place.
//!
//! All problems of a text are reported in one go: a broken document is dropped and reading goes on
//! at the next `---`. Deliberately absent: what the fields mean, files, and YAML 1.1.

mod build;
mod key;
mod scalar;
mod syntax;
#[cfg(test)]
mod tests;

use crate::limits::Limits;
use aplomo_core::node::Node;
use aplomo_core::{Finding, Mark};
use build::{Builder, Stop};
use granit_parser::{Options, Parser};
use std::sync::Arc;

/// What a text held.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// The documents that could be read, in order. Empty documents (only comments, `null`) are left out.
    pub documents: Vec<Node>,
    /// Everything that is wrong; an error among them means that not all of the text is known.
    pub problems: Vec<Finding>,
    /// How many values were made, for budgets over many texts.
    pub nodes: usize,
}

/// Reads all documents of a text. Never fails and never panics: whatever is wrong is a problem with
/// its place. Lines and columns are counted from 1, columns in characters; a byte order mark at the
/// beginning must have been taken off for the columns of line 1 to be right.
#[must_use]
pub fn parse_documents(file: &Arc<str>, text: &str, limits: &Limits) -> Parsed {
    let mut parser = Parser::new_from_str_with_options(text, options(limits));
    let mut builder = Builder::new(file, limits);
    while let Some(next) = parser.next_event() {
        let stop = match next {
            Ok((event, span)) => match builder.event(event, mark(span.start)) {
                Ok(()) => continue,
                Err(stop) => stop,
            },
            Err(error) => builder.problem(syntax::finding(file, &error)).err().unwrap_or(Stop::Document),
        };
        builder.abandon();
        let goes_on = stop == Stop::Document && matches!(parser.proceed_next_document(), Ok(true));
        if !goes_on {
            break;
        }
    }
    builder.finish()
}

fn options(limits: &Limits) -> Options {
    granit_parser::options! {
        emit_unresolved_aliases: true,
        emit_comments: false,
        // Our own limit speaks first; this one only keeps the scanner's state small.
        flow_nesting_limit: limits.depth.saturating_add(8),
        block_nesting_limit: limits.depth.saturating_add(8),
    }
}

/// The parser counts lines from 1 and columns from 0.
fn mark(at: granit_parser::Marker) -> Mark {
    let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Mark { line: narrow(at.line()).max(1), column: narrow(at.col()).saturating_add(1) }
}
