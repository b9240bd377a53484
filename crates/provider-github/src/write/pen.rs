//! One writing under way: journaled calls, repeated only after a limit.
//!
//! Deliberately absent: what is written, and what became of a step (`job`).

use super::not_sent;
use crate::answer::{Answer, Failure};
use crate::keys::Purpose;
use crate::line::Line;
use crate::route::Route;
use aplomo_core::ports::{ApprovedStep, CallError, WriteCx};
use aplomo_core::run::Intent;
use aplomo_core::{FieldPath, RemoteId};
use serde_json::Value;
use std::collections::BTreeSet;

/// How often a call is made that a limit stops, the first included.
const ATTEMPTS: u32 = 5;

/// One writing under way.
pub(crate) struct Pen<'a> {
    pub(super) cx: &'a WriteCx<'a>,
    pub(crate) line: Line<'a>,
    pub(super) purpose: &'a Purpose,
}

impl Pen<'_> {
    /// One journaled call; repeated only after a limit, which means that nothing happened. What it makes is
    /// journaled with its answer.
    pub(super) async fn write(
        &self,
        step: &ApprovedStep<'_>,
        route: &Route,
        body: Option<&Value>,
        birth: Option<&Birth<'_>>,
    ) -> Result<Answer, CallError> {
        let intent = self.intent(step, route, birth);
        let intent = intent.ok_or_else(|| not_sent("its address names no tenant"))?;
        let (mut attempt, mut refused) = (0, false);
        loop {
            self.line.write_turn(route).await.map_err(CallError::from)?;
            let client =
                self.line.site.keys.client(&self.line, self.purpose).await.map_err(CallError::from)?;
            let before = attempt;
            let sent = async {
                match self.line.write_once(&client, route, (body, before)).await {
                    Ok(answer) => Ok((answer.clone(), answer.request_id)),
                    Err(Failure::Problem(problem)) => Err(problem.into()),
                    Err(Failure::Limit(limit)) => Err(CallError::Refused {
                        code: LIMITED.to_owned(),
                        message: format!("{}: the {} is reached; nothing was done", route.call, limit.which),
                        request_id: limit.request_id,
                    }),
                }
            };
            attempt += 1;
            let born = |answer: &Answer| birth.and_then(|birth| birth.id(answer));
            match self.cx.make(&intent, sent, born).await {
                Err(CallError::Refused { code, .. }) if code == LIMITED && attempt < ATTEMPTS => {}
                // Nothing happened: the token is no good any more, and perhaps another one is.
                Err(CallError::Refused { code, .. })
                    if code == "401"
                        && !refused
                        && self.line.site.keys.refused(&self.line, client.token).await =>
                {
                    refused = true;
                }
                ended => return ended.map(|(answer, _)| answer),
            }
        }
    }

    fn intent(&self, step: &ApprovedStep<'_>, route: &Route, birth: Option<&Birth<'_>>) -> Option<Intent> {
        let tenant = step.change.address.manifest_ref()?.tenant;
        let changes = vec![(step.change.address.clone(), step.grant().digest())];
        let (run, call) = (self.cx.run.clone(), route.call.as_str().into());
        let carries = birth.map(|birth| birth.carries.clone()).unwrap_or_default();
        Some(Intent { run, tenant, call, changes, key: step.key.clone(), carries })
    }
}

/// What is known of what a call makes.
pub(super) struct Birth<'b> {
    /// The wished fields that the call carries.
    pub(super) carries: BTreeSet<FieldPath>,
    /// Where the answer tells its id.
    pub(super) told: Told<'b>,
}

/// Where an answer tells the id of what was made.
pub(crate) enum Told<'b> {
    /// A number in this field.
    Number(&'b str),
    /// A text at this JSON Pointer.
    Text(&'b str),
    /// It is known before.
    Known(&'b str),
}

impl Birth<'_> {
    /// The id; `None` where the answer names none.
    pub(super) fn id(&self, answer: &Answer) -> Option<RemoteId> {
        let body = || serde_json::from_slice::<Value>(&answer.body).ok();
        let id = match &self.told {
            Told::Number(field) => body()?[*field].as_u64()?.to_string(),
            Told::Text(at) => body()?.pointer(at)?.as_str()?.to_owned(),
            Told::Known(id) => (*id).to_owned(),
        };
        RemoteId::new(id).ok()
    }
}

/// Our word for a limit that was met.
pub(super) const LIMITED: &str = "rate-limited";
