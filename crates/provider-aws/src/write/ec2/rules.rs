//! Security group rules: all new rules of a group and direction in one call, all that go in another.
//!
//! Rules carry no marks: tags in such a call are for all its rules alike, so none could name its own address.
//! A rule is ours by the ledger, or by being in a group that is ours alone; after a crash it is recognised by
//! what it lets through, of which a group has each only once. Plain tags travel with the call.

mod permission;

use super::{CREATE_TAGS, DELETE_TAGS, SETTLE, filter, sdk_tags};
use crate::marks::Tags;
use crate::read::ec2::seen_rule_of;
use crate::wanted::entries;
use crate::write::craft::{ONCE, Patience, YOUNG, or_gone, patiently};
use crate::write::tags::{TagChange, no_tenant};
use crate::write::{Desk, Pen, applied, ended, hopeless, is_final, not_sent, request_of, status_of};
use aplomo_core::plan::Action;
use aplomo_core::ports::{ApprovedStep, CallError, Fut, StepOutcome, WriteCx, Writer};
use aplomo_core::run::Status;
use aplomo_core::types::Type as _;
use aplomo_core::{RemoteId, TypeName};
use aplomo_resources::ec2;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{ResourceType, SecurityGroupRule, SecurityGroupRuleUpdate, Tag, TagSpecification};
use permission::{Rule, permissions, request_of_rule};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::time::Duration;

const ALLOW_IN: &str = "ec2:AuthorizeSecurityGroupIngress";
const ALLOW_OUT: &str = "ec2:AuthorizeSecurityGroupEgress";
const REVOKE_IN: &str = "ec2:RevokeSecurityGroupIngress";
const REVOKE_OUT: &str = "ec2:RevokeSecurityGroupEgress";
const MODIFY: &str = "ec2:ModifySecurityGroupRules";
const LIST: &str = "ec2:DescribeSecurityGroupRules";

/// What one call may be about: a rule of many that is refused is found by halves.
type Done<'b> = (&'b ApprovedStep<'b>, StepOutcome);

/// Writes rules.
pub(crate) struct RuleWriter(Desk<Client>);

impl RuleWriter {
    pub(crate) fn open(desk: Desk<Client>) -> Box<dyn Writer> {
        Box::new(Self(desk))
    }

    /// Every call it can make. `DescribeSecurityGroupRules` only finds the ids that an answer left out.
    pub(crate) const fn calls() -> &'static [&'static str] {
        &[ALLOW_IN, ALLOW_OUT, MODIFY, REVOKE_IN, REVOKE_OUT, CREATE_TAGS, DELETE_TAGS, LIST]
    }
}

impl Writer for RuleWriter {
    fn feeds(&self) -> &[TypeName] {
        const FEEDS: &[TypeName] = &[ec2::SECURITY_GROUP_RULE];
        FEEDS
    }
    fn settle(&self) -> Duration {
        self.0.settle(SETTLE)
    }
    fn write<'a>(&'a self, cx: &'a WriteCx<'a>, batch: &'a [ApprovedStep<'a>]) -> Fut<'a, Vec<StepOutcome>> {
        Box::pin(async move {
            let pen = self.0.pen(cx, batch);
            let mut work = Work { pen, done: Vec::new(), stopped: None };
            work.all(batch).await;
            work.done.into_iter().map(|(_, outcome)| outcome).collect()
        })
    }
}

/// One batch under way.
struct Work<'b> {
    pen: Pen<'b, Client>,
    done: Vec<Done<'b>>,
    /// Why nothing more is sent.
    stopped: Option<String>,
}

