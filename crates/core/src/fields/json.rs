//! Fields as nested JSON and back: the `before` and `after` of a plan.
//!
//! A leaf that is not a plain value is an object with one key that begins with `$`; keys of data
//! that begin with `$` are written with one more `$`.

use super::{FieldPath, Fields, Fingerprint, Sight, Wish};
use crate::datum::Datum;
use crate::reference::Reference;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;

/// How one leaf is written and read.
trait Leaf: Serialize + Sized {
    /// Whether it says anything; what does not is left out.
    fn says(&self) -> bool;
    fn marked(key: &str, value: &Value) -> Option<Self>;
    fn plain(datum: Datum) -> Self;
}

/// A form that is no plain value: `{"$name": inner}`.
fn form<S: Serializer>(s: S, name: &str, inner: &impl Serialize) -> Result<S::Ok, S::Error> {
    s.collect_map([(name, inner)])
}

impl Serialize for Wish {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::LeftAlone => s.serialize_none(),
            Self::Absent => form(s, "$absent", &true),
            Self::Value(v) => v.serialize(s),
            // By way of a tree, whose keys are sorted.
            Self::Reference(r) => {
                form(s, "$ref", &serde_json::to_value(r).map_err(serde::ser::Error::custom)?)
            }
            Self::Secret(f) => form(s, "$secret", f),
        }
    }
}

impl Serialize for Sight {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(v) => v.serialize(s),
            Self::Absent => form(s, "$absent", &true),
            Self::Hidden => form(s, "$hidden", &true),
        }
    }
}

impl Leaf for Wish {
    fn says(&self) -> bool {
        *self != Self::LeftAlone
    }
    fn marked(key: &str, value: &Value) -> Option<Self> {
        match key {
            "$absent" => Some(Self::Absent),
            "$ref" => Reference::deserialize(value).ok().map(|r| Self::Reference(Box::new(r))),
            "$secret" => value.as_str().map(|t| Self::Secret(Fingerprint(t.into()))),
            _ => None,
        }
    }
    fn plain(datum: Datum) -> Self {
        Self::Value(datum)
    }
}

impl Leaf for Sight {
    fn says(&self) -> bool {
        true
    }
    fn marked(key: &str, _: &Value) -> Option<Self> {
        match key {
            "$absent" => Some(Self::Absent),
            "$hidden" => Some(Self::Hidden),
            _ => None,
        }
    }
    fn plain(datum: Datum) -> Self {
        Self::Value(datum)
    }
}

/// One level of nesting: the entries below it, sorted by path, and how much of each path leads here.
struct Level<'a, L> {
    entries: &'a [(&'a str, &'a L)],
    skip: usize,
}

/// What stands under one key.
enum Below<'a, L> {
    Leaf(&'a L),
    Level(Level<'a, L>),
}

impl<L: Leaf> Serialize for Below<'_, L> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Leaf(leaf) => leaf.serialize(s),
            Self::Level(level) => level.serialize(s),
        }
    }
}

impl<'a, L: Leaf> Level<'a, L> {
    /// The keys of this level in order, each once. All paths below one key stand side by side, for they
    /// begin alike.
    fn keys(&self) -> Vec<(Cow<'a, str>, Below<'a, L>)> {
        let mut keys: Vec<(Cow<'a, str>, Below<'a, L>)> = Vec::with_capacity(self.entries.len());
        let mut rest = self.entries;
        while let Some(((path, leaf), others)) = rest.split_first() {
            let Some((part, _)) = path[self.skip..].split_once('/') else {
                keys.push((escape(&path[self.skip..]), Below::Leaf(leaf)));
                rest = others;
                continue;
            };
            let skip = self.skip + part.len() + 1;
            let end = rest.iter().position(|(p, _)| p.get(..skip) != path.get(..skip)).unwrap_or(rest.len());
            let (entries, others) = rest.split_at(end);
            keys.push((escape(part), Below::Level(Level { entries, skip })));
            rest = others;
        }
        keys.sort_by(|a, b| a.0.cmp(&b.0));
        // An empty structure stands before what is in it, and gives way to it.
        keys.dedup_by(|later, first| {
            later.0 == first.0 && {
                std::mem::swap(later, first);
                true
            }
        });
        keys
    }
}

impl<L: Leaf> Serialize for Level<'_, L> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_map(self.keys())
    }
}

fn nested<L: Leaf, S: Serializer>(fields: &Fields<L>, s: S) -> Result<S::Ok, S::Error> {
    let said = fields.iter().filter(|(_, leaf)| leaf.says());
    let entries: Vec<_> =
        said.filter_map(|(path, leaf)| Some((path.as_str().strip_prefix('/')?, leaf))).collect();
    Level { entries: &entries, skip: 0 }.serialize(s)
}

