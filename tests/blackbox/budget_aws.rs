//! Calls on an estate of several services, of the shape that `cargo xtask bench aws` measures and about a
//! tenth of it. The formulas below say how many calls each step may take; more is waste.

use crate::world::World;
use estate::Size;
use serde_json::Value;
use std::collections::BTreeMap;

#[path = "../../crates/xtask/src/bench/estate.rs"]
mod estate;

const TENTH: Size = Size { roles: 10, zones: 2, records: 12, certificates: 3, environments: 1 };

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}"#;

type Counts = BTreeMap<String, usize>;

/// The calls of one reading of what is there, where everything fits into one page.
fn reading(size: Size) -> Counts {
    let networks = usize::from(size.environments > 0);
    counts([
        // Zones and the tags of ten at a time; the record sets of each.
        ("route53:ListHostedZones", 1),
        ("route53:ListTagsForResources", size.zones.div_ceil(10)),
        ("route53:ListResourceRecordSets", size.zones),
        // Roles and policies, what those pages lack, and profiles.
        ("iam:GetAccountAuthorizationDetails", 1),
        ("iam:ListRoles", 1),
        ("iam:ListInstanceProfiles", 1),
        // The one managed policy that our roles have: its tags could say that it is ours.
        ("iam:ListPolicyTags", 1),
        ("acm:ListCertificates", 1),
        ("tag:GetResources", 1),
        // One listing for each kind of thing in the region; a network has two settings that none tells.
        ("ec2:DescribeVpcs", networks),
        ("ec2:DescribeVpcAttribute", 2 * size.environments),
        ("ec2:DescribeSubnets", networks),
        ("ec2:DescribeRouteTables", networks),
        ("ec2:DescribeInternetGateways", networks),
        ("ec2:DescribeAddresses", networks),
        ("ec2:DescribeNatGateways", networks),
        ("ec2:DescribeSecurityGroups", networks),
        ("ec2:DescribeSecurityGroupRules", networks),
        ("ec2:DescribeManagedPrefixLists", networks),
        ("ec2:DescribeFlowLogs", networks),
        ("ec2:DescribeAvailabilityZones", networks),
    ])
}

fn counts<const N: usize>(list: [(&str, usize); N]) -> Counts {
    list.into_iter().map(|(call, n)| (call.to_owned(), n)).collect()
}

/// A plan also asks who we are, and for what nobody wished but would show as unmanaged.
fn plan(size: Size) -> Counts {
    let beside = counts([
        ("sts:GetCallerIdentity", 1),
        ("route53:ListHealthChecks", 1),
        ("iam:ListOpenIDConnectProviders", 1),
        ("iam:ListSAMLProviders", 1),
    ]);
    sum([reading(size), beside])
}

/// What is written to make it all, and what the writers ask for.
fn made(size: Size) -> Counts {
    let (networks, groups) = (size.environments, estate::GROUPS * size.environments);
    counts([
        ("iam:CreateRole", size.roles),
        ("iam:PutRolePolicy", size.roles),
        ("iam:AttachRolePolicy", size.roles),
        ("route53:CreateHostedZone", size.zones),
        ("route53:ChangeTagsForResource", size.zones),
        // The records of a zone and those that prove certificates go in one batch.
        ("route53:ChangeResourceRecordSets", size.zones),
        ("acm:RequestCertificate", size.certificates),
        // Once for the records that prove it.
        ("acm:DescribeCertificate", size.certificates),
        ("ec2:CreateVpc", networks),
        ("ec2:ModifyVpcAttribute", networks),
        ("ec2:CreateInternetGateway", networks),
        ("ec2:AttachInternetGateway", networks),
        ("ec2:AllocateAddress", networks),
        ("ec2:CreateNatGateway", networks),
        // A table for what is public, one for each zone behind NAT, one for what is isolated.
        ("ec2:CreateRouteTable", 4 * networks),
        ("ec2:CreateRoute", 3 * networks),
        ("ec2:CreateSubnet", estate::SUBNETS * networks),
        ("ec2:AssociateRouteTable", estate::SUBNETS * networks),
        ("ec2:ModifySubnetAttribute", 2 * networks),
        ("ec2:CreateSecurityGroup", groups),
        ("ec2:AuthorizeSecurityGroupIngress", groups),
        // The rule that lets everything out stays in groups that wish it, and goes from the default one.
        ("ec2:RevokeSecurityGroupIngress", networks),
        ("ec2:RevokeSecurityGroupEgress", networks),
        ("ec2:CreateTags", networks),
    ])
}

/// What comes on top only on the local EC2: its answer leaves out the ids of rules between groups.
fn emulated(size: Size) -> Counts {
    counts([("ec2:DescribeSecurityGroupRules", estate::GROUPS * size.environments)])
}

