//! Killed at any write of a small estate of all types, the next start finds what happened and goes on
//! under the approval that was given: nothing is doubled, nothing is lost.

use super::estate::*;
use crate::killing::{Story, strike};
use crate::world::World;
use aplomo_sandbox::{Fault, Rule};

/// One of each type, in as few writes as that takes.
const ALL: &str = "\
apiVersion: aplomo/v1
kind: IamProfile
metadata: {name: all, tenant: acme}
spec:
  description: Everything at once
  trust:
    accounts: [\"444455556666\"]
    externalId: acme-7f3a91
    oidc: {provider: \"https://ci.example.net\", manage: true, subjects: [\"repo:acme/*\"]}
    saml: {provider: acme-idp, metadata: METADATA}
  policies:
    managed: [ReadOnlyAccess]
    inline:
      - name: reports
        document:
          Version: \"2012-10-17\"
          Statement: [{Effect: Allow, Action: \"s3:GetObject\", Resource: \"arn:aws:s3:::acme-reports/*\"}]
    own:
      - name: queue
        document:
          Version: \"2012-10-17\"
          Statement: [{Effect: Allow, Action: \"sqs:SendMessage\", Resource: \"arn:aws:sqs:*:*:reports\"}]
  instanceProfile: true
";

fn all() -> String {
    ALL.replace("METADATA", &"m".repeat(1_100))
}

fn fresh() -> World {
    with(&[DOMAIN, CERTIFICATE, &all()])
}

/// Applied, then wished otherwise: a change of every type, and a certificate that must be replaced.
fn changed() -> World {
    let world = fresh();
    settle(&world);
    world.edit("m/0.yaml", "192.0.2.1", "192.0.2.2");
    world.edit("m/1.yaml", "www.example.com", "static.example.com");
    for (from, to) in [
        ("Everything at once", "Everything"),
        ("s3:GetObject", "s3:ListBucket"),
        ("sqs:SendMessage", "sqs:ReceiveMessage"),
        ("managed: [ReadOnlyAccess]", "managed: [SecurityAudit]"),
        ("mmmm", "nnnn"),
        ("subjects:", "audiences: [stranger.example], subjects:"),
    ] {
        world.edit("m/2.yaml", from, to);
    }
    world.proxy.reset();
    world
}

/// All of it is there once, and nothing is left to do.
#[track_caller]
fn one_of_each(world: &World) {
    clean(world);
    for (what, count) in census(world) {
        assert_eq!(count, 1, "{what}");
    }
}

/// What was replaced may take one more start, when the new certificate is issued.
const FIRST: Story = Story { make: fresh, ends: &[0, 6], settled: one_of_each };
const CHANGES: Story = Story { make: changed, ..FIRST };

#[test]
fn a_first_run_survives_a_kill_after_any_write() {
    FIRST.survives(Fault::KillAfterEffect);
}

#[test]
fn a_first_run_survives_a_kill_before_any_write() {
    FIRST.survives(Fault::KillBeforeEffect);
}

#[test]
fn changes_survive_a_kill_after_any_write() {
    CHANGES.survives(Fault::KillAfterEffect);
}

#[test]
fn changes_survive_a_kill_before_any_write() {
    CHANGES.survives(Fault::KillBeforeEffect);
}

fn network() -> World {
    with(&[ENVIRONMENT])
}

/// One of each, and nothing left to do.
#[track_caller]
fn one_network(world: &World) {
    clean(world);
    let ours = |action: &str, list: &str| {
        let all = world.aws.described(action, list).unwrap();
        all.iter().filter(|thing| thing.tags.contains_key("aplomo:address")).count()
    };
    let counts = [
        ours("DescribeVpcs", "vpcSet"),
        ours("DescribeSubnets", "subnetSet"),
        ours("DescribeInternetGateways", "internetGatewaySet"),
        ours("DescribeAddresses", "addressesSet"),
        ours("DescribeRouteTables", "routeTableSet"),
        ours("DescribeManagedPrefixLists", "prefixListSet"),
    ];
    assert_eq!(counts, [1, 2, 1, 1, 2, 1]);
}

const NETWORK: Story = Story { make: network, ends: &[0], settled: one_network };

#[test]
fn a_network_survives_a_kill_after_any_write() {
    NETWORK.survives(Fault::KillAfterEffect);
}

#[test]
fn a_network_survives_a_kill_before_any_write() {
    NETWORK.survives(Fault::KillBeforeEffect);
}

/// What a new group lets out is taken away also when the run that made the group was killed before it could.
#[test]
fn a_group_that_was_only_made_is_finished() {
    let world = network();
    strike(&world, |fault| Rule::on("ec2:CreateSecurityGroup").nth(1).then(fault), Fault::KillAfterEffect);
    let open = |world: &World| {
        let rules = world.aws.security_group_rules().unwrap();
        let groups = world.aws.security_groups().unwrap();
        let web =
            groups.iter().find(|group| group.get("groupName") == "web").unwrap().get("groupId").to_owned();
        rules.iter().filter(|rule| rule.get("groupId") == web && rule.get("isEgress") == "true").count()
    };
    assert_eq!(open(&world), 1, "as the service makes groups");
    world.aplomo(&["apply", "m"]).exits(0);
    assert_eq!(open(&world), 0);
    one_network(&world);
}

#[test]
fn a_lost_answer_to_any_write_is_looked_up_in_the_same_run() {
    for k in 1..=FIRST.writes() {
        let world = fresh();
        let rule = world.proxy.inject(Rule::on_writes().nth(k).then(Fault::LostAnswer));
        let ran = world.aplomo(&["apply", "m", "--auto-approve"]);
        assert_eq!(world.proxy.fired(rule), 1);
        assert!([0, 6].contains(&ran.code), "lost the answer to write {k}: {ran:?}");
        one_of_each(&world);
    }
}

/// A network that is applied, and an edit of its manifest that replaces something whose place must be freed first.
fn replaced(from: &str, to: &str) -> World {
    let world = network();
    settle(&world);
    world.edit("m/0.yaml", from, to);
    world.proxy.reset();
    world
}

/// A subnet of another block: AWS may have no room for both.
fn other_block() -> World {
    replaced("slot: 1", "slot: 2")
}

/// A group of another description and the same name, with its rules.
fn other_group() -> World {
    replaced("description: Load balancers", "description: Balancers of load")
}

#[test]
fn a_subnet_whose_place_is_freed_first_survives_a_kill_at_any_write() {
    let story = Story { make: other_block, ..NETWORK };
    story.survives(Fault::KillAfterEffect);
    story.survives(Fault::KillBeforeEffect);
}

#[test]
fn a_group_whose_name_is_freed_first_survives_a_kill_at_any_write() {
    let story = Story { make: other_group, ..NETWORK };
    story.survives(Fault::KillAfterEffect);
    story.survives(Fault::KillBeforeEffect);
}