fn escape(part: &str) -> Cow<'_, str> {
    if !part.contains('~') && !part.starts_with('$') {
        return Cow::Borrowed(part);
    }
    let part = part.replace("~1", "/").replace("~0", "~");
    Cow::Owned(if part.starts_with('$') { format!("${part}") } else { part })
}

fn flatten<L: Leaf>(at: &FieldPath, value: &Value, out: &mut Vec<(FieldPath, L)>) -> Result<(), String> {
    let Value::Object(map) = value else {
        let datum = Datum::from_json(value).ok_or_else(|| format!("`{at}` holds null or a fraction"))?;
        out.push((at.clone(), L::plain(datum)));
        return Ok(());
    };
    if let (1, Some((key, inner))) = (map.len(), map.iter().next())
        && key.starts_with('$')
        && !key.starts_with("$$")
    {
        let leaf =
            L::marked(key, inner).ok_or_else(|| format!("`{at}/{key}` is not a form this version knows"))?;
        out.push((at.clone(), leaf));
        return Ok(());
    }
    if map.is_empty() && !at.as_str().is_empty() {
        out.push((at.clone(), L::plain(Datum::Map(std::collections::BTreeMap::new()))));
    }
    for (key, inner) in map {
        let key = if key.starts_with("$$") { &key[1..] } else { key };
        flatten(&at.child(key), inner, out)?;
    }
    Ok(())
}

macro_rules! via_json {
    ($($leaf:ty),*) => {$(
        impl Serialize for Fields<$leaf> {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { nested(self, s) }
        }
        impl<'de> Deserialize<'de> for Fields<$leaf> {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let mut out = Vec::new();
                flatten(&FieldPath::known(""), &Value::deserialize(d)?, &mut out).map_err(D::Error::custom)?;
                Ok(out.into_iter().collect())
            }
        }
        impl<'de> Deserialize<'de> for $leaf {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let value = Value::deserialize(d)?;
                if value.is_null() { return Ok(Self::default()); }
                if let Value::Object(map) = &value
                    && let (1, Some((key, inner))) = (map.len(), map.iter().next())
                    && key.starts_with('$') && !key.starts_with("$$")
                {
                    return <$leaf as Leaf>::marked(key, inner).ok_or_else(|| D::Error::custom("unknown form"));
                }
                Datum::from_json(&value).map(<$leaf as Leaf>::plain).ok_or_else(|| D::Error::custom("not a value"))
            }
        }
    )*};
}
via_json!(Wish, Sight);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scalar() -> impl Strategy<Value = Datum> {
        prop_oneof![
            any::<bool>().prop_map(Datum::Bool),
            any::<i64>().prop_map(Datum::Int),
            ".{0,12}".prop_map(|t| Datum::Text(t.into())),
            proptest::collection::vec(".{0,4}".prop_map(|t| Datum::Text(t.into())), 0..3)
                .prop_map(Datum::List),
        ]
    }

    proptest! {
        #[test]
        fn fields_survive_json(entries in proptest::collection::vec(("[a-z$~/]{1,4}", "[a-z$]{1,3}", scalar()), 0..6)) {
            let fields: Fields<Wish> = entries.into_iter()
                .map(|(a, b, v)| (FieldPath::known("/m").child(&a).child(&b), Wish::Value(v))).collect();
            let text = serde_json::to_string(&fields).unwrap();
            prop_assert_eq!(serde_json::from_str::<Fields<Wish>>(&text).unwrap(), fields);
        }
    }

    #[test]
    fn levels_are_nested_and_sorted_by_key() {
        let paths = ["/a", "/a-b/c", "/a/x/y", "/a/z", "/b~1c/~0d", "/$e", ""];
        let fields: Fields<Sight> =
            paths.into_iter().map(|p| (FieldPath::new(p), Sight::Value(Datum::from(p)))).collect();
        let text = r#"{"$$e":"/$e","a":{"x":{"y":"/a/x/y"},"z":"/a/z"},"a-b":{"c":"/a-b/c"},"b/c":{"~d":"/b~1c/~0d"}}"#;
        assert_eq!(serde_json::to_string(&fields).unwrap(), text);
        let silent: Fields<Wish> = [(FieldPath::new("/a/b"), Wish::LeftAlone)].into_iter().collect();
        assert_eq!(serde_json::to_string(&silent).unwrap(), "{}");
    }

    #[test]
    fn special_forms_survive_json() {
        let text = r#"{"a":{"$absent":true},"k":{"$secret":"k1:00"},"r":{"$ref":{"constraint":{"must":"any"},"output":"id","to":"a/B/c:d.e.F"}}}"#;
        let fields: Fields<Wish> = serde_json::from_str(text).unwrap();
        assert_eq!(fields.get("/a"), Some(&Wish::Absent));
        assert_eq!(fields.references().count(), 1);
        assert_eq!(serde_json::to_string(&fields).unwrap(), text);
    }
}
