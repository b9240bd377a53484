//! Certificates: RequestCertificate with the marks in the call, tags, options, and DeleteCertificate
//! only of what nothing uses.
//!
//! After a request ACM takes some seconds to make up the validation records; the writer waits a stated
//! while for those of the whole batch, for the records are what comes next.

mod request;
mod tags;

use super::{Desk, Pen, concluded, ended, hopeless, in_turn, not_sent};
use crate::read::acm::{DESCRIBE, ask_detail, detail_of};
use crate::write::tags::no_tenant;
use aplomo_core::ports::{ApprovedStep, CallError, Fut, StepOutcome, WriteCx, Writer};
use aplomo_core::run::Status;
use aplomo_core::{Action, RemoteId, TypeName};
use aplomo_resources::acm;
use aws_sdk_acm::Client;
use std::time::Duration;

const REQUEST: &str = "acm:RequestCertificate";
const DELETE: &str = "acm:DeleteCertificate";
const OPTIONS: &str = "acm:UpdateCertificateOptions";
/// How often new certificates are looked at for their validation records, two seconds apart.
const LOOKS: u32 = 10;

/// Writes certificates.
#[derive(Debug)]
pub(crate) struct CertificateWriter(Desk<Client>);

impl CertificateWriter {
    pub(crate) const fn new(desk: Desk<Client>) -> Self {
        Self(desk)
    }

    /// Every call it can make.
    pub(crate) const fn calls() -> &'static [&'static str] {
        &[REQUEST, DELETE, OPTIONS, DESCRIBE, tags::ADD, tags::REMOVE]
    }
}

/// One step under way.
struct Job<'a> {
    pen: &'a Pen<'a, Client>,
    step: &'a ApprovedStep<'a>,
    id: Option<RemoteId>,
    requests: Vec<String>,
}

impl<'a> Job<'a> {
    fn new(pen: &'a Pen<'a, Client>, step: &'a ApprovedStep<'a>) -> Self {
        Self { pen, step, id: step.id.clone(), requests: Vec::new() }
    }

    async fn run(mut self) -> (StepOutcome, Option<CallError>) {
        if let Some(outcome) = hopeless(self.step) {
            return (outcome, None);
        }
        let result = self.carry_out().await;
        concluded(self.step, "the certificate", (self.id, self.requests), result)
    }

    async fn carry_out(&mut self) -> Result<(), CallError> {
        let makes = self.step.after.is_some();
        match self.step.change.action {
            Action::Create => self.create().await,
            Action::Replace if makes => self.create().await,
            Action::Delete | Action::Replace => self.delete().await,
            Action::Update => {
                self.options().await?;
                self.tags().await
            }
            Action::Adopt | Action::Move | Action::Release => self.tags().await,
        }
    }

    /// A new certificate, or the one that an interrupted attempt of ours asked for.
    async fn create(&mut self) -> Result<(), CallError> {
        if let Some(found) = self.step.found.clone() {
            self.id = Some(found);
            self.tags().await?;
        } else {
            self.id = Some(self.request().await?);
        }
        Ok(())
    }

    async fn request(&mut self) -> Result<RemoteId, CallError> {
        let request = request::build(&self.pen.client, self.step).map_err(|why| not_sent(&why))?;
        let start = |probe| request.clone().customize().interceptor(probe).send();
        let intent = self.pen.intent(REQUEST, &[self.step]).ok_or_else(no_tenant)?;
        let (answer, request_id) = self.pen.write(&intent, REQUEST, start).await?;
        self.requests.extend(request_id);
        let id = answer.certificate_arn.as_deref().and_then(|arn| RemoteId::new(arn).ok());
        id.ok_or_else(|| CallError::Unknown(format!("{REQUEST}: the answer names no certificate")))
    }

    async fn options(&mut self) -> Result<(), CallError> {
        let Some(wanted) = request::transparency(self.step).map_err(|why| not_sent(&why))? else {
            return Ok(());
        };
        let there = self.step.fresh.as_ref().and_then(|f| f.fields.value("/transparencyLogging"));
        if there == Some(&aplomo_core::Datum::Bool(wanted)) {
            return Ok(());
        }
        let arn = self.known()?;
        let request = self
            .pen
            .client
            .update_certificate_options()
            .certificate_arn(arn.as_str())
            .options(request::options(wanted));
        let start = |probe| request.clone().customize().interceptor(probe).send();
        let intent = self.pen.intent(OPTIONS, &[self.step]).ok_or_else(no_tenant)?;
        let (_, request_id) = self.pen.write(&intent, OPTIONS, start).await?;
        self.requests.extend(request_id);
        Ok(())
    }

