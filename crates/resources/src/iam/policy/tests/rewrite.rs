//! Two sets of rewrites: those that keep the meaning compare equal, those that change it differ.

use super::generated::document;
use crate::iam::policy::{Document, Shift, Use, canonical};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

type Rewrite = (&'static str, fn(&mut Map<String, Value>, usize) -> bool);

/// Applies to one statement; `false` where there is nothing to rewrite.
const KEEPING: [Rewrite; 9] = [
    ("lists turned round", |s, _| each_list(s, |list| list.reverse())),
    ("an entry twice", |s, n| each_list(s, |list| list.push(list[n % list.len()].clone()))),
    ("single values without a list", |s, _| {
        each_value(s, |value| {
            if let Value::Array(items) = value
                && items.len() == 1
            {
                *value = items[0].clone();
            }
        })
    }),
    ("another Sid", |s, n| {
        s.insert("Sid".into(), format!("S{n}").into());
        true
    }),
    ("actions in upper case", |s, _| {
        for name in ["Action", "NotAction"] {
            for item in s.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() {
                *item = item.as_str().unwrap().to_ascii_uppercase().into();
            }
        }
        true
    }),
    ("what another entry covers", |s, _| {
        let Some(list) = s.get_mut("Action").or(None).and_then(Value::as_array_mut) else { return false };
        let wide = list.iter().any(|a| a == "kms:*");
        if wide {
            list.push("kms:Decrypt".into());
        }
        wide
    }),
    ("operators and keys in lower case", |s, _| {
        let Some(Value::Object(old)) = s.remove("Condition") else { return false };
        let lower = |keys: &Value| {
            keys.as_object().unwrap().iter().map(|(k, v)| (k.to_lowercase(), v.clone())).collect()
        };
        let new =
            old.iter().rev().map(|(op, keys)| (op.to_lowercase(), Value::Object(lower(keys)))).collect();
        s.insert("Condition".into(), Value::Object(new));
        true
    }),
    ("truth values without quotes", |s, _| {
        let there = s.get_mut("Condition").and_then(|c| c.get_mut("Bool"));
        there.map(|keys| *keys = json!({"aws:MultiFactorAuthPresent": true})).is_some()
    }),
    ("account as root ARN or id", |s, _| {
        let mut any = false;
        for item in s
            .get_mut("Principal")
            .and_then(|p| p.get_mut("AWS"))
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            let text = item.as_str().unwrap().to_owned();
            if let Some(id) = text.strip_suffix(":root").and_then(|t| t.rsplit(':').next()) {
                *item = id.into();
                any = true;
            } else if text.len() == 12 {
                *item = format!("arn:aws:iam::{text}:root").into();
                any = true;
            }
        }
        any
    }),
];

const CHANGING: [Rewrite; 11] = [
    ("the effect flipped", |s, _| {
        let other = if s["Effect"] == "Allow" { "Deny" } else { "Allow" };
        s.insert("Effect".into(), other.into()).is_some()
    }),
    ("NotAction for Action", |s, _| swap(s, "Action", "NotAction")),
    ("NotResource for Resource", |s, _| swap(s, "Resource", "NotResource")),
    ("NotPrincipal for Principal", |s, _| swap(s, "Principal", "NotPrincipal")),
    ("every action", |s, _| s.contains_key("Action") && s.insert("Action".into(), "*".into()).is_some()),
    ("a resource widened", |s, n| {
        let Some(list) = s.get_mut("Resource").and_then(Value::as_array_mut) else { return false };
        let n = n % list.len();
        list[n] = format!("{}?", list[n].as_str().unwrap().trim_end_matches('*')).into();
        true
    }),
    ("another action", |s, _| {
        each_list_of(s, &["Action", "NotAction"], |list| list.push("dynamodb:DeleteTable".into()))
    }),
    ("a condition dropped", |s, n| {
        let Some(Value::Object(all)) = s.get_mut("Condition") else { return false };
        let name = all.keys().nth(n % all.len()).unwrap().clone();
        all.remove(&name).is_some()
    }),
    ("a condition if it exists", |s, _| {
        let Some(Value::Object(all)) = s.get_mut("Condition") else { return false };
        let Some(keys) = all.remove("Bool") else { return false };
        all.insert("BoolIfExists".into(), keys);
        true
    }),
    ("another value of a condition", |s, n| {
        let Some(Value::Object(all)) = s.get_mut("Condition") else { return false };
        let name = all.keys().nth(n % all.len()).unwrap().clone();
        let keys = all[&name].as_object_mut().unwrap();
        keys.values_mut().next().unwrap().as_array_mut().unwrap().push("other".into());
        true
    }),
    ("everybody trusted", |s, _| {
        s.contains_key("Principal") && s.insert("Principal".into(), "*".into()).is_some()
    }),
];

fn swap(s: &mut Map<String, Value>, one: &str, other: &str) -> bool {
    match (s.remove(one), s.remove(other)) {
        (Some(value), _) => s.insert(other.to_owned(), value).is_none(),
        (_, Some(value)) => s.insert(one.to_owned(), value).is_none(),
        (None, None) => false,
    }
}

