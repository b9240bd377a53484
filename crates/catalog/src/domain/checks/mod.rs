//! What records of a zone may not be, alone or beside each other.
//!
//! A check is a line in [`CHECKS`] and a function in one of the files here; each names the rules it
//! may report. What a single value must look like is not checked here but where it is read.

mod alias;
mod cname;
mod delegation;
mod limits;
mod networks;
mod routing;
mod shape;

use super::record::{Record, Records};
use super::zone::Zone;
use crate::estate::Estate;
use aplomo_core::Finding;

pub(super) use alias::alias_in_zone;

/// What a check gets.
pub(super) struct Cx<'a> {
    zone: &'a Zone<'a>,
    records: &'a Records<'a>,
    estate: &'a Estate<'a>,
    findings: Vec<Finding>,
}

impl Cx<'_> {
    /// A finding about a part of a record.
    fn tell(&mut self, finding: Finding, record: &Record<'_>, part: &str) {
        let placed = self.zone.manifest.finding_at(finding, &record.pointer(part));
        self.findings.push(placed);
    }

    /// A finding about another part of the manifest.
    fn tell_at(&mut self, finding: Finding, pointer: &str) {
        let placed = self.zone.manifest.finding_at(finding, pointer);
        self.findings.push(placed);
    }
}

type Check = fn(&mut Cx<'_>);

/// Every check.
const CHECKS: [Check; 21] = [
    shape::values_or_alias,
    shape::comes_with_zone,
    shape::ttl,
    shape::names_that_repeat_the_zone,
    shape::duplicates,
    cname::beside_others,
    cname::at_apex,
    cname::targets,
    alias::shape,
    alias::dangling,
    alias::loops,
    routing::policies,
    routing::mixed,
    routing::weights,
    routing::places,
    routing::failovers,
    limits::sizes,
    delegation::below_the_cut,
    networks::visibility,
    networks::environments,
    networks::references,
];

/// Runs all of them.
pub(super) fn run(zone: &Zone<'_>, records: &Records<'_>, estate: &Estate<'_>) -> Vec<Finding> {
    let mut cx = Cx { zone, records, estate, findings: Vec::new() };
    CHECKS.iter().for_each(|check| check(&mut cx));
    cx.findings
}
