//! Gateways and route tables.
//!
//! All public tiers share a table, all isolated ones share one without routes, and the egress tiers
//! have one per zone even with a single NAT gateway, so that going from one gateway to one per zone
//! changes routes and nothing else.

use super::by_hand::{self, Gateway, Target};
use super::place::{Place, id};
use super::spec::{Exposure, Nat, Tier};
use aplomo_core::resource::Desired;
use aplomo_core::{Address, Model as _, Wanted, Wish};
use aplomo_resources::ec2;
use aplomo_resources::ec2::model::{ElasticIp, InternetGateway, NatGateway, RouteTable};
use smol_str::SmolStr;
use std::collections::BTreeMap;

const EVERYWHERE: &str = "0.0.0.0/0";
const EVERYWHERE6: &str = "::/0";

/// How a subnet reaches what is outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// Through the internet gateway.
    Public,
    /// Through NAT.
    Egress,
    /// Not at all.
    Isolated,
}

impl Way {
    pub(super) const fn of(exposure: Exposure) -> Self {
        match exposure {
            Exposure::Public => Self::Public,
            Exposure::Egress => Self::Egress,
            Exposure::Isolated => Self::Isolated,
        }
    }
}

pub(super) fn expand(place: &Place<'_>, out: &mut Vec<Desired>) {
    if has_gateway(place) {
        out.push(internet_gateway(place));
    }
    if uses(place, Way::Public) && !by_hand::lists(place, "public") {
        out.push(public_table(place));
    }
    for zone in nat_zones(place) {
        out.extend(nat(place, zone));
    }
    place.spec.network.nat_gateways.iter().for_each(|gateway| out.extend(placed_nat(place, gateway)));
    out.extend(by_hand::tables(place));
    if uses(place, Way::Egress) {
        out.extend(place.zones().map(|zone| egress_table(place, zone)));
    }
    if uses(place, Way::Isolated) && !by_hand::lists(place, "isolated") {
        let fields = RouteTable::<Wanted>::default().to_fields();
        out.push(place.tagged(
            &ec2::ROUTE_TABLE,
            &["isolated"],
            place.inside(),
            fields,
            "/spec/network/tiers",
        ));
    }
}

/// Whether a subnet has the table of such tiers.
fn uses(place: &Place<'_>, way: Way) -> bool {
    let standard = |tier: &Tier| {
        tier.subnets.is_empty() || tier.subnets.iter().any(|subnet| subnet.route_table.is_none())
    };
    place.spec.network.tiers.iter().any(|tier| Way::of(tier.exposure) == way && standard(tier))
}

/// Whether there is an internet gateway: for a public tier, or where a route asks for it.
fn has_gateway(place: &Place<'_>) -> bool {
    let asks = |target: &SmolStr| matches!(Target::of(target), Target::Internet);
    public_tier(place).is_some()
        || place.spec.network.route_tables.iter().any(|table| table.routes.values().any(asks))
}

/// The tier that NAT gateways stand in.
pub(super) fn public_tier<'a>(place: &Place<'a>) -> Option<&'a Tier> {
    place.spec.network.tiers.iter().find(|tier| tier.exposure == Exposure::Public)
}

/// The route table of a subnet.
pub(super) fn table(place: &Place<'_>, way: Way, zone: u8) -> Address {
    match way {
        Way::Public => place.address(&ec2::ROUTE_TABLE, &["public"]),
        Way::Egress => place.address(&ec2::ROUTE_TABLE, &["egress", &zone.to_string()]),
        Way::Isolated => place.address(&ec2::ROUTE_TABLE, &["isolated"]),
    }
}

pub(super) fn gateway_address(place: &Place<'_>) -> Address {
    place.address(&ec2::INTERNET_GATEWAY, &[])
}

fn internet_gateway(place: &Place<'_>) -> Desired {
    let model = InternetGateway::<Wanted> { vpc: id(&place.vpc), ..InternetGateway::default() };
    place.tagged(&ec2::INTERNET_GATEWAY, &[], place.scope.clone(), model.to_fields(), "/spec/network/tiers")
}

