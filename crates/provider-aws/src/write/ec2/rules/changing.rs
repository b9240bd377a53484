//! Changing rules that are there: descriptions and tags; what a rule lets through never changes.

use super::permission::{Rule, request_of_rule};
use super::{MODIFY, Work, group_of, id_of};
use crate::marks::Tags;
use crate::write::ec2::{CREATE_TAGS, DELETE_TAGS, sdk_tags};
use crate::write::patience::{YOUNG, patiently};
use crate::write::tags::{TagChange, no_tenant};
use crate::write::{applied, not_sent};
use aplomo_core::ports::{ApprovedStep, CallError};
use aws_sdk_ec2::types::{SecurityGroupRuleUpdate, Tag};

impl<'b> Work<'b> {
    /// Descriptions in one call, tags one rule after another.
    pub(super) async fn change(&mut self, steps: Vec<&'b ApprovedStep<'b>>) {
        let (mut updates, mut changed, mut requests) = (Vec::new(), Vec::new(), Vec::new());
        for step in &steps {
            let rule = Rule::of(step);
            if let (Ok(rule), Some(id)) = (rule, id_of(step))
                && rule.describes_anew(step)
            {
                let update = SecurityGroupRuleUpdate::builder().security_group_rule_id(id.as_str());
                updates.push(update.security_group_rule(request_of_rule(&rule)).build());
                changed.push(*step);
            }
        }
        if !updates.is_empty() && self.stopped.is_none() {
            match self.describe(&changed, updates).await {
                Ok(request) => requests.extend(request),
                Err(error) => {
                    changed.iter().for_each(|step| self.end(step, &error));
                }
            }
        }
        for step in steps {
            if self.done.iter().any(|(done, _)| done.change.address == step.change.address) {
                continue;
            }
            if self.stopped.is_some() {
                self.skip(step);
                continue;
            }
            match self.tag(step).await {
                Ok(()) => self.done.push((step, applied(step, id_of(step).cloned(), requests.clone()))),
                Err(error) => self.end(step, &error),
            }
        }
    }

    async fn describe(
        &self,
        steps: &[&'b ApprovedStep<'b>],
        updates: Vec<SecurityGroupRuleUpdate>,
    ) -> Result<Option<String>, CallError> {
        let request =
            self.pen.client.modify_security_group_rules().group_id(group_of(steps.first().copied())?);
        let request = request.set_security_group_rules(Some(updates));
        let start = |probe| request.clone().customize().interceptor(probe).send();
        let intent = self.pen.intent(MODIFY, steps).ok_or_else(no_tenant)?;
        patiently(&self.pen, &intent, MODIFY, YOUNG, start).await.map(|(_, request)| request)
    }

    async fn tag(&self, step: &'b ApprovedStep<'b>) -> Result<(), CallError> {
        let change = TagChange::of(step).map_err(|why| not_sent(&why))?;
        let id = id_of(step).ok_or_else(|| not_sent("the rule's id is not known"))?;
        let ours = |key: &String| key.starts_with("aplomo:");
        let set: Tags = change.set.into_iter().filter(|(key, _)| !ours(key)).collect();
        if !set.is_empty() {
            let request = self.pen.client.create_tags().resources(id.as_str()).set_tags(Some(sdk_tags(set)));
            let start = |probe| request.clone().customize().interceptor(probe).send();
            let intent = self.pen.intent(CREATE_TAGS, &[step]).ok_or_else(no_tenant)?;
            patiently(&self.pen, &intent, CREATE_TAGS, YOUNG, start).await?;
        }
        let keys = change.remove.iter().filter(|key| !ours(key)).map(|key| Tag::builder().key(key).build());
        let keys: Vec<Tag> = keys.collect();
        if !keys.is_empty() {
            let request = self.pen.client.delete_tags().resources(id.as_str()).set_tags(Some(keys));
            let start = |probe| request.clone().customize().interceptor(probe).send();
            let intent = self.pen.intent(DELETE_TAGS, &[step]).ok_or_else(no_tenant)?;
            patiently(&self.pen, &intent, DELETE_TAGS, YOUNG, start).await?;
        }
        Ok(())
    }
}
