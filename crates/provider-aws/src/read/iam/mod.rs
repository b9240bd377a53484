//! Readers of IAM: roles, managed policies and instance profiles in a few bulk pages; identity
//! providers one by one, for their lists tell nothing but ARNs.
//!
//! Deliberately absent: users and groups, AWS's own managed policies, and roles that belong to AWS's
//! services (`/aws-service-role/`): nobody but the service can change those.

mod details;
pub(crate) mod entities;
pub(crate) mod providers;
mod roles;

pub(crate) use roles::RawPolicy;

use crate::marks::{Tags, plain_tags};
use aplomo_core::{Datum, RemoteId, Sight};
use aws_sdk_iam::types::Tag;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Tags as we keep them.
fn tags_of(tags: &[Tag]) -> Tags {
    tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect()
}

/// The tags beside marks; hidden ones have no keys to be listed under.
fn plain(tags: Option<&Tags>) -> BTreeMap<String, Sight<String>> {
    let plain = tags.into_iter().flat_map(plain_tags);
    plain.map(|(key, value)| (key.clone(), Sight::Value(value.clone()))).collect()
}

/// What others may refer to: the id, the ARN.
fn outputs(id: &RemoteId, arn: &str) -> BTreeMap<SmolStr, Datum> {
    let pairs = [("id", id.as_str()), ("arn", arn)];
    pairs.into_iter().map(|(name, value)| (SmolStr::new_static(name), Datum::from(value))).collect()
}

fn seen<T>(value: Option<T>) -> Sight<T> {
    value.map_or(Sight::Absent, Sight::Value)
}

/// A text as the service sends it in documents: octets of other characters as `%2F`.
fn decoded(text: &str) -> String {
    let (mut out, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((first, others)) = rest.split_first() {
        let octet = others.get(..2).filter(|_| *first == b'%').and_then(hex);
        match octet {
            Some(octet) => {
                out.push(octet);
                rest = &others[2..];
            }
            None => {
                out.push(*first);
                rest = others;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

fn hex(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u8::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn documents_are_decoded_and_nothing_else_is_touched() {
        assert_eq!(decoded("%7B%22a%22%3A%20%22%C3%A4%22%7D"), "{\"a\": \"ä\"}");
        for text in ["{\"a\":\"100%\"}", "a+b", "%", "%2", "%zz", "%+1", "%ff"] {
            assert_eq!(decoded(text), text);
        }
    }
}
