//! Gateways and route tables.
//!
//! All public tiers share a table, all isolated ones share one without routes, and the egress tiers
//! have one per zone even with a single NAT gateway, so that going from one gateway to one per zone
//! changes routes and nothing else.

use super::place::{Place, id};
use super::spec::{Exposure, Nat};
use aplomo_core::resource::Desired;
use aplomo_core::{Address, Datum, FieldPath, Model as _, Wanted, Wish};
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
    if uses(place, Way::Public) {
        out.push(internet_gateway(place));
        out.push(public_table(place));
    }
    for zone in nat_zones(place) {
        out.extend(nat(place, zone));
    }
    if uses(place, Way::Egress) {
        out.extend(place.zones().map(|zone| egress_table(place, zone)));
    }
    if uses(place, Way::Isolated) {
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

fn uses(place: &Place<'_>, way: Way) -> bool {
    place.spec.network.tiers.iter().any(|tier| Way::of(tier.exposure) == way)
}

/// The route table of a subnet.
pub(super) fn table(place: &Place<'_>, way: Way, zone: u8) -> Address {
    match way {
        Way::Public => place.address(&ec2::ROUTE_TABLE, &["public"]),
        Way::Egress => place.address(&ec2::ROUTE_TABLE, &["egress", &zone.to_string()]),
        Way::Isolated => place.address(&ec2::ROUTE_TABLE, &["isolated"]),
    }
}

fn gateway_address(place: &Place<'_>) -> Address {
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
    let through = through.filter(|_| uses(place, Way::Public));
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
fn nat_zones(place: &Place<'_>) -> std::ops::Range<u8> {
    match place.spec.network.nat {
        Nat::PerZone if uses(place, Way::Public) => place.zones(),
        Nat::Single if uses(place, Way::Public) => 0..1,
        _ => 0..0,
    }
}

/// A NAT gateway with its address.
fn nat(place: &Place<'_>, zone: u8) -> Vec<Desired> {
    let number = zone.to_string();
    let tier = place.spec.network.tiers.iter().find(|tier| tier.exposure == Exposure::Public);
    let Some(tier) = tier else { return Vec::new() };
    let address = place.address(&ec2::ELASTIC_IP, &["nat", &number]);
    let ip = ElasticIp::<Wanted> { domain: Wish::Value(SmolStr::new_static("vpc")), ..ElasticIp::default() };
    let model = NatGateway::<Wanted> {
        subnet: id(&place.address(&ec2::SUBNET, &[&tier.name, &number])),
        allocation: id(&address),
        connectivity: Wish::Value(SmolStr::new_static("public")),
        ..NatGateway::default()
    };
    let pointer = "/spec/network/nat";
    let ip = place.tagged(&ec2::ELASTIC_IP, &["nat", &number], place.scope.clone(), ip.to_fields(), pointer);
    let mut gateway = place.tagged(&ec2::NAT_GATEWAY, &[&number], place.inside(), model.to_fields(), pointer);
    let name = format!("{}-nat-{number}", place.manifest.reference.name);
    gateway.wanted.set(FieldPath::known("/tags/Name"), Wish::Value(Datum::Text(name.into())));
    // The service refuses a NAT gateway in a network without a way out.
    gateway.depends_on = [gateway_address(place), place.address(&ec2::ROUTE_TABLE, &["public"])].into();
    vec![ip, gateway]
}