/// How often a first apply reads: for the plan, before each wave that writes something of the kind or refers
/// to it, and for the proof. A network is what all else in it is written into.
fn often(call: &str) -> usize {
    match call {
        "ec2:DescribeVpcs" => 9,
        "ec2:DescribeSubnets" | "ec2:DescribeRouteTables" => 7,
        "ec2:DescribeNatGateways" => 6,
        "ec2:DescribeAvailabilityZones" => 5,
        "ec2:DescribeSecurityGroups" | "ec2:DescribeSecurityGroupRules" => 4,
        "route53:ListHostedZones" | "acm:ListCertificates" => 4,
        "ec2:DescribeInternetGateways" | "ec2:DescribeAddresses" => 3,
        "route53:ListResourceRecordSets" | "route53:ListTagsForResources" | "tag:GetResources" => 2,
        // Settings of networks for the proof alone; what is in no wave for the plan alone.
        "ec2:DescribeVpcAttribute" | "ec2:DescribeFlowLogs" | "ec2:DescribeManagedPrefixLists" => 1,
        call if call.starts_with("iam:List") && call.ends_with("Providers") => 1,
        call if call.starts_with("iam:") => 3,
        _ => 1,
    }
}

/// A first apply.
fn first_apply(size: Size) -> Counts {
    let readings = plan(size).into_iter().map(|(call, n)| (often(&call) * n, call));
    sum([readings.map(|(n, call)| (call, n)).collect(), made(size)])
}

fn sum<const N: usize>(parts: [Counts; N]) -> Counts {
    let mut all = Counts::new();
    for (call, n) in parts.into_iter().flatten() {
        *all.entry(call).or_default() += n;
    }
    all
}

/// Every call within its bound, and none that has no bound.
#[track_caller]
fn within(world: &World, most: &Counts) {
    for (call, n) in world.proxy.counts() {
        let most = most.get(&call).copied().unwrap_or_default();
        assert!(n <= most, "{call}: {n}, where {most} are enough\n{:#?}", world.proxy.counts());
    }
}

/// The calls that a result claims are those that the proxy saw.
#[track_caller]
fn counted(world: &World, result: &Value) {
    let claimed = result["meta"]["apiCalls"].as_object().unwrap().iter();
    let claimed: Counts =
        claimed.map(|(call, n)| (call.clone(), usize::try_from(n.as_u64().unwrap()).unwrap())).collect();
    assert_eq!(claimed, world.proxy.counts());
}

/// The estate in files, with a managed policy that is there already.
fn estate_of(size: Size) -> World {
    let world = World::new();
    world.proxy.set_pace(aplomo_sandbox::Pace::INSTANT);
    // moto loads a service when it is first asked, which takes longer than an attempt may on a busy machine.
    world.aws.vpcs().unwrap();
    world.aws.zones().unwrap();
    world.aws.certificates().unwrap();
    let made =
        world.aws.iam("CreatePolicy", &[("PolicyName", "shared"), ("PolicyDocument", POLICY)]).unwrap();
    let arn = made.split("<Arn>").nth(1).and_then(|rest| rest.split("</Arn>").next()).unwrap();
    for (name, text) in estate::files(size, arn) {
        world.write(&format!("m/{name}"), text);
    }
    world.write("aplomo.yaml", "aws: {resolver: 'off'}\n");
    world
}

fn apply(world: &World) -> Value {
    world.proxy.reset();
    let run = world.aplomo(&["apply", "m", "--auto-approve", "--format", "json"]).exits(0).json();
    counted(world, &run);
    run
}

#[test]
fn the_formula_keeps_the_whole_estate_within_its_budget() {
    let total = |counts: Counts| counts.into_values().sum::<usize>();
    assert!(total(plan(Size::ONE)) <= 40, "{:#?}", plan(Size::ONE));
    assert!(total(first_apply(Size::ONE)) <= 600, "{:#?}", first_apply(Size::ONE));
}

#[test]
fn an_estate_takes_no_more_calls_than_the_formula_says() {
    let world = estate_of(TENTH);
    let run = apply(&world);
    assert_eq!(run["converged"], true);
    within(&world, &sum([first_apply(TENTH), emulated(TENTH)]));

    world.proxy.reset();
    let nothing = world.aplomo(&["plan", "m", "--detailed-exitcode", "--format", "json"]).exits(0).json();
    counted(&world, &nothing);
    within(&world, &plan(TENTH));

    // Without the store each certificate is described once; all else stays.
    for file in std::fs::read_dir(world.path().join(".aplomo")).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    world.proxy.reset();
    let forgotten = world.aplomo(&["plan", "m", "--format", "json"]).exits(0).json();
    counted(&world, &forgotten);
    let described = Counts::from([("acm:DescribeCertificate".to_owned(), TENTH.certificates)]);
    within(&world, &sum([plan(TENTH), described]));
    let differs = World::changes(&forgotten).into_iter().filter(|line| !line.contains(":aplomo."));
    assert_eq!(differs.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn one_change_reads_its_own_service_and_asks_nothing_of_what_it_does_not_touch() {
    let world = estate_of(TENTH);
    apply(&world);
    world.edit("m/certificates/site-1.yaml", "spec:\n", "spec:\n  tags: {cost: '17'}\n");
    apply(&world);
    let service = |name: &str| {
        reading(TENTH).into_iter().filter(|(call, _)| call.starts_with(name)).collect::<Counts>()
    };
    let one = |call: &str| Counts::from([(call.to_owned(), 1)]);
    // Memory and listings may lag, so the one that is written is asked about, and no other.
    let asked = sum([one("acm:DescribeCertificate"), one("acm:ListTagsForCertificate")]);
    let written = sum([asked, one("acm:AddTagsToCertificate")]);
    let readings = sum([service("acm"), service("tag"), service("acm"), service("tag")]);
    within(&world, &sum([plan(TENTH), readings, written]));
}
