//! What an Environment manifest becomes, and what its checks say.

use crate::support::{TENANT, accounts, all, one, report, rules, source, wish};
use aplomo_catalog::expand;
use aplomo_core::Address;
use aplomo_core::resource::{Adopt, DesiredState};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const EXAMPLE: &str = include_str!("../../src/environment/example.yaml");

/// The Environment `name` of `acme` with these lines in its `spec`, which begin in line 8.
fn environment(name: &str, kind: &str, spec: &str) -> String {
    let mut text = format!(
        "apiVersion: aplomo/v1\nkind: Environment\nmetadata: {{name: {name}, tenant: acme}}\nspec:\n  type: {kind}\n  region: eu-west-1\n\n"
    );
    for line in spec.trim_matches('\n').lines() {
        let _ = writeln!(text, "  {line}");
    }
    text
}

fn go(text: &str) -> DesiredState {
    expand(&[source("dir:/t", &[("e.yaml", text), ("t.yaml", TENANT)])], &accounts())
}

/// A staging environment with these tiers in a /16 over two zones.
fn tiers(zones: u8, tiers: &str) -> DesiredState {
    go(&environment(
        "test",
        "staging",
        &format!("network: {{cidr: 10.0.0.0/16, zones: {zones}, tiers: [{tiers}]}}"),
    ))
}

/// A staging environment with these groups; the first rule of the first group is in line 13.
fn groups(kind: &str, more: &str) -> DesiredState {
    let network = "network: {cidr: 10.0.0.0/16, flowLogs: {destination: s3, bucket: 'arn:aws:s3:::l'}}";
    go(&environment("test", kind, &format!("{network}\n{}", more.trim_matches('\n'))))
}

/// Blocks of all subnets by address.
fn subnets(state: &DesiredState) -> BTreeMap<String, String> {
    let of_type = state.resources.iter().filter(|(_, r)| r.type_name.as_str() == "aws.ec2.Subnet");
    of_type.map(|(a, r)| (a.key().to_owned(), r.wanted.text("/cidr").unwrap().to_owned())).collect()
}

#[test]
fn a_production_network_and_its_parts() {
    let state = go(EXAMPLE);
    assert_eq!(report(&state.findings), "");
    let addresses: Vec<&str> = state.resources.keys().map(|address| address.as_str()).collect();
    insta::assert_snapshot!(addresses.join("\n"));
    let wishes: Vec<String> = [
        "aws.ec2.Vpc",
        "Subnet/app/1",
        "Subnet/public/0",
        "InternetGateway",
        "NatGateway/1",
        "RouteTable/egress/1",
        "RouteTable/public",
        "RouteTable/isolated",
        "SecurityGroup/web",
        "web/ingress/tcp/443/list.waf",
        "app/ingress/tcp/8000-8100/group.web",
        "app/ingress/tcp/8000-8100/self",
        "web/egress/all/all/0.0.0.0=2F0",
        "DefaultSecurityGroup",
        "PrefixList/waf",
        "FlowLog",
        "LogGroup/flow",
        "AvailabilityZones",
    ]
    .iter()
    .map(|end| format!("{end}: {}", wish(&state, end)))
    .collect();
    insta::assert_snapshot!(wishes.join("\n"));
    let subnet = one(&state, "Subnet/app/1");
    assert_eq!(subnet.scope.container_of.as_ref(), Some(&one(&state, "aws.ec2.Vpc").address));
    assert_eq!(subnet.scope.region.as_ref().unwrap().as_str(), "eu-west-1");
    assert_eq!(
        one(&state, "DefaultSecurityGroup").created_with.as_ref(),
        Some(&one(&state, "aws.ec2.Vpc").address)
    );
    let rule = one(&state, "web/egress/all/all/0.0.0.0=2F0");
    assert_eq!(rule.key.as_deref(), Some("egress|-1|||0.0.0.0/0"));
    assert_eq!(rule.scope.container_of.as_ref(), Some(&one(&state, "SecurityGroup/web").address));
    assert!(one(&state, "AvailabilityZones").observe);
    assert!(!state.resources.keys().any(|a| a.as_str().contains("data/egress")));
}

#[test]
fn everything_has_an_order_in_which_it_can_be_made() {
    let state = go(EXAMPLE);
    let mut made: BTreeSet<&Address> = BTreeSet::new();
    loop {
        let ready: Vec<&Address> = state
            .resources
            .iter()
            .filter(|(address, _)| !made.contains(address))
            .filter(|(_, resource)| resource.needs().iter().all(|need| made.contains(need)))
            .map(|(address, _)| address)
            .collect();
        if ready.is_empty() {
            break;
        }
        made.extend(ready);
    }
    let left: Vec<_> = state.resources.keys().filter(|address| !made.contains(address)).collect();
    assert_eq!(left, Vec::<&Address>::new(), "these need each other, or what nobody makes");
}

