//! Subnets by their blocks, listed route tables and NAT gateways.

use super::Cx;
use crate::environment::by_hand::{self, Gateway, MAIN, Subnet, Target};
use crate::environment::slots;
use crate::suggest;
use aplomo_core::{Finding, ManifestName, Type as _};
use aplomo_resources::ec2::RouteTables;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// `bad-subnet`, `unknown-table`.
pub(super) fn subnets(cx: &mut Cx<'_>) {
    let place = cx.place;
    for (t, tier) in place.spec.network.tiers.iter().enumerate() {
        let mut zones = BTreeSet::new();
        for (index, subnet) in tier.subnets.iter().enumerate() {
            let pointer = format!("/spec/network/tiers/{t}/subnets/{index}");
            block(cx, subnet, &tier.subnets[..index], &format!("{pointer}/cidr"));
            if zone(cx, &subnet.zone, &pointer) && !zones.insert(&subnet.zone) {
                let message = format!("the tier `{}` has two subnets in {}", tier.name, subnet.zone);
                let finding = Finding::error("bad-subnet", message).help("put one of them into another tier");
                cx.tell(finding, &pointer);
            }
            if let Some(table) = subnet.route_table.as_ref().filter(|table| *table != MAIN) {
                let names = place.spec.network.route_tables.iter().map(|table| table.name.as_str());
                known(cx, "unknown-table", ("route table", table), names, &format!("{pointer}/routeTable"));
            }
        }
    }
}

fn block(cx: &mut Cx<'_>, subnet: &Subnet, earlier: &[Subnet], pointer: &str) {
    let (message, help) = match slots::network(&subnet.cidr)
        .filter(|net| (16..=28).contains(&net.prefix_len()))
    {
        None => (
            format!("`{}` is no IPv4 block of a subnet", subnet.cidr),
            "write one with a prefix of 16 to 28 bits, e.g. `10.20.1.0/24`",
        ),
        Some(net) if !cx.place.block.contains(&net) => {
            (format!("{net} is not in {}", cx.place.block), "a subnet is a part of its network")
        }
        Some(net) => {
            let others = earlier.iter().filter_map(|other| slots::network(&other.cidr));
            let Some(other) = others.into_iter().find(|other| slots::overlap(net, *other)) else { return };
            (format!("{net} overlaps {other}"), "subnets share no addresses")
        }
    };
    cx.tell(Finding::error("bad-subnet", message).help(help), pointer);
}

fn zone(cx: &mut Cx<'_>, name: &SmolStr, pointer: &str) -> bool {
    let there = by_hand::zone(cx.place, name).is_some();
    if !there {
        let finding = Finding::error("bad-zones", format!("`{name}` is none of the zones"));
        let help = "name it in `availabilityZones`, and count it in `zones`";
        cx.tell(finding.help(help), &format!("{pointer}/zone"));
    }
    there
}

fn known<'n>(
    cx: &mut Cx<'_>,
    rule: &'static str,
    (what, name): (&str, &str),
    names: impl Iterator<Item = &'n str> + Clone,
    pointer: &str,
) {
    if !names.clone().any(|known| known == name) {
        let help = suggest::or_list(name, names, "there are:");
        cx.tell(Finding::error(rule, format!("there is no {what} `{name}` here")).help(help), pointer);
    }
}

/// `bad-value`, `duplicate-table`, `bad-route`, `unknown-nat`.
pub(super) fn tables(cx: &mut Cx<'_>) {
    let network = &cx.place.spec.network;
    let mut seen = BTreeSet::new();
    for (index, table) in network.route_tables.iter().enumerate() {
        let pointer = format!("/spec/network/routeTables/{index}");
        if !name(cx, &table.name, &pointer) || !seen.insert(&table.name) {
            let message = format!("the route table `{}` is listed twice, or `{MAIN}`", table.name);
            let finding = Finding::error("duplicate-table", message);
            cx.tell(finding.help("give it another name"), &format!("{pointer}/name"));
        }
        for finding in RouteTables::normalise(by_hand::wish(cx.place, table)).err().into_iter().flatten() {
            cx.tell(Finding { rule: "bad-route".into(), ..finding }, &format!("{pointer}/routes"));
        }
        for target in table.routes.values() {
            let Target::Nat(nat) = Target::of(target) else { continue };
            let names = network.nat_gateways.iter().map(|gateway| gateway.name.as_str());
            known(cx, "unknown-nat", ("NAT gateway", nat), names, &format!("{pointer}/routes"));
        }
    }
}

/// Whether a name is good for an address, and not taken by what every network has.
fn name(cx: &mut Cx<'_>, text: &str, pointer: &str) -> bool {
    if ManifestName::new(text).is_err() {
        let finding = Finding::error("bad-value", format!("`{}` is no name", text.escape_debug()));
        cx.tell(finding.help("a-z, 0-9, `-`, `.` and `_`, e.g. `app`"), &format!("{pointer}/name"));
    }
    text != MAIN
}

/// `bad-value`, `duplicate-nat`, `bad-nat`, `bad-zones`, `unknown-tier`.
pub(super) fn gateways(cx: &mut Cx<'_>) {
    let network = &cx.place.spec.network;
    let mut seen = BTreeSet::new();
    for (index, gateway) in network.nat_gateways.iter().enumerate() {
        let pointer = format!("/spec/network/natGateways/{index}");
        name(cx, &gateway.name, &pointer);
        if !seen.insert(&gateway.name) {
            let finding = Finding::error("duplicate-nat", format!("`{}` is listed twice", gateway.name));
            cx.tell(finding.help("give it another name"), &format!("{pointer}/name"));
        }
        let tiers = network.tiers.iter().map(|tier| tier.name.as_str());
        known(cx, "unknown-tier", ("tier", &gateway.tier), tiers, &format!("{pointer}/tier"));
        if zone(cx, &gateway.zone, &pointer) {
            stands(cx, gateway, &pointer);
        }
    }
}

fn stands(cx: &mut Cx<'_>, gateway: &Gateway, pointer: &str) {
    let tier = cx.place.spec.network.tiers.iter().find(|tier| tier.name == gateway.tier);
    let Some(tier) = tier.filter(|tier| !tier.subnets.is_empty()) else { return };
    if !tier.subnets.iter().any(|subnet| subnet.zone == gateway.zone) {
        let message = format!("the tier `{}` has no subnet in {}", tier.name, gateway.zone);
        let finding = Finding::error("bad-nat", message);
        cx.tell(finding.help("list a subnet there, or name another tier or zone"), pointer);
    }
}
