//! The network itself, its subnets, and what comes with it.

use super::by_hand::{self, Part};
use super::place::{Place, id, output};
use super::routes::{self, Way};
use super::slots;
use super::spec::Tier;
use aplomo_core::resource::{Adopt, Desired};
use aplomo_core::{Datum, FieldPath, Model as _, Type as _, Wanted, Wish};
use aplomo_resources::ec2::model::{AvailabilityZones, DefaultSecurityGroup, Subnet, Vpc};
use aplomo_resources::ec2::{self, Subnets, zone_output};
use smol_str::{SmolStr, ToSmolStr as _};
use std::collections::BTreeSet;

pub(super) fn expand(place: &Place<'_>, out: &mut Vec<Desired>) {
    out.push(vpc(place));
    out.extend(default_group(place));
    if place.spec.network.availability_zones.is_empty() {
        out.extend(lookup(place));
    }
    let tiers = &place.spec.network.tiers;
    for (index, tier) in tiers.iter().enumerate() {
        if tiers[..index].iter().any(|earlier| earlier.name == tier.name) {
            continue; // the checks tell it
        }
        for part in by_hand::parts(place, tier) {
            out.extend(subnet(place, index, tier, &part));
        }
    }
}

fn vpc(place: &Place<'_>) -> Desired {
    let model = Vpc::<Wanted> {
        cidr: Wish::Value(place.block.to_smolstr()),
        ipv6: Wish::Value(place.spec.network.ipv6),
        ..Vpc::default()
    };
    let names =
        Vpc::<Wanted> { dns_support: Wish::Value(true), dns_hostnames: Wish::Value(true), ..Vpc::default() };
    let mut vpc = place.tagged(&ec2::VPC, &[], place.scope.clone(), model.to_fields(), "/spec/network");
    for (path, wish) in names.to_fields().iter() {
        vpc.defaults.set(path.clone(), wish.clone());
    }
    vpc
}

/// The group that the network brings along, emptied.
fn default_group(place: &Place<'_>) -> Option<Desired> {
    place.spec.network.lock_default_security_group.then(|| {
        let model = DefaultSecurityGroup::<Wanted> {
            rules: Wish::Value(BTreeSet::new()),
            ..DefaultSecurityGroup::default()
        };
        let pointer = "/spec/network/lockDefaultSecurityGroup";
        let fields = model.to_fields();
        let mut group = place.plain(&ec2::DEFAULT_SECURITY_GROUP, &[], place.inside(), fields, pointer);
        group.created_with = Some(place.vpc.clone());
        group
    })
}

/// The zones of the account, only ever read.
fn lookup(place: &Place<'_>) -> Option<Desired> {
    let fields = AvailabilityZones::<Wanted>::default().to_fields();
    let mut zones =
        place.plain(&ec2::AVAILABILITY_ZONES, &[], place.scope.clone(), fields, "/spec/network/zones");
    zones.address = place.lookup()?;
    zones.previous = Vec::new();
    zones.adopt = Adopt::No;
    zones.observe = true;
    zones.contribution = true;
    Some(zones)
}

fn subnet(place: &Place<'_>, index: usize, tier: &Tier, part: &Part<'_>) -> Option<Desired> {
    let (own, way) = (part.own, Way::of(tier.exposure));
    let (ipv6, assign) = ipv6(place, part);
    let public = match own.and_then(|own| own.public_addresses) {
        Some(said) => Wish::Value(said),
        None if way == Way::Public => Wish::LeftAlone,
        None => Wish::Value(false),
    };
    let open = public == Wish::LeftAlone;
    let model = Subnet::<Wanted> {
        cidr: Wish::Value(part.cidr.clone()),
        availability_zone: zone_wish(place, part.zone)?,
        map_public_ip: public,
        ipv6_index: ipv6.map_or(Wish::Absent, Wish::Value),
        assign_ipv6: Wish::Value(assign),
        route_table: match own.and_then(|own| own.route_table.as_deref()) {
            Some(by_hand::MAIN) => Wish::Absent,
            Some(name) => id(&by_hand::table(place, name)),
            None => id(&routes::table(place, way, part.zone)),
        },
        ..Subnet::default()
    };
    let number = part.zone.to_string();
    let pointer = format!("/spec/network/tiers/{index}");
    let key = [tier.name.as_str(), &number];
    let fields = Subnets::normalise(model).ok()?.to_fields();
    let mut subnet = place.tagged(&ec2::SUBNET, &key, place.inside(), fields, &pointer);
    if open {
        subnet.defaults.set(FieldPath::known("/mapPublicIp"), Wish::Value(Datum::Bool(true)));
    }
    Some(subnet)
}

/// Which part of the IPv6 block a subnet has, and whether it gives addresses of it.
fn ipv6(place: &Place<'_>, part: &Part<'_>) -> (Option<u8>, bool) {
    let six = place.spec.network.ipv6;
    match part.own {
        Some(own) => (own.ipv6, own.ipv6_addresses.unwrap_or(own.ipv6.is_some())),
        None => (six.then(|| slots::ipv6_index(place.block, &part.cidr)).flatten(), six),
    }
}

/// The zone by its name, or symbolically by its number.
fn zone_wish(place: &Place<'_>, zone: u8) -> Option<Wish<SmolStr>> {
    let named = &place.spec.network.availability_zones;
    if named.is_empty() {
        return Some(output(&place.lookup()?, zone_output(usize::from(zone))));
    }
    named.get(usize::from(zone)).cloned().map(Wish::Value)
}