#[test]
fn no_tier_or_zone_renumbers_another() {
    let three = "{name: a, prefix: 24, exposure: isolated, slot: 0}, {name: b, prefix: 22, exposure: isolated, slot: 1}, {name: c, prefix: 26, exposure: isolated, slot: 4}";
    let without_b = "{name: c, prefix: 26, exposure: isolated, slot: 4}, {name: a, prefix: 24, exposure: isolated, slot: 0}";
    let (before, less, more) = (tiers(3, three), tiers(3, without_b), tiers(6, three));
    assert_eq!(report(&before.findings), "");
    for (key, block) in subnets(&less) {
        assert_eq!(subnets(&before)[&key], block);
    }
    for (key, block) in subnets(&before) {
        assert_eq!(subnets(&more)[&key], block);
    }
    assert_eq!((subnets(&before).len(), subnets(&less).len(), subnets(&more).len()), (9, 6, 18));
    assert_eq!(subnets(&before)["c/2"], "10.0.8.128/26");
}

#[test]
fn slots_are_checked_and_the_next_free_one_is_proposed() {
    let state = tiers(
        2,
        "{name: a, prefix: 24, exposure: isolated, slot: 0}, {name: b, prefix: 24, exposure: isolated}, {name: c, prefix: 24, exposure: isolated, slot: 32}, {name: d, prefix: 22, exposure: isolated, slot: 0}, {name: e, prefix: 18, exposure: isolated, slot: 0}, {name: a, prefix: 24, exposure: isolated, slot: 7}",
    );
    insta::assert_snapshot!(report(&state.findings));
}

#[test]
fn two_environments_share_one_look_up_and_not_their_addresses() {
    let one_of = |name: &str, cidr: &str| {
        environment(
            name,
            "staging",
            &format!(
                "network: {{cidr: {cidr}, tiers: [{{name: a, prefix: 24, exposure: isolated, slot: 0}}]}}"
            ),
        )
    };
    let state = go(&format!("{}---\n{}", one_of("one", "10.0.0.0/16"), one_of("two", "10.0.128.0/17")));
    let zones = state.resources.keys().filter(|a| a.type_name() == "aws.ec2.AvailabilityZones").count();
    assert_eq!(zones, 1);
    assert_eq!(rules(&state), ["networks-overlap", "networks-overlap"]);
    let apart = go(&format!("{}---\n{}", one_of("one", "10.0.0.0/16"), one_of("two", "10.1.0.0/16")));
    assert_eq!(report(&apart.findings), "");
}

#[test]
fn production_is_checked_more_strictly() {
    let open = r#"
securityGroups:
  - name: app
    description: Programs
    ingress:
      - {ports: 22, from: [0.0.0.0/0]}
      - {ports: 443, from: [0.0.0.0/0, "::/0"]}
      - {protocol: all, from: ["::/0"]}
      - {ports: 5000-6000, from: [0.0.0.0/1]}
      - {ports: 5432, from: [10.0.0.0/8]}
"#;
    insta::assert_snapshot!(report(&groups("production", open).findings));
    let staging = groups("staging", open);
    assert!(staging.findings.iter().all(|f| f.severity == aplomo_core::Severity::Warning));
    let bare = go(&environment(
        "p",
        "production",
        "network:\n  cidr: 10.0.0.0/16\n  nat: single\n  tiers: [{name: p, prefix: 24, exposure: public, slot: 0}, {name: e, prefix: 24, exposure: egress, slot: 1}]",
    ));
    assert_eq!(rules(&bare), ["no-flow-logs", "single-nat"]);
}

#[test]
fn rules_name_what_exists_and_ports_that_mean_something() {
    let state = groups(
        "staging",
        r#"
prefixLists:
  - {name: office, maxEntries: 1, entries: [{cidr: 192.0.2.1/24}, {cidr: 192.0.2.0/24}, {cidr: 198.51.100.0/24}]}
securityGroups:
  - name: web
    description: "Web <servers>"
    ingress:
      - {ports: 443, from: [{securityGroup: ap}]}
      - {ports: 443, from: [{prefixList: offices}]}
      - {from: [10.0.0.0/8]}
      - {protocol: icmp, ports: 3/4, from: [10.0.0.0/8]}
      - {ports: 80, from: [10.0.0.0/8, 10.1.0.0/8]}
      - {ports: 80, from: [10.0.0.0/33]}
      - {protocol: gre, ports: all, from: [10.0.0.0/8]}
  - {name: app, description: Programs}
  - {name: App, description: Programs}
"#,
    );
    insta::assert_snapshot!(report(&state.findings));
}

