//! A generator of policies as people write them, before any normal form.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

const ACTIONS: [&str; 6] =
    ["s3:GetObject", "s3:Put*", "ec2:Describe?nstances", "iam:PassRole", "sqs:SendMessage", "kms:*"];
const RESOURCES: [&str; 5] = [
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3:::bucket",
    "arn:aws:sqs:eu-west-1:123456789012:q",
    "arn:aws:iam::*:role/x",
    "arn:aws:s3:::h/${aws:username}",
];
const PEOPLE: [(&str, &str); 5] = [
    ("AWS", "123456789012"),
    ("AWS", "arn:aws:iam::210987654321:role/ci"),
    ("Service", "ec2.amazonaws.com"),
    ("Federated", "arn:aws:iam::123456789012:saml-provider/corp"),
    ("AWS", "arn:aws:iam::111122223333:root"),
];
const CONDITIONS: [(&str, &str, &str); 5] = [
    ("StringEquals", "sts:ExternalId", "abc"),
    ("Bool", "aws:MultiFactorAuthPresent", "true"),
    ("IpAddress", "aws:SourceIp", "192.0.2.0/24"),
    ("ForAnyValue:StringLikeIfExists", "aws:PrincipalOrgPaths", "o-1/*"),
    ("DateLessThan", "aws:CurrentTime", "2027-01-01T00:00:00Z"),
];

/// Some of a list, each once, in its order.
fn some(of: &'static [&'static str]) -> impl Strategy<Value = Vec<Value>> {
    proptest::sample::subsequence(of, 1..=of.len()).prop_map(|all| all.into_iter().map(Value::from).collect())
}

fn principals() -> impl Strategy<Value = Value> {
    let some = proptest::sample::subsequence(&PEOPLE, 1..=3);
    some.prop_map(|chosen| {
        let mut map = Map::new();
        for (kind, who) in chosen {
            let list = map.entry(kind).or_insert_with(|| json!([]));
            list.as_array_mut().unwrap().push(who.into());
        }
        Value::Object(map)
    })
}

fn conditions() -> impl Strategy<Value = Option<Value>> {
    proptest::sample::subsequence(&CONDITIONS, 0..=3).prop_map(|chosen| {
        let mut map = Map::new();
        for (operator, key, value) in &chosen {
            map.insert((*operator).into(), json!({ *key: [value] }));
        }
        (!chosen.is_empty()).then_some(Value::Object(map))
    })
}

/// One statement; `trust` has principals and the others resources.
fn statement(trust: bool) -> impl Strategy<Value = Value> {
    (any::<bool>(), any::<bool>(), some(&ACTIONS), some(&RESOURCES), principals(), conditions()).prop_map(
        move |(allow, not, actions, resources, who, conditions)| {
            let mut map = Map::new();
            map.insert("Effect".into(), if allow { "Allow" } else { "Deny" }.into());
            map.insert(if not { "NotAction" } else { "Action" }.into(), actions.into());
            if trust {
                map.insert("Principal".into(), who);
            } else {
                map.insert("Resource".into(), resources.into());
            }
            map.extend(conditions.map(|c| ("Condition".to_owned(), c)));
            Value::Object(map)
        },
    )
}

/// A document, every list written as a list.
pub(super) fn document(trust: bool) -> impl Strategy<Value = Value> {
    proptest::collection::vec(statement(trust), 1..4)
        .prop_map(|statements| json!({"Version": "2012-10-17", "Statement": statements}))
}
