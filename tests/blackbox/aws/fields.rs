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
    type_name.starts_with("aws.") && !only_read.contains(&type_name)
}

/// Fields that no row changes, each with why. Where AWS has no call for it, only
/// another object could have another value, and that one would not be ours.
const FIXED: &[(&str, &[&str])] = &[
    // A certificate is asked for with its names and the way of proof, and UpdateCertificateOptions changes
    // neither. `/valid` is ACM's own verdict; the certificate stories let ACM time out.
    ("aws.acm.Certificate", &["/alternativeNames", "/domainName", "/valid", "/validation"]),
    // Always `vpc`: there is no other any more.
    ("aws.ec2.ElasticIp", &["/domain"]),
    // EC2 has no call that modifies a flow log.
    (
        "aws.ec2.FlowLog",
        &["/destinationType", "/logGroup", "/maxAggregationInterval", "/resource", "/role", "/trafficType"],
    ),
    // EC2 has no call that moves one; further addresses can be associated, the first stays.
    ("aws.ec2.NatGateway", &["/allocation", "/connectivity", "/subnet"]),
    // The family is chosen at the creation.
    ("aws.ec2.PrefixList", &["/addressFamily"]),
    // EC2 has no call that renames a group or describes it anew.
    // `/letsAllOut` is how new groups begin; what is let out later are rules of their own.
    ("aws.ec2.SecurityGroup", &["/description", "/letsAllOut", "/name"]),
    // A rule that lets in never becomes one that lets out. Its source may become another prefix list, by the
    // call that the row of `/cidr4` makes; moto answers that it did so and leaves the list as it was.
    ("aws.ec2.SecurityGroupRule", &["/direction", "/prefixList"]),
    // A subnet keeps its block and its zone for life.
    ("aws.ec2.Subnet", &["/availabilityZone", "/cidr"]),
    // A network keeps its first block for life.
    ("aws.ec2.Vpc", &["/cidr"]),
    // IAM renames users and groups only.
    ("aws.iam.InstanceProfile", &["/name"]),
    ("aws.iam.OidcProvider", &["/url"]),
    ("aws.iam.Policy", &["/description", "/name", "/path"]),
    ("aws.iam.Role", &["/name", "/path"]),
    ("aws.iam.SamlProvider", &["/name"]),
    ("aws.logs.LogGroup", &["/name"]),
    // UpdateHealthCheck takes neither: another interval or sort is another check.
    ("aws.route53.HealthCheck", &["/interval", "/type"]),
    ("aws.route53.HostedZone", &["/name", "/private"]),
    // What makes it this record and not another; taking it away by hand is a story of its own.
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
