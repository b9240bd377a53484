//! Rules as people and the service write them.

use super::*;
use aplomo_core::types::Risk;
use proptest::prelude::*;

fn rule(protocol: &str, ports: Option<(i32, i32)>, cidr: &str) -> SecurityGroupRule<Wanted> {
    SecurityGroupRule {
        direction: Wish::Value("ingress".into()),
        protocol: Wish::Value(protocol.into()),
        from_port: ports.map_or(Wish::LeftAlone, |(from, _)| Wish::Value(from)),
        to_port: ports.map_or(Wish::LeftAlone, |(_, to)| Wish::Value(to)),
        cidr4: Wish::Value(cidr.into()),
        ..Default::default()
    }
}

fn service(protocol: &str, ports: (Option<i32>, Option<i32>), cidr: &str) -> SeenRule {
    SeenRule {
        group_id: "sg-1".into(),
        protocol: protocol.into(),
        from_port: ports.0,
        to_port: ports.1,
        cidr4: Some(cidr.into()),
        ..Default::default()
    }
}

fn key(rule: SecurityGroupRule<Wanted>) -> SmolStr {
    SecurityGroupRules::identity_wanted(&SecurityGroupRules::normalise(rule).unwrap()).unwrap()
}

#[test]
fn what_is_written_and_what_is_read_back_have_one_key() {
    let all = (Some(-1), Some(-1));
    let pairs = [
        (rule("6", Some((443, 443)), "10.1.2.3/8"), service("tcp", (Some(443), Some(443)), "10.0.0.0/8")),
        (rule("all", Some((0, 0)), "10.0.0.0/8"), service("-1", all, "10.0.0.0/8")),
        (rule("-1", None, "10.0.0.0/8"), service("-1", (None, None), "10.0.0.0/8")),
        (rule("icmp", None, "10.0.0.0/8"), service("1", all, "10.0.0.0/8")),
        (rule("icmp", Some((-1, 0)), "10.0.0.0/8"), service("icmp", (None, None), "10.0.0.0/8")),
        (rule("icmp", Some((8, -1)), "10.0.0.0/8"), service("icmp", (Some(8), Some(-1)), "10.0.0.0/8")),
        (rule("50", Some((0, 0)), "10.0.0.0/8"), service("50", all, "10.0.0.0/8")),
        (rule("tcp", None, "10.0.0.0/8"), service("tcp", (Some(0), Some(65535)), "10.0.0.0/8")),
    ];
    for (wish, seen) in pairs {
        assert_eq!(Some(key(wish)), SecurityGroupRules::identity(&seen_rule(seen)));
    }
}

#[test]
fn the_group_itself_is_self() {
    let seen = SeenRule {
        group_id: "sg-1".into(),
        protocol: "-1".into(),
        referenced_group: Some("sg-1".into()),
        ..Default::default()
    };
    let other = SeenRule { referenced_group: Some("sg-2".into()), ..seen.clone() };
    assert_eq!(SecurityGroupRules::identity(&seen_rule(seen)).unwrap(), "ingress|-1|||self");
    assert_eq!(SecurityGroupRules::identity(&seen_rule(other)).unwrap(), "ingress|-1|||sg-2");
}

#[test]
fn exposure_gained_and_reach_lost_are_told() {
    let open = SecurityGroupRules::normalise(rule("tcp", Some((22, 22)), "0.0.0.0/0")).unwrap();
    let told = SecurityGroupRules::assess(None, Some(&open));
    assert_eq!(
        (told.risk, told.notes.join("\n").as_str()),
        (Risk::Sensitive, "0.0.0.0/0 may reach tcp port 22")
    );
    let near = SecurityGroupRules::normalise(rule("tcp", Some((22, 22)), "10.0.0.0/8")).unwrap();
    assert_eq!(SecurityGroupRules::assess(None, Some(&near)).risk, Risk::Routine);
    let gone = SecurityGroupRules::assess(Some(&seen_rule(service("-1", (None, None), "10.0.0.0/8"))), None);
    assert_eq!(
        (gone.risk, gone.notes.join("\n").as_str()),
        (Risk::Outage, "10.0.0.0/8 may no longer reach everything")
    );
}

#[test]
fn a_rule_has_one_source_and_ports_that_exist() {
    let mut two = rule("tcp", Some((90, 80)), "10.0.0.0/8");
    two.group = Wish::Value("sg-1".into());
    let found: Vec<String> =
        SecurityGroupRules::normalise(two).unwrap_err().into_iter().map(|f| f.message).collect();
    insta::assert_snapshot!(found.join("\n"), @r"
    ports: they are not a range within 0 and 65535
    from|to: a rule has one source or destination, and here are 2
    ");
}

#[test]
fn a_rule_of_nobodys_that_opens_delicate_ports_to_the_world_is_told() {
    let id = aplomo_core::RemoteId::new("sgr-1").unwrap();
    let around = Around { id: &id, account: None };
    let of = |rule: SeenRule| -> Vec<String> {
        let found = SecurityGroupRules::inspect(&seen_rule(rule), None, &around);
        found.into_iter().map(|f| format!("{} {}", f.rule, f.message)).collect()
    };
    let ssh = (Some(22), Some(22));
    let some = [
        service("tcp", (Some(20), Some(3400)), "0.0.0.0/0"),
        service("-1", (None, None), "0.0.0.0/1"),
        service("tcp", ssh, "10.0.0.0/8"),
        service("tcp", (Some(443), Some(443)), "0.0.0.0/0"),
        SeenRule { egress: true, ..service("tcp", ssh, "0.0.0.0/0") },
        SeenRule { cidr4: None, cidr6: Some("::/0".into()), ..service("tcp", ssh, "") },
    ];
    insta::assert_snapshot!(some.into_iter().flat_map(of).collect::<Vec<_>>().join("\n"), @r"
    open-to-world 0.0.0.0/0 may reach tcp ports 20-3400 (SSH and 4 more) by the rule sgr-1, which no manifest names
    open-to-world 0.0.0.0/1 may reach everything (SSH and 13 more) by the rule sgr-1, which no manifest names
    open-to-world ::/0 may reach tcp port 22 (SSH) by the rule sgr-1, which no manifest names
    ");
}

proptest! {
    #[test]
    fn normalising_twice_is_normalising_once(
        protocol in prop::sample::select(vec!["6", "TCP", "udp", "1", "icmpv6", "all", "-1", "47"]),
        ports in prop::option::of((-1..300i32, -1..300i32)),
        address: u32, prefix in 0..=32u8,
    ) {
        let cidr = format!("{}/{prefix}", std::net::Ipv4Addr::from(address));
        if let Ok(once) = SecurityGroupRules::normalise(rule(protocol, ports, &cidr)) {
            prop_assert_eq!(SecurityGroupRules::normalise(once.clone()).unwrap(), once);
        }
    }
}
