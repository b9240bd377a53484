//! Readers of a region: what every one of them does around its listing. A listing is a [`Survey`].
//!
//! Deliberately absent: calls and fields, which each service has its own of.

use crate::clients::{Branch, Sdk};
use crate::line::{Line, Site};
use crate::marks::{Tags, plain_tags};
use crate::read::weaken;
use aplomo_core::fields::Sight;
use aplomo_core::observation::OwnerMark;
use aplomo_core::ports::{Fut, Pick, Reach, ReadCx, Reader};
use aplomo_core::types::Type;
use aplomo_core::{Coverage, Datum, Model, Observation, Observed, RemoteId, Scope, Seen, TypeName};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

/// One listing of a region.
pub(crate) trait Survey: Send + Sync + 'static {
    /// The service's client.
    type Client: Sdk;
    /// The types it yields.
    const FEEDS: &'static [TypeName];
    /// Every call it can make.
    const CALLS: &'static [&'static str];
    /// Lists; what could not be seen is told by the coverage.
    fn look(view: &View<'_, Self::Client>) -> impl Future<Output = Vec<Catch>> + Send;
}

/// Where and with what to look.
pub(crate) struct View<'a, C> {
    pub(crate) line: Line<'a>,
    pub(crate) client: C,
    pub(crate) scope: &'a Scope,
    /// The objects that all is to be told of, where the others are only their neighbours.
    pub(crate) only: Option<&'a [RemoteId]>,
}

impl<C> View<'_, C> {
    /// Whether an owner that the service names is another account, whose objects are only shown to us.
    pub(crate) fn stranger(&self, owner: Option<&str>) -> Option<OwnerMark> {
        let (owner, account) = (owner?, self.scope.account.as_ref()?);
        (owner != account.as_str()).then(|| OwnerMark::OtherTool(format!("the account {owner}").into()))
    }
}

/// What was found of one type.
pub(crate) struct Catch {
    type_name: TypeName,
    objects: Vec<Observed>,
    pub(crate) coverage: Coverage,
}

/// An object but for its fields.
pub(crate) struct Find<'a> {
    pub(crate) id: &'a str,
    /// The container's id, where it is in one.
    pub(crate) within: Option<&'a str>,
    pub(crate) mark: OwnerMark,
    pub(crate) outputs: Vec<(SmolStr, Datum)>,
    pub(crate) brought_along: bool,
    pub(crate) raw: Option<String>,
    pub(crate) waiting: Option<String>,
}

impl<'a> Find<'a> {
    /// An object of the region with nothing special about it.
    pub(crate) const fn new(id: &'a str, mark: OwnerMark) -> Self {
        Self { id, within: None, mark, outputs: Vec::new(), brought_along: false, raw: None, waiting: None }
    }
}

impl Catch {
    /// Nothing yet.
    pub(crate) const fn new(type_name: TypeName, coverage: Coverage) -> Self {
        Self { type_name, objects: Vec::new(), coverage }
    }

    /// One more object; what cannot be taken weakens the coverage.
    pub(crate) fn take<T: Type>(&mut self, scope: &Scope, find: Find<'_>, fields: &T::Model<Seen>) {
        match observed::<T>(scope, find, fields) {
            Ok(object) => self.objects.push(object),
            Err(why) => weaken(&mut self.coverage, why),
        }
    }

    /// What was found, with its coverage.
    pub(crate) fn into_parts(self) -> (Vec<Observed>, Coverage) {
        (self.objects, self.coverage)
    }

    /// Something that cannot be taken, since what makes it recognisable is missing.
    pub(crate) fn lacks(&mut self, what: &str) {
        weaken(&mut self.coverage, format!("an answer names no {what}"));
    }
}

