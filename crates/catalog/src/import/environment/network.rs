//! Subnets in tiers, route tables, gateways.

use super::sights::{Of, Sights, word};
use super::{Draft, Given};
use aplomo_core::{Observed, Seen, Sight, Type as _, Wanted, Wish};
use aplomo_resources::ec2::model::{NatGateway, RouteTable, Subnet};
use aplomo_resources::ec2::{self, RouteTables};
use ipnet::Ipv4Net;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// The most zones of an environment.
const MOST: usize = 6;

/// A tier in the making.
pub(super) struct Tier<'s, 'a> {
    pub(super) name: String,
    pub(super) exposure: &'static str,
    label: String,
    pub(super) subnets: Vec<&'s Of<'a, Subnet<Seen>>>,
}

/// A NAT gateway in the making.
pub(super) struct Nat {
    pub(super) name: String,
    pub(super) tier: String,
    pub(super) zone: String,
    id: String,
}

/// A network taken apart.
pub(super) struct Parts<'s, 'a> {
    pub(super) zones: Vec<SmolStr>,
    pub(super) tiers: Vec<Tier<'s, 'a>>,
    /// Id and name of each listed table.
    pub(super) names: BTreeMap<&'a str, String>,
    /// Name and routes of each listed table.
    pub(super) tables: Vec<(String, Vec<(String, String)>)>,
    pub(super) nats: Vec<Nat>,
}

impl<'s, 'a> Parts<'s, 'a> {
    pub(super) fn of(sights: &'s Sights<'a>, draft: &mut Draft) -> Self {
        let subnets = fit(sights, draft);
        let zones: BTreeSet<SmolStr> =
            subnets.iter().filter_map(|s| s.model.availability_zone.value().cloned()).collect();
        let mut parts = Self {
            zones: zones.into_iter().collect(),
            tiers: Vec::new(),
            names: BTreeMap::new(),
            tables: Vec::new(),
            nats: Vec::new(),
        };
        parts.name_tables(sights, draft);
        subnets.into_iter().for_each(|subnet| parts.place(sights, subnet));
        parts.name_tiers(draft);
        parts.gateways(sights, draft);
        parts.routes(sights, draft);
        parts.internet(sights, draft);
        parts
    }

    fn name_tables(&mut self, sights: &'s Sights<'a>, draft: &mut Draft) {
        let mut given = Given::default();
        for table in sights.tables.iter().filter(|table| !table.object.brought_along) {
            let name = given.fresh(table.object.fields.text("/tags/Name"), "table");
            draft.take(&ec2::ROUTE_TABLE, &[&name], table.object);
            self.names.insert(table.object.id.as_str(), name);
        }
    }

    /// Into the first tier of its label and exposure that has no subnet in its zone yet.
    fn place(&mut self, sights: &Sights<'_>, subnet: &'s Of<'a, Subnet<Seen>>) {
        let exposure = exposure(sights, &subnet.model);
        let label = label(subnet).unwrap_or_else(|| exposure.to_owned());
        let zone = &subnet.model.availability_zone;
        let free = |tier: &&mut Tier<'_, '_>| {
            tier.label == label
                && tier.exposure == exposure
                && tier.subnets.iter().all(|other| other.model.availability_zone != *zone)
        };
        match self.tiers.iter_mut().find(free) {
            Some(tier) => tier.subnets.push(subnet),
            None => {
                let (name, subnets) = (String::new(), vec![subnet]);
                self.tiers.push(Tier { name, exposure, label, subnets });
            }
        }
    }

    fn name_tiers(&mut self, draft: &mut Draft) {
        let mut given = Given::default();
        for tier in &mut self.tiers {
            tier.name = given.fresh(Some(&tier.label), tier.exposure);
            for subnet in &tier.subnets {
                let zone = self.zones.iter().position(|zone| zone == word(&subnet.model.availability_zone));
                let number = zone.unwrap_or_default().to_string();
                draft.take(&ec2::SUBNET, &[&tier.name, &number], subnet.object);
            }
        }
    }

    fn gateways(&mut self, sights: &Sights<'_>, draft: &mut Draft) {
        let mut given = Given::default();
        for nat in &sights.nats {
            let found = self.stands(&nat.model).ok_or("it stands in no subnet of this manifest");
            let address = address(sights, &nat.model);
            let ((tier, zone), address) = match found.and_then(|found| Ok((found, address?))) {
                Ok(both) => both,
                Err(why) => {
                    draft.leave(nat.object, why);
                    continue;
                }
            };
            let name = given.fresh(nat.object.fields.text("/tags/Name"), "nat");
            draft.take(&ec2::NAT_GATEWAY, &[&name], nat.object);
            draft.take(&ec2::ELASTIC_IP, &["nat", &name], address);
            self.nats.push(Nat { name, tier, zone, id: nat.object.id.to_string() });
        }
    }

    fn stands(&self, nat: &NatGateway<Seen>) -> Option<(String, String)> {
        let here = |s: &&&Of<'_, Subnet<Seen>>| s.object.id.as_str() == word(&nat.subnet);
        self.tiers.iter().find_map(|tier| {
            let subnet = tier.subnets.iter().find(here)?;
            Some((tier.name.clone(), word(&subnet.model.availability_zone).to_owned()))
        })
    }

