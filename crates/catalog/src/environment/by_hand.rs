//! What only networks have that were made by hand: subnets by their blocks, route tables and NAT gateways in places
//! of their own. Everybody else has them from tiers and slots.

use super::place::{Place, id};
use super::routes;
use super::spec::Tier;
use aplomo_core::resource::Desired;
use aplomo_core::{Address, Model as _, Type as _, Wanted, Wish};
use aplomo_resources::ec2::model::RouteTable;
use aplomo_resources::ec2::{self, RouteTables};
use schemars::JsonSchema;
use serde::Deserialize;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// What a subnet says that has no table of its own.
pub(super) const MAIN: &str = "main";

/// A subnet by its block.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Subnet {
    /// The zone, one of `availabilityZones`.
    pub zone: SmolStr,
    /// The IPv4 block. Another one is another subnet.
    pub cidr: SmolStr,
    /// One of `routeTables`, or `main` for the table that the network brings along; that of the tier's exposure unless
    /// set.
    pub route_table: Option<SmolStr>,
    /// Whether what starts in it gets a public address; as the exposure says unless set.
    pub public_addresses: Option<bool>,
    /// Which `/64` of the network's IPv6 block it has, counted from 0; none unless set.
    pub ipv6: Option<u8>,
    /// Whether what starts in it gets an IPv6 address; where it has a part of the block unless set.
    pub ipv6_addresses: Option<bool>,
}

/// A route table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Table {
    /// The name.
    pub name: SmolStr,
    /// Destination (a block or `pl-…`) to target: `internetGateway`, `nat/<name>` of one of `natGateways`, or the id
    /// of what is not in this manifest, e.g. `pcx-0a1b2c3d`. Other routes are left alone.
    #[serde(default)]
    pub routes: BTreeMap<SmolStr, SmolStr>,
}

/// A NAT gateway with its address.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Gateway {
    /// The name.
    pub name: SmolStr,
    /// The tier that it stands in.
    pub tier: SmolStr,
    /// The zone that it stands in.
    pub zone: SmolStr,
}

/// The target of a route.
pub(super) enum Target<'a> {
    /// The internet gateway of this environment.
    Internet,
    /// A NAT gateway of this environment.
    Nat(&'a str),
    /// What is not in this manifest.
    Id(&'a SmolStr),
}

impl Target<'_> {
    pub(super) fn of(text: &SmolStr) -> Target<'_> {
        match text.strip_prefix("nat/") {
            Some(name) => Target::Nat(name),
            None if text == "internetGateway" => Target::Internet,
            None => Target::Id(text),
        }
    }
}

/// A subnet of a tier as it is wished.
pub(super) struct Part<'a> {
    /// The number of its zone.
    pub(super) zone: u8,
    pub(super) cidr: SmolStr,
    /// What is written of it alone.
    pub(super) own: Option<&'a Subnet>,
}

/// The subnets of a tier: those of its slot, or those that it lists.
pub(super) fn parts<'a>(place: &Place<'_>, tier: &'a Tier) -> Vec<Part<'a>> {
    if tier.subnets.is_empty() {
        let part = |zone| Some(Part { zone, cidr: place.subnet(tier, zone)?, own: None });
        return place.zones().filter_map(part).collect();
    }
    let mut parts: Vec<Part<'_>> = Vec::new();
    for own in &tier.subnets {
        let zone = zone(place, &own.zone).filter(|zone| parts.iter().all(|part| part.zone != *zone));
        parts.extend(zone.map(|zone| Part { zone, cidr: own.cidr.clone(), own: Some(own) }));
    }
    parts
}

/// The number of a zone.
pub(super) fn zone(place: &Place<'_>, name: &str) -> Option<u8> {
    let at = place.spec.network.availability_zones.iter().position(|zone| zone == name)?;
    u8::try_from(at).ok().filter(|at| place.zones().contains(at))
}

/// A route table by its name.
pub(super) fn table(place: &Place<'_>, name: &str) -> Address {
    place.address(&ec2::ROUTE_TABLE, &[name])
}

/// Whether the manifest lists a table of this name.
pub(super) fn lists(place: &Place<'_>, name: &str) -> bool {
    place.spec.network.route_tables.iter().any(|table| table.name == name)
}

/// The listed tables. What has no normal form is told by the checks.
pub(super) fn tables<'p>(place: &'p Place<'_>) -> impl Iterator<Item = Desired> + 'p {
    place.spec.network.route_tables.iter().enumerate().filter_map(|(index, table)| {
        let model = RouteTables::normalise(wish(place, table)).ok()?;
        let pointer = format!("/spec/network/routeTables/{index}");
        let key = [table.name.as_str()];
        Some(place.tagged(&ec2::ROUTE_TABLE, &key, place.inside(), model.to_fields(), &pointer))
    })
}

/// A listed table as its type has it.
pub(super) fn wish(place: &Place<'_>, table: &Table) -> RouteTable<Wanted> {
    let route = |(to, target): (&SmolStr, &SmolStr)| {
        let target = match Target::of(target) {
            Target::Internet => id(&routes::gateway_address(place)),
            Target::Nat(name) => id(&place.address(&ec2::NAT_GATEWAY, &[name])),
            Target::Id(text) => Wish::Value(text.clone()),
        };
        (to.to_string(), target)
    };
    RouteTable::<Wanted> { routes: table.routes.iter().map(route).collect(), ..RouteTable::default() }
}
