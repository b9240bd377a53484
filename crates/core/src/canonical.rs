//! Canonical JSON (RFC 8785) written straight from a value, for digests over many thousands of changes.
//!
//! Takes the forms that our own types have: whole numbers that are exact as doubles, and keys of plain ASCII.
//! Whatever else comes is left to a complete implementation, which first makes a tree of the value.

use serde::Serialize;

mod compound;
mod writer;

/// Appends the canonical JSON of a value.
///
/// # Errors
/// Where the value cannot be written as JSON: a map with keys that are no texts.
pub fn write<T: Serialize>(value: &T, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    let start = out.len();
    if value.serialize(writer::Writer { out }).is_ok() {
        return Ok(());
    }
    out.truncate(start);
    out.extend(serde_json_canonicalizer::to_vec(value)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{write, writer};
    use proptest::prelude::*;
    use serde::Serialize;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn both(value: &impl Serialize) -> (String, String) {
        let mut out = Vec::new();
        write(value, &mut out).unwrap();
        let reference = serde_json_canonicalizer::to_vec(value).unwrap();
        (String::from_utf8(out).unwrap(), String::from_utf8(reference).unwrap())
    }

    fn short_way(value: &impl Serialize) -> bool {
        value.serialize(writer::Writer { out: &mut Vec::new() }).is_ok()
    }

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    enum Form {
        Unit,
        New(u8),
        Pair(bool, Option<()>),
        Named { zebra: char, ant: BTreeMap<u8, i64> },
    }

    #[test]
    fn every_form_of_value_is_written_as_the_reference_does() {
        let named = || Form::Named { zebra: 'ß', ant: [(7, -1)].into() };
        for value in [Form::Unit, Form::New(3), Form::Pair(true, None), named()] {
            let (ours, reference) = both(&value);
            assert_eq!(ours, reference);
        }
        assert_eq!(both(&[0.5, 1e21]).0, "[0.5,1e+21]");
        assert!(short_way(&json!({"b": {"a": "é"}, "a": [1]})), "usual values are not left to the tree");
        assert!(!short_way(&json!({"é": 1})), "only plain keys sort as octets");
        assert!(!short_way(&9_007_199_254_740_993_u64));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::btree_map("[a-c]{1,3}|.{0,2}|[\"\\\\~$]", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_value_is_written_as_the_reference_does(value in any_json()) {
            let (ours, reference) = both(&value);
            prop_assert_eq!(ours, reference);
        }
    }
}
