//! Fields as nested JSON and back: the `before` and `after` of a plan.
//!
//! A leaf that is not a plain value is an object with one key that begins with `$`; keys of data
//! that begin with `$` are written with one more `$`.

use super::{FieldPath, Fields, Fingerprint, Sight, Wish};
use crate::datum::Datum;
use crate::reference::Reference;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

/// How one leaf is written and read.
trait Leaf: Sized {
    fn write(&self) -> Option<Value>;
    fn marked(key: &str, value: &Value) -> Option<Self>;
    fn plain(datum: Datum) -> Self;
}

impl Leaf for Wish {
    fn write(&self) -> Option<Value> {
        Some(match self {
            Self::LeftAlone => return None,
            Self::Absent => json!({ "$absent": true }),
            Self::Value(v) => v.to_json(),
            Self::Reference(r) => json!({ "$ref": r }),
            Self::Secret(f) => json!({ "$secret": f }),
        })
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
    fn write(&self) -> Option<Value> {
        Some(match self {
            Self::Value(v) => v.to_json(),
            Self::Absent => json!({ "$absent": true }),
            Self::Hidden => json!({ "$hidden": true }),
        })
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

fn nest<L: Leaf>(fields: &Fields<L>) -> Value {
    let mut root = Map::new();
    for (path, leaf) in fields.iter() {
        let Some(value) = leaf.write() else { continue };
        let mut parts: Vec<String> = path.as_str().split('/').skip(1).map(escape).collect();
        let Some(last) = parts.pop() else { continue };
        descend(&mut root, &parts).insert(last, value);
    }
    Value::Object(root)
}

/// The object that the parts lead to, made on the way.
fn descend<'a>(at: &'a mut Map<String, Value>, parts: &[String]) -> &'a mut Map<String, Value> {
    let Some((first, rest)) = parts.split_first() else { return at };
    if !matches!(at.get(first), Some(Value::Object(_))) {
        at.insert(first.clone(), Value::Object(Map::new()));
    }
    match at.get_mut(first) {
        Some(Value::Object(next)) => descend(next, rest),
        _ => unreachable!("an object was put there"),
    }
}

fn escape(part: &str) -> String {
    let part = part.replace("~1", "/").replace("~0", "~");
    if part.starts_with('$') { format!("${part}") } else { part }
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
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { nest(self).serialize(s) }
        }
        impl<'de> Deserialize<'de> for Fields<$leaf> {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let mut out = Vec::new();
                flatten(&FieldPath::known(""), &Value::deserialize(d)?, &mut out).map_err(D::Error::custom)?;
                Ok(out.into_iter().collect())
            }
        }
        impl Serialize for $leaf {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                self.write().unwrap_or(Value::Null).serialize(s)
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
    fn special_forms_survive_json() {
        let text = r#"{"a":{"$absent":true},"k":{"$secret":"k1:00"},"r":{"$ref":{"constraint":{"must":"any"},"output":"id","to":"a/B/c:d.e.F"}}}"#;
        let fields: Fields<Wish> = serde_json::from_str(text).unwrap();
        assert_eq!(fields.get("/a"), Some(&Wish::Absent));
        assert_eq!(fields.references().count(), 1);
        assert_eq!(serde_json::to_string(&fields).unwrap(), text);
    }
}
