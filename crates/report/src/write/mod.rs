//! Blocks as Markdown, HTML, text and Slack's own form. Everything is escaped here and nowhere else.

mod html;
mod markdown;
mod text;

pub(crate) use html::page;
pub(crate) use markdown::markdown;
pub(crate) use text::{slack, text};
