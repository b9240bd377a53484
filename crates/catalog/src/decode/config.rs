//! Other documents than manifests, read along their own schema with the same errors: the configuration.

use super::shape::Shape;
use super::{Problem, de, walk};
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
    let shape = Shape::compile(schemars::schema_for!(T).as_value());
    let mut found = walk::Walk::new(name);
    found.value(node, node.at, &shape);
    let mut problems = found.problems;
    walk::deceptive(node, &mut problems);
    if problems.is_empty() {
        match T::deserialize(de::Reader(node)) {
            Ok(value) => return Ok(value),
            Err(fault) => {
                let at = fault.at.unwrap_or(node.at);
                problems.push(Problem { rule: "bad-value", at, message: fault.message, help: None });
            }
        }
    }
    problems.sort_by(|a, b| a.at.cmp(&b.at));
    Err(problems.into_iter().map(|problem| finding(problem, file)).collect())
}

fn finding(problem: Problem, file: &Arc<str>) -> Finding {
    let finding = Finding::error(problem.rule, problem.message).at(file, problem.at);
    match problem.help {
        Some(help) => finding.help(help),
        None => finding,
    }
}