#[test]
fn a_list_counts_with_all_it_has_room_for() {
    let state = groups(
        "staging",
        "prefixLists:\n  - {name: waf, maxEntries: 60, entries: []}\nsecurityGroups:\n  - name: web\n    description: Web\n    ingress:\n      - {ports: 443, from: [{prefixList: waf}]}\n      - {ports: 80, from: [10.0.0.0/8]}",
    );
    insta::assert_snapshot!(report(&state.findings));
}

#[test]
fn going_from_one_nat_gateway_to_one_per_zone_changes_routes_only() {
    let with = |nat: &str| {
        go(&environment(
            "n",
            "staging",
            &format!(
                "network:\n  cidr: 10.0.0.0/16\n  nat: {nat}\n  tiers: [{{name: p, prefix: 24, exposure: public, slot: 0}}, {{name: e, prefix: 24, exposure: egress, slot: 1}}]"
            ),
        ))
    };
    let (single, each) = (with("single"), with("perZone"));
    let changed: Vec<&str> = each
        .resources
        .iter()
        .filter(|(address, resource)| {
            single.resources.get(*address).map(|r| &r.wanted) != Some(&resource.wanted)
        })
        .map(|(address, _)| address.key())
        .collect();
    assert_eq!(changed, ["nat/1", "1", "egress/1"]);
    assert!(single.resources.keys().all(|address| each.resources.contains_key(address)));
}

#[test]
fn dual_stack_gives_every_subnet_its_part() {
    let state = go(&environment(
        "six",
        "staging",
        "network:\n  cidr: 10.0.0.0/16\n  ipv6: true\n  tiers: [{name: p, prefix: 24, exposure: public, slot: 1}]\nsecurityGroups: [{name: a, description: A}]",
    ));
    assert_eq!(report(&state.findings), "");
    insta::assert_snapshot!([wish(&state, "Subnet/p/1"), wish(&state, "RouteTable/public")].join("\n"));
    assert!(state.resources.keys().any(|a| a.as_str().ends_with("a/egress/all/all/=3A=3A=2F0")));
    let small = go(&environment(
        "six",
        "staging",
        "network:\n  cidr: 10.0.0.0/16\n  ipv6: true\n  tiers: [{name: p, prefix: 26, exposure: isolated, slot: 1}]",
    ));
    assert_eq!(rules(&small), ["ipv6-too-small"]);
}

#[test]
fn an_adopted_network_takes_what_is_in_it_and_the_rest_by_id() {
    let text = environment("old", "staging", "network:\n  cidr: 10.0.0.0/16\n  availabilityZones: [eu-west-1b, eu-west-1a]\n  tiers: [{name: p, prefix: 24, exposure: public, slot: 0}]\nexisting: {InternetGateway: igw-1, RouteTable/public: rtb-1, RouteTable/pulbic: rtb-2}")
        .replace("spec:", "lifecycle: {adopt: vpc-1}\nspec:");
    let state = go(&text);
    insta::assert_snapshot!(report(&state.findings));
    let adopts = |end: &str| one(&state, end).adopt.clone();
    assert!(matches!(adopts("aws.ec2.Vpc"), Adopt::Id(id) if id.as_str() == "vpc-1"));
    assert!(matches!(adopts("InternetGateway"), Adopt::Id(id) if id.as_str() == "igw-1"));
    assert!(matches!(adopts("RouteTable/public"), Adopt::Id(id) if id.as_str() == "rtb-1"));
    assert_eq!(adopts("Subnet/p/0"), Adopt::InContainer);
    assert_eq!(one(&state, "Subnet/p/0").wanted.text("/availabilityZone"), Some("eu-west-1b"));
    assert!(!state.resources.keys().any(|a| a.type_name() == "aws.ec2.AvailabilityZones"));
}

#[test]
fn the_region_is_the_tenants_unless_it_is_named() {
    let text =
        environment("e", "staging", "network: {cidr: 10.0.0.0/16}").replace("  region: eu-west-1\n", "");
    assert_eq!(rules(&go(&text)), ["missing-region"]);
    let tenant = TENANT.replace("displayName: Acme", "displayName: Acme, aws: {region: sa-east-1}");
    let state = all(&format!("{text}---\n{tenant}"));
    assert_eq!(report(&state.findings), "");
    assert_eq!(one(&state, "aws.ec2.Vpc").scope.region.as_ref().unwrap().as_str(), "sa-east-1");
}

