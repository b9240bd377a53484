//! What kinds say about themselves: JSON Schema, explanations in the terminal, pages, examples. All
//! of it comes from the doc comments of the spec types.

mod explain;
mod pages;

pub use explain::explain;
pub use pages::docs;

use crate::envelope::Document;
use crate::kind::Kind;
use crate::registry::{kind, registry};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

/// The JSON Schema of a kind, or of any manifest where no kind is named. `None` for an unknown kind.
#[must_use]
pub fn schema(name: Option<&str>) -> Option<Value> {
    if let Some(name) = name {
        return kind(name).map(|kind| kind.schema().clone());
    }
    let one_of: Vec<Value> = registry().iter().map(|kind| kind.schema().clone()).collect();
    Some(
        json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Aplomo manifest", "oneOf": one_of }),
    )
}

/// A complete manifest of the kind, as YAML. `None` for an unknown kind.
#[must_use]
pub fn example(name: &str) -> Option<&'static str> {
    kind(name).map(crate::kind::AnyKind::example)
}

/// The schema of a kind's whole document, without references.
pub(crate) fn schema_of<K: Kind>() -> Value {
    let mut schema = inlined::<Document<K::Spec>>();
    let summary = inlined::<K::Spec>().get("description").cloned();
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".into(), K::NAME.as_str().into());
        root.extend(summary.map(|doc| ("description".to_owned(), doc)));
    }
    if let Some(kind) = schema.pointer_mut("/properties/kind").and_then(Value::as_object_mut) {
        kind.insert("const".into(), K::NAME.as_str().into());
    }
    schema
}

/// The schema of a type with every structure in its place, without references.
pub(crate) fn inlined<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}