fn observed<T: Type>(scope: &Scope, find: Find<'_>, fields: &T::Model<Seen>) -> Result<Observed, String> {
    let bad =
        |bad: aplomo_core::name::BadName| format!("`{}` could not be taken: {bad}", find.id.escape_debug());
    let id = RemoteId::new(find.id).map_err(bad)?;
    let container = find.within.map(RemoteId::new).transpose().map_err(bad)?;
    let own = (SmolStr::new_static("id"), Datum::from(id.as_str()));
    Ok(Observed {
        type_name: T::NAME,
        scope: container.map_or_else(|| scope.concrete(), |c| scope.within(c)),
        key: T::identity(fields),
        mark: find.mark,
        created_by: None,
        fields: fields.to_fields(),
        outputs: find.outputs.into_iter().chain([own]).collect(),
        id,
        brought_along: find.brought_along,
        raw: find.raw.map(Into::into),
        waiting: find.waiting,
    })
}

/// A value, or its absence.
pub(crate) fn sight<T>(value: Option<T>) -> Sight<T> {
    value.map_or(Sight::Absent, Sight::Value)
}

/// A text that is not empty, or its absence.
pub(crate) fn word(text: Option<&str>) -> Sight<SmolStr> {
    sight(text.filter(|text| !text.is_empty()).map(SmolStr::new))
}

/// The tags that are fields.
pub(crate) fn fields_of(tags: &Tags) -> BTreeMap<String, Sight<String>> {
    plain_tags(tags).map(|(key, value)| (key.clone(), Sight::Value(value.clone()))).collect()
}

/// The reader around a survey.
pub(crate) struct Regional<S: Survey> {
    site: Arc<Site>,
    clients: Arc<Branch<S::Client>>,
    survey: PhantomData<S>,
}

impl<S: Survey> Regional<S> {
    pub(crate) fn new(site: &Arc<Site>, clients: &Arc<Branch<S::Client>>) -> Box<Self> {
        Box::new(Self { site: Arc::clone(site), clients: Arc::clone(clients), survey: PhantomData })
    }
}

impl<S: Survey> Reader for Regional<S> {
    fn feeds(&self) -> &[TypeName] {
        S::FEEDS
    }
    fn after(&self) -> &[TypeName] {
        &[]
    }
    fn reach(&self) -> Reach {
        Reach::Region
    }
    /// Reads the whole region whatever is picked: it takes no more calls than a few objects do.
    fn read<'a>(&'a self, cx: &'a ReadCx<'a>, scope: &'a Scope, _: Pick<'a>) -> Fut<'a, Observation> {
        Box::pin(async move {
            let begun = cx.clock.now();
            let client = self.clients.client(scope.region.as_ref());
            let only = cx.around.then_some(cx.exact);
            let view = View { line: Line::to_read(&self.site, cx, Some(scope)), client, scope, only };
            let mut seen = Observation::default();
            for catch in S::look(&view).await {
                seen.objects.extend(catch.objects);
                seen.coverage.insert((catch.type_name, scope.concrete()), catch.coverage);
            }
            seen.skew_seconds = view.line.skew();
            seen.at = Some(begun);
            seen
        })
    }
}

/// All pages of a listing that goes on by a `next_token`, with its coverage.
macro_rules! paged {
    ($view:expr, $call:expr, $what:literal, $request:expr, $list:ident) => {{
        let (mut found, mut token) = (Vec::new(), None::<String>);
        let coverage = loop {
            let request = $request.set_next_token(token.clone());
            match $view.line.ask($call, |probe| request.customize().interceptor(probe).send()).await {
                Ok(page) => {
                    found.extend(page.$list.unwrap_or_default());
                    let next = page.next_token.filter(|next| !next.is_empty());
                    if next.is_none() {
                        break aplomo_core::Coverage::Complete;
                    }
                    if next == token {
                        let why = format!("{}: a page does not say where to go on", $call);
                        break aplomo_core::Coverage::LowerBound(why);
                    }
                    token = next;
                }
                Err(problem) => break $crate::read::cut_short(&problem, found.len(), $what),
            }
        };
        (found, coverage)
    }};
}
pub(crate) use paged;