    fn routes(&mut self, sights: &Sights<'_>, draft: &mut Draft) {
        for table in &sights.tables {
            let Some(name) = self.names.get(table.object.id.as_str()) else { continue };
            let mut routes = Vec::new();
            for (to, target) in &table.model.routes {
                let target = word(target);
                if let Err(why) = sayable(to, target) {
                    draft.leave(
                        table.object,
                        &format!("its route to {to} through {target} is left alone: {why}"),
                    );
                    continue;
                }
                routes.push((to.clone(), self.target(sights, target)));
            }
            self.tables.push((name.clone(), routes));
        }
    }

    fn target(&self, sights: &Sights<'_>, id: &str) -> String {
        let nat = self.nats.iter().find(|nat| nat.id == id);
        match sights.gateway {
            Some(gateway) if gateway.id.as_str() == id => "internetGateway".to_owned(),
            _ => nat.map_or_else(|| id.to_owned(), |nat| format!("nat/{}", nat.name)),
        }
    }

    fn internet(&self, sights: &Sights<'_>, draft: &mut Draft) {
        let Some(gateway) = sights.gateway else { return };
        let asked = self.tables.iter().flat_map(|(_, routes)| routes).any(|(_, to)| to == "internetGateway");
        if asked || self.tiers.iter().any(|tier| tier.exposure == "public") {
            draft.take(&ec2::INTERNET_GATEWAY, &[], gateway);
        } else {
            draft.leave(gateway, "nothing is routed through it");
        }
    }
}

/// The subnets that a manifest can have.
fn fit<'s, 'a>(sights: &'s Sights<'a>, draft: &mut Draft) -> Vec<&'s Of<'a, Subnet<Seen>>> {
    let network = word(&sights.vpc.model.cidr).parse::<Ipv4Net>();
    let mut zones = BTreeSet::new();
    let mut fit = Vec::new();
    for subnet in &sights.subnets {
        let block = word(&subnet.model.cidr).parse::<Ipv4Net>();
        let inside = matches!((&network, &block), (Ok(network), Ok(block)) if network.contains(block));
        zones.insert(&subnet.model.availability_zone);
        let wrong = match () {
            () if !inside => "its block is not in the first block of the network",
            () if zones.len() > MOST => "an environment has at most six zones",
            () if subnet.model.route_table == Sight::Hidden => "its route table could not be seen",
            () => {
                fit.push(subnet);
                continue;
            }
        };
        draft.leave(subnet.object, wrong);
    }
    fit
}

/// What a subnet's way out makes of it.
fn exposure(sights: &Sights<'_>, subnet: &Subnet<Seen>) -> &'static str {
    let table = match &subnet.route_table {
        Sight::Value(id) => sights.tables.iter().find(|table| table.object.id.as_str() == id),
        _ => sights.main(),
    };
    let out: Vec<&str> = table.map(|table| outward(&table.model)).unwrap_or_default();
    let internet = |target: &&str| sights.gateway.is_some_and(|gateway| gateway.id.as_str() == *target);
    match out.iter().any(internet) {
        true => "public",
        false if out.is_empty() => "isolated",
        false => "egress",
    }
}

fn outward(table: &RouteTable<Seen>) -> Vec<&str> {
    let world = table.routes.iter().filter(|(to, _)| ["0.0.0.0/0", "::/0"].contains(&to.as_str()));
    world.map(|(_, target)| word(target)).collect()
}

/// Its name without what tells the zone: `shop-public-eu-west-1a`, `shop-public-a` and `shop-public-1`.
fn label(subnet: &Of<'_, Subnet<Seen>>) -> Option<String> {
    let name = subnet.object.fields.text("/tags/Name")?.trim().to_ascii_lowercase();
    let zone = word(&subnet.model.availability_zone);
    let letter = zone.get(zone.len().saturating_sub(1)..).unwrap_or_default();
    let digit = zone.get(zone.len().saturating_sub(2)..).unwrap_or_default();
    let stem = [zone, digit, letter].into_iter().find_map(|end| name.strip_suffix(end));
    let stem = stem.unwrap_or_else(|| name.trim_end_matches(|c: char| c.is_ascii_digit()));
    let cut = stem.trim_end_matches(['-', '_', ' ', '.', '/']);
    let whole = if cut.len() == stem.len() || cut.is_empty() { name.as_str() } else { cut };
    Some(whole.to_owned())
}

fn address<'a>(sights: &Sights<'a>, nat: &NatGateway<Seen>) -> Result<&'a Observed, &'static str> {
    if word(&nat.connectivity) != "public" {
        return Err("it is private, and those of an environment are public");
    }
    let found = sights.addresses.iter().find(|address| address.id.as_str() == word(&nat.allocation));
    found.copied().ok_or("its public address is not free to take over")
}

/// Whether a manifest can say this route.
fn sayable(to: &str, target: &str) -> Result<(), String> {
    let routes = BTreeMap::from([(to.to_owned(), Wish::Value(SmolStr::new(target)))]);
    let table = RouteTable::<Wanted> { routes, ..RouteTable::default() };
    let words = |found: Vec<aplomo_core::Finding>| found.into_iter().map(|f| f.message).collect::<Vec<_>>();
    RouteTables::normalise(table).map(drop).map_err(|found| words(found).join("; "))
}
