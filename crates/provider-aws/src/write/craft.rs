//! What writers of single objects share, whatever the service: create or take up, bring into shape, mark,
//! take away. What a type needs of its own is its [`Craft`].
//!
//! A replacement that makes the new object first comes as two steps: with `after` it makes the new one,
//! without it takes the old one away. One that must free the place first is one step, and does both.

use crate::clients::Sdk;
use crate::marks::{Tags, mark_tags};
use crate::probe::Probe;
use crate::wanted::{Want, entries, want};
use crate::write::patience::{Patience, patiently};
use crate::write::tags::{TagChange, no_tenant};
use crate::write::{Desk, Pen, concluded, hopeless, in_turn, not_sent};
use aplomo_core::fields::WantedFields;
use aplomo_core::plan::Action;
use aplomo_core::ports::{ApprovedStep, CallError, Fut, StepOutcome, WriteCx, Writer};
use aplomo_core::{Datum, RemoteId, TypeName};
use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use serde::de::DeserializeOwned;
use std::future::Future;
use std::marker::PhantomData;
use std::time::Duration;

/// How objects of one type are made, changed and taken away.
pub(crate) trait Craft: Send + Sync + 'static {
    /// The service's client.
    type Client: Sdk;
    /// The type.
    const FEEDS: &'static [TypeName];
    /// What it is, for the words: `the subnet`.
    const WHAT: &'static str;
    /// Every call it can make.
    const CALLS: &'static [&'static str];
    /// How long a new object may be missing from readings.
    const SETTLE: Duration;

    /// Makes the object with its tags and marks, and tells the job its id.
    fn make(
        job: &mut Job<'_, Self::Client>,
        after: &WantedFields,
    ) -> impl Future<Output = Result<(), CallError>> + Send;
    /// Brings what is there into shape, tags but for.
    fn shape(
        job: &mut Job<'_, Self::Client>,
        after: &WantedFields,
    ) -> impl Future<Output = Result<(), CallError>> + Send;
    /// Takes it away; what is gone already is as wished.
    fn unmake(
        job: &mut Job<'_, Self::Client>,
        id: &RemoteId,
    ) -> impl Future<Output = Result<(), CallError>> + Send;
    /// Sets and removes tags.
    fn tag(
        job: &mut Job<'_, Self::Client>,
        id: &RemoteId,
        tags: TagChange,
    ) -> impl Future<Output = Result<(), CallError>> + Send;
}

/// One step under way: what is known of its object so far.
pub(crate) struct Job<'a, C> {
    pub(crate) pen: &'a Pen<'a, C>,
    pub(crate) step: &'a ApprovedStep<'a>,
    pub(crate) id: Option<RemoteId>,
    /// Whether this job made it, so that it is as the service makes them.
    pub(crate) made: bool,
    requests: Vec<String>,
}

/// A field on its way from what is to what shall be.
pub(crate) struct Turn<T> {
    pub(crate) from: Option<T>,
    pub(crate) to: Option<T>,
}

impl<'a, C: Sdk> Job<'a, C> {
    pub(crate) const fn new(pen: &'a Pen<'a, C>, step: &'a ApprovedStep<'a>) -> Self {
        Self { pen, step, id: None, made: false, requests: Vec::new() }
    }

    pub(crate) async fn run<K: Craft<Client = C>>(mut self) -> (StepOutcome, Option<CallError>) {
        if let Some(outcome) = hopeless(self.step) {
            return (outcome, None);
        }
        let result = self.carry_out::<K>().await;
        concluded(self.step, K::WHAT, (self.id, self.requests), result)
    }

