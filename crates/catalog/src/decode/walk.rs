//! Compares a document with the shape of its kind and lists every problem with its place.

use super::Problem;
use super::shape::{Field, Shape, Text};
use crate::suggest;
use crate::text::check_format;
use aplomo_core::name::is_deceptive;
use aplomo_core::node::{Key, Node, NodeValue};
use aplomo_core::origin::Mark;

/// A walk through one document.
pub(crate) struct Walk<'a> {
    path: Vec<&'a str>,
    /// What was found so far.
    pub(crate) problems: Vec<Problem>,
}

impl<'a> Walk<'a> {
    /// Begins at a document of the kind.
    pub(crate) fn new(kind: &'a str) -> Self {
        Self { path: vec![kind], problems: Vec::new() }
    }

    /// Checks a value; `at` is the place to show for it, its key where it has one.
    pub(crate) fn value(&mut self, node: &'a Node, at: Mark, shape: &Shape) {
        match (shape, &node.value) {
            (Shape::Any, _) | (Shape::Bool, NodeValue::Bool(_)) => {}
            (Shape::Whole { min, max }, NodeValue::Int(number)) => self.whole(*number, *min, *max, node.at),
            (Shape::Text(text), NodeValue::Text(written)) => self.text(written, text, node.at),
            (Shape::Text(text @ Text { or_number: true, .. }), NodeValue::Int(number)) => {
                self.text(&number.to_string(), text, node.at);
            }
            (Shape::Text(text @ Text { or_number: true, .. }), NodeValue::Float(written)) => {
                self.text(written, text, node.at);
            }
            (Shape::List(item), NodeValue::List(nodes)) => self.list(nodes, item),
            (Shape::Map(inner), NodeValue::Map(entries)) => self.map(entries, inner),
            (Shape::Struct(fields), NodeValue::Map(entries)) => self.fields(entries, fields, at),
            _ => self.wrong_type(node, shape),
        }
    }

    fn list(&mut self, nodes: &'a [Node], item: &Shape) {
        self.path.push("[]");
        for node in nodes {
            self.value(node, node.at, item);
        }
        self.path.pop();
    }

    fn map(&mut self, entries: &'a [(Key, Node)], inner: &Shape) {
        for (key, node) in entries {
            self.path.push(&key.name);
            self.value(node, key.at, inner);
            self.path.pop();
        }
    }

    fn fields(&mut self, entries: &'a [(Key, Node)], fields: &[Field], at: Mark) {
        for (key, node) in entries {
            match fields.iter().find(|field| field.name == key.name.as_str()) {
                // Nothing written is as good as the field not being there.
                Some(_) if node.value == NodeValue::Null => {}
                Some(field) => {
                    self.path.push(&key.name);
                    self.value(node, key.at, &field.shape);
                    self.path.pop();
                }
                None => self.unknown(key, fields),
            }
        }
        let given =
            |name: &str| entries.iter().any(|(key, node)| key.name == name && node.value != NodeValue::Null);
        for field in fields.iter().filter(|field| field.required && !given(&field.name)) {
            let message = format!("`{}` is missing in {}", field.name, self.here());
            self.problem("missing-field", at, message, first_sentence(&field.doc));
        }
    }

    fn unknown(&mut self, key: &Key, fields: &[Field]) {
        let message = format!("`{}` is not a field of {}", key.name.escape_debug(), self.here());
        let known = fields.iter().map(|field| field.name.as_str());
        let beside = self.here().ends_with(".spec") && matches!(&*key.name, "lifecycle" | "metadata");
        let help = if beside {
            format!("`{}` stands beside `spec`, not in it", key.name)
        } else {
            suggest::or_list(&key.name, known, "its fields are")
        };
        self.problem("unknown-field", key.at, message, Some(help));
    }

    fn whole(&mut self, number: i64, min: i64, max: i64, at: Mark) {
        if number < min || number > max {
            let message = format!("{} is {number}, outside {min} to {max}", self.here());
            self.problem("bad-value", at, message, None);
        }
    }

