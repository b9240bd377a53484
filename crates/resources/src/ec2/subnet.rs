//! `aws.ec2.Subnet`.
//!
//! A subnet has at most one explicit association with a route table, so that is a field of the
//! subnet: changing it is one call that swaps the table, without a moment on the main one.

use super::cidr;
use super::model::Subnet;
use super::names::SUBNET;
use crate::change::{Notes, delta};
use crate::normal::{Normal, absent_if};
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted};
use smol_str::SmolStr;

/// The type of subnets. Its identity in its network is the IPv4 block.
pub struct Subnets;

impl Type for Subnets {
    const NAME: TypeName = SUBNET;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = Subnet<M>;

    fn normalise(mut model: Subnet<Wanted>) -> Result<Subnet<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("subnet");
        normal.value("cidr", &mut model.cidr, |text| cidr::v4(text));
        absent_if(&mut model.route_table, SmolStr::is_empty);
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(model: &Subnet<Wanted>) -> Option<SmolStr> {
        model.cidr.value().cloned()
    }

    fn identity(model: &Subnet<Seen>) -> Option<SmolStr> {
        model.cidr.value().cloned()
    }

    fn turnover(path: &FieldPath) -> Turnover {
        // The same addresses in another zone, or a block that overlaps the old one, cannot stand beside it.
        match path.as_str() {
            "/cidr" | "/availabilityZone" => Turnover::DestroyFirst,
            _ => Turnover::InPlace,
        }
    }

    fn assess(before: Option<&Subnet<Seen>>, after: Option<&Subnet<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        let block = delta!(before, after, cidr);
        let called = block.before.or(block.after).map_or("the subnet", SmolStr::as_str);
        public_addresses(called, before, after, &mut notes);
        if before.is_none() {
            return notes.0;
        }
        if after.is_none() {
            notes.add(Risk::Outage, format!("the subnet {called} goes; nothing can run in it any more"));
            return notes.0;
        }
        if block.changes() || moves(before, after) {
            notes.add(Risk::Outage, format!("the subnet {called} must be empty to be made anew"));
        }
        if delta!(before, after, route_table).changes() {
            notes.add(Risk::Outage, format!("other routes hold for {called}"));
        }
        if delta!(before, after, ipv6_index).before.is_some() && delta!(before, after, ipv6_index).changes() {
            notes.add(Risk::Outage, format!("{called} loses its IPv6 addresses"));
        }
        notes.0
    }
}

/// A zone named by a reference may be the one it is in: only a known other one is a move.
fn moves(before: Option<&Subnet<Seen>>, after: Option<&Subnet<Wanted>>) -> bool {
    let zone = delta!(before, after, availability_zone);
    zone.reference.is_none() && zone.changes()
}

fn public_addresses(
    called: &str,
    before: Option<&Subnet<Seen>>,
    after: Option<&Subnet<Wanted>>,
    notes: &mut Notes,
) {
    let change = delta!(before, after, map_public_ip);
    if before.is_some() && change.before != Some(&true) && change.after == Some(&true) {
        notes.add(Risk::Sensitive, format!("what starts in {called} gets a public address"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::reference::Reference;
    use aplomo_core::{Sight, Wish};

    fn seen() -> Subnet<Seen> {
        Subnet {
            cidr: Sight::Value("10.0.0.0/24".into()),
            availability_zone: Sight::Value("eu-west-1a".into()),
            route_table: Sight::Value("rtb-1".into()),
            ..Default::default()
        }
    }

    #[test]
    fn other_routes_are_an_outage_and_a_zone_looked_up_is_not() {
        let to = "a/Region/r:aws.ec2.AvailabilityZones".parse().unwrap();
        let zone = Reference { to, output: "zone/0".into(), constraint: Default::default() };
        let after = Subnet::<Wanted> {
            availability_zone: Wish::Reference(Box::new(zone)),
            cidr: Wish::Value("10.0.0.0/24".into()),
            ..Default::default()
        };
        assert_eq!(Subnets::assess(Some(&seen()), Some(&after)), Assessment::default());
        let other = Subnet { route_table: Wish::Value("rtb-2".into()), ..after };
        insta::assert_snapshot!(Subnets::assess(Some(&seen()), Some(&other)).notes.join("\n"), @"other routes hold for 10.0.0.0/24");
    }

    #[test]
    fn a_public_address_for_everything_is_told() {
        let after = Subnet::<Wanted> { map_public_ip: Wish::Value(true), ..Default::default() };
        let told = Subnets::assess(Some(&seen()), Some(&after));
        assert_eq!(told.risk, Risk::Sensitive);
        insta::assert_snapshot!(told.notes.join("\n"), @"what starts in 10.0.0.0/24 gets a public address");
    }
}
