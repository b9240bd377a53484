//! Tiers and their slots.

use super::Cx;
use crate::environment::slots;
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

/// `missing-slot`, `slot-out-of-range`, `tier-too-large`.
pub(super) fn slots(cx: &mut Cx<'_>) {
    let (network, tiers) = (cx.place.block, &cx.place.spec.network.tiers);
    for (index, tier) in tiers.iter().enumerate() {
        let pointer = format!("/spec/network/tiers/{index}");
        let count = slots::count(network, tier.prefix);
        if count == 0 {
            let message = format!(
                "eight subnets of /{} do not fit into {network}; the least is /{}",
                tier.prefix,
                network.prefix_len() + 3
            );
            let finding = Finding::error("tier-too-large", message);
            cx.tell(
                finding.help("a slot has room for eight zones: take a longer prefix"),
                &format!("{pointer}/prefix"),
            );
            continue;
        }
        let free = slots::free(network, tier.prefix, tiers);
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
                let message =
                    format!("{network} has {count} slots for tiers of /{}, counted from 0", tier.prefix);
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
        let Some(block) = tier.slot.and_then(|slot| slots::slot(network, tier.prefix, slot)) else {
            continue;
        };
        let shares = tiers[..index].iter().find(|earlier| {
            let other = earlier.slot.and_then(|slot| slots::slot(network, earlier.prefix, slot));
            other.is_some_and(|other| slots::overlap(block, other))
        });
        if let Some(earlier) = shares {
            let message = format!("`{}` ({block}) overlaps `{}`", tier.name, earlier.name);
            let finding = Finding::error("tiers-overlap", message);
            let free = slots::free(network, tier.prefix, tiers);
            let help = free
                .map_or_else(|| "no slot is free".to_owned(), |s| format!("the next free one: `slot: {s}`"));
            cx.tell(finding.help(help), &format!("/spec/network/tiers/{index}/slot"));
        }
    }
}

/// `ipv6-too-small`: subnets smaller than a 256th of the network would share a `/64`.
pub(super) fn ipv6(cx: &mut Cx<'_>) {
    let longest = slots::ipv6_longest(cx.place.block);
    for (index, tier) in cx.place.spec.network.tiers.iter().enumerate() {
        if cx.place.spec.network.ipv6 && tier.prefix > longest {
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