fn each_list_of(s: &mut Map<String, Value>, names: &[&str], act: impl Fn(&mut Vec<Value>)) -> bool {
    names.iter().filter_map(|n| s.get_mut(*n).and_then(Value::as_array_mut).map(&act)).count() > 0
}

fn each_list(s: &mut Map<String, Value>, act: impl Fn(&mut Vec<Value>)) -> bool {
    each_value(s, |value| value.as_array_mut().into_iter().for_each(&act))
}

/// Everything in a statement that may be a list.
fn each_value(s: &mut Map<String, Value>, act: impl Fn(&mut Value)) -> bool {
    for (name, value) in s.iter_mut() {
        match (name.as_str(), value) {
            ("Effect" | "Sid", _) => {}
            ("Condition", Value::Object(all)) => {
                all.values_mut().flat_map(|keys| keys.as_object_mut().unwrap().values_mut()).for_each(&act);
            }
            ("Principal", Value::Object(all)) => all.values_mut().for_each(&act),
            (_, value) => act(value),
        }
    }
    true
}

fn statements(document: &mut Value) -> &mut Vec<Value> {
    document["Statement"].as_array_mut().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn rewrites_that_keep_the_meaning_compare_equal(
        (trust, original) in any::<bool>().prop_flat_map(|t| (Just(t), document(t))),
        picks in proptest::collection::vec((0..KEEPING.len(), any::<usize>()), 0..6),
        (turned, doubled) in any::<(bool, bool)>(),
    ) {
        let used = if trust { Use::Trust } else { Use::Identity };
        let mut written = original.clone();
        let mut done = Vec::new();
        // Lists of one become values last, so that the others find lists.
        let mut picks = picks;
        picks.sort_by_key(|(which, _)| *which == 2 || *which == 7);
        for (which, n) in picks {
            let all = statements(&mut written);
            let at = n % all.len();
            if all[at].get("Action").or(all[at].get("NotAction")).is_some_and(Value::is_array)
                && KEEPING[which].1(all[at].as_object_mut().unwrap(), n) { done.push(KEEPING[which].0); }
        }
        if doubled { let first = statements(&mut written)[0].clone(); statements(&mut written).push(first); }
        if turned { statements(&mut written).reverse(); }
        let (a, b) = (canonical(&original.to_string(), used).unwrap(), canonical(&written.to_string(), used).unwrap());
        prop_assert_eq!(&a, &b, "{:?}", done);
        prop_assert_eq!(&canonical(&a, used).unwrap(), &a, "normalising twice changes nothing");
        let read = |text: &str| Document::read(text, used).unwrap();
        prop_assert_eq!(Shift::between(Some(&read(&a)), Some(&read(&b))), Shift::default());
    }

    #[test]
    fn rewrites_that_change_the_meaning_differ(
        (trust, original) in any::<bool>().prop_flat_map(|t| (Just(t), document(t))),
        which in 0..CHANGING.len(), n in any::<usize>(),
    ) {
        let used = if trust { Use::Trust } else { Use::Identity };
        let mut written = original.clone();
        // One statement, so that no other one makes up for it.
        statements(&mut written).truncate(1);
        let before = written.clone();
        let (name, rewrite) = CHANGING[which];
        if !rewrite(statements(&mut written)[0].as_object_mut().unwrap(), n) { return Ok(()); }
        let (a, b) = (canonical(&before.to_string(), used).unwrap(), canonical(&written.to_string(), used).unwrap());
        prop_assert_ne!(&a, &b, "{}", name);
        let read = |text: &str| Document::read(text, used).unwrap();
        let shift = Shift::between(Some(&read(&a)), Some(&read(&b)));
        prop_assert_ne!(shift, Shift::default(), "{} is told: {} to {}", name, a, b);
    }

    #[test]
    fn no_text_breaks_the_reader(text in ".{0,60}") {
        for used in [Use::Identity, Use::Trust, Use::Resource] {
            let _ = canonical(&text, used);
        }
    }

    #[test]
    fn no_json_breaks_the_reader(mut value in document(false), junk in json_tree(), at in any::<usize>()) {
        let all = statements(&mut value);
        let n = at % all.len();
        let s = all[n].as_object_mut().unwrap();
        let name = s.keys().nth(at % s.len()).unwrap().clone();
        s.insert(name, junk);
        for used in [Use::Identity, Use::Trust, Use::Resource] {
            if let Ok(once) = canonical(&value.to_string(), used) {
                prop_assert_eq!(canonical(&once, used).unwrap(), once);
            }
        }
    }
}

fn json_tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z*?${}:]{0,8}".prop_map(Value::from),
        Just(json!("*")),
        any::<f64>().prop_map(|f| json!(f)),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("(AWS|Service|Bool|StringLike|[a-z]{1,3})", inner, 0..4)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}