    fn text(&mut self, written: &str, text: &Text, at: Mark) {
        let choices = text.choices.iter().map(|(choice, _)| choice.as_str());
        if !text.choices.is_empty() && !choices.clone().any(|choice| choice == written) {
            let message = format!("`{}` is not a value of {}", written.escape_debug(), self.here());
            self.problem("bad-value", at, message, Some(suggest::or_list(written, choices, "one of")));
        }
        if let Some(Err(why)) = text.format.as_deref().map(|format| check_format(format, written)) {
            let message = format!("`{}` is not a value of {}", written.escape_debug(), self.here());
            self.problem("bad-value", at, message, Some(why));
        }
    }

    fn wrong_type(&mut self, node: &Node, shape: &Shape) {
        let (found, wanted) = (noun(node), shape.noun());
        let help = match (shape, &node.value) {
            (Shape::Text(_), NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Bool(_)) => {
                Some("put it in quotes to make it a text".to_owned())
            }
            (Shape::List(item), other) if !matches!(other, NodeValue::Null | NodeValue::Map(_)) => {
                matches!(**item, Shape::Text(_))
                    .then(|| "write it as an item of a list: `- …` or `[…]`".to_owned())
            }
            (Shape::Whole { .. }, NodeValue::Text(t)) if t.parse::<i64>().is_ok() => {
                Some("leave the quotes out".to_owned())
            }
            _ => None,
        };
        let message = format!("{} is {found}, where {wanted} is wanted", self.here());
        self.problem("wrong-type", node.at, message, help);
    }

    fn problem(&mut self, rule: &'static str, at: Mark, message: String, help: Option<String>) {
        self.problems.push(Problem { rule, at, message, help });
    }

    /// The path in words, without indices: `Domain.spec.records[]`.
    fn here(&self) -> String {
        let mut here = String::new();
        for part in &self.path {
            if !here.is_empty() && *part != "[]" {
                here.push('.');
            }
            here.extend(part.escape_debug());
        }
        here
    }
}

fn noun(node: &Node) -> &'static str {
    match &node.value {
        NodeValue::Null => "empty",
        NodeValue::Bool(_) => "`true` or `false`",
        NodeValue::Int(_) => "a whole number",
        NodeValue::Float(_) => "a number with a fraction",
        NodeValue::Text(_) => "a text",
        NodeValue::List(_) => "a list",
        NodeValue::Map(_) => "a mapping",
    }
}

/// The documentation up to the first full stop that ends a sentence, not an abbreviation.
pub(crate) fn first_sentence(doc: &str) -> Option<String> {
    let doc = doc.split_whitespace().collect::<Vec<_>>().join(" ");
    let ends = |at: usize| doc[at + 2..].starts_with(|c: char| c.is_uppercase());
    let end = doc.match_indices(". ").map(|(at, _)| at).find(|at| ends(*at)).unwrap_or(doc.len());
    Some(doc[..end].trim_end_matches('.').to_owned()).filter(|text| !text.is_empty())
}

/// Every text of the document that holds characters which show nothing or change how others show.
/// Line breaks and tabs are left to the field that they are in.
pub(crate) fn deceptive(node: &Node, problems: &mut Vec<Problem>) {
    match &node.value {
        NodeValue::Text(text) => deceptive_text(text, node.at, problems),
        NodeValue::List(items) => items.iter().for_each(|item| deceptive(item, problems)),
        NodeValue::Map(entries) => {
            for (key, value) in entries {
                deceptive_text(&key.name, key.at, problems);
                deceptive(value, problems);
            }
        }
        _ => {}
    }
}

fn deceptive_text(text: &str, at: Mark, problems: &mut Vec<Problem>) {
    let Some(bad) = first_deceptive(text) else { return };
    let message =
        format!("`{}` holds the character U+{:04X}, which does not show", shown(text), u32::from(bad));
    let help = "remove it: it can make one text look like another".to_owned();
    problems.push(Problem { rule: "deceptive-characters", at, message, help: Some(help) });
}

fn first_deceptive(text: &str) -> Option<char> {
    let plain = text.bytes().all(|b| (0x20..0x7f).contains(&b));
    if plain { None } else { text.chars().find(|c| is_deceptive(*c) && !matches!(c, '\n' | '\t')) }
}

fn shown(text: &str) -> String {
    let escaped: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().count() > 40 { format!("{escaped}…") } else { escaped }
}
