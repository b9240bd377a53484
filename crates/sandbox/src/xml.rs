//! The little XML the sandbox needs: escaping, look-ups in a parsed tree, and cutting lists apart as text.
//! Deliberately absent: namespaces, attributes, streaming.

use roxmltree::{Document, Node};

/// Escapes text for an element.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `<tag>text</tag>`, escaped.
pub(crate) fn element(tag: &str, text: &str) -> String {
    format!("<{tag}>{}</{tag}>", escape(text))
}

/// Parses a document; the error is text for people.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, String> {
    Document::parse(text).map_err(|e| format!("not XML: {e}"))
}

/// The first child element of this name, whatever its namespace.
pub(crate) fn child<'a>(node: Node<'a, 'a>, tag: &str) -> Option<Node<'a, 'a>> {
    node.children().find(|n| n.is_element() && n.tag_name().name() == tag)
}

/// The text of the first child element of this name; an empty element is the empty text.
pub(crate) fn child_text(node: Node<'_, '_>, tag: &str) -> Option<String> {
    node.children()
        .find(|n| n.is_element() && n.tag_name().name() == tag)
        .map(|n| n.text().unwrap_or_default().to_owned())
}

/// All descendants of this name, in document order.
pub(crate) fn all<'a>(node: Node<'a, 'a>, tag: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.descendants().filter(move |n| n.is_element() && n.tag_name().name() == tag)
}

/// The text of the first descendant of this name.
pub(crate) fn find_text<'a>(node: Node<'a, 'a>, tag: &'a str) -> Option<String> {
    all(node, tag).next().map(|n| n.text().unwrap_or_default().to_owned())
}

/// Cuts a list into the text before, the elements of that name, and the text after. The elements must be neighbours
/// and not nested, as they are in every list of AWS.
pub(crate) fn split_elements<'a>(text: &'a str, tag: &str) -> (&'a str, Vec<&'a str>, &'a str) {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let Some(first) = text.find(&open) else { return (text, Vec::new(), "") };
    let mut elements = Vec::new();
    let mut rest = &text[first..];
    while let Some(start) = rest.find(&open) {
        let Some(end) = rest[start..].find(&close).map(|at| start + at + close.len()) else { break };
        elements.push(&rest[start..end]);
        rest = &rest[end..];
    }
    (&text[..first], elements, rest)
}

/// The text of the first `<tag>` in a fragment, still escaped.
pub(crate) fn raw_text<'a>(fragment: &'a str, tag: &str) -> Option<&'a str> {
    let (_, rest) = fragment.split_once(&format!("<{tag}>"))?;
    rest.split_once("</").map(|(text, _)| text)
}

/// What `read` makes of each direct `<item>` or `<member>` of the first list of this name.
pub(crate) fn items<T>(body: &str, list: &str, read: impl Fn(Node<'_, '_>) -> T) -> Vec<T> {
    let Ok(document) = parse(body) else { return Vec::new() };
    let found = document.descendants().find(|n| n.is_element() && n.tag_name().name() == list);
    let items = found.into_iter().flat_map(|n| n.children()).filter(|n| n.is_element());
    items.map(read).collect()
}

/// The body with every direct item of the list put through `edit`, as text; `None` drops it.
pub(crate) fn edit_items(
    body: &str,
    list: &str,
    edit: impl Fn(Node<'_, '_>, &str) -> Option<String>,
) -> String {
    let Ok(document) = parse(body) else { return body.to_owned() };
    let mut out = String::with_capacity(body.len());
    let mut done = 0;
    let found = document.descendants().find(|n| n.is_element() && n.tag_name().name() == list);
    for item in found.into_iter().flat_map(|n| n.children()).filter(|n| n.is_element()) {
        let range = item.range();
        out += &body[done..range.start];
        out += &edit(item, &body[range.clone()]).unwrap_or_default();
        done = range.end;
    }
    out + &body[done..]
}

/// The text at a path of child elements: `referencedGroupInfo/groupId`.
pub(crate) fn path_text(node: Node<'_, '_>, path: &str) -> Option<String> {
    let mut here = node;
    for tag in path.split('/') {
        here = here.children().find(|n| n.is_element() && n.tag_name().name() == tag)?;
    }
    Some(here.text().unwrap_or_default().to_owned())
}

/// The body without the elements that `drop` says yes to.
pub(crate) fn remove(body: &str, drop: impl Fn(Node<'_, '_>) -> bool) -> String {
    let Ok(document) = parse(body) else { return body.to_owned() };
    let mut out = String::with_capacity(body.len());
    let mut done = 0;
    for node in document.descendants().filter(|n| n.is_element()) {
        let range = node.range();
        // What is inside something dropped went with it.
        if range.start >= done && drop(node) {
            out += &body[done..range.start];
            done = range.end;
        }
    }
    out + &body[done..]
}
