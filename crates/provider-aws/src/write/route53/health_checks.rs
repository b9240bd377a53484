//! Health checks: made with a caller reference, which makes the create call repeatable; updated for
//! the version that was read.
//!
//! A replacement comes as two steps of one change: with `after` it makes the new check, without it
//! takes the old one away.

mod config;

use super::tags::CHANGE_TAGS;
use crate::marks::{CHECK_REFERENCE, caller_reference};
use crate::read::bare_id;
use crate::read::route53::health_checks::RawCheck;
use crate::write::tags::{TagChange, no_tenant};
use crate::write::{Desk, Pen, concluded, hopeless, in_turn, not_sent};
use aplomo_core::fields::WantedFields;
use aplomo_core::plan::Action;
use aplomo_core::ports::{ApprovedStep, CallError, Fut, StepOutcome, WriteCx, Writer};
use aplomo_core::{RemoteId, TypeName};
use aplomo_resources::route53;
use aws_sdk_route53::Client;
use aws_sdk_route53::types::TagResourceType;
use std::time::Duration;

const CREATE: &str = "route53:CreateHealthCheck";
const UPDATE: &str = "route53:UpdateHealthCheck";
const DELETE: &str = "route53:DeleteHealthCheck";

/// Writes health checks.
#[derive(Debug)]
pub(crate) struct HealthCheckWriter(Desk<Client>);

impl HealthCheckWriter {
    pub(crate) const fn new(desk: Desk<Client>) -> Self {
        Self(desk)
    }

    /// Every call it can make.
    #[must_use]
    pub(crate) const fn calls() -> &'static [&'static str] {
        &[CREATE, UPDATE, CHANGE_TAGS, DELETE]
    }
}

/// One step under way: what is known of the check so far.
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
        concluded(self.step, "the health check", (self.id, self.requests), result)
    }

    async fn carry_out(&mut self) -> Result<(), CallError> {
        let step = self.step;
        match (step.change.action, &step.after) {
            (Action::Delete, _) | (Action::Replace, None) => return self.delete().await,
            (Action::Create | Action::Replace, Some(after)) => match step.found.clone() {
                Some(found) => self.id = Some(found),
                None => self.create(after).await?,
            },
            (Action::Update, Some(after)) => {
                self.id = step.id.clone();
                self.update(after).await?;
            }
            (Action::Adopt | Action::Move | Action::Release, _) => self.id = step.id.clone(),
            (Action::Create | Action::Update, None) => {
                return Err(not_sent("the step says nothing about what shall be"));
            }
        }
        let id = self.id.clone().ok_or_else(|| not_sent("the health check's id is not known"))?;
        let tags = TagChange::of(step).map_err(|why| not_sent(&why))?;
        self.pen.tag(step, (&TagResourceType::Healthcheck, id.as_str()), &tags, &mut self.requests).await
    }

    async fn create(&mut self, after: &WantedFields) -> Result<(), CallError> {
        let config = config::create(after).map_err(|why| not_sent(&why))?;
        let reference = caller_reference(&self.step.marks.installation, &self.step.key, CHECK_REFERENCE);
        let request =
            self.pen.client.create_health_check().caller_reference(reference).health_check_config(config);
        let start = |probe| request.clone().customize().interceptor(probe).send();
        let intent = self.pen.intent(CREATE, &[self.step]).ok_or_else(no_tenant)?;
        let (output, request_id) = self.pen.write(&intent, CREATE, start).await?;
        self.requests.extend(request_id);
        let id = output.health_check.and_then(|check| RemoteId::new(bare_id(&check.id)).ok());
        self.id = Some(
            id.ok_or_else(|| CallError::Unknown(format!("{CREATE}: the answer names no health check")))?,
        );
        Ok(())
    }

    async fn update(&mut self, after: &WantedFields) -> Result<(), CallError> {
        let id = self.step.id.as_ref().ok_or_else(|| not_sent("the health check's id is not known"))?;
        let fresh = self.step.fresh.as_ref();
        let request = self.pen.client.update_health_check().health_check_id(id.as_str());
        let request =
            config::update(request, after, fresh.map(|f| &f.fields)).map_err(|why| not_sent(&why))?;
        let Some(request) = request else { return Ok(()) };
        let raw =
            fresh.and_then(|f| f.raw.as_deref()).and_then(|raw| serde_json::from_str::<RawCheck>(raw).ok());
        let request = request.set_health_check_version(raw.map(|raw| raw.version));
        let start = |probe| request.clone().customize().interceptor(probe).send();
        let intent = self.pen.intent(UPDATE, &[self.step]).ok_or_else(no_tenant)?;
        let (_, request_id) = self.pen.write(&intent, UPDATE, start).await?;
        self.requests.extend(request_id);
        Ok(())
    }

    async fn delete(&mut self) -> Result<(), CallError> {
        let Some(id) = self.step.id.as_ref() else { return Ok(()) };
        let request = self.pen.client.delete_health_check().health_check_id(id.as_str());
        let start = |probe| request.clone().customize().interceptor(probe).send();
        let intent = self.pen.intent(DELETE, &[self.step]).ok_or_else(no_tenant)?;
        match self.pen.write(&intent, DELETE, start).await {
            Ok((_, request_id)) => self.requests.extend(request_id),
            Err(CallError::Refused { code, .. }) if code == "NoSuchHealthCheck" => {} // gone already, as wished
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

impl Writer for HealthCheckWriter {
    fn feeds(&self) -> &[TypeName] {
        const FEEDS: &[TypeName] = &[route53::HEALTH_CHECK];
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
