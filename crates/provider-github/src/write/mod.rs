//! Writers, one per type: they carry out approved steps and decide nothing. Every call goes through
//! `WriteCx::once`, every attempt anew, at least a second after the one before.
//!
//! GitHub takes no idempotency keys and no conditions. What a write relies on was read just before, by the
//! engine; creates are sent once; what was sent without an answer is looked for by its natural key.

// size: what every writer shares stands together; it wants dividing into the desk, the pen and the outcomes.

mod access;
mod branch_rules;
mod environments;
mod repositories;
mod rulesets;
mod sealed;
mod settings;
mod small;
mod teams;
mod toggles;

use crate::answer::{Answer, Failure};
use crate::keys::Purpose;
use crate::line::{Line, Site};
use crate::permissions::write_permissions;
use crate::read::inside::name_of;
use crate::read::sweep::node::take;
use crate::route::Route;
use crate::wanted::{Want, want};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::{ApprovedStep, CallError, Fut, StepOutcome, WriteCx, Writer};
use aplomo_core::run::{Intent, Status};
use aplomo_core::{Action, Datum, RemoteId, TypeName};
use aplomo_resources::github::names;
use http::Method;
use serde_json::Value;
use std::collections::BTreeSet;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

/// How often a call is made that a limit stops, the first included.
const ATTEMPTS: u32 = 5;
/// How long what was just made may be unknown to the next call: two minutes.
const YOUNG: [u64; 6] = [2, 4, 8, 16, 30, 60];
/// How long a new object may be missing from readings.
const SETTLE: Duration = Duration::from_secs(120);

