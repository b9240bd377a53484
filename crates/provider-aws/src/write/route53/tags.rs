//! Marks and tags of zones and health checks: ChangeTagsForResource, ten a call.

use crate::write::Pen;
use crate::write::tags::{TagChange, no_tenant};
use aplomo_core::ports::{ApprovedStep, CallError};
use aws_sdk_route53::Client;
use aws_sdk_route53::types::{Tag, TagResourceType};

/// The call.
pub(crate) const CHANGE_TAGS: &str = "route53:ChangeTagsForResource";
/// The most keys to set or remove in one call.
const KEYS_PER_CALL: usize = 10;

impl Pen<'_, Client> {
    /// Sets and removes tags; request ids are added to `requests`.
    pub(crate) async fn tag(
        &self,
        step: &ApprovedStep<'_>,
        (kind, id): (&TagResourceType, &str),
        change: &TagChange,
        requests: &mut Vec<String>,
    ) -> Result<(), CallError> {
        let set: Vec<_> = change.set.iter().collect();
        let calls = set.len().div_ceil(KEYS_PER_CALL).max(change.remove.len().div_ceil(KEYS_PER_CALL));
        for n in 0..calls {
            let some = set.iter().skip(n * KEYS_PER_CALL).take(KEYS_PER_CALL);
            let add: Vec<Tag> =
                some.map(|(key, value)| Tag::builder().key(*key).value(*value).build()).collect();
            let remove: Vec<String> =
                change.remove.iter().skip(n * KEYS_PER_CALL).take(KEYS_PER_CALL).cloned().collect();
            let request = self
                .client
                .change_tags_for_resource()
                .resource_type(kind.clone())
                .resource_id(id)
                .set_add_tags((!add.is_empty()).then_some(add))
                .set_remove_tag_keys((!remove.is_empty()).then_some(remove));
            let intent = self.intent(CHANGE_TAGS, &[step]).ok_or_else(no_tenant)?;
            let start = |probe| request.clone().customize().interceptor(probe).send();
            let (_, request_id) = self.write(&intent, CHANGE_TAGS, start).await?;
            requests.extend(request_id);
        }
        Ok(())
    }
}
