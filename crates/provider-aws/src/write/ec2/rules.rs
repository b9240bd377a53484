//! Security group rules: all new rules of a group and direction in one call, all that go in another.
//!
//! Rules carry no marks: tags in such a call are for all its rules alike, so none could name its own address.
//! A rule is ours by the ledger, or by being in a group that is ours alone; after a crash it is recognised by
//! what it lets through, of which a group has each only once. Plain tags travel with the call.

mod changing;
mod permission;
mod revoking;

use super::{CREATE_TAGS, DELETE_TAGS, SETTLE, filter, sdk_tags};
use crate::marks::Tags;
use crate::read::ec2::seen_rule_of;
use crate::wanted::entries;
use crate::write::patience::{ONCE, Patience, YOUNG, patiently};
use crate::write::tags::no_tenant;
use crate::write::{Desk, Pen, applied, ended, hopeless, is_final, not_sent, request_of, status_of};
use aplomo_core::plan::Action;
use aplomo_core::ports::{ApprovedStep, CallError, Fut, StepOutcome, WriteCx, Writer};
use aplomo_core::run::Status;
use aplomo_core::types::Type as _;
use aplomo_core::{RemoteId, TypeName};
use aplomo_resources::ec2;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{ResourceType, SecurityGroupRule, TagSpecification};
use permission::{Rule, permissions};
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
                    // A reading may not show yet what a group made in this run brought along.
                    Err(CallError::Refused { code, .. }) if is_there(&code, &rules) => {
                        self.made(&rules, Vec::new(), None).await;
                    }
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
}

/// Whether the service refuses the one rule that every new group has, because it is there.
fn is_there(code: &str, rules: &[(&ApprovedStep<'_>, Rule)]) -> bool {
    let [(_, rule)] = rules else { return false };
    code == "InvalidPermission.Duplicate"
        && ["egress|-1|||0.0.0.0/0", "egress|-1|||::/0"].contains(&&*rule.atom)
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
