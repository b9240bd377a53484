//! The natural key of a rule, and its parts in words.

use smol_str::{SmolStr, format_smolstr};
use std::fmt::Display;

/// What makes a rule the rule it is.
pub(crate) struct Atom<'a> {
    pub(crate) direction: &'a str,
    pub(crate) protocol: &'a str,
    pub(crate) from: Option<i32>,
    pub(crate) to: Option<i32>,
    pub(crate) source: &'a str,
}

impl Atom<'_> {
    pub(super) fn key(&self) -> Option<SmolStr> {
        Some(atom(self.direction, self.protocol, self.from, self.to, self.source))
    }
}

/// The parts of a rule's key again; `None` where it is none.
pub(crate) fn parts(key: &str) -> Option<Atom<'_>> {
    let mut parts = key.splitn(5, '|');
    let (direction, protocol) = (parts.next()?, parts.next()?);
    let (from, to) = (parts.next()?.parse().ok(), parts.next()?.parse().ok());
    Some(Atom { direction, protocol, from, to, source: parts.next()? })
}

/// `direction|protocol|from|to|source`, of parts in normal form, e.g. `ingress|tcp|443|443|10.0.0.0/8`. The
/// source is a block, `sg-…`, `pl-…` or `self`; ports that a protocol does not have are empty.
#[must_use]
pub fn atom(direction: &str, protocol: &str, from: Option<i32>, to: Option<i32>, source: &str) -> SmolStr {
    let port = |port: Option<i32>| port.map(|p| p.to_string()).unwrap_or_default();
    format_smolstr!("{direction}|{protocol}|{}|{}|{source}", port(from), port(to))
}

/// `tcp port 22`, `udp ports 8000-8100`, `everything`.
#[must_use]
pub fn ports_in_words(protocol: &str, from: Option<i32>, to: Option<i32>) -> String {
    match (protocol, from, to) {
        ("-1", ..) => "everything".into(),
        ("icmp" | "icmpv6", Some(-1) | None, _) => format!("{protocol} (all types)"),
        ("icmp" | "icmpv6", Some(kind), _) => format!("{protocol} type {kind}"),
        (_, Some(0), Some(65535)) => format!("all {protocol} ports"),
        (_, Some(from), Some(to)) if from == to => format!("{protocol} port {from}"),
        (_, Some(from), Some(to)) => format!("{protocol} ports {from}-{to}"),
        _ => format!("protocol {protocol}"),
    }
}

/// A source or destination as a sentence names it.
#[must_use]
pub fn source_in_words(source: impl Display) -> String {
    match source.to_string().as_str() {
        "self" => "members of the group itself".into(),
        other => other.to_owned(),
    }
}
