//! Killed at any write of a small estate of all types, the next start finds what happened and goes on
//! under the approval that was given: nothing is doubled, nothing is lost.

use super::estate::*;
use crate::killing::{strike, struck};
use crate::world::World;
use aplomo_sandbox::{Fault, Rule, Victim};

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

/// How many calls write when nothing goes wrong.
fn writes(make: fn() -> World) -> usize {
    let world = make();
    apply(&world, 0);
    one_of_each(&world);
    world.proxy.calls().into_iter().filter(|call| call.write).count()
}

/// All of it is there once, and nothing is left to do.
#[track_caller]
fn one_of_each(world: &World) {
    clean(world);
    for (what, count) in census(world) {
        assert_eq!(count, 1, "{what}");
    }
}

/// Runs with a fault at the k-th write, which the process need not survive, then starts again without
/// a new approval. What was replaced may take one more start, when the new certificate is issued.
#[track_caller]
fn survives(make: fn() -> World, k: usize, fault: impl FnOnce(Victim) -> Fault) {
    let world = make();
    let (ran, told) = struck(&world, k, fault);
    assert!([0, 6].contains(&ran.code), "{told}\n{}\n{}", ran.out, ran.err);
    one_of_each(&world);
}

#[test]
fn a_first_run_survives_a_kill_after_any_write() {
    for k in 1..=writes(fresh) {
        survives(fresh, k, Fault::KillAfterEffect);
    }
}

#[test]
fn a_first_run_survives_a_kill_before_any_write() {
    for k in 1..=writes(fresh) {
        survives(fresh, k, Fault::KillBeforeEffect);
    }
}

#[test]
fn changes_survive_a_kill_after_any_write() {
    for k in 1..=writes(changed) {
        survives(changed, k, Fault::KillAfterEffect);
    }
}

#[test]
fn changes_survive_a_kill_before_any_write() {
    for k in 1..=writes(changed) {
        survives(changed, k, Fault::KillBeforeEffect);
    }
}

/// A network has many writes; each third of them is struck, a different third before and after.
const EACH: usize = 3;

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

#[track_caller]
fn network_survives(k: usize, fault: impl FnOnce(Victim) -> Fault) {
    let world = network();
    let (ran, told) = struck(&world, k, fault);
    assert_eq!(ran.code, 0, "{told}\n{}\n{}", ran.out, ran.err);
    one_network(&world);
}

fn network_writes() -> usize {
    let world = network();
    apply(&world, 0);
    one_network(&world);
    world.proxy.writes()
}

#[test]
fn a_network_survives_a_kill_after_its_writes() {
    for k in (1..=network_writes()).step_by(EACH) {
        network_survives(k, Fault::KillAfterEffect);
    }
}

#[test]
fn a_network_survives_a_kill_before_its_writes() {
    for k in (2..=network_writes()).step_by(EACH) {
        network_survives(k, Fault::KillBeforeEffect);
    }
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
    for k in 1..=writes(fresh) {
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

#[track_caller]
fn replacement_survives(from: &str, to: &str) {
    let count = {
        let world = replaced(from, to);
        apply(&world, 0);
        one_network(&world);
        world.proxy.writes()
    };
    for k in 1..=count {
        for before in [false, true] {
            let world = replaced(from, to);
            let fault = |victim| {
                if before { Fault::KillBeforeEffect(victim) } else { Fault::KillAfterEffect(victim) }
            };
            let (ran, told) = struck(&world, k, fault);
            assert_eq!(ran.code, 0, "{told}, before its effect: {before}\n{}\n{}", ran.out, ran.err);
            one_network(&world);
        }
    }
}

#[test]
fn a_subnet_whose_place_is_freed_first_survives_a_kill_at_any_write() {
    replacement_survives("slot: 1", "slot: 2");
}

#[test]
fn a_group_whose_name_is_freed_first_survives_a_kill_at_any_write() {
    replacement_survives("description: Load balancers", "description: Balancers of load");
}
