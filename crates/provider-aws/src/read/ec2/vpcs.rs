//! Networks: DescribeVpcs, and for those that an Aplomo has marked two calls for the settings that a
//! listing lacks. In all others, and where networks are only around what is written, those two fields are hidden.

use super::{PAGE, mark, tags};
use crate::read::regional::{Catch, Find, Survey, View, fields_of, paged, sight, word};
use aplomo_core::fields::Sight;
use aplomo_core::observation::OwnerMark;
use aplomo_core::{Datum, Seen, TypeName};
use aplomo_resources::ec2::{self, cidr, model};
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{Vpc, VpcAttributeName, VpcCidrBlockStateCode, VpcIpv6CidrBlockAssociation};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::sync::PoisonError;

const LIST: &str = "ec2:DescribeVpcs";
const ATTRIBUTE: &str = "ec2:DescribeVpcAttribute";

/// States of a block that is not there or about to go.
const GONE: [VpcCidrBlockStateCode; 4] = [
    VpcCidrBlockStateCode::Disassociating,
    VpcCidrBlockStateCode::Disassociated,
    VpcCidrBlockStateCode::Failing,
    VpcCidrBlockStateCode::Failed,
];

/// What a writer needs beyond the normal form.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct RawVpc {
    /// The association of Amazon's IPv6 block.
    pub(crate) ipv6: Option<String>,
}

/// Lists networks.
pub(crate) struct Vpcs;

impl Survey for Vpcs {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::VPC];
    const CALLS: &'static [&'static str] = &[LIST, ATTRIBUTE];

    async fn look(view: &View<'_, Client>) -> Vec<Catch> {
        let (vpcs, coverage) =
            paged!(view, LIST, "networks", view.client.describe_vpcs().max_results(PAGE), vpcs);
        let mut catch = Catch::new(ec2::VPC, coverage);
        for vpc in &vpcs {
            let Some(id) = vpc.vpc_id.as_deref() else {
                catch.lacks("network");
                continue;
            };
            let tags = tags(vpc.tags.as_deref());
            let mark = view.stranger(vpc.owner_id.as_deref()).unwrap_or_else(|| mark(&tags));
            let told = view.only.is_none_or(|only| only.iter().any(|one| one.as_str() == id));
            let managed = told && matches!(mark, OwnerMark::Marked { .. });
            let six = ipv6_block(vpc);
            remember(view, id, six.is_none());
            let fields = model::Vpc::<Seen> {
                cidr: word(vpc.cidr_block.as_deref().and_then(|c| cidr::v4(c).ok()).as_deref()),
                ipv6: Sight::Value(six.is_some()),
                dns_support: setting(view, managed, id, VpcAttributeName::EnableDnsSupport).await,
                dns_hostnames: setting(view, managed, id, VpcAttributeName::EnableDnsHostnames).await,
                tags: fields_of(&tags),
            };
            let raw = RawVpc { ipv6: six.and_then(|block| block.association_id.clone()) };
            let find = Find {
                outputs: outputs(view, id, vpc),
                brought_along: vpc.is_default == Some(true),
                raw: serde_json::to_string(&raw).ok(),
                ..Find::new(id, mark)
            };
            catch.take::<ec2::Vpcs>(view.scope, find, &fields);
        }
        vec![catch]
    }
}

/// Tells the writer of groups, whose network was listed just before, which rules a new one brings along.
fn remember(view: &View<'_, Client>, id: &str, without: bool) {
    let mut known = view.line.site.without_ipv6.lock().unwrap_or_else(PoisonError::into_inner);
    if without {
        known.insert(id.to_owned());
    } else {
        known.remove(id);
    }
}

fn state(block: &VpcIpv6CidrBlockAssociation) -> Option<&VpcCidrBlockStateCode> {
    block.ipv6_cidr_block_state.as_ref()?.state.as_ref()
}

/// The block of Amazon's that it has or is about to have.
fn ipv6_block(vpc: &Vpc) -> Option<&VpcIpv6CidrBlockAssociation> {
    let blocks = vpc.ipv6_cidr_block_association_set.iter().flatten();
    let amazons = |block: &&VpcIpv6CidrBlockAssociation| {
        let here = state(block).is_none_or(|state| !GONE.contains(state));
        here && block.ipv6_pool.as_deref().is_none_or(|pool| pool == "Amazon")
    };
    blocks.filter(|block| block.ipv6_cidr_block.is_some()).find(amazons)
}

fn outputs(view: &View<'_, Client>, id: &str, vpc: &Vpc) -> Vec<(SmolStr, Datum)> {
    let mut outputs = Vec::new();
    if let Some(cidr) = vpc.cidr_block.as_deref().and_then(|c| cidr::v4(c).ok()) {
        outputs.push((SmolStr::new_static("cidr"), Datum::from(cidr.as_str())));
    }
    let six = ipv6_block(vpc).filter(|block| state(block) != Some(&VpcCidrBlockStateCode::Associating));
    if let Some(block) = six.and_then(|b| b.ipv6_cidr_block.as_deref()).and_then(|c| cidr::v6(c).ok()) {
        outputs.push((SmolStr::new_static("ipv6Cidr"), Datum::from(block.as_str())));
    }
    if let Some(region) = &view.scope.region {
        outputs.push((SmolStr::new_static("network"), Datum::from(format!("{region}:{id}").as_str())));
    }
    outputs
}

/// A setting of a managed network; hidden where it is not asked for or could not be read.
async fn setting(view: &View<'_, Client>, managed: bool, id: &str, name: VpcAttributeName) -> Sight<bool> {
    if !managed {
        return Sight::Hidden;
    }
    let support = name == VpcAttributeName::EnableDnsSupport;
    let request = view.client.describe_vpc_attribute().vpc_id(id).attribute(name);
    let answer = view.line.ask(ATTRIBUTE, |probe| request.customize().interceptor(probe).send()).await;
    let Ok(answer) = answer else { return Sight::Hidden };
    let value = if support { answer.enable_dns_support } else { answer.enable_dns_hostnames };
    value.and_then(|value| value.value).map_or(Sight::Hidden, |value| sight(Some(value)))
}