impl<'b> Work<'b> {
    /// New rules before the old ones go, so that nothing is shut out in between.
    async fn all(&mut self, batch: &'b [ApprovedStep<'b>]) {
        let (mut make, mut change, mut freed, mut revoke) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for step in batch {
            if let Some(outcome) = hopeless(step) {
                self.done.push((step, outcome));
                continue;
            }
            match (step.change.action, &step.after) {
                (Action::Delete, _) | (Action::Replace, None) => revoke.push(step),
                (Action::Create | Action::Replace, Some(_)) if step.found.is_some() => change.push(step),
                (Action::Create | Action::Replace, Some(_)) => {
                    let frees = step.change.action == Action::Replace && !step.change.create_first;
                    freed.extend(Some(step).filter(|step| frees && step.fresh.is_some()));
                    make.push(step);
                }
                (Action::Update, Some(_)) => change.push(step),
                (Action::Adopt | Action::Move | Action::Release, _) => {
                    self.done.push((step, applied(step, step.id.clone(), Vec::new()))); // the ledger's alone
                }
                (Action::Create | Action::Update, None) => {
                    self.end(step, &not_sent("the step says nothing about what shall be"));
                }
            }
        }
        let refused = self.revoke(freed, false).await;
        make.retain(|step| !refused.contains(&step.change.address.as_str()));
        self.make(make).await;
        self.change(change).await;
        self.revoke(revoke, true).await;
    }

    fn end(&mut self, step: &'b ApprovedStep<'b>, error: &CallError) {
        let request_ids = request_of(error).into_iter().collect();
        let outcome = ended(step, status_of(error), error.to_string());
        self.done.push((step, StepOutcome { request_ids, ..outcome }));
        if is_final(error) {
            self.stopped = Some(format!("not tried: {error}"));
        }
    }

    fn skip(&mut self, step: &'b ApprovedStep<'b>) {
        let why = self.stopped.clone().unwrap_or_else(|| "not tried".to_owned());
        self.done.push((step, ended(step, Status::Skipped, why)));
    }

    async fn make(&mut self, steps: Vec<&'b ApprovedStep<'b>>) {
        let mut calls: BTreeMap<(bool, Tags), Vec<(&'b ApprovedStep<'b>, Rule)>> = BTreeMap::new();
        for step in steps {
            match Rule::of(step).and_then(|rule| Ok((plain_tags(step)?, rule))) {
                Ok((tags, rule)) => calls.entry((rule.egress, tags)).or_default().push((step, rule)),
                Err(why) => self.end(step, &not_sent(&why)),
            }
        }
        for ((egress, tags), rules) in calls {
            let mut parts = vec![(rules, YOUNG)];
            while let Some((rules, patience)) = parts.pop() {
                if rules.first().is_some_and(|_| self.stopped.is_some()) {
                    rules.iter().for_each(|(step, _)| self.skip(step));
                    continue;
                }
                match self.allow(egress, &tags, &rules, patience).await {
                    Ok((answer, request)) => self.made(&rules, answer, request).await,
                    Err(CallError::Refused { code, .. }) if splits(&code) && rules.len() > 1 => {
                        let mut first = rules;
                        let second = first.split_off(first.len() / 2);
                        parts.push((second, ONCE));
                        parts.push((first, ONCE));
                    }
                    Err(error) => rules.iter().for_each(|(step, _)| self.end(step, &error)),
                }
            }
        }
    }

    async fn allow(
        &self,
        egress: bool,
        tags: &Tags,
        rules: &[(&'b ApprovedStep<'b>, Rule)],
        patience: Patience,
    ) -> Result<(Vec<SecurityGroupRule>, Option<String>), CallError> {
        let steps: Vec<_> = rules.iter().map(|(step, _)| *step).collect();
        let group = group_of(steps.first().copied())?;
        let permissions = permissions(rules.iter().map(|(_, rule)| rule));
        let carried = (!tags.is_empty()).then(|| {
            let tags = sdk_tags(tags.clone());
            let kind = ResourceType::SecurityGroupRule;
            vec![TagSpecification::builder().resource_type(kind).set_tags(Some(tags)).build()]
        });
        let call = if egress { ALLOW_OUT } else { ALLOW_IN };
        let intent = self.pen.intent(call, &steps).ok_or_else(no_tenant)?;
        if egress {
            let request = self.pen.client.authorize_security_group_egress().group_id(group);
            let request = request.set_ip_permissions(Some(permissions)).set_tag_specifications(carried);
            let start = |probe| request.clone().customize().interceptor(probe).send();
            let (answer, id) = patiently(&self.pen, &intent, call, patience, start).await?;
            return Ok((answer.security_group_rules.unwrap_or_default(), id));
        }
        let request = self.pen.client.authorize_security_group_ingress().group_id(group);
        let request = request.set_ip_permissions(Some(permissions)).set_tag_specifications(carried);
        let start = |probe| request.clone().customize().interceptor(probe).send();
        let (answer, id) = patiently(&self.pen, &intent, call, patience, start).await?;
        Ok((answer.security_group_rules.unwrap_or_default(), id))
    }

    /// Tells each rule of an answer by what it lets through; what the answer leaves out is looked up.
    async fn made(
        &mut self,
        rules: &[(&'b ApprovedStep<'b>, Rule)],
        answer: Vec<SecurityGroupRule>,
        request: Option<String>,
    ) {
        let mut ids = by_atom(&answer);
        if rules.iter().any(|(_, rule)| !ids.contains_key(&rule.atom))
            && let Ok(group) = group_of(rules.first().map(|(step, _)| *step))
        {
            let listed = self.pen.client.describe_security_group_rules().filters(filter("group-id", group));
            let listed = self.pen.line.ask(LIST, |probe| listed.customize().interceptor(probe).send()).await;
            ids.extend(by_atom(&listed.ok().and_then(|l| l.security_group_rules).unwrap_or_default()));
        }
        for (step, rule) in rules {
            let requests = request.clone().into_iter().collect();
            let outcome = match ids.get(&rule.atom) {
                Some(id) => applied(step, Some(id.clone()), requests),
                None => ended(step, Status::Unknown, "the answer does not name the rule: run again"),
            };
            self.done.push((step, outcome));
        }
    }

    /// Descriptions in one call, tags one rule after another; what a rule lets through never changes.
    async fn change(&mut self, steps: Vec<&'b ApprovedStep<'b>>) {
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

    /// Takes rules away, and yields the addresses of those that stay. `last` tells whether that is all there
    /// is to their steps.
    async fn revoke(&mut self, steps: Vec<&'b ApprovedStep<'b>>, last: bool) -> Vec<&'b str> {
        let mut stay = Vec::new();
        for egress in [false, true] {
            let these = steps.iter().copied().filter(|step| permission::is_egress(step) == egress);
            let mut parts = vec![these.collect::<Vec<_>>()];
            while let Some(mut some) = parts.pop().filter(|some| !some.is_empty()) {
                if self.stopped.is_some() {
                    some.iter().for_each(|step| self.skip(step));
                    continue;
                }
                match self.revoke_all(egress, &some).await {
                    Ok(request) if last => {
                        for step in some {
                            let requests = request.clone().into_iter().collect();
                            self.done.push((step, applied(step, None, requests)));
                        }
                    }
                    Ok(_) => {}
                    Err(CallError::Refused { code, .. }) if splits(&code) && some.len() > 1 => {
                        let second = some.split_off(some.len() / 2);
                        parts.extend([second, some]);
                    }
                    Err(error) => {
                        stay.extend(some.iter().map(|step| step.change.address.as_str()));
                        some.iter().for_each(|step| self.end(step, &error));
                    }
                }
            }
        }
        stay
    }

    /// A single rule that is gone already is as wished; one of many is found by halves.
    async fn revoke_all(
        &self,
        egress: bool,
        steps: &[&'b ApprovedStep<'b>],
    ) -> Result<Option<String>, CallError> {
        let ids: Vec<String> =
            steps.iter().filter_map(|s| Some(s.id.as_ref()?.as_str().to_owned())).collect();
        let (group, one) = (group_of(steps.first().copied())?, ids.len() == 1);
        let call = if egress { REVOKE_OUT } else { REVOKE_IN };
        let intent = self.pen.intent(call, steps).ok_or_else(no_tenant)?;
        let sent = if egress {
            let request = self.pen.client.revoke_security_group_egress().group_id(group);
            let request = request.set_security_group_rule_ids(Some(ids));
            let start = |probe| request.clone().customize().interceptor(probe).send();
            patiently(&self.pen, &intent, call, ONCE, start).await.map(|(_, request)| request)
        } else {
            let request = self.pen.client.revoke_security_group_ingress().group_id(group);
            let request = request.set_security_group_rule_ids(Some(ids));
            let start = |probe| request.clone().customize().interceptor(probe).send();
            patiently(&self.pen, &intent, call, ONCE, start).await.map(|(_, request)| request)
        };
        match sent {
            Err(error) if one => or_gone::<()>(Err(error)).map(|()| None),
            sent => sent,
        }
    }
}

