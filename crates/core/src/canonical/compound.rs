//! Lists, and objects with their keys in order. Entries are written as they come; only where they did not
//! come in order are they written once more.

use super::writer::{Other, Writer};
use serde::ser::{self, Serialize};

/// Opens what a variant wraps, `{"name":`; without a name nothing is written.
fn wrap(out: &mut Vec<u8>, variant: &str) {
    if !variant.is_empty() {
        // The names of variants are identifiers: nothing in them is escaped.
        out.extend_from_slice(b"{\"");
        out.extend_from_slice(variant.as_bytes());
        out.extend_from_slice(b"\":");
    }
}

fn unwrap(out: &mut Vec<u8>, wrapped: bool) {
    if wrapped {
        out.push(b'}');
    }
}

/// A list being written.
pub(super) struct List<'a> {
    out: &'a mut Vec<u8>,
    wrapped: bool,
    first: bool,
}

impl<'a> List<'a> {
    pub(super) fn begin(out: &'a mut Vec<u8>, variant: &str) -> Self {
        wrap(out, variant);
        out.push(b'[');
        Self { out, wrapped: !variant.is_empty(), first: true }
    }
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Other> {
        if !self.first {
            self.out.push(b',');
        }
        self.first = false;
        value.serialize(Writer { out: self.out })
    }
    fn close(self) {
        self.out.push(b']');
        unwrap(self.out, self.wrapped);
    }
}

/// Where an entry stands in the buffer: its key without quotes, and its end.
#[derive(Clone, Copy)]
struct Entry {
    key: usize,
    key_end: usize,
    end: usize,
}

/// An object being written.
pub(super) struct Object<'a> {
    out: &'a mut Vec<u8>,
    wrapped: bool,
    entries: Vec<Entry>,
    in_order: bool,
}

impl<'a> Object<'a> {
    pub(super) fn begin(out: &'a mut Vec<u8>, len: usize, variant: &str) -> Self {
        wrap(out, variant);
        out.push(b'{');
        Self { out, wrapped: !variant.is_empty(), entries: Vec::with_capacity(len), in_order: true }
    }

    pub(super) fn entry<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), Other> {
        self.key(key)?;
        self.value(value)
    }

    /// Keys of plain ASCII sort as octets exactly as RFC 8785 sorts them.
    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Other> {
        if !self.entries.is_empty() {
            self.out.push(b',');
        }
        let start = self.out.len();
        key.serialize(Writer { out: self.out })?;
        let written = &self.out[start..];
        let plain = |b: &u8| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b'\\');
        let text = written.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).ok_or(Other)?;
        if !text.iter().all(plain) {
            return Err(Other);
        }
        let entry = Entry { key: start + 1, key_end: self.out.len() - 1, end: 0 };
        if let Some(before) = self.entries.last() {
            self.in_order &= self.out[before.key..before.key_end] < self.out[entry.key..entry.key_end];
        }
        self.entries.push(entry);
        self.out.push(b':');
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Other> {
        value.serialize(Writer { out: self.out })?;
        let end = self.out.len();
        self.entries.last_mut().ok_or(Other)?.end = end;
        Ok(())
    }

    pub(super) fn close(mut self) -> Result<(), Other> {
        if !self.in_order {
            self.sort()?;
        }
        self.out.push(b'}');
        unwrap(self.out, self.wrapped);
        Ok(())
    }

    fn sort(&mut self) -> Result<(), Other> {
        let out = &*self.out;
        let key = |e: &Entry| &out[e.key..e.key_end];
        let Some(start) = self.entries.first().map(|e| e.key - 1) else { return Ok(()) };
        self.entries.sort_unstable_by(|a, b| key(a).cmp(key(b)));
        if self.entries.windows(2).any(|pair| key(&pair[0]) == key(&pair[1])) {
            return Err(Other);
        }
        let mut sorted = Vec::with_capacity(out.len() - start);
        for entry in &self.entries {
            if !sorted.is_empty() {
                sorted.push(b',');
            }
            sorted.extend_from_slice(&out[entry.key - 1..entry.end]);
        }
        self.out.truncate(start);
        self.out.extend_from_slice(&sorted);
        Ok(())
    }
}

macro_rules! lists {
    ($($way:ident $item:ident;)*) => {$(
        impl ser::$way for List<'_> {
            type Ok = ();
            type Error = Other;
            fn $item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Other> {
                self.item(value)
            }
            fn end(self) -> Result<(), Other> {
                self.close();
                Ok(())
            }
        }
    )*};
}
lists! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

macro_rules! structs {
    ($($way:ident;)*) => {$(
        impl ser::$way for Object<'_> {
            type Ok = ();
            type Error = Other;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Other> {
                self.entry(key, value)
            }
            fn end(self) -> Result<(), Other> {
                self.close()
            }
        }
    )*};
}
structs! { SerializeStruct; SerializeStructVariant; }

impl ser::SerializeMap for Object<'_> {
    type Ok = ();
    type Error = Other;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Other> {
        self.key(key)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Other> {
        self.value(value)
    }
    fn end(self) -> Result<(), Other> {
        self.close()
    }
}
