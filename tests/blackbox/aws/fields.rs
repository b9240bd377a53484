//! What a hand changes is reported with the field's name and repaired: every managed field of every type.
//!
//! How that works is said in `by_hand`; here are the rows of AWS.

mod ec2;
mod rows;

use super::estate::*;
use crate::by_hand::{Fixed, drifted, fields_without_a_row, names, rounds, types_without_a_row};
use crate::world::World;
use rows::rows;

/// Types without anything to change by hand: our own settings, and what is only ever looked up.
fn is_written(type_name: &str) -> bool {
    let only_read = ["aws.ec2.AvailabilityZones", "aws.ec2.NetworkInterface"];
    type_name.starts_with("aws.") && !only_read.contains(&type_name)
}

/// Fields that no row changes, each with why. Where AWS has no call for it, only
/// another object could have another value, and that one would not be ours.
const FIXED: &[Fixed] = &[
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
    assert_eq!(
        types_without_a_row(&rows(), is_written),
        Vec::<String>::new(),
        "say how a hand changes their fields"
    );
}

/// ARNs of the account's own are written with a word in the table.
fn general(world: &World, path: &str) -> String {
    path.replace(world.proxy.account().unwrap(), "ACCOUNT")
}

#[test]
fn every_field_that_is_wished_has_a_row() {
    let world = estate_with_everything();
    let mut missing = fields_without_a_row(&world.plan(), (&rows(), FIXED), |path| general(&world, path));
    missing.retain(|field| field.split(' ').next().is_some_and(is_written));
    assert!(missing.is_empty(), "no row for {missing:#?}");
}

#[test]
fn a_change_by_hand_of_any_field_is_reported_by_name_and_repaired() {
    let world = estate_with_everything();
    settle(&world);
    for round in rounds(rows()) {
        round.iter().for_each(|row| (row.by_hand)(&world));
        let report = world.aplomo(&["drift", "m", "--format", "json"]).json();
        assert_eq!(drifted(&report, |path| general(&world, path)), names(&round), "{report:#}");
        let ran = world.aplomo(&["apply", "m", "--auto-approve"]);
        assert_eq!(ran.code, 0, "{:?}\n{}\n{}", names(&round), ran.out, ran.err);
        let plan = world.plan();
        assert_eq!(World::changes(&plan), Vec::<String>::new(), "{:?}", names(&round));
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
