//! The order in which wished resources must be there, and cycles that have none.

use crate::matching::Matches;
use aplomo_core::{Address, Desired, Finding};
use petgraph::graph::{DiGraph, NodeIndex};

/// Everything that must exist before a resource: references of its fields and of what a create
/// sends besides, its container, and what it names.
pub(crate) fn needs(want: &Desired) -> impl Iterator<Item = &Address> {
    let references = want.wanted.references().chain(want.defaults.references()).map(|(_, r)| &r.to);
    references.chain(&want.scope.container_of).chain(&want.depends_on)
}

/// A sequence in which everything comes after what it needs, and the sets that have no such order.
pub(crate) struct Order {
    pub(crate) sequence: Vec<u32>,
    pub(crate) cycles: Vec<Vec<u32>>,
}

/// Orders the items. Items of a cycle are in the sequence too, in the order of their addresses.
pub(crate) fn order(matches: &Matches<'_>) -> Order {
    let mut graph: DiGraph<(), (), u32> = DiGraph::with_capacity(matches.items.len(), matches.items.len());
    for _ in &matches.items {
        graph.add_node(());
    }
    for (i, item) in (0_u32..).zip(&matches.items) {
        for need in needs(item.want).filter_map(|address| matches.at(address)) {
            graph.add_edge(NodeIndex::from(i), NodeIndex::from(need), ());
        }
    }
    let mut order = Order { sequence: Vec::with_capacity(matches.items.len()), cycles: Vec::new() };
    for part in petgraph::algo::kosaraju_scc(&graph) {
        let mut part: Vec<u32> = part.into_iter().map(|n| n.index() as u32).collect();
        part.sort_unstable();
        let own = |i: u32| graph.contains_edge(NodeIndex::from(i), NodeIndex::from(i));
        if part.len() > 1 || part.first().is_some_and(|i| own(*i)) {
            order.cycles.push(part.clone());
        }
        order.sequence.extend(part);
    }
    order.cycles.sort_unstable();
    order
}

/// The finding for a cycle, once per tenant that is part of it.
pub(crate) fn cycle_findings(matches: &Matches<'_>, cycle: &[u32]) -> Vec<Finding> {
    let wants: Vec<&Desired> = cycle.iter().map(|i| matches.items[*i as usize].want).collect();
    let names: Vec<&str> = wants.iter().map(|want| want.address.as_str()).collect();
    let message = format!("these need each other, so none can be first: {}", names.join(", "));
    let mut findings: Vec<Finding> = Vec::new();
    for want in wants {
        if findings.iter().all(|f| f.tenant.as_deref() != Some(want.address.tenant())) {
            let finding =
                Finding::error("cycle", message.clone()).of(want.address.as_str()).origin(&want.origins);
            findings.push(finding.help("take one of the references out"));
        }
    }
    findings
}
