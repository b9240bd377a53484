//! The serializer: plain values at once, lists and objects by `compound`.

use super::compound::{List, Object};
use serde::ser::{Serialize, Serializer};
use std::fmt;

/// Whole numbers up to here are the same in JSON and in RFC 8785, which knows doubles alone.
const EXACT: u64 = 1 << 53;

/// Writes one value to the end of a buffer.
pub(super) struct Writer<'a> {
    pub(super) out: &'a mut Vec<u8>,
}

/// A form that is left to the complete implementation.
#[derive(Debug)]
pub(super) struct Other;

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("another form of value")
    }
}
impl std::error::Error for Other {}
impl serde::ser::Error for Other {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl Writer<'_> {
    fn plain(self, text: &str) -> Result<(), Other> {
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }
    fn whole(self, magnitude: u64, negative: bool) -> Result<(), Other> {
        if magnitude > EXACT {
            return Err(Other);
        }
        let sign = if negative { "-" } else { "" };
        self.plain(&smol_str::format_smolstr!("{sign}{magnitude}"))
    }
}

impl<'a> Serializer for Writer<'a> {
    type Ok = ();
    type Error = Other;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = List<'a>;
    type SerializeTupleVariant = List<'a>;
    type SerializeMap = Object<'a>;
    type SerializeStruct = Object<'a>;
    type SerializeStructVariant = Object<'a>;

    fn serialize_bool(self, v: bool) -> Result<(), Other> {
        self.plain(if v { "true" } else { "false" })
    }
    fn serialize_i8(self, v: i8) -> Result<(), Other> {
        self.serialize_i64(v.into())
    }
    fn serialize_i16(self, v: i16) -> Result<(), Other> {
        self.serialize_i64(v.into())
    }
    fn serialize_i32(self, v: i32) -> Result<(), Other> {
        self.serialize_i64(v.into())
    }
    fn serialize_i64(self, v: i64) -> Result<(), Other> {
        self.whole(v.unsigned_abs(), v < 0)
    }
    fn serialize_u8(self, v: u8) -> Result<(), Other> {
        self.whole(v.into(), false)
    }
    fn serialize_u16(self, v: u16) -> Result<(), Other> {
        self.whole(v.into(), false)
    }
    fn serialize_u32(self, v: u32) -> Result<(), Other> {
        self.whole(v.into(), false)
    }
    fn serialize_u64(self, v: u64) -> Result<(), Other> {
        self.whole(v, false)
    }
    fn serialize_f32(self, _: f32) -> Result<(), Other> {
        Err(Other)
    }
    fn serialize_f64(self, _: f64) -> Result<(), Other> {
        Err(Other)
    }
    fn serialize_char(self, v: char) -> Result<(), Other> {
        self.serialize_str(v.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, v: &str) -> Result<(), Other> {
        serde_json::to_writer(self.out, v).map_err(|_| Other)
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<(), Other> {
        Err(Other)
    }
    fn serialize_none(self) -> Result<(), Other> {
        self.plain("null")
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Other> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), Other> {
        self.plain("null")
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Other> {
        self.plain("null")
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), Other> {
        self.serialize_str(name)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Other> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), Other> {
        let mut object = Object::begin(self.out, 1, "");
        object.entry(name, value)?;
        object.close()
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a>, Other> {
        Ok(List::begin(self.out, ""))
    }
    fn serialize_tuple(self, _: usize) -> Result<List<'a>, Other> {
        Ok(List::begin(self.out, ""))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'a>, Other> {
        Ok(List::begin(self.out, ""))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<List<'a>, Other> {
        Ok(List::begin(self.out, name))
    }
    fn serialize_map(self, len: Option<usize>) -> Result<Object<'a>, Other> {
        Ok(Object::begin(self.out, len.unwrap_or(0), ""))
    }
    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Object<'a>, Other> {
        Ok(Object::begin(self.out, len, ""))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        len: usize,
    ) -> Result<Object<'a>, Other> {
        Ok(Object::begin(self.out, len, name))
    }
}