    fn known(&self) -> Result<RemoteId, CallError> {
        self.id.clone().ok_or_else(|| not_sent("the certificate's ARN is not known"))
    }

    /// Deletes what nothing uses. ACM refuses the rest, but says less of what uses it.
    async fn delete(&mut self) -> Result<(), CallError> {
        let arn = self.known()?;
        match ask_detail(&self.pen.line, &self.pen.client, arn.as_str()).await {
            Ok(Some(detail)) if !detail.in_use_by().is_empty() => {
                return Err(in_use(detail.in_use_by()));
            }
            _ => {} // the call itself says what is wrong, or that it is gone already
        }
        let request = self.pen.client.delete_certificate().certificate_arn(arn.as_str());
        let start = |probe| request.clone().customize().interceptor(probe).send();
        let intent = self.pen.intent(DELETE, &[self.step]).ok_or_else(no_tenant)?;
        match self.pen.write(&intent, DELETE, start).await {
            Ok((_, request_id)) => self.requests.extend(request_id),
            Err(CallError::Refused { code, .. }) if code == "ResourceNotFoundException" => {} // as wished
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// Looks until the records of all names of all certificates are there, and keeps what it sees for the
/// reader. Where they take longer the certificates are there all the same, and the next plan writes them.
async fn wait_for_records(pen: &Pen<'_, Client>, mut open: Vec<RemoteId>) {
    for look in 0..LOOKS {
        if look > 0 && !open.is_empty() {
            pen.cx.clock.sleep(Duration::from_secs(2)).await;
        }
        for id in std::mem::take(&mut open) {
            match ask_detail(&pen.line, &pen.client, id.as_str()).await {
                Ok(Some(detail)) if detail_of(&detail).has_all_records() => {
                    pen.line.site.certificates.put(id.as_str(), &detail_of(&detail));
                }
                _ => open.push(id),
            }
        }
    }
}

/// The certificates that a batch asked for.
fn asked_for(batch: &[ApprovedStep<'_>], outcomes: &[StepOutcome]) -> Vec<RemoteId> {
    let makes = |step: &&ApprovedStep<'_>| {
        step.after.is_some() && matches!(step.change.action, Action::Create | Action::Replace)
    };
    let made = batch.iter().filter(makes).map(|step| &step.change.address);
    let made = made.filter_map(|address| outcomes.iter().find(|outcome| outcome.address == *address));
    made.filter(|outcome| outcome.status == Status::Applied)
        .filter_map(|outcome| outcome.id.clone())
        .collect()
}

fn in_use(users: &[String]) -> CallError {
    const SHOWN: usize = 5;
    let mut names: Vec<&str> = users.iter().take(SHOWN).map(String::as_str).collect();
    let more = format!("{} more", users.len().saturating_sub(SHOWN));
    if users.len() > SHOWN {
        names.push(&more);
    }
    CallError::Refused {
        code: "in-use".into(),
        message: format!(
            "the certificate stays, for it is used by {}: move these over first",
            names.join(", ")
        ),
        request_id: None,
    }
}

impl Writer for CertificateWriter {
    fn feeds(&self) -> &[TypeName] {
        const FEEDS: &[TypeName] = &[acm::CERTIFICATE];
        FEEDS
    }
    fn settle(&self) -> Duration {
        self.0.settle(Duration::from_secs(30))
    }
    fn write<'a>(&'a self, cx: &'a WriteCx<'a>, batch: &'a [ApprovedStep<'a>]) -> Fut<'a, Vec<StepOutcome>> {
        Box::pin(async move {
            if batch.iter().any(|step| step.scope.region.is_none()) {
                let why = "a certificate lives in a region, and the step names none: plan again";
                return batch.iter().map(|step| ended(step, Status::Failed, why)).collect();
            }
            let pen = self.0.pen(cx, batch);
            let outcomes = in_turn(batch, |step| Job::new(&pen, step).run()).await;
            wait_for_records(&pen, asked_for(batch, &outcomes)).await;
            outcomes
        })
    }
}
