//! What a hand changes is reported with the field's name and repaired: every managed field of every type.
//!
//! The table is checked against the registry of types and against what a first plan wishes, so that a new
//! type or a new field without a row fails here. Each round changes one field of every type at once.

mod ec2;
mod rows;

use super::estate::*;
use crate::world::World;
use rows::{Row, rows};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Types without anything to change by hand: our own settings, and what is only ever looked up.
fn is_written(type_name: &str) -> bool {
    let only_read = ["aws.ec2.AvailabilityZones", "aws.ec2.NetworkInterface"];
    !type_name.starts_with("aplomo.") && !only_read.contains(&type_name)
}

/// Fields that nothing but another object can change, for AWS has no call for it. Not changed here either: two
/// of health checks, of which the stories of Route 53 tell, what IPv6 and larger prefix lists
/// take, and the switches of networks and subnets, which the provider's own tests turn off by hand.
const FIXED: &[(&str, &[&str])] = &[
    ("aws.acm.Certificate", &["/alternativeNames", "/domainName", "/valid", "/validation"]),
    ("aws.ec2.ElasticIp", &["/domain"]),
    (
        "aws.ec2.FlowLog",
        &["/destinationType", "/logGroup", "/maxAggregationInterval", "/resource", "/role", "/trafficType"],
    ),
    ("aws.ec2.NatGateway", &["/allocation", "/connectivity", "/subnet"]),
    ("aws.ec2.PrefixList", &["/addressFamily", "/maxEntries"]),
    ("aws.ec2.SecurityGroup", &["/description", "/name"]),
    (
        "aws.ec2.SecurityGroupRule",
        &["/cidr4", "/direction", "/fromPort", "/prefixList", "/protocol", "/toPort"],
    ),
    ("aws.ec2.Subnet", &["/assignIpv6", "/availabilityZone", "/cidr", "/mapPublicIp"]),
    ("aws.ec2.Vpc", &["/amazonProvidedIpv6", "/cidr", "/dnsHostnames", "/dnsSupport"]),
    ("aws.iam.InstanceProfile", &["/name"]),
    ("aws.iam.OidcProvider", &["/url"]),
    ("aws.iam.Policy", &["/description", "/name", "/path"]),
    ("aws.iam.Role", &["/name", "/path"]),
    ("aws.iam.SamlProvider", &["/name"]),
    ("aws.logs.LogGroup", &["/name"]),
    ("aws.route53.HealthCheck", &["/fqdn", "/interval", "/path", "/type"]),
    ("aws.route53.HostedZone", &["/name", "/private"]),
    ("aws.route53.RecordSet", &["/name", "/setIdentifier", "/type"]),
];

#[test]
fn every_type_that_is_written_has_rows() {
    let rows = rows();
    let covered: BTreeSet<&str> = rows.iter().map(|row| row.type_name).collect();
    for kind in aplomo_resources::registry().iter() {
        let name = kind.name();
        let name = name.as_str();
        assert!(
            covered.contains(name) || !is_written(name),
            "{name} has no row: say how a hand changes its fields"
        );
    }
}

/// The wished fields of each type, as a first plan shows them; absent ones are no fields to lose.
fn wished(plan: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for change in plan["changes"].as_array().unwrap() {
        let of = fields.entry(change["type"].as_str().unwrap().to_owned()).or_default();
        leaves("", &change["after"], of);
    }
    fields
}

/// Whether a row changes the field, or another entry of the map that it is in: all entries are alike.
fn has_row(rows: &[Row], type_name: &str, field: &str) -> bool {
    let registry = aplomo_resources::registry();
    let maps = registry.get(type_name).map(aplomo_core::types::ResourceType::maps).unwrap_or_default();
    let of = |path: &str| {
        maps.iter().find(|map| path.strip_prefix(**map).is_some_and(|rest| rest.starts_with('/')))
    };
    rows.iter().filter(|row| row.type_name == type_name).any(|row| match of(field) {
        Some(map) => of(row.field) == Some(map),
        None => row.field == field,
    })
}

/// ARNs of the account's own are written with a word in the table.
fn general(world: &World, path: &str) -> String {
    path.replace(world.proxy.account().unwrap(), "ACCOUNT")
}

/// The paths of all leaves; a key that begins with `$` says that its parent is a reference.
fn leaves(path: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Null => {}
        Value::Object(fields) if fields.contains_key("$absent") => {}
        Value::Object(fields) if fields.keys().all(|key| !key.starts_with('$')) => {
            for (key, value) in fields {
                leaves(&format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), value, found);
            }
        }
        _ => drop(found.insert(path.to_owned())),
    }
}

#[test]
fn every_field_that_is_wished_has_a_row() {
    let (world, rows) = (estate_with_everything(), rows());
    let fixed: BTreeMap<&str, &[&str]> = FIXED.iter().copied().collect();
    let mut missing = Vec::new();
    for (type_name, fields) in wished(&world.plan()).iter().filter(|(name, _)| is_written(name)) {
        for field in fields.iter().map(|field| general(&world, field)) {
            let is_fixed = fixed.get(type_name.as_str()).is_some_and(|all| all.contains(&field.as_str()));
            if !is_fixed && !has_row(&rows, type_name, &field) {
                missing.push(format!("{type_name} {field}"));
            }
        }
    }
    assert!(missing.is_empty(), "no row for {missing:#?}");
}

/// Rows of one round: at most one of each type.
fn rounds() -> Vec<Vec<Row>> {
    let mut rounds: Vec<Vec<Row>> = Vec::new();
    for row in rows() {
        let free = rounds.iter_mut().find(|round| round.iter().all(|other| other.type_name != row.type_name));
        match free {
            Some(round) => round.push(row),
            None => rounds.push(vec![row]),
        }
    }
    rounds
}

/// The fields that a report says have drifted, as `type field`.
fn drifted(world: &World, report: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for change in report["changes"].as_array().unwrap() {
        for field in change["fields"].as_array().unwrap() {
            if field["reason"] == "drift" {
                let name = change["type"].as_str().unwrap();
                found.insert(format!("{name} {}", general(world, field["path"].as_str().unwrap())));
            }
        }
    }
    found
}

#[test]
fn a_change_by_hand_of_any_field_is_reported_by_name_and_repaired() {
    let world = estate_with_everything();
    settle(&world);
    for round in rounds() {
        let names: BTreeSet<String> = round.iter().map(|r| format!("{} {}", r.type_name, r.field)).collect();
        for row in &round {
            (row.by_hand)(&world);
        }
        let report = world.aplomo(&["drift", "m", "--format", "json"]).json();
        assert_eq!(drifted(&world, &report), names, "{report:#}");
        let ran = world.aplomo(&["apply", "m", "--auto-approve"]);
        assert_eq!(ran.code, 0, "{names:?}\n{}\n{}", ran.out, ran.err);
        let plan = world.plan();
        assert_eq!(World::changes(&plan), Vec::<String>::new(), "{names:?}");
    }
    world.aplomo(&["audit", "verify"]).exits(0);
}

/// All kinds, a record with a health check, and a network.
fn estate_with_everything() -> World {
    let world = estate();
    world.write("m/network.yaml", ENVIRONMENT);
    world.edit(
        "m/0.yaml",
        "  records:\n",
        "  records:\n    - name: api\n      type: A\n      ttl: 60\n      values: [192.0.2.7]\n      \
         routing: {id: one, weight: 10}\n      healthCheck: {type: HTTPS, fqdn: api.example.com, path: /up, interval: 30}\n",
    );
    world
}
