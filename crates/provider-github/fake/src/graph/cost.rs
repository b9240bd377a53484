//! What a query costs, as GitHub documents it: the requests that its connections would take, by a hundred; and how
//! many nodes it could bring.

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use serde_json::{Map, Value, json};

/// More nodes than this are refused.
pub(super) const MOST_NODES: u64 = 500_000;

/// What a query would take.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cost {
    requests: u64,
    pub(super) nodes: u64,
}

impl Cost {
    /// At least one.
    pub(super) fn points(self) -> u64 {
        (self.requests + 50).div_euclid(100).max(1)
    }
}

/// Why a query is refused before it runs.
pub(super) type Refused = (&'static str, String);

struct Walk<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Map<String, Value>,
    cost: Cost,
}

/// Walks the document; every connection needs `first` or `last`, from 1 to 100.
pub(super) fn cost(document: &ExecutableDocument, variables: &Map<String, Value>) -> Result<Cost, Refused> {
    let mut walk = Walk { document, variables, cost: Cost::default() };
    for (_, operation) in document.operations.iter() {
        walk.set(&operation.node.selection_set.node, 1)?;
    }
    if walk.cost.nodes > MOST_NODES {
        return Err((
            "MAX_NODE_LIMIT_EXCEEDED",
            format!(
                "This query requests up to {} possible nodes which exceeds the maximum limit of 500,000.",
                walk.cost.nodes
            ),
        ));
    }
    Ok(walk.cost)
}

impl Walk<'_> {
    /// `parents` is how many objects this selection is made on at most.
    fn set(&mut self, set: &SelectionSet, parents: u64) -> Result<(), Refused> {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, parents)?,
                Selection::InlineFragment(one) => self.set(&one.node.selection_set.node, parents)?,
                Selection::FragmentSpread(one) => {
                    let document = self.document;
                    if let Some(fragment) = document.fragments.get(&one.node.fragment_name.node) {
                        self.set(&fragment.node.selection_set.node, parents)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &async_graphql::parser::types::Field, parents: u64) -> Result<(), Refused> {
        let children = &field.selection_set.node;
        if !is_connection(children) {
            let many = self.list(field);
            return self.set(children, parents.saturating_mul(many));
        }
        let name = field.name.node.as_str();
        let size = self.number(field, "first").or_else(|| self.number(field, "last"));
        let Some(size) = size else {
            let text = format!(
                "You must provide a `first` or `last` value to properly paginate the `{name}` connection."
            );
            return Err(("MISSING_PAGINATION_BOUNDARIES", text));
        };
        if !(1..=100).contains(&size) {
            let text = format!(
                "Requesting {size} records on the `{name}` connection exceeds the `first` limit of 100 records."
            );
            return Err(("EXCESSIVE_PAGINATION", text));
        }
        self.cost.requests = self.cost.requests.saturating_add(parents);
        let nodes = parents.saturating_mul(size);
        self.cost.nodes = self.cost.nodes.saturating_add(nodes);
        self.set(children, nodes)
    }

    /// `nodes(ids: […])` brings as many as it names.
    fn list(&self, field: &async_graphql::parser::types::Field) -> u64 {
        let ids = self.argument(field, "ids");
        ids.and_then(|ids| ids.as_array().map(|ids| ids.len() as u64)).unwrap_or(1)
    }

    fn argument(&self, field: &async_graphql::parser::types::Field, name: &str) -> Option<Value> {
        let value = &field.get_argument(name)?.node;
        let known = |name: async_graphql::Name| {
            let value = self.variables.get(name.as_str()).cloned().unwrap_or(json!(null));
            async_graphql::Value::from_json(value)
        };
        value.clone().into_const_with(known).ok()?.into_json().ok()
    }

    fn number(&self, field: &async_graphql::parser::types::Field, name: &str) -> Option<u64> {
        self.argument(field, name)?.as_u64()
    }
}

/// By what is asked of it: only connections have nodes and edges.
fn is_connection(set: &SelectionSet) -> bool {
    set.items.iter().any(|one| match &one.node {
        Selection::Field(field) => {
            matches!(field.node.name.node.as_str(), "nodes" | "edges" | "pageInfo" | "totalCount")
        }
        Selection::InlineFragment(_) | Selection::FragmentSpread(_) => false,
    })
}
