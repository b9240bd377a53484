//! A YAML document as a tree that knows its places.
//!
//! Deliberately absent: YAML itself (`source` parses it) and any idea of what the fields mean.

use crate::origin::Mark;
use smol_str::SmolStr;

/// One value with the place where it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where the value begins.
    pub at: Mark,
    /// The value.
    pub value: NodeValue,
}

/// The value of a [`Node`].
#[derive(Debug, Clone, PartialEq)]
pub enum NodeValue {
    /// Nothing was written, or `null` or `~`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction, exponent or too many digits, as it was written: we never compute with floats.
    Float(SmolStr),
    /// A text, quoted or plain.
    Text(SmolStr),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in the order written; keys are unique.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// Where the key begins.
    pub at: Mark,
    /// The key.
    pub name: SmolStr,
}

impl Node {
    /// The entry of a mapping, `None` where there is none or this is no mapping.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Node> {
        match &self.value {
            NodeValue::Map(entries) => entries.iter().find(|(key, _)| key.name == name).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The text, where it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            NodeValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The node that a JSON Pointer leads to, with the place to show for it: the key where there is
    /// one. A pointer that leads nowhere yields the nearest ancestor.
    #[must_use]
    pub fn locate(&self, pointer: &str) -> Mark {
        let mut at = self.at;
        let mut node = self;
        for part in pointer.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            let next = match &node.value {
                NodeValue::Map(entries) => {
                    entries.iter().find(|(key, _)| key.name == part.as_str()).map(|(key, n)| (key.at, n))
                }
                NodeValue::List(items) => {
                    part.parse::<usize>().ok().and_then(|i| items.get(i)).map(|n| (n.at, n))
                }
                _ => None,
            };
            let Some((mark, child)) = next else { break };
            at = mark;
            node = child;
        }
        at
    }

    /// The same tree as JSON, without places. Floats become strings.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.value {
            NodeValue::Null => Value::Null,
            NodeValue::Bool(b) => Value::Bool(*b),
            NodeValue::Int(i) => Value::from(*i),
            NodeValue::Float(text) | NodeValue::Text(text) => Value::String(text.to_string()),
            NodeValue::List(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            NodeValue::Map(entries) => {
                Value::Object(entries.iter().map(|(k, n)| (k.name.to_string(), n.to_json())).collect())
            }
        }
    }
}
