//! Tiers and their slots.

use super::Cx;
use crate::environment::slots;
use crate::environment::spec::Tier;
use aplomo_core::Finding;
use std::collections::HashMap;

/// `duplicate-tier`, `bad-value`.
pub(super) fn names(cx: &mut Cx<'_>) {
    let mut first = HashMap::new();
    for (index, tier) in cx.place.spec.network.tiers.iter().enumerate() {
        let pointer = format!("/spec/network/tiers/{index}/name");
        if first.insert(&tier.name, index).is_some() {
            let finding =
                Finding::error("duplicate-tier", format!("the tier `{}` is listed twice", tier.name));
            cx.tell(finding.help("a tier has one entry; give the other one another name"), &pointer);
        }
        if aplomo_core::ManifestName::new(&tier.name).is_err() {
            let finding =
                Finding::error("bad-value", format!("`{}` is no name for a tier", tier.name.escape_debug()));
            cx.tell(finding.help("a-z, 0-9, `-`, `.` and `_`, e.g. `app`"), &pointer);
        }
    }
}

/// `missing-prefix`, `missing-slot`, `slot-out-of-range`, `tier-too-large`, `slot-and-subnets`.
pub(super) fn slots(cx: &mut Cx<'_>) {
    let (network, tiers) = (cx.place.block, &cx.place.spec.network.tiers);
    for (index, tier) in tiers.iter().enumerate() {
        let pointer = format!("/spec/network/tiers/{index}");
        if !tier.subnets.is_empty() {
            if tier.prefix.is_some() || tier.slot.is_some() {
                let message = format!("the tier `{}` lists its subnets and has a slot besides", tier.name);
                let finding = Finding::error("slot-and-subnets", message);
                cx.tell(finding.help("leave `prefix` and `slot` out, or `subnets`"), &pointer);
            }
            continue;
        }
        let Some(prefix) = tier.prefix else {
            let message = format!("the tier `{}` does not say how large its subnets are", tier.name);
            let finding = Finding::error("missing-prefix", message);
            cx.tell(finding.help("e.g. `prefix: 24`; or list `subnets` by their blocks"), &pointer);
            continue;
        };
        let count = slots::count(network, prefix);
        if count == 0 {
            let message = format!(
                "eight subnets of /{prefix} do not fit into {network}; the least is /{}",
                network.prefix_len() + 3
            );
            let finding = Finding::error("tier-too-large", message);
            cx.tell(
                finding.help("a slot has room for eight zones: take a longer prefix"),
                &format!("{pointer}/prefix"),
            );
            continue;
        }
        let free = slots::free(network, prefix, tiers);
        let help = free.map_or_else(
            || "no slot of this size is free: take a longer prefix".to_owned(),
            |slot| format!("the next free one: `slot: {slot}`"),
        );
        match tier.slot {
            None => {
                let message = format!("the tier `{}` has no slot", tier.name);
                cx.tell(Finding::error("missing-slot", message).help(help), &pointer);
            }
            Some(slot) if u64::from(slot) >= count => {
                let message = format!("{network} has {count} slots for tiers of /{prefix}, counted from 0");
                cx.tell(Finding::error("slot-out-of-range", message).help(help), &format!("{pointer}/slot"));
            }
            Some(_) => {}
        }
    }
}

/// `tiers-overlap`.
pub(super) fn overlaps(cx: &mut Cx<'_>) {
    let (network, tiers) = (cx.place.block, &cx.place.spec.network.tiers);
    for (index, tier) in tiers.iter().enumerate() {
        let blocks = slots::taken(network, tier);
        let shares = |earlier: &&Tier| {
            slots::taken(network, earlier)
                .iter()
                .find_map(|other| blocks.iter().find(|block| slots::overlap(**block, *other)))
        };
        let found = tiers[..index].iter().find_map(|earlier| Some((earlier, shares(&earlier)?)));
        let Some((earlier, block)) = found else { continue };
        let message = format!("`{}` ({block}) overlaps `{}`", tier.name, earlier.name);
        let finding = Finding::error("tiers-overlap", message);
        let (help, field) = match tier.prefix.and_then(|prefix| slots::free(network, prefix, tiers)) {
            Some(slot) => (format!("the next free one: `slot: {slot}`"), "slot"),
            None if tier.subnets.is_empty() => ("no slot is free".to_owned(), "slot"),
            None => ("subnets share no addresses".to_owned(), "subnets"),
        };
        cx.tell(finding.help(help), &format!("/spec/network/tiers/{index}/{field}"));
    }
}

/// `ipv6-too-small`: subnets smaller than a 256th of the network would share a `/64`.
pub(super) fn ipv6(cx: &mut Cx<'_>) {
    let longest = slots::ipv6_longest(cx.place.block);
    for (index, tier) in cx.place.spec.network.tiers.iter().enumerate() {
        if cx.place.spec.network.ipv6 && tier.prefix.is_some_and(|prefix| prefix > longest) {
            let message =
                format!("with IPv6 the subnets of `{}` have a prefix of at most {longest}", tier.name);
            let finding = Finding::error("ipv6-too-small", message);
            cx.tell(
                finding.help("each has its own 256th of the network"),
                &format!("/spec/network/tiers/{index}/prefix"),
            );
        }
    }
}