/// How objects of one type are made, changed and taken away.
pub(crate) trait Craft: Send + Sync + 'static {
    /// The type.
    const FEEDS: &'static [TypeName];
    /// What it is, for the words: `the label`.
    const WHAT: &'static str;

    /// Makes the object, and tells the job its id.
    fn make(job: &mut Job<'_>, after: &WantedFields) -> impl Future<Output = Result<(), CallError>> + Send;
    /// Brings what is there into shape; after [`Craft::make`], what that could not do.
    fn shape(job: &mut Job<'_>, after: &WantedFields) -> impl Future<Output = Result<(), CallError>> + Send;
    /// Takes it away; what is gone already is as wished.
    fn unmake(job: &mut Job<'_>, id: &RemoteId) -> impl Future<Output = Result<(), CallError>> + Send;
}

/// The writers for what is approved: one per type that the steps speak of.
pub(crate) fn writers(site: &Arc<Site>, approved: &[ApprovedStep<'_>]) -> Vec<Box<dyn Writer>> {
    let types: BTreeSet<&TypeName> = approved.iter().map(|step| &step.change.type_name).collect();
    let purpose = purpose(approved);
    all(site, &purpose).into_iter().filter(|w| w.feeds().iter().any(|t| types.contains(t))).collect()
}

fn all(site: &Arc<Site>, purpose: &Purpose) -> Vec<Box<dyn Writer>> {
    vec![
        Work::<repositories::Repositories>::new(site, purpose),
        Work::<access::TeamGrants>::new(site, purpose),
        Work::<access::Collaborators>::new(site, purpose),
        Work::<environments::Environments>::new(site, purpose),
        Work::<settings::Variables>::new(site, purpose),
        Work::<settings::Secrets>::new(site, purpose),
        Work::<settings::Webhooks>::new(site, purpose),
        Work::<settings::Actions>::new(site, purpose),
        Work::<small::DeployKeys>::new(site, purpose),
        Work::<small::Autolinks>::new(site, purpose),
        Work::<small::Labels>::new(site, purpose),
        Work::<small::CustomProperties>::new(site, purpose),
        Work::<rulesets::Rulesets>::new(site, purpose),
        Work::<branch_rules::BranchRules>::new(site, purpose),
        Work::<teams::Teams>::new(site, purpose),
        Work::<teams::Memberships>::new(site, purpose),
    ]
}

/// Every mutation.
pub(crate) fn mutations() -> impl Iterator<Item = &'static str> {
    branch_rules::MUTATIONS.iter().chain(toggles::MUTATIONS).copied()
}

/// Permissions for the steps' types, and their repositories where all of them are known. A repository that
/// is yet to come, and what belongs to the organisation, can be written by a token for all of them only.
fn purpose(approved: &[ApprovedStep<'_>]) -> Purpose {
    let needs = approved.iter().flat_map(|step| write_permissions(&step.change.type_name)).copied();
    let repository = |step: &ApprovedStep<'_>| {
        let id = match &step.change.type_name {
            t if *t == names::REPOSITORY => step.id.as_ref(),
            t if *t == names::TEAM || *t == names::TEAM_MEMBERSHIP => return None,
            _ => step.scope.container.as_ref(),
        };
        id?.as_str().parse().ok()
    };
    let repositories: Option<BTreeSet<u64>> = approved.iter().map(repository).collect();
    Purpose::Write { needs: needs.collect(), repositories }
}

/// The writer of one type.
pub(crate) struct Work<C> {
    site: Arc<Site>,
    purpose: Purpose,
    craft: PhantomData<fn() -> C>,
}

impl<C: Craft> Work<C> {
    fn new(site: &Arc<Site>, purpose: &Purpose) -> Box<Self> {
        Box::new(Self { site: Arc::clone(site), purpose: purpose.clone(), craft: PhantomData })
    }
}

impl<C: Craft> Writer for Work<C> {
    fn feeds(&self) -> &[TypeName] {
        C::FEEDS
    }
    fn settle(&self) -> Duration {
        self.site.settle.unwrap_or(SETTLE)
    }
    fn write<'a>(&'a self, cx: &'a WriteCx<'a>, batch: &'a [ApprovedStep<'a>]) -> Fut<'a, Vec<StepOutcome>> {
        Box::pin(async move {
            let pen = Pen { cx, line: Line::to_write(&self.site, cx), purpose: &self.purpose };
            let (mut outcomes, mut stopped): (Vec<StepOutcome>, Option<String>) = (Vec::new(), None);
            for step in batch {
                if let Some(why) = stopped.clone().or_else(|| blocked_by(step, &outcomes)) {
                    outcomes.push(ended(step, Status::Skipped, why));
                    continue;
                }
                let (outcome, error) = Job::new(&pen, step).run::<C>().await;
                stopped = error.filter(is_final).map(|error| format!("not tried: {error}"));
                outcomes.push(outcome);
            }
            outcomes
        })
    }
}

/// One writing under way.
pub(crate) struct Pen<'a> {
    cx: &'a WriteCx<'a>,
    pub(crate) line: Line<'a>,
    purpose: &'a Purpose,
}

impl Pen<'_> {
    /// One journaled call; repeated only after a limit, which means that nothing happened.
    async fn write(
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
const LIMITED: &str = "rate-limited";

/// One step under way: what is known of its object so far.
pub(crate) struct Job<'a> {
    pub(crate) pen: &'a Pen<'a>,
    pub(crate) step: &'a ApprovedStep<'a>,
    pub(crate) id: Option<RemoteId>,
    /// Whether this job made it, so that GitHub may not know it everywhere yet.
    pub(crate) made: bool,
    requests: Vec<String>,
}

impl<'a> Job<'a> {
    const fn new(pen: &'a Pen<'a>, step: &'a ApprovedStep<'a>) -> Self {
        Self { pen, step, id: None, made: false, requests: Vec::new() }
    }

