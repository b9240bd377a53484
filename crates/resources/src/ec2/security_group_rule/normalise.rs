//! Bringing a rule into normal form.

use crate::ec2::model::SecurityGroupRule;
use crate::ec2::{cidr, text};
use crate::normal::{Normal, absent_if, fill_absent, is_set};
use aplomo_core::{Finding, Wanted, Wish};
use smol_str::SmolStr;

pub(super) fn rule(mut model: SecurityGroupRule<Wanted>) -> Result<SecurityGroupRule<Wanted>, Vec<Finding>> {
    let mut normal = Normal::new("security-group-rule");
    normal.word("direction", &mut model.direction, &["ingress", "egress"]);
    normal.value("protocol", &mut model.protocol, |text| protocol(text));
    ranges(&mut model, &mut normal);
    sources(&mut model, &mut normal);
    normal.value("description", &mut model.description, |t| text::description(t, "a description"));
    absent_if(&mut model.description, String::is_empty);
    normal.tags(&model.tags);
    normal.done(model)
}

/// A protocol's usual name; the service answers with names for some and numbers for the others.
pub(super) fn protocol(text: &str) -> Result<SmolStr, String> {
    let text = text.trim().to_ascii_lowercase();
    Ok(SmolStr::new(match text.as_str() {
        "-1" | "all" | "any" => "-1",
        "6" | "tcp" => "tcp",
        "17" | "udp" => "udp",
        "1" | "icmp" => "icmp",
        "58" | "icmpv6" => "icmpv6",
        number => match number.parse::<u8>() {
            Ok(number) => return Ok(number.to_string().into()),
            Err(_) => {
                return Err(format!(
                    "`{}` is no protocol: tcp, udp, icmp, icmpv6, all or a number",
                    number.escape_debug()
                ));
            }
        },
    }))
}

/// Ports in normal form: all of them for tcp and udp where none is named, -1 for all ICMP types and codes,
/// none for the rest.
pub(super) fn ports(protocol: &str, from: Option<i32>, to: Option<i32>) -> (Option<i32>, Option<i32>) {
    match protocol {
        "tcp" | "udp" => match (from.filter(|p| *p >= 0), to.filter(|p| *p >= 0)) {
            (None, None) => (Some(0), Some(65_535)),
            (Some(one), None) | (None, Some(one)) => (Some(one), Some(one)),
            both => both,
        },
        "icmp" | "icmpv6" => match from.filter(|kind| *kind >= 0) {
            None => (Some(-1), Some(-1)),
            some => (some, Some(to.filter(|code| *code >= 0).unwrap_or(-1))),
        },
        _ => (None, None),
    }
}

fn ranges(model: &mut SecurityGroupRule<Wanted>, normal: &mut Normal) {
    let Wish::Value(protocol) = &model.protocol else { return };
    let (from, to) = ports(protocol, model.from_port.value().copied(), model.to_port.value().copied());
    let most = if protocol.starts_with("icmp") { 255 } else { 65_535 };
    let wrong = |port: Option<i32>| port.is_some_and(|p| p > most);
    let backwards = most > 255 && from > to;
    if wrong(from) || wrong(to) || backwards {
        normal.wrong("ports", format!("they are not a range within 0 and {most}"));
    }
    model.from_port = from.map_or(Wish::Absent, Wish::Value);
    model.to_port = to.map_or(Wish::Absent, Wish::Value);
}

/// Exactly one source; the others are absent.
fn sources(model: &mut SecurityGroupRule<Wanted>, normal: &mut Normal) {
    normal.value("cidr", &mut model.cidr4, |text| cidr::v4(text));
    normal.value("cidr", &mut model.cidr6, |text| cidr::v6(text));
    absent_if(&mut model.own_group, |own| !own);
    absent_if(&mut model.group, SmolStr::is_empty);
    absent_if(&mut model.prefix_list, SmolStr::is_empty);
    let set = [
        is_set(&model.cidr4),
        is_set(&model.cidr6),
        is_set(&model.group),
        is_set(&model.prefix_list),
        is_set(&model.own_group),
    ];
    match set.iter().filter(|set| **set).count() {
        1 => {
            fill_absent(&mut model.cidr4);
            fill_absent(&mut model.cidr6);
            fill_absent(&mut model.group);
            fill_absent(&mut model.prefix_list);
            fill_absent(&mut model.own_group);
        }
        0 => normal.wrong("from|to", "a rule has a source or destination"),
        n => normal.wrong("from|to", format!("a rule has one source or destination, and here are {n}")),
    }
}
