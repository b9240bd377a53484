//! One step under way: make or take up, bring into shape, take away; and the calls that this takes.
//!
//! Deliberately absent: what each type needs of its own, which is its [`Craft`].

use super::pen::{Birth, Pen, Told};
use super::wishes::wish;
use super::{Craft, ended, not_sent};
use crate::answer::Answer;
use crate::read::inside::name_of;
use crate::read::sweep::node::take;
use crate::route::Route;
use crate::wanted::Want;
use aplomo_core::fields::{Sight, WantedFields};
use aplomo_core::ports::{ApprovedStep, CallError, StepOutcome};
use aplomo_core::run::Status;
use aplomo_core::{Action, Datum, FieldPath, RemoteId};
use http::Method;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long what was just made may be unknown to the next call: two minutes.
const YOUNG: [u64; 6] = [2, 4, 8, 16, 30, 60];

/// One step under way: what is known of its object so far.
pub(crate) struct Job<'a> {
    pub(crate) pen: &'a Pen<'a>,
    pub(crate) step: &'a ApprovedStep<'a>,
    pub(crate) id: Option<RemoteId>,
    /// Whether this job made it, so that GitHub may not know it everywhere yet.
    pub(crate) made: bool,
    /// What the call carries that makes the object.
    carries: BTreeSet<FieldPath>,
    requests: Vec<String>,
}

impl<'a> Job<'a> {
    pub(super) const fn new(pen: &'a Pen<'a>, step: &'a ApprovedStep<'a>) -> Self {
        Self { pen, step, id: None, made: false, carries: BTreeSet::new(), requests: Vec::new() }
    }

    pub(super) async fn run<C: Craft>(mut self) -> (StepOutcome, Option<CallError>) {
        let step = self.step;
        let needs = matches!(step.change.action, Action::Update | Action::Adopt | Action::Move);
        if needs && step.fresh.is_none() {
            return (ended(step, Status::Stale, "it is not there any more: plan again"), None);
        }
        let Err(error) = self.carry_out::<C>().await else {
            return (self.outcome(Status::Applied, None), None);
        };
        if let CallError::Refused { request_id, .. } = &error {
            self.requests.extend(request_id.clone());
        }
        let half = self.made && self.id.is_some();
        let partly = if half { format!("{} exists, but is not complete: ", C::WHAT) } else { String::new() };
        let status = match &error {
            CallError::Journal(_) | CallError::Refused { .. } => Status::Failed,
            CallError::Fenced(_) => Status::Skipped,
            CallError::Unknown(_) => Status::Unknown,
        };
        (self.outcome(status, Some(format!("{partly}{error}"))), Some(error))
    }

    fn outcome(&self, status: Status, error: Option<String>) -> StepOutcome {
        let known = || self.step.id.clone().or_else(|| self.step.found.clone());
        let gone = status == Status::Applied && self.step.after.is_none();
        let id = if gone { self.step.id.clone() } else { self.id.clone().or_else(known) };
        let request_ids = self.requests.clone();
        StepOutcome { address: self.step.change.address.clone(), status, id, error, request_ids }
    }

    async fn carry_out<C: Craft>(&mut self) -> Result<(), CallError> {
        let step = self.step;
        self.at_home()?;
        let after = match (step.change.action, &step.after) {
            // GitHub has no place for marks: who owns it is in the ledger alone.
            (Action::Adopt | Action::Move | Action::Release, _) => {
                self.id = step.id.clone();
                return Ok(());
            }
            (Action::Delete, _) | (Action::Replace, None) => {
                let Some(id) = &step.id else { return Ok(()) };
                return C::unmake(self, id).await;
            }
            (Action::Create | Action::Replace, Some(after)) => {
                self.begin::<C>(after).await?;
                after
            }
            (Action::Update, Some(after)) => {
                self.id = step.id.clone();
                after
            }
            (Action::Create | Action::Update, None) => {
                return Err(not_sent("the step says nothing about what shall be"));
            }
        };
        C::shape(self, after).await
    }

    /// Makes the object, or takes up the one that an earlier attempt of ours made.
    async fn begin<C: Craft>(&mut self, after: &WantedFields) -> Result<(), CallError> {
        let step = self.step;
        if let Some(found) = step.found.clone() {
            self.id = Some(found);
            return Ok(());
        }
        let frees = step.change.action == Action::Replace && !step.change.create_first;
        if let Some(old) = step.id.as_ref().filter(|_| frees && step.fresh.is_some()) {
            C::unmake(self, old).await?;
        }
        self.carries = C::carries(after);
        C::make(self, after).await?;
        self.made = true;
        Ok(())
    }

    /// A transfer loses teams, secrets and rules on its way and happens when GitHub likes: by hand only.
    fn at_home(&self) -> Result<(), CallError> {
        let (here, there) = (&self.pen.line.site.organisation, &self.step.scope.account);
        match there {
            Some(there) if there.as_str() != here => Err(not_sent(&format!(
                "it would have to be transferred from `{here}` to `{there}`, which Aplomo never does: transfer it in GitHub's settings, then adopt it there"
            ))),
            _ => Ok(()),
        }
    }

