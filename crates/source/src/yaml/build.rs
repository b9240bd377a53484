//! Events of the parser to trees, within the budgets.
//!
//! Deliberately absent: recursion; a document cannot exhaust the stack.

use super::{Parsed, key, scalar};
use crate::limits::Limits;
use aplomo_core::node::{Key, Node, NodeValue};
use aplomo_core::{Finding, Mark, TenantName};
use granit_parser::{Event, ScalarStyle, Tag};
use smol_str::SmolStr;
use std::collections::HashMap;
use std::sync::Arc;

/// How far reading has to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// This document is given up; the next one may be read.
    Document,
    /// A budget of the whole file is spent.
    File,
}

type Step = Result<(), Stop>;

/// What the next value of a mapping is.
#[derive(Debug)]
pub(super) enum Slot {
    /// A key.
    Key,
    /// The value of this key.
    Value(Key),
    /// The value of a key that was refused.
    Refused,
}

#[derive(Debug)]
pub(super) enum Open {
    List(Vec<Node>),
    Map(key::Entries),
}

#[derive(Debug)]
struct Frame {
    at: Mark,
    anchor: usize,
    /// Values made before this collection, to know its size when it ends.
    before: usize,
    open: Open,
}

#[derive(Debug)]
struct Anchored {
    node: Node,
    size: usize,
    depth: usize,
}

pub(super) struct Builder<'a> {
    pub(super) file: &'a Arc<str>,
    limits: &'a Limits,
    done: Parsed,
    stack: Vec<Frame>,
    root: Option<Node>,
    anchors: HashMap<usize, Anchored>,
    expanded: usize,
    /// Where the problems of this document begin.
    first_problem: usize,
    /// Whether the tenant of this document was written twice or the like.
    tenant_unsure: bool,
}

impl<'a> Builder<'a> {
    pub(super) fn new(file: &'a Arc<str>, limits: &'a Limits) -> Self {
        Self {
            file,
            limits,
            done: Parsed::default(),
            stack: Vec::new(),
            root: None,
            anchors: HashMap::new(),
            expanded: 0,
            first_problem: 0,
            tenant_unsure: false,
        }
    }

    /// Takes one event.
    pub(super) fn event(&mut self, event: Event<'_>, at: Mark) -> Step {
        match event {
            Event::DocumentEnd => {
                self.end_document();
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, anchor, tag.as_deref(), at),
            Event::SequenceStart(_, anchor, tag) => {
                self.open(Open::List(Vec::new()), anchor, tag.as_deref(), at)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.open(Open::Map(key::Entries::default()), anchor, tag.as_deref(), at)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(id) => self.alias(id, at),
            Event::UnresolvedAlias(name) => {
                let message =
                    format!("the alias `*{}` has no anchor before it in this document", name.escape_debug());
                let help = "write `&name` at the value to repeat, or quote a text that begins with `*`";
                self.problem(Finding::error("unknown-anchor", message).help(help).at(self.file, at))?;
                self.attach(Node { at, value: NodeValue::Null }, false)
            }
            _ => Ok(()),
        }
    }

    /// Notes a problem; stops the file when there are too many.
    pub(super) fn problem(&mut self, finding: Finding) -> Step {
        self.done.problems.push(finding);
        if self.done.problems.len() < self.limits.problems {
            return Ok(());
        }
        let message = format!("{} problems in this file: the rest is not read", self.limits.problems);
        let mut finding = Finding::error("too-many-problems", message);
        finding.file = Some(Arc::clone(self.file));
        self.done.problems.push(finding);
        Err(Stop::File)
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, anchor: usize, tag: Option<&Tag>, at: Mark) -> Step {
        let plain = style == ScalarStyle::Plain;
        let value = match tag {
            Some(tag) => self.tagged(text, tag, at)?,
            None if plain => scalar::resolve(text),
            None => NodeValue::Text(SmolStr::new(text)),
        };
        if plain && matches!(value, NodeValue::Int(_)) && scalar::loses_zeros(text) {
            let message = format!("`{text}` is a number in YAML: its zeros in front do not count");
            let help = "put it in quotes if it is an id";
            self.problem(Finding::warning("leading-zero", message).help(help).at(self.file, at))?;
        }
        self.count(1, at)?;
        let node = Node { at, value };
        self.remember(anchor, &node, 1)?;
        self.attach(node, plain && tag.is_none() && text == "<<")
    }

    fn tagged(&mut self, text: &str, tag: &Tag, at: Mark) -> Result<NodeValue, Stop> {
        if tag.is_yaml_core_schema_tag("str") || (tag.handle().is_empty() && tag.suffix() == "!") {
            return Ok(NodeValue::Text(SmolStr::new(text)));
        }
        let value = scalar::resolve(text);
        let fits = match value {
            NodeValue::Null => tag.is_yaml_core_schema_tag("null"),
            NodeValue::Bool(_) => tag.is_yaml_core_schema_tag("bool"),
            NodeValue::Int(_) => tag.is_yaml_core_schema_tag("int"),
            NodeValue::Float(_) => tag.is_yaml_core_schema_tag("float"),
            NodeValue::Text(_) | NodeValue::List(_) | NodeValue::Map(_) => false,
        };
        if !fits {
            self.bad_tag(tag, at)?;
        }
        Ok(value)
    }

    fn bad_tag(&mut self, tag: &Tag, at: Mark) -> Step {
        let message = format!("the tag `{}` is not understood here", tag.original().escape_debug());
        let help = "write the value without a tag; quote what must stay a text";
        self.problem(Finding::error("unsupported-tag", message).help(help).at(self.file, at))
    }

    fn open(&mut self, open: Open, anchor: usize, tag: Option<&Tag>, at: Mark) -> Step {
        let wanted = if matches!(open, Open::List(_)) { "seq" } else { "map" };
        if let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema_tag(wanted)) {
            self.bad_tag(tag, at)?;
        }
        self.check_depth(1, at)?;
        let before = self.done.nodes;
        self.count(1, at)?;
        self.stack.push(Frame { at, anchor, before, open });
        Ok(())
    }

