//! `aplomo explain KIND[.FIELD]`.

use crate::decode::shape::{Field, Shape, Text};
use crate::decode::walk::first_sentence;
use crate::kind::AnyKind;
use crate::registry::{kind, registry};
use crate::suggest;
use std::fmt::Write as _;

/// Explains a kind or a field: `Domain`, `Domain.records.ttl`, `Domain.spec.records[].ttl`,
/// `Domain.metadata.name`.
///
/// # Errors
/// Near or possible continuations, as paths that exist, where the path does not.
pub fn explain(path: &str) -> Result<String, Vec<String>> {
    let mut parts = path.split('.').map(|part| part.trim_end_matches("[]"));
    let name = parts.next().unwrap_or_default();
    let Some(kind) = kind(name).or_else(|| folded(name)) else {
        let names: Vec<String> = registry().iter().map(|kind| kind.name().to_string()).collect();
        return Err(nearest_or_all(name, names));
    };
    let mut parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let root = kind.shape();
    // `spec` may be left out.
    if parts.first().is_some_and(|first| root.field(first).is_none()) {
        parts.insert(0, "spec");
    }
    walk(kind, root, &parts)
}

fn folded(name: &str) -> Option<&'static dyn AnyKind> {
    registry().iter().find(|kind| kind.name().as_str().eq_ignore_ascii_case(name)).map(|kind| &**kind)
}

fn nearest_or_all(written: &str, known: Vec<String>) -> Vec<String> {
    let near = suggest::nearest(written, known.iter().map(String::as_str)).map(str::to_owned);
    near.map_or(known, |one| vec![one])
}

fn walk(kind: &dyn AnyKind, root: &Shape, parts: &[&str]) -> Result<String, Vec<String>> {
    let mut path = kind.name().to_string();
    let mut shape = root;
    let mut last: Option<&Field> = None;
    for part in parts {
        let inner = below(shape);
        let Some(field) = inner.field(part) else {
            let names: Vec<String> = fields(inner).iter().map(|field| field.name.clone()).collect();
            let near = nearest_or_all(part, names);
            return Err(near.into_iter().map(|name| format!("{path}.{name}")).collect());
        };
        path = format!("{path}.{}{}", field.name, brackets(&field.shape));
        shape = &field.shape;
        last = Some(field);
    }
    Ok(text(kind, &path, shape, last))
}

/// The shape that fields are looked for in: the items of lists and maps.
pub(super) fn below(shape: &Shape) -> &Shape {
    match shape {
        Shape::List(inner) | Shape::Map(inner) => below(inner),
        other => other,
    }
}

pub(super) fn fields(shape: &Shape) -> &[Field] {
    match below(shape) {
        Shape::Struct(fields) => fields,
        _ => &[],
    }
}

pub(super) const fn brackets(shape: &Shape) -> &'static str {
    match shape {
        Shape::List(_) => "[]",
        _ => "",
    }
}

fn text(kind: &dyn AnyKind, path: &str, shape: &Shape, field: Option<&Field>) -> String {
    let mut out = format!("{path}  ({})\n", type_of(shape));
    let doc = field.map(|f| f.doc.clone());
    let doc = doc.or_else(|| kind.schema().get("description").and_then(|d| d.as_str()).map(str::to_owned));
    for line in doc.unwrap_or_default().lines() {
        let _ = writeln!(out, "  {line}");
    }
    for note in field.into_iter().flat_map(notes) {
        let _ = writeln!(out, "  {note}");
    }
    list_choices(shape, &mut out);
    list_fields("fields", shape, &mut out);
    if let Some(spec) = shape.field("spec").filter(|_| field.is_none()) {
        list_fields("fields of spec", &spec.shape, &mut out);
    }
    out
}

/// Whether it must be there, and its default.
pub(super) fn notes(field: &Field) -> Vec<String> {
    let required = field.required.then(|| "Required.".to_owned());
    let default = field.default.as_ref().map(|value| match value.as_str() {
        Some(text) => format!("Default: `{text}`."),
        None => format!("Default: `{value}`."),
    });
    let bounds = match field.shape {
        Shape::Whole { min, max } if min > i64::MIN && max < i64::MAX => {
            Some(format!("From {min} to {max}."))
        }
        _ => None,
    };
    required.into_iter().chain(default).chain(bounds).collect()
}

/// The type in words.
pub(super) fn type_of(shape: &Shape) -> String {
    match shape {
        Shape::Any => "any".into(),
        Shape::Bool => "true or false".into(),
        Shape::Whole { .. } => "whole number".into(),
        Shape::Text(text) if !text.choices.is_empty() => "one of a few words".into(),
        Shape::Text(Text { or_number: true, .. }) => "number or text".into(),
        Shape::Text(_) => "text".into(),
        Shape::List(inner) => format!("list of {}", plural(inner)),
        Shape::Map(inner) => format!("mapping of names to {}", plural(inner)),
        Shape::Struct(_) => "mapping".into(),
    }
}

fn plural(shape: &Shape) -> String {
    match shape {
        Shape::Text(text) if text.choices.is_empty() => "texts".into(),
        Shape::Text(_) => "words".into(),
        Shape::Struct(_) => "mappings".into(),
        other => type_of(other),
    }
}

fn list_choices(shape: &Shape, out: &mut String) {
    if let Shape::Text(text) = below(shape)
        && !text.choices.is_empty()
    {
        out.push_str("\nwords:\n");
        let width = text.choices.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, doc) in &text.choices {
            let _ = writeln!(out, "  {name:width$}  {}", first_sentence(doc).unwrap_or_default());
        }
    }
}

fn list_fields(heading: &str, shape: &Shape, out: &mut String) {
    let fields = fields(shape);
    if fields.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{heading}:");
    let width = fields.iter().map(|field| field.name.len()).max().unwrap_or_default();
    for field in fields {
        let mark = if field.required { "*" } else { " " };
        let _ =
            writeln!(out, "  {:width$}{mark} {}", field.name, first_sentence(&field.doc).unwrap_or_default());
    }
    if fields.iter().any(|field| field.required) {
        out.push_str("\n* required\n");
    }
}
