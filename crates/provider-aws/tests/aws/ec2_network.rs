//! Networks, subnets, gateways and routes: made, read back, drifted, repaired, taken away in order.

use crate::ec2_support::*;
use crate::support::*;
use aplomo_core::observation::OwnerMark;
use aplomo_core::run::Status;
use aplomo_core::{Action, Coverage, Datum, FieldPath, Sight, Wish};
use aplomo_sandbox::{Fault, Lag, Pace, Rule};

fn subnet(cidr: &str, table: &str) -> aplomo_core::fields::WantedFields {
    fields(&[
        ("/cidr", cidr.into()),
        ("/availabilityZone", "us-east-1b".into()),
        ("/mapPublicIp", true.into()),
        ("/routeTable", table.into()),
        ("/tags/tier", "edge".into()),
    ])
}

#[tokio::test]
async fn a_whole_network_is_made_reads_back_and_goes_in_order() {
    let w = World::new().await;
    w.proxy.set_pace(Pace { nat_pending: 2, nat_deleting: 2, ..Pace::INSTANT });
    let wish = fields(&[
        ("/cidr", "10.0.0.0/16".into()),
        ("/amazonProvidedIpv6", false.into()),
        ("/dnsSupport", true.into()),
        ("/dnsHostnames", true.into()),
        ("/tags/Name", "net".into()),
    ]);
    w.proxy.reset();
    let vpc = make(&w, (VPC, "net"), region(&w), wish).await;
    assert_eq!(w.proxy.count("ec2:ModifyVpcAttribute"), 1, "only what is not so by itself");
    assert_eq!(w.proxy.count("ec2:CreateTags"), 0, "tags and marks travel in the create call");
    let net = vpc.id.as_str();
    assert_eq!(vpc.outputs["network"], Datum::from(format!("us-east-1:{net}").as_str()));

    let gateway = make(&w, (INTERNET_GATEWAY, "igw"), region(&w), fields(&[("/vpc", net.into())])).await;
    let routes = fields(&[("/routes/0.0.0.0~10", gateway.id.as_str().into()), ("/tags/a", "b".into())]);
    let table = make(&w, (ROUTE_TABLE, "public"), inside(&w, net), routes).await;
    let edge = make(&w, (SUBNET, "edge/a"), inside(&w, net), subnet("10.0.0.0/24", table.id.as_str())).await;
    assert_eq!(edge.key.as_deref(), Some("10.0.0.0/24"));
    let address = make(&w, (ELASTIC_IP, "nat"), region(&w), fields(&[("/domain", "vpc".into())])).await;
    let wish = fields(&[
        ("/subnet", edge.id.as_str().into()),
        ("/allocation", address.id.as_str().into()),
        ("/connectivity", "public".into()),
    ]);
    w.proxy.reset();
    let nat = make(&w, (NAT_GATEWAY, "nat"), inside(&w, net), wish).await;
    assert_eq!(nat.waiting, None, "it was waited for");
    assert_eq!(w.proxy.count("ec2:DescribeNatGateways"), 3 + 1);
    assert_eq!(nat.outputs["publicIp"], address.outputs["publicIp"]);

    // A tag that somebody sets by hand is seen, and goes where it is wished away.
    let ids = [(VPC, &vpc), (NAT_GATEWAY, &nat), (ELASTIC_IP, &address), (ROUTE_TABLE, &table)];
    for (type_name, object) in ids {
        w.seed.tag_ec2(object.id.as_str(), "hand", "made").unwrap();
        let drifted = look(&w, type_name, object.id.as_str()).await.unwrap();
        assert_eq!(drifted.fields.text("/tags/hand"), Some("made"), "{type_name}");
        let mut wish = fields(&[]);
        wish.set(FieldPath::known("/tags/hand"), Wish::Absent);
        let mended = update(&w, (type_name, "x"), &drifted, wish).await;
        assert_eq!(mended.fields.get("/tags/hand"), None, "{type_name}");
    }

    // The other way round, each only when it is free.
    w.proxy.reset();
    let held = delete(&w, SUBNET, edge.id.as_str()).await;
    assert_eq!(held.status, Status::Failed);
    let why = held.error.unwrap();
    assert!(why.contains("still in use by eni-"), "{why}");
    assert_eq!(w.proxy.count("ec2:DeleteSubnet"), 6, "so many attempts and no more");
    deleted(&w, NAT_GATEWAY, nat.id.as_str()).await;
    deleted(&w, ELASTIC_IP, address.id.as_str()).await;
    deleted(&w, SUBNET, edge.id.as_str()).await;
    deleted(&w, ROUTE_TABLE, table.id.as_str()).await;
    deleted(&w, INTERNET_GATEWAY, gateway.id.as_str()).await;
    deleted(&w, VPC, net).await;
}

