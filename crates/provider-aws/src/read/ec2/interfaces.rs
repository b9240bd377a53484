//! Who is still in a network that goes: its network interfaces. Instances, load balancers, databases,
//! functions and endpoints all have one, so that one listing tells of them all.
//!
//! Those of NAT gateways come and go with their gateway, which has a reader of its own.

use super::PAGE;
use crate::clients::Branch;
use crate::line::{Line, Site};
use crate::read::regional::{Catch, Find, View, paged, word};
use aplomo_core::observation::OwnerMark;
use aplomo_core::ports::{Fut, Pick, ReadCx, Reader};
use aplomo_core::{Coverage, Observation, Scope, Seen, TypeName};
use aplomo_resources::ec2::{self, model};
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{Filter, NetworkInterface};
use std::collections::BTreeSet;
use std::sync::Arc;

const LIST: &str = "ec2:DescribeNetworkInterfaces";
/// Tells which of them are NAT gateways'.
const GATEWAYS: &str = "ec2:DescribeNatGateways";

/// Lists the interfaces of one network.
pub(crate) struct Interfaces {
    site: Arc<Site>,
    clients: Arc<Branch<Client>>,
}

impl Interfaces {
    /// Every call it can make.
    pub(crate) const CALLS: &'static [&'static str] = &[LIST, GATEWAYS];

    pub(crate) fn new(site: &Arc<Site>, clients: &Arc<Branch<Client>>) -> Box<Self> {
        Box::new(Self { site: Arc::clone(site), clients: Arc::clone(clients) })
    }
}

impl Reader for Interfaces {
    fn feeds(&self) -> &[TypeName] {
        const { &[ec2::NETWORK_INTERFACE] }
    }
    fn after(&self) -> &[TypeName] {
        const { &[ec2::VPC] }
    }
    fn only_of_going(&self) -> bool {
        true
    }
    fn read<'a>(&'a self, cx: &'a ReadCx<'a>, scope: &'a Scope, _: Pick<'a>) -> Fut<'a, Observation> {
        Box::pin(async move {
            let begun = cx.clock.now();
            let client = self.clients.client(scope.region.as_ref());
            let view = View { line: Line::to_read(&self.site, cx, Some(scope)), client, scope, only: None };
            let catch = look(&view).await;
            let (objects, coverage) = catch.into_parts();
            let mut seen = Observation { objects, ..Observation::default() };
            seen.coverage.insert((ec2::NETWORK_INTERFACE, scope.concrete()), coverage);
            seen.skew_seconds = view.line.skew();
            seen.at = Some(begun);
            seen
        })
    }
}

async fn look(view: &View<'_, Client>) -> Catch {
    let here = view.scope.container.as_ref().map_or("", |network| network.as_str());
    let filter = Filter::builder().name("vpc-id").values(here).build();
    let request = view.client.describe_network_interfaces().filters(filter.clone()).max_results(PAGE);
    let (interfaces, mut coverage) =
        paged!(view, LIST, "network interfaces", request.clone(), network_interfaces);
    let request = view.client.describe_nat_gateways().filter(filter).max_results(PAGE);
    let (gateways, of_gateways) = paged!(view, GATEWAYS, "NAT gateways", request.clone(), nat_gateways);
    if coverage == Coverage::Complete {
        coverage = of_gateways;
    }
    let addresses = gateways.iter().filter_map(|gateway| gateway.nat_gateway_addresses.as_ref()).flatten();
    let of_nat: BTreeSet<&str> = addresses.filter_map(|a| a.network_interface_id.as_deref()).collect();
    let mut catch = Catch::new(ec2::NETWORK_INTERFACE, coverage);
    for interface in &interfaces {
        take(view, &mut catch, interface, &of_nat);
    }
    catch
}

fn take(view: &View<'_, Client>, catch: &mut Catch, interface: &NetworkInterface, of_nat: &BTreeSet<&str>) {
    let Some(id) = interface.network_interface_id.as_deref() else {
        return catch.lacks("network interface");
    };
    let fields = model::NetworkInterface::<Seen> {
        description: word(interface.description.as_deref()),
        subnet: word(interface.subnet_id.as_deref()),
    };
    let find = Find { brought_along: of_nat.contains(id), ..Find::new(id, OwnerMark::None) };
    catch.take::<ec2::NetworkInterfaces>(view.scope, find, &fields);
}