    async fn carry_out<K: Craft<Client = C>>(&mut self) -> Result<(), CallError> {
        let step = self.step;
        let after = match (step.change.action, &step.after) {
            (Action::Delete, _) | (Action::Replace, None) => {
                let Some(id) = &step.id else { return Ok(()) };
                return K::unmake(self, id).await;
            }
            (Action::Create | Action::Replace, Some(after)) => {
                self.begin::<K>(after).await?;
                after
            }
            (Action::Update, Some(after)) => {
                self.id = step.id.clone();
                after
            }
            (Action::Adopt | Action::Move | Action::Release, _) => {
                self.id = step.id.clone();
                return self.tag::<K>().await;
            }
            (Action::Create | Action::Update, None) => {
                return Err(not_sent("the step says nothing about what shall be"));
            }
        };
        K::shape(self, after).await?;
        self.tag::<K>().await
    }

    /// Makes the object, or takes up the one that an earlier attempt of ours made.
    async fn begin<K: Craft<Client = C>>(&mut self, after: &WantedFields) -> Result<(), CallError> {
        let step = self.step;
        if let Some(found) = step.found.clone() {
            self.id = Some(found);
            return Ok(());
        }
        let frees = step.change.action == Action::Replace && !step.change.create_first;
        if let Some(old) = step.id.as_ref().filter(|_| frees && step.fresh.is_some()) {
            K::unmake(self, old).await?;
        }
        K::make(self, after).await?;
        self.made = true;
        Ok(())
    }

    async fn tag<K: Craft<Client = C>>(&mut self) -> Result<(), CallError> {
        if self.made {
            return Ok(()); // they came with the call that made it
        }
        let id = self.id()?;
        let tags = TagChange::of(self.step).map_err(|why| not_sent(&why))?;
        K::tag(self, &id, tags).await
    }

    /// The id of the object, which must be known by now.
    pub(crate) fn id(&self) -> Result<RemoteId, CallError> {
        self.id.clone().ok_or_else(|| not_sent("its id is not known"))
    }

    /// Takes note of the id that an answer to a create tells.
    pub(crate) fn born(&mut self, call: &str, id: Option<&str>) -> Result<(), CallError> {
        let id = id.and_then(|id| RemoteId::new(id).ok());
        self.id = Some(id.ok_or_else(|| CallError::Unknown(format!("{call}: the answer names no id")))?);
        Ok(())
    }

