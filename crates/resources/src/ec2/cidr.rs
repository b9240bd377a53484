//! Address blocks in normal form: without host bits, as the service writes them.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use smol_str::{SmolStr, ToSmolStr as _};
use std::net::Ipv6Addr;

/// An IPv4 block.
///
/// # Errors
/// What it is not, in words.
pub fn v4(text: &str) -> Result<SmolStr, String> {
    let net = text.trim().parse::<Ipv4Net>();
    net.map(|n| n.trunc().to_smolstr())
        .map_err(|_| format!("`{}` is no IPv4 block like `10.0.0.0/16`", text.escape_debug()))
}

/// An IPv6 block.
///
/// # Errors
/// What it is not, in words.
pub fn v6(text: &str) -> Result<SmolStr, String> {
    let net = text.trim().parse::<Ipv6Net>();
    net.map(|n| n.trunc().to_smolstr())
        .map_err(|_| format!("`{}` is no IPv6 block like `2001:db8::/56`", text.escape_debug()))
}

/// A block of either family.
///
/// # Errors
/// What it is not, in words.
pub fn any(text: &str) -> Result<SmolStr, String> {
    if text.contains(':') { v6(text) } else { v4(text) }
}

/// The destination of a route, or an entry of a list: a block or a prefix list's id.
///
/// # Errors
/// What it is not, in words.
pub fn destination(text: &str) -> Result<SmolStr, String> {
    let text = text.trim();
    if text.starts_with("pl-") { Ok(text.into()) } else { any(text) }
}

/// Whether every address of the block is of a private range, so that nobody outside has one.
#[must_use]
pub fn is_private(block: &str) -> bool {
    const PRIVATE: [&str; 6] =
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10"];
    let Ok(net) = block.parse::<IpNet>() else { return false };
    PRIVATE.iter().filter_map(|p| p.parse::<IpNet>().ok()).any(|p| p.contains(&net))
}

/// Whether the block is all addresses of its family.
#[must_use]
pub fn is_world(block: &str) -> bool {
    block.parse::<IpNet>().is_ok_and(|net| net.prefix_len() == 0)
}

/// Whether the block holds so much of its family that it stands for the whole world, and is not private.
#[must_use]
pub fn is_broad(block: &str) -> bool {
    let few = |net: IpNet| net.prefix_len() < if matches!(net, IpNet::V4(_)) { 8 } else { 16 };
    block.parse::<IpNet>().is_ok_and(few) && !is_private(block)
}

/// The `/64` of this number inside a network's IPv6 block: what a writer asks for.
#[must_use]
pub fn ipv6_subnet(network: &str, index: u8) -> Option<SmolStr> {
    let net = network.parse::<Ipv6Net>().ok().filter(|net| net.prefix_len() <= 56)?;
    let bits = u128::from(net.network()) | (u128::from(index) << 64);
    Ipv6Net::new(Ipv6Addr::from(bits), 64).ok().map(|n| n.to_smolstr())
}

/// The number of a subnet's `/64` inside its network's block: what a reader reports.
#[must_use]
pub fn ipv6_index(subnet: &str) -> Option<u8> {
    let net = subnet.parse::<Ipv6Net>().ok()?;
    u8::try_from((u128::from(net.network()) >> 64) & 0xff).ok()
}

#[cfg(test)]
mod tests {
    use super::any as block;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn host_bits_are_masked_and_spelling_folds() {
        assert_eq!(v4(" 10.1.2.3/16 ").unwrap(), "10.1.0.0/16");
        assert_eq!(v6("2001:DB8:0:0::1/32").unwrap(), "2001:db8::/32");
        assert_eq!(destination("pl-1").unwrap(), "pl-1");
        assert!(v4("10.0.0.0").is_err() && v4("::/0").is_err() && block("10.0.0.0/33").is_err());
    }

    #[test]
    fn private_and_world_are_told_apart() {
        assert!(is_private("10.0.0.0/8") && is_private("192.168.4.0/24") && is_private("fd00::/8"));
        assert!(!is_private("8.0.0.0/6") && !is_private("172.0.0.0/8") && !is_private("sg-1"));
        assert!(is_world("0.0.0.0/0") && is_world("::/0") && !is_world("0.0.0.0/1"));
    }

    proptest! {
        #[test]
        fn a_subnet_of_an_ipv6_block_reads_back(index: u8, high: u64) {
            let block = Ipv6Net::new(Ipv6Addr::from(u128::from(high & !0xff) << 64), 56).unwrap().to_string();
            let subnet = ipv6_subnet(&block, index).unwrap();
            prop_assert_eq!(ipv6_index(&subnet), Some(index));
            prop_assert!(block.parse::<Ipv6Net>().unwrap().contains(&subnet.parse::<Ipv6Net>().unwrap()));
        }

        #[test]
        fn masking_twice_is_masking_once(address: u32, prefix in 0..=32u8) {
            let text = format!("{}/{prefix}", std::net::Ipv4Addr::from(address));
            let once = v4(&text).unwrap();
            prop_assert_eq!(v4(&once).unwrap(), once);
        }
    }
}
