//! Marks and tags of a certificate: one call to set, one to remove.

use super::Job;
use crate::marks::MARK_RELEASED;
use crate::write::not_sent;
use crate::write::tags::{TagChange, no_tenant};
use aplomo_core::ports::CallError;
use aws_sdk_acm::types::Tag;

pub(super) const ADD: &str = "acm:AddTagsToCertificate";
pub(super) const REMOVE: &str = "acm:RemoveTagsFromCertificate";

impl Job<'_> {
    /// What the step does to marks and tags.
    pub(super) async fn tags(&mut self) -> Result<(), CallError> {
        let mut change = TagChange::of(self.step).map_err(|why| not_sent(&why))?;
        // Nothing but its tags ever says that a certificate is ours, so there is nothing to call off.
        change.set.remove(MARK_RELEASED);
        change.remove.retain(|key| key != MARK_RELEASED);
        let tag = |key: &str| Tag::builder().key(key);
        let set = change.set.iter().map(|(key, value)| tag(key).value(value).build());
        let set = set.collect::<Result<Vec<_>, _>>().map_err(|error| not_sent(&error.to_string()))?;
        let remove = change.remove.iter().map(|key| tag(key).build());
        let remove = remove.collect::<Result<Vec<_>, _>>().map_err(|error| not_sent(&error.to_string()))?;
        let arn = self.known()?;
        if !set.is_empty() {
            let request =
                self.pen.client.add_tags_to_certificate().certificate_arn(arn.as_str()).set_tags(Some(set));
            let start = |probe| request.clone().customize().interceptor(probe).send();
            let intent = self.pen.intent(ADD, &[self.step]).ok_or_else(no_tenant)?;
            self.requests.extend(self.pen.write(&intent, ADD, start).await?.1);
        }
        if !remove.is_empty() {
            let request = self
                .pen
                .client
                .remove_tags_from_certificate()
                .certificate_arn(arn.as_str())
                .set_tags(Some(remove));
            let start = |probe| request.clone().customize().interceptor(probe).send();
            let intent = self.pen.intent(REMOVE, &[self.step]).ok_or_else(no_tenant)?;
            self.requests.extend(self.pen.write(&intent, REMOVE, start).await?.1);
        }
        Ok(())
    }
}
