//! Hosted zones: made with a caller reference of ours and sent once, then marked; tags and networks;
//! release and deletion.
//!
//! A replacement comes as two steps of one change: with `after` it makes the new zone, without it
//! takes the old one away.

use super::networks::Networks;
use super::tags::CHANGE_TAGS;
use crate::marks::{ZONE_REFERENCE, caller_reference};
use crate::read::bare_id;
use crate::wanted::{Want, text, truth, want};
use crate::write::tags::{TagChange, no_tenant};
use crate::write::{Desk, Pen, concluded, hopeless, in_turn, not_sent};
use aplomo_core::plan::Action;
use aplomo_core::ports::{ApprovedStep, CallError, Fut, StepOutcome, WriteCx, Writer};
use aplomo_core::{Datum, RemoteId, TypeName};
use aplomo_resources::route53;
use aws_sdk_route53::Client;
use aws_sdk_route53::types::{HostedZoneConfig, TagResourceType, Vpc};
use std::time::Duration;

const CREATE: &str = "route53:CreateHostedZone";
const DELETE: &str = "route53:DeleteHostedZone";
const ASSOCIATE: &str = "route53:AssociateVPCWithHostedZone";
const DISASSOCIATE: &str = "route53:DisassociateVPCFromHostedZone";
const LIST_BY_NAME: &str = "route53:ListHostedZonesByName";

/// Writes hosted zones.
#[derive(Debug)]
pub(crate) struct HostedZoneWriter(Desk<Client>);

impl HostedZoneWriter {
    pub(crate) const fn new(desk: Desk<Client>) -> Self {
        Self(desk)
    }

    /// Every call it can make. `ListHostedZonesByName` only finds a zone that an earlier attempt made.
    #[must_use]
    pub(crate) const fn calls() -> &'static [&'static str] {
        &[CREATE, LIST_BY_NAME, CHANGE_TAGS, ASSOCIATE, DISASSOCIATE, DELETE]
    }
}

/// One step under way: what is known of the zone so far.
struct Job<'a> {
    pen: &'a Pen<'a, Client>,
    step: &'a ApprovedStep<'a>,
    id: Option<RemoteId>,
    requests: Vec<String>,
}

impl<'a> Job<'a> {
    const fn new(pen: &'a Pen<'a, Client>, step: &'a ApprovedStep<'a>) -> Self {
        Self { pen, step, id: None, requests: Vec::new() }
    }

    async fn run(mut self) -> (StepOutcome, Option<CallError>) {
        if let Some(outcome) = hopeless(self.step) {
            return (outcome, None);
        }
        let result = self.carry_out().await;
        concluded(self.step, "the zone", (self.id, self.requests), result)
    }

    async fn carry_out(&mut self) -> Result<(), CallError> {
        let step = self.step;
        match step.change.action {
            Action::Delete => self.delete().await,
            Action::Replace if step.after.is_none() => self.delete().await,
            Action::Create | Action::Replace => self.create().await,
            Action::Update | Action::Adopt | Action::Move | Action::Release => {
                self.id = step.id.clone();
                self.complete(None).await
            }
        }
    }

    /// Makes the zone, or takes up the one that an earlier attempt of ours made.
    async fn create(&mut self) -> Result<(), CallError> {
        let networks = Networks::of(self.step).map_err(|why| not_sent(&why))?;
        if let Some(found) = self.step.found.clone() {
            self.id = Some(found);
            return self.complete(None).await;
        }
        let first = networks.add.first().cloned();
        match self.send_create(first.as_deref()).await {
            Err(CallError::Refused { code, message, request_id }) if code == "HostedZoneAlreadyExists" => {
                let Some(id) = self.look_up().await? else {
                    return Err(CallError::Refused { code, message, request_id });
                };
                self.id = Some(id);
                self.complete(None).await
            }
            Err(error) => Err(error),
            Ok(()) => self.complete(first.as_deref()).await,
        }
    }

    fn reference(&self) -> String {
        caller_reference(&self.step.marks.installation, &self.step.key, ZONE_REFERENCE)
    }

    async fn send_create(&mut self, network: Option<&str>) -> Result<(), CallError> {
        let name = self.name()?;
        let private = self.wish("/private", truth)?.unwrap_or(false);
        let request = self
            .pen
            .client
            .create_hosted_zone()
            .name(&name)
            .caller_reference(self.reference())
            .hosted_zone_config(HostedZoneConfig::builder().private_zone(private).build())
            .set_vpc(network.map(vpc));
        let start = |probe| request.clone().customize().interceptor(probe).send();
        let intent = self.pen.intent(CREATE, &[self.step]).ok_or_else(no_tenant)?;
        let (output, request_id) = self.pen.write(&intent, CREATE, start).await?;
        self.requests.extend(request_id);
        let id = output.hosted_zone.and_then(|zone| RemoteId::new(bare_id(&zone.id)).ok());
        self.id = Some(id.ok_or_else(|| CallError::Unknown(format!("{CREATE}: the answer names no zone")))?);
        Ok(())
    }

