//! Security group rules: a call adds all of its rules or none, each rule is there once whatever its description, and
//! ranges and protocols are kept in one form.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::super::Verdict;
use super::super::ask::Ask;
use super::refuse;
use crate::form::Form;
use crate::xml::{child_text, items, path_text};

/// Protocol, first port, last port, peer.
type Atom = [String; 4];

/// `egress` as EC2 writes it: `true` or `false`.
pub(super) async fn authorize(ask: &Ask<'_>, egress: &str) -> Verdict {
    let mut form = ask.form.clone();
    normalise(&mut form);
    let group = form.text("GroupId").to_owned();
    let present = present(ask, &group, egress).await;
    let mut seen = BTreeSet::new();
    for atom in atoms(&form) {
        if present.contains(&atom) {
            return Err(refuse("InvalidPermission.Duplicate", already(&atom)));
        }
        if !seen.insert(atom) {
            let message = "The same permission must not appear multiple times";
            return Err(refuse("InvalidParameterValue", message));
        }
    }
    Ok(ask.forward_with(form.body()).await)
}

fn already([protocol, from, to, peer]: &Atom) -> String {
    let ports =
        if protocol == "-1" { "ALL".into() } else { format!("{protocol}, from port: {from}, to port: {to}") };
    format!("the specified rule \"peer: {peer}, {}, ALLOW\" already exists", ports.to_uppercase())
}

async fn present(ask: &Ask<'_>, group: &str, egress: &str) -> BTreeSet<Atom> {
    let filter = [("Filter.1.Name", "group-id"), ("Filter.1.Value.1", group)];
    let rules = ask.ec2("DescribeSecurityGroupRules", &filter).await;
    let atoms = items(&rules.body, "securityGroupRuleSet", |n| {
        let text = |path| path_text(n, path).unwrap_or_default();
        let peers = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedGroupInfo/groupId"];
        let peer = peers.iter().find_map(|path| path_text(n, path)).unwrap_or_default();
        let same = child_text(n, "isEgress").as_deref() == Some(egress);
        same.then(|| atom(&text("ipProtocol"), &text("fromPort"), &text("toPort"), &peer))
    });
    atoms.into_iter().flatten().collect()
}

fn atoms(form: &Form) -> Vec<Atom> {
    let mut found = Vec::new();
    for permission in form.numbered("IpPermissions") {
        let text = |key: &str| form.text(&format!("{permission}.{key}"));
        let lists = [
            ("IpRanges", "CidrIp"),
            ("Ipv6Ranges", "CidrIpv6"),
            ("PrefixListIds", "PrefixListId"),
            ("Groups", "GroupId"),
        ];
        for (list, key) in lists {
            for entry in form.numbered(&format!("{permission}.{list}")) {
                let peer = form.text(&format!("{entry}.{key}"));
                found.push(atom(text("IpProtocol"), text("FromPort"), text("ToPort"), peer));
            }
        }
    }
    found
}

fn atom(protocol: &str, from: &str, to: &str, peer: &str) -> Atom {
    let protocol = protocol_name(protocol);
    let ports = if protocol == "-1" { ["", ""] } else { [from, to] };
    [protocol.to_owned(), ports[0].to_owned(), ports[1].to_owned(), network(peer)]
}

/// moto keeps what it is given; EC2 keeps names of protocols, networks without host bits, and no ports for all.
fn normalise(form: &mut Form) {
    for permission in form.numbered("IpPermissions") {
        let protocol = protocol_name(form.text(&format!("{permission}.IpProtocol"))).to_owned();
        form.set(&format!("{permission}.IpProtocol"), &protocol);
        if protocol == "-1" {
            let ports = ["FromPort", "ToPort"].map(|p| format!("{permission}.{p}"));
            form.remove(|key| ports.iter().any(|p| p == key));
        }
    }
    let cidrs: Vec<(String, String)> = form
        .fields()
        .filter(|(key, _)| key.ends_with(".CidrIp") || key.ends_with(".CidrIpv6"))
        .map(|(key, value)| (key.to_owned(), network(value)))
        .collect();
    cidrs.iter().for_each(|(key, value)| form.set(key, value));
}

fn protocol_name(protocol: &str) -> &str {
    match protocol {
        "1" => "icmp",
        "6" => "tcp",
        "17" => "udp",
        "58" => "icmpv6",
        "all" => "-1",
        other => other,
    }
}

/// `10.1.2.3/8` is `10.0.0.0/8`; what is no network stays as it is.
fn network(text: &str) -> String {
    let Some((address, length)) = text.split_once('/') else { return text.to_owned() };
    let (Ok(address), Ok(length)) = (address.parse::<IpAddr>(), length.parse::<u32>()) else {
        return text.to_owned();
    };
    match address {
        IpAddr::V4(v4) if length <= 32 => {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            format!("{}/{length}", std::net::Ipv4Addr::from(u32::from(v4) & mask))
        }
        IpAddr::V6(v6) if length <= 128 => {
            let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
            format!("{}/{length}", std::net::Ipv6Addr::from(u128::from(v6) & mask))
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_have_one_form() {
        assert_eq!(network("10.1.2.3/8"), "10.0.0.0/8");
        assert_eq!(network("0.0.0.0/0"), "0.0.0.0/0");
        assert_eq!(network("2001:db8::1/32"), "2001:db8::/32");
        assert_eq!(network("sg-1"), "sg-1");
        assert_eq!(atom("6", "1", "2", "pl-1"), atom("tcp", "1", "2", "pl-1"));
        assert_eq!(atom("-1", "0", "65535", "::/0"), atom("all", "", "", "::/0"));
    }
}