#[test]
fn a_private_zone_answers_in_environments_by_reference() {
    let domain = crate::support::domain("visibility: private\nenvironments: [production]");
    let state = all(&format!("{domain}---\n{EXAMPLE}---\n{TENANT}"));
    assert_eq!(report(&state.findings), "");
    let zone = one(&state, "aws.route53.HostedZone");
    let (path, reference) = zone.wanted.references().next().unwrap();
    assert_eq!(path.as_str(), "/environments/production");
    assert_eq!(
        (reference.to.as_str(), reference.output.as_str()),
        ("acme/Environment/production:aws.ec2.Vpc", "network")
    );
    let wrong =
        all(&format!("{}---\n{EXAMPLE}---\n{TENANT}", domain.replace("[production]", "[produktion]")));
    insta::assert_snapshot!(report(&wrong.findings));
}

const BY_HAND: &str = "network:
  cidr: 10.0.0.0/16
  availabilityZones: [eu-west-1a, eu-west-1c]
  natGateways: [{name: out, tier: public, zone: eu-west-1c}]
  routeTables:
    - {name: wild, routes: {0.0.0.0/0: internetGateway, 10.9.0.0/16: pcx-1}}
    - {name: inner, routes: {0.0.0.0/0: nat/out}}
  tiers:
    - name: public
      exposure: public
      subnets: [{zone: eu-west-1c, cidr: 10.0.7.0/26, routeTable: wild}]
    - name: app
      exposure: egress
      subnets:
        - {zone: eu-west-1a, cidr: 10.0.64.0/18, routeTable: inner, publicAddresses: true}
        - {zone: eu-west-1c, cidr: 10.0.8.0/24, routeTable: main}
    - {name: data, prefix: 24, exposure: isolated, slot: 2}
keepTags: true
tags: {team: web}
existing: {NatGateway/out: nat-1, Subnet/public/1: subnet-1}";

#[test]
fn a_network_by_hand_is_said_part_by_part() {
    let state = go(&environment("old", "staging", BY_HAND));
    assert_eq!(report(&state.findings), "");
    let ends: Vec<&str> =
        state.resources.keys().map(|a| a.as_str().split(".ec2.").nth(1).unwrap_or("")).collect();
    for end in
        ["NatGateway/out", "ElasticIp/nat/out", "RouteTable/wild", "RouteTable/inner", "RouteTable/isolated"]
    {
        assert!(ends.contains(&end), "{end}: {ends:?}");
    }
    assert!(
        !ends.iter().any(|end| ["RouteTable/public", "RouteTable/egress/0", "NatGateway/0"].contains(end))
    );
    let wishes: Vec<String> = [
        "Subnet/public/1",
        "Subnet/app/0",
        "Subnet/app/1",
        "Subnet/data/1",
        "RouteTable/wild",
        "NatGateway/out",
    ]
    .iter()
    .map(|end| format!("{end}: {}", wish(&state, end)))
    .collect();
    insta::assert_snapshot!(wishes.join("\n"));
    let defaults = &one(&state, "NatGateway/out").defaults;
    assert_eq!(
        defaults.text("/tags/Name"),
        Some("old-nat-out"),
        "sent when it is made, left alone when it is there"
    );
    assert_eq!(
        one(&state, "RouteTable/wild").wanted.text("/tags/Name"),
        Some("old-wild"),
        "not taken over by id"
    );
}

#[test]
fn what_is_said_by_hand_is_checked() {
    let wrong = BY_HAND
        .replace("10.0.7.0/26", "10.0.16.0/21")
        .replace("10.0.64.0/18", "10.1.0.0/24")
        .replace("routeTable: inner", "routeTable: iner")
        .replace("zone: eu-west-1c, cidr: 10.0.8.0/24", "zone: eu-west-1a, cidr: 10.0.8.0/24")
        .replace("nat/out", "nat/uot")
        .replace("pcx-1", "peer")
        .replace("tier: public, zone: eu-west-1c", "tier: app, zone: eu-west-1b")
        .replace("slot: 2}", "slot: 2}\n    - {name: more, exposure: isolated}");
    let state = go(&environment("old", "staging", &format!("{wrong}\n")));
    insta::assert_snapshot!(report(&state.findings));
}
