//! What an environment may not be. A check is a line in [`CHECKS`] and a function in a file here;
//! each names the rules it may report.

mod by_hand;
mod exposure;
mod network;
mod rules;
mod tiers;

use super::place::Place;
use super::rule::Rule;
use crate::estate::Estate;
use aplomo_core::Finding;

/// What a check gets.
pub(super) struct Cx<'a> {
    place: &'a Place<'a>,
    rules: &'a [Rule<'a>],
    estate: &'a Estate<'a>,
    findings: Vec<Finding>,
}

impl Cx<'_> {
    /// A finding about a part of the manifest.
    fn tell(&mut self, finding: Finding, pointer: &str) {
        let placed = self.place.manifest.finding_at(finding, pointer);
        self.findings.push(placed);
    }
}

type Check = fn(&mut Cx<'_>);

/// Every check.
const CHECKS: [Check; 17] = [
    network::zones,
    network::overlaps,
    network::nat,
    network::flow_logs,
    network::tags,
    tiers::names,
    tiers::slots,
    tiers::overlaps,
    tiers::ipv6,
    by_hand::subnets,
    by_hand::tables,
    by_hand::gateways,
    rules::names,
    rules::references,
    rules::duplicates,
    rules::limits,
    exposure::open_ports,
];

/// Runs all of them.
pub(super) fn run(place: &Place<'_>, rules: &[Rule<'_>], estate: &Estate<'_>) -> Vec<Finding> {
    let mut cx = Cx { place, rules, estate, findings: Vec::new() };
    CHECKS.iter().for_each(|check| check(&mut cx));
    cx.findings
}
