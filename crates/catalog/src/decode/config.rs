//! Other documents than manifests, read along their own schema with the same errors: the configuration.

use super::Problem;
use super::shape::Shape;
use crate::describe::inlined;
use aplomo_core::Finding;
use aplomo_core::node::Node;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Reads a document of a type with a schema; `name` is what messages call it.
///
/// # Errors
/// Every problem with its place.
pub fn decode_config<T: DeserializeOwned + JsonSchema>(
    node: &Node,
    file: &Arc<str>,
    name: &str,
) -> Result<T, Vec<Finding>> {
    // Without references: a shape looks into every structure.
    let shape = Shape::compile(&inlined::<T>());
    super::read(node, &shape, name)
        .map_err(|problems| problems.into_iter().map(|p| finding(p, file)).collect())
}

fn finding(problem: Problem, file: &Arc<str>) -> Finding {
    let finding = Finding::error(problem.rule, problem.message).at(file, problem.at);
    match problem.help {
        Some(help) => finding.help(help),
        None => finding,
    }
}
