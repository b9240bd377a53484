//! Ports that nobody opens to the world on purpose, and rules that do.

use super::cidr;
use super::security_group_rule::{ports_in_words, source_in_words};
use aplomo_core::Finding;

/// Ports of administration and databases, with what listens there.
const DELICATE: [(i32, &str); 14] = [
    (22, "SSH"),
    (3389, "RDP"),
    (5985, "WinRM"),
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (3306, "MySQL"),
    (5432, "PostgreSQL"),
    (5439, "Redshift"),
    (6379, "Redis"),
    (9042, "Cassandra"),
    (9200, "OpenSearch"),
    (11211, "Memcached"),
    (27017, "MongoDB"),
    (50000, "Db2"),
];

/// What listens on delicate ports within a range, e.g. `SSH`.
#[must_use]
pub fn delicate(protocol: &str, from: Option<i32>, to: Option<i32>) -> Vec<&'static str> {
    DELICATE.iter().filter(|(port, _)| reaches(protocol, from, to, *port)).map(|(_, what)| *what).collect()
}

fn reaches(protocol: &str, from: Option<i32>, to: Option<i32>, port: i32) -> bool {
    match protocol {
        "-1" => true,
        "tcp" | "udp" => from.is_some_and(|from| from <= port) && to.is_some_and(|to| port <= to),
        _ => false,
    }
}

/// `open-to-world`: of a rule that lets in, in a network of ours, which no manifest names.
pub(super) fn open(
    rule: &str,
    (protocol, from, to): (&str, Option<i32>, Option<i32>),
    block: &str,
) -> Option<Finding> {
    let open = delicate(protocol, from, to);
    let first = open.first().filter(|_| cidr::is_broad(block))?;
    let more = if open.len() > 1 { format!(" and {} more", open.len() - 1) } else { String::new() };
    let message = format!(
        "{} may reach {} ({first}{more}) by {rule}, which no manifest names",
        source_in_words(block),
        ports_in_words(protocol, from, to)
    );
    let help = "take the rule away, or write it into the manifest with the blocks that need it";
    Some(Finding::warning("open-to-world", message).help(help))
}
