//! The graph of wished resources as text for other tools.

use crate::order::needs;
use crate::render::escape_text;
use aplomo_core::{Address, DesiredState};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Which language to write the graph in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphFormat {
    /// Graphviz.
    Dot,
    /// Mermaid.
    Mermaid,
}

/// The graph: one node per resource, grouped by manifest, an arrow from each to what it needs.
#[must_use]
pub fn graph(desired: &DesiredState, format: GraphFormat) -> String {
    let mut manifests: BTreeMap<&str, Vec<&Address>> = BTreeMap::new();
    let mut numbers: BTreeMap<&Address, usize> = BTreeMap::new();
    for address in desired.resources.keys() {
        numbers.insert(address, numbers.len());
        manifests.entry(address.manifest()).or_default().push(address);
    }
    let mut edges = BTreeSet::new();
    for want in desired.resources.values() {
        let from = numbers.get(&want.address);
        let to = needs(want).filter_map(|need| numbers.get(need));
        edges.extend(to.filter_map(|to| Some((*from?, *to))));
    }
    let mut out = String::new();
    // Writing to a String does not fail.
    let _ = match format {
        GraphFormat::Dot => dot(&mut out, &manifests, &numbers, &edges),
        GraphFormat::Mermaid => mermaid(&mut out, &manifests, &numbers, &edges),
    };
    out
}

type Manifests<'a> = BTreeMap<&'a str, Vec<&'a Address>>;
type Numbers<'a> = BTreeMap<&'a Address, usize>;
type Edges = BTreeSet<(usize, usize)>;

fn label(address: &Address) -> String {
    let text = address.as_str();
    quoted(text.split_once(':').map_or(text, |(_, rest)| rest))
}

/// Text that may stand between double quotes in both languages.
fn quoted(text: &str) -> String {
    escape_text(text).replace('\\', "/").replace('"', "'")
}

fn dot(
    out: &mut String,
    manifests: &Manifests<'_>,
    numbers: &Numbers<'_>,
    edges: &Edges,
) -> std::fmt::Result {
    writeln!(out, "digraph aplomo {{\n  rankdir=LR;\n  node [shape=box];")?;
    for (i, (manifest, members)) in manifests.iter().enumerate() {
        writeln!(out, "  subgraph cluster_{i} {{\n    label=\"{}\";", quoted(manifest))?;
        for address in members {
            writeln!(out, "    n{} [label=\"{}\"];", numbers[address], label(address))?;
        }
        writeln!(out, "  }}")?;
    }
    for (from, to) in edges {
        writeln!(out, "  n{from} -> n{to};")?;
    }
    writeln!(out, "}}")
}

fn mermaid(
    out: &mut String,
    manifests: &Manifests<'_>,
    numbers: &Numbers<'_>,
    edges: &Edges,
) -> std::fmt::Result {
    writeln!(out, "flowchart LR")?;
    for (i, (manifest, members)) in manifests.iter().enumerate() {
        writeln!(out, "  subgraph m{i} [\"{}\"]", quoted(manifest))?;
        for address in members {
            writeln!(out, "    n{}[\"{}\"]", numbers[address], label(address))?;
        }
        writeln!(out, "  end")?;
    }
    for (from, to) in edges {
        writeln!(out, "  n{from} --> n{to}")?;
    }
    Ok(())
}