#[tokio::test]
async fn what_comes_with_an_account_or_a_network_is_told_apart() {
    let w = World::new().await;
    let vpc = a_vpc(&w).await;
    let standard = see(&w, VPC).await.objects.into_iter().find(|o| o.id != vpc.id).unwrap();
    assert!(standard.brought_along, "the account's default network");
    assert_eq!(
        standard.fields.get("/dnsSupport"),
        Some(&Sight::Hidden),
        "not asked for where it is not ours"
    );
    let tables = see(&w, ROUTE_TABLE).await;
    let main = tables.objects.iter().find(|o| o.scope.container.as_ref() == Some(&vpc.id)).unwrap();
    assert!(main.brought_along && !main.fields.iter().any(|(path, _)| path.as_str().starts_with("/routes")));
    assert!(tables.coverage_of(&main.type_name, &main.scope).unwrap().is_complete(), "counts for insides");
    let subnets: Vec<_> = tables.objects.iter().filter(|o| o.type_name.as_str() == SUBNET).collect();
    assert!(!subnets.is_empty() && subnets.iter().all(|o| o.brought_along), "{subnets:?}");
    let zones = see(&w, ZONES).await;
    let zones = &zones.objects[0];
    assert_eq!((zones.id.as_str(), zones.key.as_deref()), ("us-east-1", Some("zones")));
    let Some(Datum::List(names)) = zones.fields.value("/names") else { panic!("{zones:?}") };
    assert_eq!(zones.outputs["zone/1"], names[1]);
    assert!(names.len() > 2);
}

#[tokio::test]
async fn every_hand_made_change_is_seen_and_repaired() {
    let w = World::new().await;
    let vpc = a_vpc(&w).await;
    let net = vpc.id.as_str();
    let names = fields(&[("/dnsHostnames", true.into()), ("/dnsSupport", true.into())]);
    update(&w, (VPC, "net"), &vpc, names.clone()).await;
    let off = [("VpcId", net), ("EnableDnsHostnames.Value", "false")];
    w.seed.ec2("ModifyVpcAttribute", &off).unwrap();
    let drifted = look(&w, VPC, net).await.unwrap();
    assert_eq!(drifted.fields.value("/dnsHostnames"), Some(&Datum::Bool(false)));
    update(&w, (VPC, "net"), &drifted, names).await;

    let gateway = make(&w, (INTERNET_GATEWAY, "igw"), region(&w), fields(&[("/vpc", net.into())])).await;
    let attached = [("InternetGatewayId", gateway.id.as_str()), ("VpcId", net)];
    w.seed.ec2("DetachInternetGateway", &attached).unwrap();
    let drifted = look(&w, INTERNET_GATEWAY, gateway.id.as_str()).await.unwrap();
    assert_eq!(drifted.fields.value("/vpc"), None);
    update(&w, (INTERNET_GATEWAY, "igw"), &drifted, fields(&[("/vpc", net.into())])).await;

    let routes = fields(&[("/routes/0.0.0.0~10", gateway.id.as_str().into())]);
    let one = make(&w, (ROUTE_TABLE, "one"), inside(&w, net), routes.clone()).await;
    let two = make(&w, (ROUTE_TABLE, "two"), inside(&w, net), fields(&[("/tags/x", "y".into())])).await;
    let route = [("RouteTableId", one.id.as_str()), ("DestinationCidrBlock", "0.0.0.0/0")];
    w.seed.ec2("DeleteRoute", &route).unwrap();
    let drifted = look(&w, ROUTE_TABLE, one.id.as_str()).await.unwrap();
    assert_eq!(drifted.fields.value("/routes/0.0.0.0~10"), None);
    let mended = update(&w, (ROUTE_TABLE, "one"), &drifted, routes.clone()).await;
    let mut without = routes;
    without.set(FieldPath::known("/routes/0.0.0.0~10"), Wish::Absent);
    update(&w, (ROUTE_TABLE, "one"), &mended, without).await;

    let wish = subnet("10.0.0.0/24", one.id.as_str());
    let edge = make(&w, (SUBNET, "edge"), inside(&w, net), wish.clone()).await;
    let off = [("SubnetId", edge.id.as_str()), ("MapPublicIpOnLaunch.Value", "false")];
    w.seed.ec2("ModifySubnetAttribute", &off).unwrap();
    w.seed.tag_ec2(edge.id.as_str(), "tier", "other").unwrap();
    let drifted = look(&w, SUBNET, edge.id.as_str()).await.unwrap();
    assert_eq!(drifted.fields.value("/mapPublicIp"), Some(&Datum::Bool(false)));
    assert_eq!(drifted.fields.text("/tags/tier"), Some("other"));
    update(&w, (SUBNET, "edge"), &drifted, wish).await;
    w.proxy.reset();
    let now = look(&w, SUBNET, edge.id.as_str()).await.unwrap();
    let swapped =
        update(&w, (SUBNET, "edge"), &now, fields(&[("/routeTable", two.id.as_str().into())])).await;
    assert_eq!(w.proxy.writes(), 1, "one call swaps the table");
    let mut main = aplomo_core::fields::WantedFields::default();
    main.set(FieldPath::known("/routeTable"), Wish::Absent);
    update(&w, (SUBNET, "edge"), &swapped, main).await;
}

