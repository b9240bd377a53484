//! From a document to a typed manifest, or to all that is wrong with it.
//!
//! The JSON Schema of a kind is the single source: it is compiled to a [`shape::Shape`], every
//! document is walked along it, and only a document without problems is read into its type.

mod config;
mod de;
pub(crate) mod shape;
pub(crate) mod walk;

pub use config::decode_config;

use crate::envelope::Document;
use aplomo_core::node::Node;
use aplomo_core::origin::Mark;
use serde::de::DeserializeOwned;
use shape::Shape;

/// One thing that is wrong with a document, before it is known whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The rule.
    pub rule: &'static str,
    /// The place.
    pub at: Mark,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
}

/// Reads a document of a kind.
pub(crate) fn decode<S: DeserializeOwned>(
    node: &Node,
    shape: &Shape,
    kind: &str,
) -> Result<Document<S>, Vec<Problem>> {
    read(node, shape, kind)
}

/// Walks a document along its shape and, where nothing is wrong, reads it into its type.
fn read<T: DeserializeOwned>(node: &Node, shape: &Shape, name: &str) -> Result<T, Vec<Problem>> {
    let mut walk = walk::Walk::new(name);
    walk.value(node, node.at, shape);
    let mut problems = walk.problems;
    walk::deceptive(node, &mut problems);
    if !problems.is_empty() {
        problems.sort_by_key(|problem| problem.at);
        return Err(problems);
    }
    T::deserialize(de::Reader(node)).map_err(|fault| {
        let at = fault.at.unwrap_or(node.at);
        vec![Problem { rule: "bad-value", at, message: fault.message, help: None }]
    })
}
