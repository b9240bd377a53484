//! Taking a part out of a YAML text, and leaving everything else as it is written.
//!
//! The text is cut by the places of its values, so comments, order and layout stay. Each cut is proven: the
//! new text must read as the old one without that part and nothing else, or it is refused, and a person has
//! to do it. Deliberately absent: adding and changing values, and what the parts mean.

mod span;

use crate::limits::Limits;
use crate::yaml::parse_documents;
use aplomo_core::Mark;
use serde_json::Value;
use span::{Span, Style};
use std::ops::Range;
use std::sync::Arc;

/// Why a part stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stays {
    /// The text has no such part at that place itself.
    #[error("it is written elsewhere: an anchor or a merge brings it in")]
    Elsewhere,
    /// The part cannot be taken out by lines or between commas.
    #[error("the way it is written cannot be cut")]
    Layout,
    /// The cut text would read differently in more than that part.
    #[error("taking it out would change something else as well")]
    More,
}

/// The text without the entry of a mapping or the item of a list that the pointer leads to, in the document
/// that begins at the mark. A collection that becomes empty is written as `[]` or `{}`: left out it could
/// mean something else.
///
/// # Errors
/// Where it cannot be taken out, or not alone.
pub fn cut(text: &str, document: Mark, pointer: &str) -> Result<String, Stays> {
    let (number, old) = read(text, document).ok_or(Stays::Elsewhere)?;
    let spans = span::documents(text).ok_or(Stays::Layout)?;
    let root = spans.iter().find(|span| span.is_at(text, document)).ok_or(Stays::Elsewhere)?;
    let parts: Vec<String> =
        pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
    let (last, way) = parts.split_last().ok_or(Stays::Elsewhere)?;
    let (parent, key_end) = walk(root, way).ok_or(Stays::Elsewhere)?;
    let index = parent.position(last).ok_or(Stays::Elsewhere)?;
    let range = range(text, parent, index, key_end).ok_or(Stays::Layout)?;
    let new = apply(text, &range);
    let mut wished = old;
    let removed = wished.get_mut(number).is_some_and(|tree| remove(tree, way, last));
    (removed && trees(&new).is_some_and(|found| found == wished)).then_some(new).ok_or(Stays::More)
}

/// A unified diff of two texts of a file.
///
/// # Errors
/// Where libgit2 has an error.
pub fn patch(file: &str, old: &str, new: &str) -> Result<String, git2::Error> {
    let path = std::path::Path::new(file);
    let mut patch = git2::Patch::from_buffers(old.as_bytes(), Some(path), new.as_bytes(), Some(path), None)?;
    Ok(String::from_utf8_lossy(&patch.to_buf()?).into_owned())
}

/// What is put in the place of what.
struct Edit {
    out: Range<usize>,
    /// What is written, and where, in the place of the emptied collection.
    empty: Option<(usize, &'static str)>,
}

fn apply(text: &str, edit: &Edit) -> String {
    let mut new = text.to_owned();
    new.replace_range(edit.out.clone(), "");
    if let Some((at, word)) = edit.empty {
        // It stands before what went.
        new.insert_str(at, word);
    }
    new
}

/// The documents as values, and the number of the one that begins at the mark.
fn read(text: &str, document: Mark) -> Option<(usize, Vec<Value>)> {
    let parsed = parse_documents(&Arc::from("text"), text, &Limits::default());
    let number = parsed.documents.iter().position(|root| root.at == document)?;
    Some((number, parsed.documents.iter().map(aplomo_core::node::Node::to_json).collect()))
}

fn trees(text: &str) -> Option<Vec<Value>> {
    let parsed = parse_documents(&Arc::from("text"), text, &Limits::default());
    let broken = parsed.problems.iter().any(|p| p.severity == aplomo_core::Severity::Error);
    (!broken).then(|| parsed.documents.iter().map(aplomo_core::node::Node::to_json).collect())
}

/// The collection that the way leads to, and where its key ends.
fn walk<'s>(root: &'s Span, way: &[String]) -> Option<(&'s Span, Option<usize>)> {
    let (mut here, mut key_end) = (root, None);
    for part in way {
        let child = &here.children[here.position(part)?];
        key_end = child.key.as_ref().map(|key| key.end);
        here = &child.value;
    }
    Some((here, key_end))
}

fn remove(tree: &mut Value, way: &[String], last: &str) -> bool {
    let mut here = tree;
    for part in way {
        let next = match here {
            Value::Object(map) => map.get_mut(part),
            Value::Array(items) => part.parse().ok().and_then(|n: usize| items.get_mut(n)),
            _ => None,
        };
        let Some(next) = next else { return false };
        here = next;
    }
    match here {
        Value::Object(map) => map.remove(last).is_some(),
        Value::Array(items) => match last.parse::<usize>() {
            Ok(n) if n < items.len() => {
                items.remove(n);
                true
            }
            _ => false,
        },
        _ => false,
    }
}

fn range(text: &str, parent: &Span, index: usize, key_end: Option<usize>) -> Option<Edit> {
    match parent.style {
        Style::Flow => Some(Edit { out: between_commas(text, parent, index)?, empty: None }),
        Style::Block => whole_lines(text, parent, index, key_end),
        Style::Leaf => None,
    }
}

/// Up to the next item, or from the end of the one before: with one comma.
fn between_commas(text: &str, parent: &Span, index: usize) -> Option<Range<usize>> {
    let item = parent.children.get(index)?;
    let (start, end) = (item.start(), item.end());
    if let Some(next) = parent.children.get(index + 1) {
        return Some(start..next.start());
    }
    if let Some(before) = index.checked_sub(1).and_then(|n| parent.children.get(n)) {
        return Some(before.end()..end);
    }
    // The only one goes with the blanks and the comma around it.
    let inner = parent.start + 1..parent.value_end.checked_sub(1)?;
    let only = text.get(inner.clone())?.chars().all(|c| c != '#');
    Some(if only { inner } else { start..end })
}

/// The lines of the item alone. Comments on lines of their own stay.
fn whole_lines(text: &str, parent: &Span, index: usize, key_end: Option<usize>) -> Option<Edit> {
    let item = parent.children.get(index)?;
    let begin = text[..item.start()].rfind('\n').map_or(0, |n| n + 1);
    let lead = text.get(begin..item.start())?;
    let dash = if item.key.is_some() { "" } else { "-" };
    if lead.trim() != dash {
        return None;
    }
    let end = text[item.end()..].find('\n').map_or(text.len(), |n| item.end() + n + 1);
    let rest = text.get(item.end()..end)?.trim();
    if !rest.is_empty() && !rest.starts_with('#') {
        return None;
    }
    let empty = match (parent.children.len(), key_end) {
        (1, Some(at)) => {
            let colon = text.get(at..begin)?.find(':')?;
            Some((at + colon + 1, if item.key.is_some() { " {}" } else { " []" }))
        }
        (1, None) => return None,
        _ => None,
    };
    Some(Edit { out: begin..end, empty })
}

#[cfg(test)]
mod tests;