    /// The container that the object is made in.
    pub(crate) fn container(&self) -> Result<&'a str, CallError> {
        let container = self.step.scope.container.as_ref();
        container.map(RemoteId::as_str).ok_or_else(|| not_sent("the network it belongs to is not known"))
    }

    /// Every tag that a new object gets, marks included.
    pub(crate) fn birth_tags(&self) -> Result<Tags, CallError> {
        let mut tags = mark_tags(&self.step.marks);
        if let Some(after) = &self.step.after {
            let wished = entries(after, "/tags").map_err(|why| not_sent(&why))?;
            tags.extend(wished.into_iter().filter_map(|(key, wish)| Some((key, wish.set()?.to_string()))));
        }
        Ok(tags)
    }

    /// The value wished at a path.
    pub(crate) fn wish<T>(
        &self,
        after: &WantedFields,
        path: &str,
        read: impl Fn(&Datum) -> Option<T>,
    ) -> Result<Option<T>, CallError> {
        want(after, path, read).map(Want::set).map_err(|why| not_sent(&why))
    }

    /// The value that a create cannot do without.
    pub(crate) fn need<T>(
        &self,
        after: &WantedFields,
        path: &str,
        read: impl Fn(&Datum) -> Option<T>,
    ) -> Result<T, CallError> {
        self.wish(after, path, read)?.ok_or_else(|| not_sent(&format!("the step says nothing of {path}")))
    }

    /// How a field must turn; `None` where it is left alone or as wished. `usual` is how new objects are.
    pub(crate) fn turn<T: PartialEq>(
        &self,
        after: &WantedFields,
        path: &str,
        read: impl Fn(&Datum) -> Option<T>,
        usual: Option<T>,
    ) -> Result<Option<Turn<T>>, CallError> {
        let to = match want(after, path, &read).map_err(|why| not_sent(&why))? {
            Want::Leave => return Ok(None),
            Want::Clear => None,
            Want::Set(value) => Some(value),
        };
        let from = if self.made { usual } else { self.seen(path).and_then(read) };
        Ok((from != to).then_some(Turn { from, to }))
    }

    /// How a truth value must turn; an absent one is false.
    pub(crate) fn turns(
        &self,
        after: &WantedFields,
        path: &str,
        usual: bool,
    ) -> Result<Option<bool>, CallError> {
        let turn = self.turn(after, path, crate::wanted::truth, Some(usual))?;
        let turn = turn.map(|turn| (turn.from, turn.to.unwrap_or(false)));
        Ok(turn.filter(|(from, to)| *from != Some(*to)).map(|(_, to)| to))
    }

    /// How the entries of a map must turn: only those that are wished or wished away.
    pub(crate) fn turned_entries(
        &self,
        after: &WantedFields,
        map: &'static str,
    ) -> Result<Vec<(String, Turn<String>)>, CallError> {
        let mut turned = Vec::new();
        for (key, wish) in entries(after, map).map_err(|why| not_sent(&why))? {
            let path = aplomo_core::FieldPath::known(map).child(&key);
            let from = self.seen(path.as_str()).map(ToString::to_string);
            let to = match wish {
                Want::Leave => continue,
                Want::Clear => None,
                Want::Set(value) => Some(value.to_string()),
            };
            if from != to {
                turned.push((key, Turn { from, to }));
            }
        }
        Ok(turned)
    }

    /// A field of the object as it was read just now; nothing of one that this job made.
    pub(crate) fn seen(&self, path: &str) -> Option<&'a Datum> {
        self.step.fresh.as_ref().filter(|_| !self.made)?.fields.value(path)
    }

    /// What the reader kept for us of the object as it was read just now.
    pub(crate) fn raw<T: DeserializeOwned + Default>(&self) -> T {
        let raw = self.step.fresh.as_ref().filter(|_| !self.made).and_then(|fresh| fresh.raw.as_deref());
        raw.and_then(|raw| serde_json::from_str(raw).ok()).unwrap_or_default()
    }

    /// A journaled call for this step.
    pub(crate) async fn send<T, E, F>(
        &mut self,
        call: &'static str,
        patience: Patience,
        start: impl Fn(Probe) -> F + Send + Sync,
    ) -> Result<T, CallError>
    where
        T: Send,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let intent = self.pen.intent(call, &[self.step]).ok_or_else(no_tenant)?;
        let (value, request) = patiently(self.pen, &intent, call, patience, start).await?;
        self.requests.extend(request);
        Ok(value)
    }
}

/// The writer around a craft: one object after another.
pub(crate) struct Workshop<K: Craft>(Desk<K::Client>, PhantomData<K>);

impl<K: Craft> Workshop<K> {
    pub(crate) fn open(desk: Desk<K::Client>) -> Box<dyn Writer> {
        Box::new(Self(desk, PhantomData))
    }
}

impl<K: Craft> Writer for Workshop<K> {
    fn feeds(&self) -> &[TypeName] {
        K::FEEDS
    }
    fn settle(&self) -> Duration {
        self.0.settle(K::SETTLE)
    }
    fn write<'a>(&'a self, cx: &'a WriteCx<'a>, batch: &'a [ApprovedStep<'a>]) -> Fut<'a, Vec<StepOutcome>> {
        Box::pin(async move {
            let pen = self.0.pen(cx, batch);
            in_turn(batch, |step| Job::new(&pen, step).run::<K>()).await
        })
    }
}

/// A journaled call of a job, from a request of the SDK.
macro_rules! send {
    ($job:expr, $call:expr, $patience:expr, $request:expr) => {{
        let request = $request;
        $job.send($call, $patience, |probe| request.clone().customize().interceptor(probe).send()).await
    }};
}
pub(crate) use send;
