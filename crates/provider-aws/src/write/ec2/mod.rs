//! Writers of EC2's networks. Creates carry tags and marks in the same call and a token where the API takes
//! one; the others are sent once and recognised by their mark.

mod addresses;
mod flow_logs;
mod groups;
mod holders;
mod internet_gateways;
mod nat_gateways;
mod prefix_lists;
mod route_tables;
mod rules;
mod subnets;
mod vpcs;

pub(crate) use addresses::ElasticIps;
pub(crate) use flow_logs::FlowLogs;
pub(crate) use groups::{DefaultSecurityGroups, SecurityGroups};
pub(crate) use internet_gateways::InternetGateways;
pub(crate) use nat_gateways::NatGatewayWriter;
pub(crate) use prefix_lists::PrefixLists;
pub(crate) use route_tables::RouteTables;
pub(crate) use rules::RuleWriter;
pub(crate) use subnets::Subnets;
pub(crate) use vpcs::Vpcs;

use crate::marks::Tags;
use crate::write::craft::{Job, send};
use crate::write::patience::YOUNG;
use crate::write::tags::TagChange;
use aplomo_core::RemoteId;
use aplomo_core::ports::CallError;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{AttributeBooleanValue, Filter, ResourceType, Tag, TagSpecification};
use std::time::Duration;

const CREATE_TAGS: &str = "ec2:CreateTags";
const DELETE_TAGS: &str = "ec2:DeleteTags";
/// How long readings may lack what was just made.
const SETTLE: Duration = Duration::from_secs(30);

fn sdk_tags(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// The tags that a create carries for the object it makes.
fn birth(job: &Job<'_, Client>, kind: ResourceType) -> Result<TagSpecification, CallError> {
    let tags = sdk_tags(job.birth_tags()?);
    Ok(TagSpecification::builder().resource_type(kind).set_tags(Some(tags)).build())
}

async fn tag(job: &mut Job<'_, Client>, id: &RemoteId, tags: TagChange) -> Result<(), CallError> {
    if !tags.set.is_empty() {
        let set = Some(sdk_tags(tags.set));
        send!(
            job,
            CREATE_TAGS,
            YOUNG,
            job.pen.client.create_tags().resources(id.as_str()).set_tags(set.clone())
        )?;
    }
    if !tags.remove.is_empty() {
        let keys: Vec<Tag> = tags.remove.into_iter().map(|key| Tag::builder().key(key).build()).collect();
        let request = job.pen.client.delete_tags().resources(id.as_str()).set_tags(Some(keys));
        send!(job, DELETE_TAGS, YOUNG, request)?;
    }
    Ok(())
}

fn switch(on: bool) -> AttributeBooleanValue {
    AttributeBooleanValue::builder().value(on).build()
}

fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

/// Tags as every craft of EC2 sets them.
macro_rules! tagged {
    () => {
        async fn tag(
            job: &mut crate::write::craft::Job<'_, aws_sdk_ec2::Client>,
            id: &aplomo_core::RemoteId,
            tags: crate::write::tags::TagChange,
        ) -> Result<(), aplomo_core::ports::CallError> {
            super::tag(job, id, tags).await
        }
    };
}
use tagged;
