//! The entries of a mapping while it is read: which keys are allowed, and each only once.
//!
//! Deliberately absent: merge keys; they hide from a reviewer what a manifest says.

use super::build::Slot;
use aplomo_core::node::{Key, Node, NodeValue};
use aplomo_core::{Finding, Mark};
use smol_str::SmolStr;
use std::collections::HashMap;
use std::sync::Arc;

/// Below this many entries a look through the list is quicker than a table.
const FEW: usize = 12;

/// A key that was refused.
pub(super) struct Refused {
    pub(super) finding: Finding,
    /// Whether it leaves open which tenant the document belongs to.
    pub(super) about_tenant: bool,
}

/// The entries so far and what comes next.
#[derive(Debug)]
pub(super) struct Entries {
    list: Vec<(Key, Node)>,
    /// Places of the keys; only filled from [`FEW`] on.
    seen: HashMap<SmolStr, Mark>,
    next: Slot,
}

impl Default for Entries {
    fn default() -> Self {
        Self { list: Vec::new(), seen: HashMap::new(), next: Slot::Key }
    }
}

impl Entries {
    /// Takes the next key or value.
    pub(super) fn take(&mut self, node: Node, merge: bool, file: &Arc<str>) -> Option<Refused> {
        match std::mem::replace(&mut self.next, Slot::Key) {
            Slot::Value(key) => self.push(key, node),
            Slot::Refused => {}
            Slot::Key => match self.key(node, merge, file) {
                Ok(key) => self.next = Slot::Value(key),
                Err(refused) => {
                    self.next = Slot::Refused;
                    return Some(*refused);
                }
            },
        }
        None
    }

    fn push(&mut self, key: Key, node: Node) {
        if self.list.len() == FEW {
            self.seen = self.list.iter().map(|(key, _)| (key.name.clone(), key.at)).collect();
        }
        if self.list.len() >= FEW {
            self.seen.insert(key.name.clone(), key.at);
        }
        self.list.push((key, node));
    }

    fn key(&self, node: Node, merge: bool, file: &Arc<str>) -> Result<Key, Box<Refused>> {
        let at = node.at;
        let refuse = |finding: Finding, about_tenant| {
            Err(Box::new(Refused { finding: finding.at(file, at), about_tenant }))
        };
        let NodeValue::Text(name) = node.value else {
            let message = format!("a key must be a text, but this one is {}", sort(&node.value));
            return refuse(Finding::error("key-not-text", message).help("put the key in quotes"), false);
        };
        if merge {
            let finding = Finding::error("unsupported-merge", "the merge key `<<` is not supported");
            let help = "write the fields out, so that each manifest shows all it says";
            return refuse(finding.help(help), true);
        }
        if let Some(first) = self.place(&name) {
            let place = format!("line {}, column {}", first.line, first.column);
            let message = format!("the key `{}` was already given at {place}", name.escape_debug());
            let about_tenant = matches!(name.as_str(), "metadata" | "tenant");
            return refuse(
                Finding::error("duplicate-key", message).help("keep one of the two"),
                about_tenant,
            );
        }
        Ok(Key { at, name })
    }

    fn place(&self, name: &SmolStr) -> Option<Mark> {
        if self.list.len() > FEW {
            return self.seen.get(name).copied();
        }
        self.list.iter().find(|(key, _)| key.name == *name).map(|(key, _)| key.at)
    }

    /// Whether the value of this key is what comes next.
    pub(super) fn waiting_for(&self, name: &str) -> bool {
        matches!(&self.next, Slot::Value(key) if key.name == name)
    }

    /// The value of a key that was read.
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.list.iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    /// The entries in the order written.
    pub(super) fn into_list(self) -> Vec<(Key, Node)> {
        self.list
    }
}

fn sort(value: &NodeValue) -> String {
    match value {
        NodeValue::Null => "empty".to_owned(),
        NodeValue::Bool(b) => format!("the truth value `{b}`"),
        NodeValue::Int(i) => format!("the number `{i}`"),
        NodeValue::Float(text) => format!("the number `{text}`"),
        NodeValue::Text(_) => "a text".to_owned(),
        NodeValue::List(_) => "a list".to_owned(),
        NodeValue::Map(_) => "a mapping".to_owned(),
    }
}
