//! Writers of CloudWatch Logs: log groups. A name is there once, so nothing is made twice.

use crate::wanted::{int32, text};
use crate::write::craft::{Craft, Job, send};
use crate::write::not_sent;
use crate::write::patience::{ONCE, Patience, or_gone};
use crate::write::tags::TagChange;
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{RemoteId, TypeName};
use aplomo_resources::logs;
use aws_sdk_cloudwatchlogs::Client;
use std::time::Duration;

const CREATE: &str = "logs:CreateLogGroup";
const DELETE: &str = "logs:DeleteLogGroup";
const KEEP: &str = "logs:PutRetentionPolicy";
const KEEP_ALL: &str = "logs:DeleteRetentionPolicy";
const TAG: &str = "logs:TagResource";
const UNTAG: &str = "logs:UntagResource";

/// What was just made may not be known, or be busy: 6 attempts in half a minute.
const BUSY: Patience = Patience {
    again: |code, _| matches!(code, "ResourceNotFoundException" | "OperationAbortedException"),
    pauses: &[1, 2, 4, 8, 15],
};

/// Makes and changes log groups.
pub(crate) struct LogGroups;

impl Craft for LogGroups {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[logs::LOG_GROUP];
    const WHAT: &'static str = "the log group";
    const CALLS: &'static [&'static str] = &[CREATE, KEEP, KEEP_ALL, DELETE, TAG, UNTAG];
    const SETTLE: Duration = Duration::from_secs(10);

    async fn make(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
        let name = job.need(after, "/name", text)?;
        let tags = job.birth_tags()?.into_iter().collect();
        let request = job.pen.client.create_log_group().log_group_name(&name).set_tags(Some(tags));
        send!(job, CREATE, ONCE, request)?;
        job.born(CREATE, Some(&name))
    }

    async fn shape(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
        let Some(turn) = job.turn(after, "/retentionDays", int32, None)? else { return Ok(()) };
        let id = job.id()?;
        let Some(days) = turn.to else {
            let request = job.pen.client.delete_retention_policy().log_group_name(id.as_str());
            return send!(job, KEEP_ALL, BUSY, request).map(drop);
        };
        let request =
            job.pen.client.put_retention_policy().log_group_name(id.as_str()).retention_in_days(days);
        send!(job, KEEP, BUSY, request).map(drop)
    }

    async fn unmake(job: &mut Job<'_, Client>, id: &RemoteId) -> Result<(), CallError> {
        let request = job.pen.client.delete_log_group().log_group_name(id.as_str());
        or_gone(send!(job, DELETE, ONCE, request))
    }

    async fn tag(job: &mut Job<'_, Client>, _: &RemoteId, tags: TagChange) -> Result<(), CallError> {
        if tags.set.is_empty() && tags.remove.is_empty() {
            return Ok(());
        }
        let arn = job.step.fresh.as_ref().and_then(|fresh| fresh.outputs.get("arn"));
        let arn = arn.and_then(text).ok_or_else(|| not_sent("its ARN is not known: plan again"))?;
        if !tags.set.is_empty() {
            let set = tags.set.into_iter().collect();
            let request = job.pen.client.tag_resource().resource_arn(&arn).set_tags(Some(set));
            send!(job, TAG, BUSY, request)?;
        }
        if !tags.remove.is_empty() {
            let request = job.pen.client.untag_resource().resource_arn(&arn).set_tag_keys(Some(tags.remove));
            send!(job, UNTAG, BUSY, request)?;
        }
        Ok(())
    }
}
