//! Public addresses.

use super::{CREATE_TAGS, DELETE_TAGS, SETTLE, birth, tagged};
use crate::write::craft::{Craft, Job, send};
use crate::write::patience::{HELD, ONCE, or_gone};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{RemoteId, TypeName};
use aplomo_resources::ec2;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{DomainType, ResourceType};
use std::time::Duration;

const ALLOCATE: &str = "ec2:AllocateAddress";
const RELEASE: &str = "ec2:ReleaseAddress";

/// Gets and releases public addresses.
pub(crate) struct ElasticIps;

impl Craft for ElasticIps {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::ELASTIC_IP];
    const WHAT: &'static str = "the address";
    const CALLS: &'static [&'static str] = &[ALLOCATE, RELEASE, CREATE_TAGS, DELETE_TAGS];
    const SETTLE: Duration = SETTLE;

    async fn make(job: &mut Job<'_, Client>, _: &WantedFields) -> Result<(), CallError> {
        let tags = birth(job, ResourceType::ElasticIp)?;
        let request = job.pen.client.allocate_address().domain(DomainType::Vpc).tag_specifications(tags);
        let answer = send!(job, ALLOCATE, ONCE, request)?;
        job.born(ALLOCATE, answer.allocation_id.as_deref())
    }

    async fn shape(_: &mut Job<'_, Client>, _: &WantedFields) -> Result<(), CallError> {
        Ok(())
    }

    /// A NAT gateway that is going keeps its address for a while.
    async fn unmake(job: &mut Job<'_, Client>, id: &RemoteId) -> Result<(), CallError> {
        let request = job.pen.client.release_address().allocation_id(id.as_str());
        or_gone(send!(job, RELEASE, HELD, request))
    }

    tagged!();
}
