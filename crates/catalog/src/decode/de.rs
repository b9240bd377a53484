//! Reads typed values straight from a [`Node`], so that an error carries the place of the value.

use aplomo_core::node::{Key, Node, NodeValue};
use aplomo_core::origin::Mark;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, Deserializer, IntoDeserializer, Visitor};
use std::fmt;

/// Why a value could not be read, and where.
#[derive(Debug)]
pub(crate) struct Fault {
    /// The innermost place that is known.
    pub(crate) at: Option<Mark>,
    /// What is wrong.
    pub(crate) message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for Fault {}
impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { at: None, message: message.to_string() }
    }
}

/// A node to read from.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'de>(pub(crate) &'de Node);

type Entries<'de> = fn(&'de (Key, Node)) -> (&'de str, Reader<'de>);

fn entry((key, node): &(Key, Node)) -> (&str, Reader<'_>) {
    (key.name.as_str(), Reader(node))
}

impl<'de> Reader<'de> {
    fn located<T>(self, result: Result<T, Fault>) -> Result<T, Fault> {
        result.map_err(|fault| Fault { at: fault.at.or(Some(self.0.at)), ..fault })
    }

    fn any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.0.value {
            NodeValue::Null => visitor.visit_unit(),
            NodeValue::Bool(b) => visitor.visit_bool(*b),
            NodeValue::Int(i) => visitor.visit_i64(*i),
            NodeValue::Float(text) | NodeValue::Text(text) => visitor.visit_borrowed_str(text),
            NodeValue::List(items) => visitor.visit_seq(SeqDeserializer::new(items.iter().map(Reader))),
            NodeValue::Map(entries) => {
                visitor.visit_map(MapDeserializer::new(entries.iter().map(entry as Entries<'de>)))
            }
        }
    }
}

impl<'de> IntoDeserializer<'de, Fault> for Reader<'de> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.located(self.any(visitor))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.value {
            NodeValue::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    /// Fields with nothing written are as good as not there.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let NodeValue::Map(entries) = &self.0.value else { return self.deserialize_any(visitor) };
        let written = entries.iter().filter(|(_, node)| node.value != NodeValue::Null);
        self.located(visitor.visit_map(MapDeserializer::new(written.map(entry as Entries<'de>))))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.located(visitor.visit_newtype_struct(self))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.0.value {
            NodeValue::Text(text) => self.located(visitor.visit_enum(text.as_str().into_deserializer())),
            _ => self.deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}
