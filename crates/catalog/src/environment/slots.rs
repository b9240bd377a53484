//! Where the subnets of a tier are: slots that nothing else moves.
//!
//! A slot is a block with room for eight subnets of the tier's size, one per zone (a manifest has at
//! most six). Slot `s` of a tier is the `s`-th such block of the network. So a subnet's block follows
//! from network, prefix, slot and zone alone.

use super::spec::Tier;
use ipnet::Ipv4Net;
use smol_str::{SmolStr, ToSmolStr as _};
use std::net::Ipv4Addr;

/// Subnets that a slot has room for, as a power of two.
const ROOM: u8 = 3;

/// The network's block, without host bits.
pub(super) fn network(text: &str) -> Option<Ipv4Net> {
    text.trim().parse::<Ipv4Net>().ok().map(|net| net.trunc())
}

/// The block of a slot; `None` where it is not inside the network.
pub(super) fn slot(network: Ipv4Net, prefix: u8, slot: u32) -> Option<Ipv4Net> {
    let length = prefix.checked_sub(ROOM).filter(|length| *length <= 32 - ROOM)?;
    let at = u64::from(u32::from(network.network())) + (u64::from(slot) << (32 - length));
    let block = Ipv4Net::new(Ipv4Addr::from(u32::try_from(at).ok()?), length).ok()?;
    network.contains(&block).then_some(block)
}

/// The block of a tier's subnet in a zone.
pub(super) fn subnet(network: Ipv4Net, tier: &Tier, zone: u8) -> Option<SmolStr> {
    let (prefix, block) = (tier.prefix?, of(network, tier)?);
    let at = u32::from(block.network()) + (u32::from(zone) << (32 - prefix));
    Ipv4Net::new(Ipv4Addr::from(at), prefix).ok().map(|net| net.to_smolstr())
}

/// The block of a tier's slot.
fn of(network: Ipv4Net, tier: &Tier) -> Option<Ipv4Net> {
    slot(network, tier.prefix?, tier.slot?)
}

/// The blocks that a tier takes: its slot, or the subnets that it lists.
pub(super) fn taken(block: Ipv4Net, tier: &Tier) -> Vec<Ipv4Net> {
    if tier.subnets.is_empty() {
        return of(block, tier).into_iter().collect();
    }
    tier.subnets.iter().filter_map(|subnet| network(&subnet.cidr)).collect()
}

/// Which `/64` of the network's IPv6 block a subnet has: its place in the IPv4 block, in 256 parts. Subnets of
/// at least such a part never share one, see [`ipv6_longest`].
pub(super) fn ipv6_index(network: Ipv4Net, subnet: &str) -> Option<u8> {
    let subnet = subnet.parse::<Ipv4Net>().ok()?;
    let offset = u64::from(u32::from(subnet.network()).checked_sub(u32::from(network.network()))?);
    u8::try_from((offset << 8) >> (32 - network.prefix_len())).ok()
}

/// The longest prefix of a tier with which every subnet has a `/64` of its own.
pub(super) fn ipv6_longest(network: Ipv4Net) -> u8 {
    network.prefix_len() + 8
}

/// How many slots of a tier's size the network has.
pub(super) fn count(network: Ipv4Net, prefix: u8) -> u64 {
    prefix.checked_sub(ROOM).and_then(|l| l.checked_sub(network.prefix_len())).map_or(0, |bits| 1 << bits)
}

/// The first slot of this size that no other tier is in.
pub(super) fn free(network: Ipv4Net, prefix: u8, tiers: &[Tier]) -> Option<u32> {
    let taken: Vec<Ipv4Net> = tiers.iter().flat_map(|tier| taken(network, tier)).collect();
    let most = u32::try_from(count(network, prefix)).unwrap_or(u32::MAX);
    (0..most)
        .find(|s| slot(network, prefix, *s).is_some_and(|block| !taken.iter().any(|t| overlap(*t, block))))
}

/// Whether two blocks share addresses.
pub(super) fn overlap(one: Ipv4Net, other: Ipv4Net) -> bool {
    one.contains(&other) || other.contains(&one)
}

#[cfg(test)]
mod tests {
    use super::super::spec::Exposure;
    use super::*;
    use proptest::prelude::*;

    fn tier(prefix: u8, slot: u32) -> Tier {
        let (name, exposure) = ("t".into(), Exposure::Isolated);
        Tier { name, prefix: Some(prefix), exposure, slot: Some(slot), subnets: Vec::new() }
    }

    #[test]
    fn a_subnet_follows_from_slot_and_zone_alone() {
        let net = network("10.20.0.0/16").unwrap();
        let blocks: Vec<_> = [(24, 0, 0), (24, 0, 2), (24, 1, 0), (22, 1, 0), (20, 1, 5)]
            .map(|(p, s, z)| subnet(net, &tier(p, s), z).unwrap().to_string())
            .to_vec();
        assert_eq!(
            blocks,
            ["10.20.0.0/24", "10.20.2.0/24", "10.20.8.0/24", "10.20.32.0/22", "10.20.208.0/20"]
        );
        assert_eq!(subnet(net, &tier(20, 2), 0), None);
        assert_eq!((count(net, 24), count(net, 20), count(net, 18)), (32, 2, 0));
    }

    #[test]
    fn the_next_free_slot_keeps_clear_of_larger_ones() {
        let net = network("10.0.0.0/16").unwrap();
        assert_eq!(free(net, 24, &[tier(22, 0), tier(24, 4)]), Some(5));
        assert_eq!(free(net, 20, &[tier(20, 0), tier(20, 1)]), None);
    }

    #[test]
    fn ipv6_follows_the_place_in_the_ipv4_block() {
        let net = network("10.20.0.0/16").unwrap();
        assert_eq!(ipv6_index(net, "10.20.9.0/24"), Some(9));
        assert_eq!(ipv6_index(net, "10.20.32.0/22"), Some(32));
        assert_eq!(ipv6_index(network("10.0.0.0/20").unwrap(), "10.0.8.0/24"), Some(128));
        assert_eq!(ipv6_index(net, "10.19.0.0/24"), None);
    }

    proptest! {
        #[test]
        fn subnets_never_overlap_and_stay_inside(
            length in 16..=24u8, prefix in 19..=28u8, slots in prop::collection::btree_set(0..64u32, 1..6),
        ) {
            let net = network(&format!("10.0.0.0/{length}")).unwrap();
            let all: Vec<Ipv4Net> = slots.iter().flat_map(|s| (0..6).map(move |z| (s, z)))
                .filter_map(|(s, z)| subnet(net, &tier(prefix, *s), z))
                .map(|text| text.parse().unwrap()).collect();
            for (i, one) in all.iter().enumerate() {
                prop_assert!(net.contains(one));
                prop_assert!(all[i + 1..].iter().all(|other| !overlap(*one, *other)));
            }
        }
    }
}
