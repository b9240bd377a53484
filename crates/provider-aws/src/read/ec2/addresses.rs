//! Internet gateways and public addresses.

use super::{PAGE, mark, tags};
use crate::read::cut_short;
use crate::read::regional::{Catch, Find, Survey, View, fields_of, paged, word};
use aplomo_core::observation::OwnerMark;
use aplomo_core::{Coverage, Datum, Seen, TypeName};
use aplomo_resources::ec2::{self, model};
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::Address;
use smol_str::SmolStr;

const GATEWAYS: &str = "ec2:DescribeInternetGateways";
const ADDRESSES: &str = "ec2:DescribeAddresses";

/// Lists internet gateways.
pub(crate) struct InternetGateways;

impl Survey for InternetGateways {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::INTERNET_GATEWAY];
    const CALLS: &'static [&'static str] = &[GATEWAYS];

    async fn look(view: &View<'_, Client>) -> Vec<Catch> {
        let request = view.client.describe_internet_gateways().max_results(PAGE);
        let (gateways, coverage) =
            paged!(view, GATEWAYS, "internet gateways", request.clone(), internet_gateways);
        let mut catch = Catch::new(ec2::INTERNET_GATEWAY, coverage);
        for gateway in &gateways {
            let Some(id) = gateway.internet_gateway_id.as_deref() else {
                catch.lacks("internet gateway");
                continue;
            };
            let tags = tags(gateway.tags.as_deref());
            let vpc = gateway.attachments.iter().flatten().find_map(|a| a.vpc_id.as_deref());
            let fields = model::InternetGateway::<Seen> { vpc: word(vpc), tags: fields_of(&tags) };
            let mark = view.stranger(gateway.owner_id.as_deref()).unwrap_or_else(|| mark(&tags));
            catch.take::<ec2::InternetGateways>(view.scope, Find::new(id, mark), &fields);
        }
        vec![catch]
    }
}

/// Lists public addresses; the service has no pages for them.
pub(crate) struct Addresses;

impl Survey for Addresses {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::ELASTIC_IP];
    const CALLS: &'static [&'static str] = &[ADDRESSES];

    async fn look(view: &View<'_, Client>) -> Vec<Catch> {
        let request = view.client.describe_addresses();
        let answer = view.line.ask(ADDRESSES, |probe| request.customize().interceptor(probe).send()).await;
        let (addresses, coverage) = match answer {
            Ok(answer) => (answer.addresses.unwrap_or_default(), Coverage::Complete),
            Err(problem) => (Vec::new(), cut_short(&problem, 0, "addresses")),
        };
        let mut catch = Catch::new(ec2::ELASTIC_IP, coverage);
        for address in &addresses {
            take_address(view, &mut catch, address);
        }
        vec![catch]
    }
}

fn take_address(view: &View<'_, Client>, catch: &mut Catch, address: &Address) {
    let Some(id) = address.allocation_id.as_deref() else { return catch.lacks("allocation") };
    let tags = tags(address.tags.as_deref());
    let service = address.service_managed.as_ref().map(|service| SmolStr::new(service.as_str()));
    let domain = address.domain.as_ref().map(|domain| domain.as_str());
    let fields = model::ElasticIp::<Seen> { domain: word(domain), tags: fields_of(&tags) };
    let ip = address.public_ip.as_deref().map(|ip| (SmolStr::new_static("publicIp"), Datum::from(ip)));
    let mark = service.map_or_else(|| mark(&tags), OwnerMark::OtherTool);
    let find = Find { outputs: ip.into_iter().collect(), ..Find::new(id, mark) };
    catch.take::<ec2::ElasticIps>(view.scope, find, &fields);
}