    async fn run<C: Craft>(mut self) -> (StepOutcome, Option<CallError>) {
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

    /// A journaled call. What this job made may be unknown for a while: that is waited out.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        template: &'static str,
        parts: &[&str],
        body: Option<Value>,
    ) -> Result<Answer, CallError> {
        let route = Route::new(method, template, parts);
        let mut pauses = YOUNG.iter();
        loop {
            match self.pen.write(self.step, &route, body.as_ref()).await {
                Ok(answer) => {
                    self.requests.extend(answer.request_id.clone());
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
    pub(crate) async fn mutate(&mut self, name: &str, query: &str, input: Value) -> Result<Value, CallError> {
        let route = Route {
            method: Method::POST,
            path: String::new(),
            call: format!("{} {name}", crate::route::GRAPHQL),
        };
        let body = serde_json::json!({ "query": query, "variables": { "input": input } });
        let answer = self.pen.write(self.step, &route, Some(&body)).await?;
        self.requests.extend(answer.request_id.clone());
        let mut reply: Value = answer.json(&route.call).map_err(CallError::from)?;
        if let Some(message) = reply["errors"][0]["message"].as_str() {
            return Err(CallError::Refused {
                code: reply["errors"][0]["type"].as_str().unwrap_or("graphql").to_owned(),
                message: format!("{}: {message}", route.call),
                request_id: answer.request_id,
            });
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
    pub(crate) fn born(&mut self, id: Option<String>) -> Result<(), CallError> {
        let id = id.and_then(|id| RemoteId::new(id).ok());
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

    /// Whether a field must be written: it is wished, and is not so.
    pub(crate) fn turns(&self, after: &WantedFields, path: &str) -> Result<bool, CallError> {
        Ok(match wish(after, path)? {
            Want::Leave => false,
            Want::Clear => self.made || self.there(path).is_some(),
            Want::Set(value) => self.there(path) != Some(value),
        })
    }
}

/// What is wished at a path.
pub(crate) fn wish<'f>(after: &'f WantedFields, path: &str) -> Result<Want<&'f Datum>, CallError> {
    want(after, path).map_err(|why| not_sent(&why))
}

/// A value as GitHub takes it.
pub(crate) fn wished(after: &WantedFields, path: &str) -> Result<Option<Value>, CallError> {
    Ok(wish(after, path)?.set().map(Datum::to_json))
}

/// A text that a call cannot do without.
pub(crate) fn need(after: &WantedFields, path: &str) -> Result<String, CallError> {
    let text = wish(after, path)?.set().and_then(|datum| datum.as_text().map(str::to_owned));
    text.ok_or_else(|| not_sent(&format!("the step says nothing of {path}")))
}

/// A call that was never made, for a reason of our own.
pub(crate) fn not_sent(why: &str) -> CallError {
    CallError::Refused { code: "not-sent".into(), message: why.to_owned(), request_id: None }
}

/// What is gone already is as wished. The object was read just before with what reads it, so "not found"
/// is no lack of sight.
pub(crate) fn or_gone<T>(result: Result<T, CallError>) -> Result<(), CallError> {
    match result {
        Err(CallError::Refused { code, .. }) if code == "404" => Ok(()),
        ended => ended.map(drop),
    }
}

fn ended(step: &ApprovedStep<'_>, status: Status, why: impl Into<String>) -> StepOutcome {
    let id = step.id.clone().or_else(|| step.found.clone());
    let address = step.change.address.clone();
    StepOutcome { address, status, id, error: Some(why.into()), request_ids: Vec::new() }
}

/// Whether nothing more may be sent after it.
fn is_final(error: &CallError) -> bool {
    let handed_over = matches!(error, CallError::Refused { code, .. } if code == LIMITED);
    handed_over || matches!(error, CallError::Journal(_) | CallError::Fenced(_))
}

/// Whether what a step waits for, as far as it is in this batch, did not happen.
fn blocked_by(step: &ApprovedStep<'_>, done: &[StepOutcome]) -> Option<String> {
    let mut failed = done.iter().filter(|o| o.status != Status::Applied);
    let failed = failed.find(|o| step.change.depends_on.contains(&o.address))?;
    Some(format!("it waits for {}, which did not happen", failed.address))
}