fn public_table(place: &Place<'_>) -> Desired {
    let gateway = gateway_address(place);
    let mut routes: BTreeMap<String, Wish<SmolStr>> = [(EVERYWHERE.to_owned(), id(&gateway))].into();
    if place.spec.network.ipv6 {
        routes.insert(EVERYWHERE6.to_owned(), id(&gateway));
    }
    let model = RouteTable::<Wanted> { routes, ..RouteTable::default() };
    place.tagged(&ec2::ROUTE_TABLE, &["public"], place.inside(), model.to_fields(), "/spec/network/tiers")
}

fn egress_table(place: &Place<'_>, zone: u8) -> Desired {
    let through = match place.spec.network.nat {
        Nat::None => None,
        Nat::Single => Some(0),
        Nat::PerZone => Some(zone),
    };
    let through = through.filter(|zone| nat_zones(place).contains(zone));
    let route = |zone: u8| {
        let gateway = place.address(&ec2::NAT_GATEWAY, &[&zone.to_string()]);
        (EVERYWHERE.to_owned(), id(&gateway))
    };
    let model =
        RouteTable::<Wanted> { routes: through.map(route).into_iter().collect(), ..RouteTable::default() };
    let key = ["egress", &zone.to_string()];
    place.tagged(&ec2::ROUTE_TABLE, &key, place.inside(), model.to_fields(), "/spec/network/nat")
}

/// The zones with a NAT gateway. They stand in the first public tier; without one there are none.
fn nat_zones(place: &Place<'_>) -> Vec<u8> {
    let Some(tier) = public_tier(place) else { return Vec::new() };
    let zones = match place.spec.network.nat {
        Nat::PerZone => place.zones(),
        Nat::Single => 0..1,
        Nat::None => 0..0,
    };
    // Of a tier in slots that cannot be placed the checks tell.
    let there: Vec<u8> = by_hand::parts(place, tier).iter().map(|part| part.zone).collect();
    zones.filter(|zone| tier.subnets.is_empty() || there.contains(zone)).collect()
}

/// A NAT gateway by the number of its zone.
fn nat(place: &Place<'_>, zone: u8) -> Vec<Desired> {
    let Some(tier) = public_tier(place) else { return Vec::new() };
    let number = zone.to_string();
    let own = tier.subnets.iter().find(|subnet| by_hand::zone(place, &subnet.zone) == Some(zone));
    let table = own.and_then(|own| own.route_table.as_deref());
    gateway(place, &number, (&tier.name, &number), table, "/spec/network/nat")
}

/// A NAT gateway in a place of its own.
fn placed_nat(place: &Place<'_>, wish: &Gateway) -> Vec<Desired> {
    let tier = place.spec.network.tiers.iter().find(|tier| tier.name == wish.tier);
    let (Some(tier), Some(zone)) = (tier, by_hand::zone(place, &wish.zone)) else { return Vec::new() };
    let own = tier.subnets.iter().find(|subnet| subnet.zone == wish.zone);
    let table = own.and_then(|own| own.route_table.as_deref());
    gateway(place, &wish.name, (&tier.name, &zone.to_string()), table, "/spec/network/natGateways")
}

/// A NAT gateway with its address.
fn gateway(
    place: &Place<'_>,
    name: &str,
    (tier, number): (&str, &str),
    table: Option<&str>,
    pointer: &str,
) -> Vec<Desired> {
    let address = place.address(&ec2::ELASTIC_IP, &["nat", name]);
    let ip = ElasticIp::<Wanted> { domain: Wish::Value(SmolStr::new_static("vpc")), ..ElasticIp::default() };
    let model = NatGateway::<Wanted> {
        subnet: id(&place.address(&ec2::SUBNET, &[tier, number])),
        allocation: id(&address),
        connectivity: Wish::Value(SmolStr::new_static("public")),
        ..NatGateway::default()
    };
    let ip = place.tagged(&ec2::ELASTIC_IP, &["nat", name], place.scope.clone(), ip.to_fields(), pointer);
    let plain = place.plain(&ec2::NAT_GATEWAY, &[name], place.inside(), model.to_fields(), pointer);
    let mut nat = place.named(plain, &["nat", name]);
    // The service refuses a NAT gateway in a network without a way out.
    nat.depends_on = match table {
        Some(by_hand::MAIN) => [gateway_address(place)].into(),
        table => [gateway_address(place), by_hand::table(place, table.unwrap_or("public"))].into(),
    };
    vec![ip, nat]
}
