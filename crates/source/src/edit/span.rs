//! Where the values of a text begin and end.
//!
//! Deliberately absent: the values, and whatever an alias repeats: it is a leaf where it is written.

use aplomo_core::Mark;
use granit_parser::{Event, Parser, Span as Place};

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Between brackets.
    Flow,
    /// By lines.
    Block,
    /// No collection, or one that is repeated from elsewhere.
    Leaf,
}

/// A value with its place, in octets.
#[derive(Debug)]
pub(super) struct Span {
    pub(super) style: Style,
    pub(super) start: usize,
    /// Where what is written of it ends.
    pub(super) value_end: usize,
    pub(super) children: Vec<Child>,
}

/// An item of a list, or an entry of a mapping.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) key: Option<Key>,
    pub(super) value: Span,
}

/// The key of an entry.
#[derive(Debug)]
pub(super) struct Key {
    name: String,
    start: usize,
    pub(super) end: usize,
}

impl Span {
    /// Which child a part of a pointer means.
    pub(super) fn position(&self, part: &str) -> Option<usize> {
        if self.children.first().is_some_and(|child| child.key.is_some()) {
            let is = |child: &Child| child.key.as_ref().is_some_and(|key| key.name == part);
            return self.children.iter().position(is);
        }
        part.parse().ok().filter(|n| *n < self.children.len())
    }
}

impl Span {
    /// Whether it begins at a place, counted as the reader counts.
    pub(super) fn is_at(&self, text: &str, mark: Mark) -> bool {
        let before = &text[..self.start];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        (line, column) == (mark.line as usize, mark.column as usize)
    }
}

impl Child {
    pub(super) fn start(&self) -> usize {
        self.key.as_ref().map_or(self.value.start, |key| key.start)
    }
    pub(super) fn end(&self) -> usize {
        self.key.as_ref().map_or(0, |key| key.end).max(self.value.value_end)
    }
}

/// A collection that is not closed yet.
struct Open {
    span: Span,
    mapping: bool,
    key: Option<Key>,
}

/// The documents; `None` where the text cannot be read to its end.
pub(super) fn documents(text: &str) -> Option<Vec<Span>> {
    let mut parser = Parser::new_from_str(text);
    let (mut done, mut open): (Vec<Span>, Vec<Open>) = (Vec::new(), Vec::new());
    while let Some(next) = parser.next_event() {
        let (event, place) = next.ok()?;
        let (start, end) = octets(&place)?;
        let finished = match event {
            Event::Scalar(name, ..) => {
                let value_end = start + text.get(start..end)?.trim_end().len();
                Some((leaf(start, value_end), Some(name.into_owned())))
            }
            Event::Alias(_) => Some((leaf(start, end), None)),
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                let flow = text[start..].starts_with(['[', '{']);
                let style = if flow { Style::Flow } else { Style::Block };
                let span = Span { style, start, value_end: start, children: Vec::new() };
                open.push(Open { span, mapping: matches!(event, Event::MappingStart(..)), key: None });
                None
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let mut span = open.pop()?.span;
                span.value_end = match span.style {
                    Style::Flow => end,
                    _ => span.children.last().map_or(span.start, Child::end),
                };
                Some((span, None))
            }
            _ => None,
        };
        if let Some((span, name)) = finished {
            put(&mut done, &mut open, span, name)?;
        }
    }
    Some(done)
}

fn put(done: &mut Vec<Span>, open: &mut [Open], span: Span, name: Option<String>) -> Option<()> {
    let Some(parent) = open.last_mut() else {
        done.push(span);
        return Some(());
    };
    match (parent.mapping, parent.key.take()) {
        (false, _) => parent.span.children.push(Child { key: None, value: span }),
        (true, Some(key)) => parent.span.children.push(Child { key: Some(key), value: span }),
        // A key that is no text of one line is not for us.
        (true, None) => parent.key = Some(Key { name: name?, start: span.start, end: span.value_end }),
    }
    Some(())
}

const fn leaf(start: usize, value_end: usize) -> Span {
    Span { style: Style::Leaf, start, value_end, children: Vec::new() }
}

fn octets(place: &Place) -> Option<(usize, usize)> {
    Some((place.start.byte_offset()?, place.end.byte_offset()?))
}