    fn close(&mut self) -> Step {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let value = match frame.open {
            Open::List(items) => NodeValue::List(items),
            Open::Map(entries) => NodeValue::Map(entries.into_list()),
        };
        let node = Node { at: frame.at, value };
        let size = self.done.nodes - frame.before;
        self.remember(frame.anchor, &node, size)?;
        self.attach(node, false)
    }

    fn alias(&mut self, id: usize, at: Mark) -> Step {
        let Some((size, depth)) = self.anchors.get(&id).map(|a| (a.size, a.depth)) else {
            let message = "this alias stands inside the value that it repeats";
            self.problem(Finding::error("recursive-alias", message).at(self.file, at))?;
            return self.attach(Node { at, value: NodeValue::Null }, false);
        };
        self.check_depth(depth, at)?;
        self.repeat(size, at)?;
        self.count(size, at)?;
        match self.anchors.get(&id).map(|a| a.node.value.clone()) {
            Some(value) => self.attach(Node { at, value }, false),
            None => Ok(()),
        }
    }

    fn attach(&mut self, node: Node, merge: bool) -> Step {
        let level = self.stack.len();
        match self.stack.last_mut().map(|frame| &mut frame.open) {
            None => self.root = Some(node),
            Some(Open::List(items)) => items.push(node),
            Some(Open::Map(entries)) => {
                if let Some(refused) = entries.take(node, merge, self.file) {
                    self.tenant_unsure |= level <= 2 && refused.about_tenant;
                    return self.problem(refused.finding);
                }
            }
        }
        Ok(())
    }

    /// Keeps a copy of an anchored value. The copy counts as a repetition: anchors inside anchors add up.
    fn remember(&mut self, anchor: usize, node: &Node, size: usize) -> Step {
        if anchor > 0 {
            self.repeat(size, node.at)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), size, depth: depth(node) });
        }
        Ok(())
    }

    fn repeat(&mut self, size: usize, at: Mark) -> Step {
        self.expanded = self.expanded.saturating_add(size);
        if self.expanded <= self.limits.expanded_nodes {
            return Ok(());
        }
        let message = format!("anchors and aliases repeat more than {} values", self.limits.expanded_nodes);
        let help = "write the values out; the rest of the file is not read";
        self.problem(Finding::error("alias-expansion", message).help(help).at(self.file, at))?;
        Err(Stop::File)
    }

    fn count(&mut self, more: usize, at: Mark) -> Step {
        self.done.nodes = self.done.nodes.saturating_add(more);
        if self.done.nodes <= self.limits.nodes {
            return Ok(());
        }
        let message = format!("more than {} values in one file: the rest is not read", self.limits.nodes);
        let help = "spread the manifests over several files";
        self.problem(Finding::error("too-many-values", message).help(help).at(self.file, at))?;
        Err(Stop::File)
    }

    fn check_depth(&mut self, more: usize, at: Mark) -> Step {
        if self.stack.len() + more <= self.limits.depth {
            return Ok(());
        }
        let message = format!("values are nested more than {} deep", self.limits.depth);
        self.problem(Finding::error("yaml-too-deep", message).at(self.file, at))?;
        Err(Stop::Document)
    }

    fn end_document(&mut self) {
        let tenant = self.root.as_ref().and_then(|root| root.get("metadata")).and_then(|m| m.get("tenant"));
        let tenant = tenant.and_then(Node::as_text).map(SmolStr::new);
        self.blame(tenant);
        if let Some(root) = self.root.take().filter(|root| root.value != NodeValue::Null) {
            self.done.documents.push(root);
        }
        self.begin_anew();
    }

    /// Gives up the document in hand; its problems are still given to its tenant where that was read.
    pub(super) fn abandon(&mut self) {
        let tenant = self.tenant_so_far();
        self.blame(tenant);
        self.begin_anew();
    }

    pub(super) fn finish(mut self) -> Parsed {
        self.abandon();
        self.done
    }

    fn begin_anew(&mut self) {
        self.stack.clear();
        self.root = None;
        self.anchors.clear();
        self.tenant_unsure = false;
        self.first_problem = self.done.problems.len();
    }

    /// `metadata.tenant` of a document that is not read to its end.
    fn tenant_so_far(&self) -> Option<SmolStr> {
        let map = |level: usize| match self.stack.get(level).map(|frame| &frame.open) {
            Some(Open::Map(entries)) => Some(entries),
            _ => None,
        };
        let root = map(0)?;
        let inside = root.waiting_for("metadata").then(|| map(1)).flatten();
        let node = match inside {
            Some(metadata) => metadata.get("tenant"),
            None => root.get("metadata").and_then(|metadata| metadata.get("tenant")),
        };
        node.and_then(Node::as_text).map(SmolStr::new)
    }

    fn blame(&mut self, tenant: Option<SmolStr>) {
        let Some(tenant) = tenant.filter(|t| !self.tenant_unsure && TenantName::new(t).is_ok()) else {
            return;
        };
        for problem in self.done.problems.iter_mut().skip(self.first_problem) {
            problem.tenant = Some(tenant.clone());
        }
    }
}

/// How deep a value is nested; bounded, for no deeper value is ever built.
fn depth(node: &Node) -> usize {
    match &node.value {
        NodeValue::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        NodeValue::Map(entries) => 1 + entries.iter().map(|(_, node)| depth(node)).max().unwrap_or(0),
        _ => 0,
    }
}
