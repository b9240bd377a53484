//! Readers of EC2's networks: one survey per family of calls, a region at a time. Tags come with the objects.
//!
//! What is told of whom: default networks and subnets, main route tables, default groups and lists of
//! Amazon's are `brought_along`; what another account shares with us or a service manages is its own.
//! Deliberately absent: instances, which are never ours; the interfaces of a network are listed where it goes.

mod addresses;
mod flow_logs;
mod groups;
mod interfaces;
mod nat_gateways;
mod prefix_lists;
mod subnets;
mod vpcs;
mod zones;

pub(crate) use addresses::{Addresses, InternetGateways};
pub(crate) use flow_logs::FlowLogs;
pub(crate) use groups::{Groups, RawRules, seen_rule_of};
pub(crate) use interfaces::Interfaces;
pub(crate) use nat_gateways::NatGateways;
pub(crate) use prefix_lists::PrefixLists;
pub(crate) use subnets::{RawSubnet, Subnets};
pub(crate) use vpcs::{RawVpc, Vpcs};
pub(crate) use zones::Zones;

use crate::marks::{Tags, owner};
use aplomo_core::observation::OwnerMark;
use aws_sdk_ec2::types::Tag;

/// The most objects of a page.
const PAGE: i32 = 1_000;
/// The most route tables or prefix lists of a page.
const SMALL_PAGE: i32 = 100;

fn tags(tags: Option<&[Tag]>) -> Tags {
    let tags = tags.unwrap_or_default().iter();
    tags.filter_map(|tag| Some((tag.key.clone()?, tag.value.clone().unwrap_or_default()))).collect()
}

fn mark(tags: &Tags) -> OwnerMark {
    owner(Some(tags), "", None)
}