#[tokio::test]
async fn a_lost_answer_leaves_one_object_that_the_next_attempt_takes_up_by_its_mark() {
    let w = World::new().await;
    let lost = w.proxy.inject(Rule::on("ec2:CreateVpc").then(Fault::LostAnswer));
    let wish = fields(&[("/cidr", "10.0.0.0/16".into()), ("/dnsHostnames", true.into())]);
    let mut create = change(VPC, "net", Action::Create, Some(wish.clone()));
    let outcome = w.write(&[approve(&mut create, region(&w), None)]).await.remove(0);
    assert_eq!(outcome.status, Status::Unknown, "{outcome:?}");
    assert_eq!(w.proxy.count("ec2:CreateVpc"), 1, "sent once");
    w.proxy.lift(lost);
    let seen = see(&w, VPC).await;
    let ours = |o: &&aplomo_core::Observed| matches!(&o.mark, OwnerMark::Marked { address, .. } if address == create.address.as_str());
    let found = seen.objects.iter().find(ours).unwrap();
    let mut again = create.clone();
    let mut step = approve(&mut again, region(&w), None);
    step.found = Some(found.id.clone());
    step.fresh = Some(found.clone());
    let outcome = w.write(&[step]).await.remove(0);
    assert_eq!((outcome.status, outcome.id.as_ref()), (Status::Applied, Some(&found.id)));
    assert_eq!(w.proxy.count("ec2:CreateVpc"), 1);
    assert_as_wished(&look(&w, VPC, found.id.as_str()).await.unwrap(), &wish);
}

#[tokio::test]
async fn what_is_new_and_not_known_everywhere_is_tried_again() {
    let w = World::new().await;
    w.proxy.lag(Lag::on("ec2:Create*").uses(2));
    let wish = fields(&[("/cidr", "10.0.0.0/16".into()), ("/dnsHostnames", true.into())]);
    let vpc = make(&w, (VPC, "net"), region(&w), wish).await;
    assert_eq!(w.proxy.count("ec2:ModifyVpcAttribute"), 3);
    w.proxy.lift_lags();
    let never =
        w.proxy.inject(Rule::on("ec2:CreateSubnet").then(Fault::error(400, "InvalidVpcID.NotFound", "no")));
    let at = (inside(&w, vpc.id.as_str()), None);
    let wish = Some(fields(&[("/cidr", "10.0.1.0/24".into())]));
    let outcome = step(&w, (SUBNET, "s"), Action::Create, at, wish).await;
    assert_eq!(outcome.status, Status::Failed);
    assert_eq!(w.proxy.fired(never), 6, "so many attempts and no more");
}

#[tokio::test]
async fn ipv6_comes_with_the_network_and_each_subnet_has_its_number() {
    let w = World::new().await;
    let wish = fields(&[("/cidr", "10.0.0.0/16".into()), ("/amazonProvidedIpv6", true.into())]);
    let vpc = make(&w, (VPC, "net"), region(&w), wish).await;
    assert!(vpc.outputs.contains_key("ipv6Cidr"), "{vpc:?}");
    let wish =
        fields(&[("/cidr", "10.0.5.0/24".into()), ("/ipv6Index", 5.into()), ("/assignIpv6", true.into())]);
    let subnet = make(&w, (SUBNET, "six"), inside(&w, vpc.id.as_str()), wish).await;
    update(&w, (SUBNET, "six"), &subnet, fields(&[("/ipv6Index", 6.into())])).await;
}

#[tokio::test]
async fn a_page_that_is_denied_proves_nothing() {
    let w = World::new().await;
    a_vpc(&w).await;
    w.proxy.inject(Rule::on("ec2:DescribeRouteTables").then(Fault::error(
        403,
        "UnauthorizedOperation",
        "no",
    )));
    let seen = see(&w, SUBNET).await;
    let of = |name: &str| {
        let name = aplomo_core::TypeName::new(name).unwrap();
        seen.coverage_of(&name, &region(&w)).unwrap().clone()
    };
    assert!(matches!(of(ROUTE_TABLE), Coverage::Failed(why) if why.contains("ec2:DescribeRouteTables")));
    assert!(of(SUBNET).is_complete());
    let subnet = seen.objects.iter().find(|o| o.type_name.as_str() == SUBNET).unwrap();
    assert_eq!(subnet.fields.get("/routeTable"), Some(&Sight::Hidden), "it is not known");
    w.assert_counts_equal();
}
