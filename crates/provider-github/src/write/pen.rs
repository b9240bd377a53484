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
use serde_json::Value;

/// How often a call is made that a limit stops, the first included.
const ATTEMPTS: u32 = 5;

/// One writing under way.
pub(crate) struct Pen<'a> {
    pub(super) cx: &'a WriteCx<'a>,
    pub(crate) line: Line<'a>,
    pub(super) purpose: &'a Purpose,
}

impl Pen<'_> {
    /// One journaled call; repeated only after a limit, which means that nothing happened.
    pub(super) async fn write(
        &self,
        step: &ApprovedStep<'_>,
        route: &Route,
        body: Option<&Value>,
    ) -> Result<Answer, CallError> {
        let intent = self.intent(step, route).ok_or_else(|| not_sent("its address names no tenant"))?;
        let mut attempt = 0;
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
            match self.cx.once(&intent, sent).await {
                Err(CallError::Refused { code, .. }) if code == LIMITED && attempt < ATTEMPTS => {}
                ended => return ended.map(|(answer, _)| answer),
            }
        }
    }

    fn intent(&self, step: &ApprovedStep<'_>, route: &Route) -> Option<Intent> {
        let tenant = step.change.address.manifest_ref()?.tenant;
        let changes = vec![(step.change.address.clone(), step.grant().digest())];
        let (run, call) = (self.cx.run.clone(), route.call.as_str().into());
        Some(Intent { run, tenant, call, changes, key: step.key.clone() })
    }
}

/// Our word for a limit that was met.
pub(super) const LIMITED: &str = "rate-limited";
