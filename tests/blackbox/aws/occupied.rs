//! A network that goes with somebody else's things in it is refused whole, and says what holds it.

use super::estate::*;
use crate::world::World;

fn ec2(world: &World, action: &str, parameters: &[(&str, &str)]) {
    world.aws.ec2(action, parameters).unwrap_or_else(|e| panic!("{action}: {e}"));
}

/// The ids of what a call lists and the test looks for.
fn ids(world: &World, action: &str, list: &str, id: &str, ours: bool) -> Vec<String> {
    let all = world.aws.described(action, list).unwrap();
    let marked = all.into_iter().filter(|thing| thing.tags.contains_key("aplomo:address") == ours);
    marked.map(|thing| thing.get(id).to_owned()).collect()
}

/// An environment that may be deleted and whose manifest is gone.
fn going() -> World {
    let world = applied(&[&ENVIRONMENT.replace("spec:\n", "lifecycle: {deletion: delete}\nspec:\n")]);
    std::fs::remove_file(world.path().join("m/0.yaml")).unwrap();
    world
}

/// Nothing of it is planned freely, and an apply writes nothing.
#[track_caller]
fn stays_whole(world: &World, plan: &serde_json::Value, code: i32) {
    let in_aws = plan["changes"].as_array().unwrap().iter().filter(|c| c["scope"]["provider"] == "aws");
    let open: Vec<_> = in_aws.filter(|change| change["heldBy"].is_null()).collect();
    assert!(open.is_empty(), "nothing of it is taken away: {open:#?}");
    world.proxy.reset();
    world.aplomo(&["apply", "m", "--auto-approve"]).exits(code);
    assert_eq!(world.proxy.writes(), 0, "{:?}", world.proxy.calls());
}

#[test]
fn an_environment_with_foreign_things_in_it_is_refused_with_the_list_of_them() {
    let world = going();
    let vpc = ids(&world, "DescribeVpcs", "vpcSet", "vpcId", true).remove(0);
    let subnet = ids(&world, "DescribeSubnets", "subnetSet", "subnetId", true).remove(0);
    ec2(&world, "CreateNetworkInterface", &[("SubnetId", &subnet), ("Description", "ELB app/shop")]);
    ec2(
        &world,
        "CreateSecurityGroup",
        &[("GroupName", "theirs"), ("GroupDescription", "x"), ("VpcId", &vpc)],
    );

    let plan = world.plan();
    let [said] = &findings(&plan, "occupied")[..] else { panic!("{plan:#}") };
    for held in [&vpc, "aws.ec2.NetworkInterface", "ELB app/shop", "aws.ec2.SecurityGroup", "theirs"] {
        assert!(said.contains(held), "{said} names {held}");
    }
    stays_whole(&world, &plan, 4);

    let cards = world.aws.described("DescribeNetworkInterfaces", "networkInterfaceSet").unwrap();
    let card = cards.iter().find(|card| card.get("description") == "ELB app/shop").unwrap();
    ec2(&world, "DeleteNetworkInterface", &[("NetworkInterfaceId", card.get("networkInterfaceId"))]);
    let groups = world.aws.described("DescribeSecurityGroups", "securityGroupInfo").unwrap();
    let theirs = groups.iter().find(|group| group.get("groupName") == "theirs").unwrap();
    ec2(&world, "DeleteSecurityGroup", &[("GroupId", theirs.get("groupId"))]);
    assert_eq!(findings(&world.plan(), "occupied"), [""; 0]);
    world.aplomo(&["plan", "m", "--out", "going.json"]).exits(0);
    world.aplomo(&["approve", "going.json", "--lift", "guard:max-deletes=it is empty"]).exits(0);
    world.aplomo(&["apply", "--plan", "going.json"]).exits(0);
    clean(&world);
    assert_eq!(ids(&world, "DescribeVpcs", "vpcSet", "vpcId", true), [""; 0]);
}

#[test]
fn an_environment_in_which_not_all_can_be_seen_stays() {
    use aplomo_sandbox::{Fault, Rule};
    let world = going();
    world.proxy.inject(Rule::on("ec2:DescribeNetworkInterfaces").then(Fault::access_denied()));
    let plan = world.aplomo(&["plan", "m", "--format", "json"]).exits(1).json();
    let [said] = &findings(&plan, "occupied")[..] else { panic!("{plan:#}") };
    assert!(said.contains("could not be read"), "{said}");
    stays_whole(&world, &plan, 1);
}