    /// A journaled call.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        template: &'static str,
        parts: &[&str],
        body: Option<Value>,
    ) -> Result<Answer, CallError> {
        self.call(&Route::new(method, template, parts), body, None).await
    }

    /// The call that makes the object: its id is journaled with the answer, so that it is found again.
    pub(crate) async fn create(
        &mut self,
        method: Method,
        template: &'static str,
        parts: &[&str],
        body: Option<Value>,
        told: Told<'_>,
    ) -> Result<Answer, CallError> {
        self.call(&Route::new(method, template, parts), body, Some(told)).await
    }

    /// What this job made may be unknown for a while: that is waited out.
    pub(super) async fn call(
        &mut self,
        route: &Route,
        body: Option<Value>,
        told: Option<Told<'_>>,
    ) -> Result<Answer, CallError> {
        let birth = told.map(|told| Birth { carries: self.carries.clone(), told });
        let mut pauses = YOUNG.iter();
        loop {
            match self.pen.write(self.step, route, body.as_ref(), birth.as_ref()).await {
                Ok(answer) => {
                    self.requests.extend(answer.request_id.clone());
                    if let Some(birth) = &birth {
                        self.born(birth.id(&answer))?;
                    }
                    return Ok(answer);
                }
                Err(CallError::Refused { code, message, request_id }) if self.made && code == "404" => {
                    let Some(pause) = pauses.next() else {
                        return Err(CallError::Refused { code, message, request_id });
                    };
                    self.pen.cx.clock.sleep(Duration::from_secs(*pause)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// A journaled GraphQL mutation; its data.
    pub(crate) async fn mutate(
        &mut self,
        name: &str,
        query: &str,
        input: Value,
        told: Option<Told<'_>>,
    ) -> Result<Value, CallError> {
        let route = Route {
            method: Method::POST,
            path: String::new(),
            call: format!("{} {name}", crate::route::GRAPHQL),
        };
        let body = serde_json::json!({ "query": query, "variables": { "input": input } });
        let birth = told.map(|told| Birth { carries: self.carries.clone(), told });
        let answer = self.pen.write(self.step, &route, Some(&body), birth.as_ref()).await?;
        self.requests.extend(answer.request_id.clone());
        let mut reply: Value = answer.json(&route.call).map_err(CallError::from)?;
        if let Some(message) = reply["errors"][0]["message"].as_str() {
            return Err(CallError::Refused {
                code: reply["errors"][0]["type"].as_str().unwrap_or("graphql").to_owned(),
                message: format!("{}: {message}", route.call),
                request_id: answer.request_id,
            });
        }
        if let Some(birth) = &birth {
            self.born(birth.id(&answer))?;
        }
        let mut data = take(&mut reply, "data");
        Ok(take(&mut data, name))
    }

    /// A look that needs no intent.
    pub(crate) async fn ask(&self, template: &'static str, parts: &[&str]) -> Result<Value, CallError> {
        let mut pauses = YOUNG.iter();
        loop {
            match (self.pen.line.ask(&Route::get(template, parts)).await, pauses.next()) {
                // What this job made may be unknown for a while.
                (Err(problem), Some(pause)) if self.made && problem.is_not_visible() => {
                    self.pen.cx.clock.sleep(Duration::from_secs(*pause)).await;
                }
                (answer, _) => return answer.map_err(CallError::from),
            }
        }
    }

    pub(crate) fn organisation(&self) -> &'a str {
        &self.pen.line.site.organisation
    }

    /// The id of the repository or team that the object is in.
    pub(crate) fn container(&self) -> Result<&'a str, CallError> {
        let container = self.step.scope.container.as_ref();
        container.map(RemoteId::as_str).ok_or_else(|| not_sent("what it belongs to is not known"))
    }

    /// The name of the repository that the object is in.
    pub(crate) async fn repository(&self) -> Result<String, CallError> {
        let container = self.container()?;
        name_of(&self.pen.line, container).await.map_err(|why| not_sent(&why))
    }

    /// Takes note of the id that an answer to a create tells.
    pub(super) fn born(&mut self, id: Option<RemoteId>) -> Result<(), CallError> {
        self.id = Some(id.ok_or_else(|| CallError::Unknown("the answer names no id".into()))?);
        Ok(())
    }

    /// What is there at a path.
    pub(crate) fn there(&self, path: &str) -> Option<&'a Datum> {
        if self.made { None } else { self.step.fresh.as_ref()?.fields.value(path) }
    }

    pub(crate) fn there_text(&self, path: &str) -> Option<&'a str> {
        self.there(path).and_then(Datum::as_text)
    }

    /// Whether what is there at a path is not shown to us.
    pub(crate) fn hides(&self, path: &str) -> bool {
        let sight = self.step.fresh.as_ref().and_then(|fresh| fresh.fields.get(path));
        !self.made && sight == Some(&Sight::Hidden)
    }

    /// What is written as a whole is refused where a part of it is not shown: that part would be lost.
    pub(crate) fn all_shown(&self, below: &[&str]) -> Result<(), CallError> {
        let fields = self.step.fresh.iter().flat_map(|fresh| fresh.fields.iter());
        let mut hidden = fields.filter(|(path, sight)| {
            **sight == Sight::Hidden && below.iter().any(|start| path.as_str().starts_with(start))
        });
        match hidden.next() {
            Some((path, _)) if !self.made => Err(not_sent(&format!(
                "`{path}` is not shown to us, and writing the rest would lose it: give the App the right to see it"
            ))),
            _ => Ok(()),
        }
    }

    /// Whether a field must be written: it is wished, and is not so.
    pub(crate) fn turns(&self, after: &WantedFields, path: &str) -> Result<bool, CallError> {
        Ok(match wish(after, path)? {
            Want::Leave => false,
            Want::Clear => self.made || self.there(path).is_some(),
            Want::Set(value) => self.there(path) != Some(value),
        })
    }
}