    /// The zone that has our caller reference; only asked for when the service says that there is one.
    async fn look_up(&self) -> Result<Option<RemoteId>, CallError> {
        let request = self.pen.client.list_hosted_zones_by_name().dns_name(self.name()?).max_items(100);
        let answer =
            self.pen.line.ask(LIST_BY_NAME, |probe| request.customize().interceptor(probe).send()).await?;
        let reference = self.reference();
        let ours = answer.hosted_zones.iter().find(|zone| zone.caller_reference == reference);
        Ok(ours.and_then(|zone| RemoteId::new(bare_id(&zone.id)).ok()))
    }

    fn name(&self) -> Result<String, CallError> {
        self.wish("/name", text)?.ok_or_else(|| not_sent("the step names no zone"))
    }

    fn wish<T>(&self, path: &str, read: impl Fn(&Datum) -> Option<T>) -> Result<Option<T>, CallError> {
        let Some(after) = &self.step.after else { return Ok(None) };
        want(after, path, read).map(Want::set).map_err(|why| not_sent(&why))
    }

    /// Marks, tags and networks; `made_with` is the network the zone was created with.
    async fn complete(&mut self, made_with: Option<&str>) -> Result<(), CallError> {
        let id = self.id.clone().ok_or_else(|| not_sent("the zone's id is not known"))?;
        let mut tags = TagChange::of(self.step).map_err(|why| not_sent(&why))?;
        let writes = matches!(self.step.change.action, Action::Create | Action::Update | Action::Replace);
        let networks = if writes { Networks::of(self.step) } else { Ok(Networks::default()) };
        let networks = networks.map_err(|why| not_sent(&why))?;
        networks.tag(&mut tags);
        let target = (&TagResourceType::Hostedzone, id.as_str());
        self.pen.tag(self.step, target, &tags, &mut self.requests).await?;
        for network in networks.add.iter().filter(|network| Some(network.as_str()) != made_with) {
            self.associate(&id, network).await?;
        }
        for network in &networks.remove {
            self.disassociate(&id, network).await?;
        }
        Ok(())
    }

    /// A zone that an earlier attempt made may be associated already, which is as wished.
    async fn associate(&mut self, id: &RemoteId, network: &str) -> Result<(), CallError> {
        let request =
            self.pen.client.associate_vpc_with_hosted_zone().hosted_zone_id(id.as_str()).vpc(vpc(network));
        let start = |probe| request.clone().customize().interceptor(probe).send();
        let intent = self.pen.intent(ASSOCIATE, &[self.step]).ok_or_else(no_tenant)?;
        match self.pen.write(&intent, ASSOCIATE, start).await {
            Ok((_, request_id)) => self.requests.extend(request_id),
            Err(CallError::Refused { code, .. })
                if code == "ConflictingDomainExists" && self.step.found.is_some() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn disassociate(&mut self, id: &RemoteId, network: &str) -> Result<(), CallError> {
        let request =
            self.pen.client.disassociate_vpc_from_hosted_zone().hosted_zone_id(id.as_str()).vpc(vpc(network));
        let start = |probe| request.clone().customize().interceptor(probe).send();
        let intent = self.pen.intent(DISASSOCIATE, &[self.step]).ok_or_else(no_tenant)?;
        let (_, request_id) = self.pen.write(&intent, DISASSOCIATE, start).await?;
        self.requests.extend(request_id);
        Ok(())
    }

    async fn delete(&mut self) -> Result<(), CallError> {
        let Some(id) = self.step.id.as_ref() else { return Ok(()) };
        let request = self.pen.client.delete_hosted_zone().id(id.as_str());
        let start = |probe| request.clone().customize().interceptor(probe).send();
        let intent = self.pen.intent(DELETE, &[self.step]).ok_or_else(no_tenant)?;
        match self.pen.write(&intent, DELETE, start).await {
            Ok((_, request_id)) => self.requests.extend(request_id),
            Err(CallError::Refused { code, .. }) if code == "NoSuchHostedZone" => {} // gone already, as wished
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn vpc(network: &str) -> Vpc {
    let (region, id) = network.split_once(':').unwrap_or(("", network));
    Vpc::builder().vpc_region(region.into()).vpc_id(id).build()
}

impl Writer for HostedZoneWriter {
    fn feeds(&self) -> &[TypeName] {
        const FEEDS: &[TypeName] = &[route53::HOSTED_ZONE];
        FEEDS
    }
    fn settle(&self) -> Duration {
        Duration::ZERO // its calls are conditional or carry a token: what a reading lacks is refused, not doubled
    }
    fn write<'a>(&'a self, cx: &'a WriteCx<'a>, batch: &'a [ApprovedStep<'a>]) -> Fut<'a, Vec<StepOutcome>> {
        Box::pin(async move {
            let pen = self.0.pen(cx, batch);
            in_turn(batch, |step| Job::new(&pen, step).run()).await
        })
    }
}