/// Whether a refusal may be about one rule of many. Nothing of the call happened.
fn splits(code: &str) -> bool {
    code.starts_with("Invalid")
}

fn group_of<'s>(step: Option<&'s ApprovedStep<'_>>) -> Result<&'s str, CallError> {
    let group = step.and_then(|step| step.scope.container.as_ref());
    group.map(RemoteId::as_str).ok_or_else(|| not_sent("the group that the rule is for is not known"))
}

fn id_of<'s>(step: &'s ApprovedStep<'_>) -> Option<&'s RemoteId> {
    step.found.as_ref().or(step.id.as_ref())
}

fn by_atom(rules: &[SecurityGroupRule]) -> BTreeMap<SmolStr, RemoteId> {
    let pairs = rules.iter().filter_map(|rule| {
        let id = RemoteId::new(rule.security_group_rule_id.as_deref()?).ok()?;
        Some((ec2::SecurityGroupRules::identity(&seen_rule_of(rule))?, id))
    });
    pairs.collect()
}

fn plain_tags(step: &ApprovedStep<'_>) -> Result<Tags, String> {
    let Some(after) = &step.after else { return Ok(Tags::new()) };
    let wished = entries(after, "/tags")?.into_iter();
    Ok(wished.filter_map(|(key, wish)| Some((key, wish.set()?.to_string()))).collect())
}
