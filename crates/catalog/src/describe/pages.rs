//! The page of a kind for docs/manifests, generated from its schema.

use super::explain::{below, brackets, fields, notes, type_of};
use crate::decode::shape::{Field, Shape};
use crate::kind::AnyKind;
use crate::registry::kind;
use std::fmt::Write as _;

/// The page in Markdown. `None` for an unknown kind.
#[must_use]
pub fn docs(name: &str) -> Option<String> {
    kind(name).map(page)
}

fn page(kind: &dyn AnyKind) -> String {
    let name = kind.name();
    let mut out = format!("# {name}\n\n");
    out.push_str("<!-- Generated from the doc comments of the catalogue; see crates/catalog/tests/it/conformance.rs. -->\n\n");
    let summary = kind.schema().get("description").and_then(|doc| doc.as_str()).unwrap_or_default();
    let _ = writeln!(out, "{}\n", summary.split_whitespace().collect::<Vec<_>>().join(" "));
    if kind.operator_only() {
        out.push_str("Taken from the operator's own source only.\n\n");
    }
    let _ = writeln!(out, "## Example\n\n```yaml\n{}\n```\n\n## Fields\n", kind.example().trim_end());
    table(kind.shape(), &mut out);
    words(kind.shape(), &mut out);
    out
}

/// A row for every field, outer before inner.
fn table(root: &Shape, out: &mut String) {
    out.push_str("| field | type | meaning |\n| --- | --- | --- |\n");
    each(root, "", &mut |path, field| {
        let doc = field.doc.split_whitespace().collect::<Vec<_>>().join(" ");
        let notes = notes(field).join(" ");
        let meaning = [doc, notes].join(" ");
        let _ = writeln!(
            out,
            "| `{path}` | {} | {} |",
            type_of(&field.shape),
            meaning.trim().replace('|', "\\|")
        );
    });
}

/// The words of every field that takes only some.
fn words(root: &Shape, out: &mut String) {
    each(root, "", &mut |path, field| {
        let Shape::Text(text) = below(&field.shape) else { return };
        if text.choices.len() < 2 {
            return;
        }
        let _ = writeln!(out, "\n### `{path}`\n");
        for (word, doc) in &text.choices {
            let doc = doc.split_whitespace().collect::<Vec<_>>().join(" ");
            let _ = writeln!(out, "- `{word}`{}{doc}", if doc.is_empty() { "" } else { ": " });
        }
    });
}

fn each(shape: &Shape, path: &str, act: &mut dyn FnMut(&str, &Field)) {
    for field in fields(shape) {
        let here = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
        let here = format!("{here}{}", brackets(&field.shape));
        act(&here, field);
        each(&field.shape, &here, act);
    }
}
