//! NAT gateways that are there or about to be; the service keeps showing deleted and failed ones for an hour.

use super::{PAGE, mark, tags};
use crate::read::regional::{Catch, Find, Survey, View, fields_of, paged, word};
use aplomo_core::{Datum, Seen, TypeName};
use aplomo_resources::ec2::{self, model};
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{ConnectivityType, Filter, NatGateway, NatGatewayState};
use smol_str::SmolStr;

const LIST: &str = "ec2:DescribeNatGateways";

/// Lists NAT gateways.
pub(crate) struct NatGateways;

impl Survey for NatGateways {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::NAT_GATEWAY];
    const CALLS: &'static [&'static str] = &[LIST];

    async fn look(view: &View<'_, Client>) -> Vec<Catch> {
        let there = Filter::builder().name("state").values("pending").values("available").build();
        let request = view.client.describe_nat_gateways().filter(there).max_results(PAGE);
        let (gateways, coverage) = paged!(view, LIST, "NAT gateways", request.clone(), nat_gateways);
        let mut catch = Catch::new(ec2::NAT_GATEWAY, coverage);
        for gateway in &gateways {
            take(view, &mut catch, gateway);
        }
        vec![catch]
    }
}

fn take(view: &View<'_, Client>, catch: &mut Catch, gateway: &NatGateway) {
    let (Some(id), Some(vpc)) = (gateway.nat_gateway_id.as_deref(), gateway.vpc_id.as_deref()) else {
        return catch.lacks("NAT gateway");
    };
    let tags = tags(gateway.tags.as_deref());
    let addresses = || gateway.nat_gateway_addresses.iter().flatten();
    let first = addresses().find(|a| a.is_primary == Some(true)).or_else(|| addresses().next());
    let connectivity = gateway.connectivity_type.as_ref().unwrap_or(&ConnectivityType::Public);
    let fields = model::NatGateway::<Seen> {
        subnet: word(gateway.subnet_id.as_deref()),
        allocation: word(first.and_then(|a| a.allocation_id.as_deref())),
        connectivity: word(Some(connectivity.as_str())),
        tags: fields_of(&tags),
    };
    let ip = first.and_then(|a| a.public_ip.as_deref());
    let ip = ip.map(|ip| (SmolStr::new_static("publicIp"), Datum::from(ip)));
    let pending = gateway.state == Some(NatGatewayState::Pending);
    let find = Find {
        within: Some(vpc),
        outputs: ip.into_iter().collect(),
        waiting: pending.then(|| "AWS is still making the NAT gateway".to_owned()),
        ..Find::new(id, mark(&tags))
    };
    catch.take::<ec2::NatGateways>(view.scope, find, &fields);
}
