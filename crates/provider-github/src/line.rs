//! The one way out: every call takes from the budget, is counted as it leaves, waits while GitHub says
//! to wait, tells GitHub's time, and comes back as an answer or a [`GithubProblem`].
//!
//! Reads are repeated after limits and failures; writes never here, for each needs an intent of its own.

use crate::answer::{Answer, Failure, Limit, judge};
use crate::config::Vault;
use crate::endpoint::Endpoint;
use crate::etags::{Etags, Kept};
use crate::keys::{Client, Keys, Purpose};
use crate::names::Names;
use crate::pace::{Counter, Pace};
use crate::problem::GithubProblem;
use crate::route::{GRAPHQL, Route};
use aplomo_core::Timestamp;
use aplomo_core::ports::{Budget, CallCounter, Clock, Priority, ReadCx, WriteCx};
use http::Method;
use http::header::{ETAG, IF_NONE_MATCH};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::error::Error as StdError;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often a read is made that GitHub fails, the first included.
const ATTEMPTS: u32 = 3;
/// How many limits a read sits out.
const LIMITS: u32 = 5;

/// What readers and writers of one organisation share.
pub(crate) struct Site {
    /// Its login in lower case.
    pub(crate) organisation: String,
    pub(crate) endpoint: Endpoint,
    pub(crate) etags: Etags,
    pub(crate) pace: Arc<Pace>,
    pub(crate) names: Names,
    pub(crate) keys: Keys,
    pub(crate) settle: Option<Duration>,
    pub(crate) patience: Duration,
    pub(crate) attempt: Duration,
    pub(crate) vault: Arc<dyn Vault>,
}

/// The way out for one reading or writing.
pub(crate) struct Line<'a> {
    pub(crate) site: &'a Site,
    pub(crate) clock: &'a dyn Clock,
    budget: &'a dyn Budget,
    calls: &'a CallCounter,
    priority: Priority,
    /// What reads are made with.
    reads_as: Purpose,
    skew: Mutex<Option<i64>>,
}

/// What is sent.
struct Parcel<'p> {
    method: &'p Method,
    path: String,
    call: &'p str,
    body: Option<&'p Value>,
    etag: Option<&'p str>,
    counter: Counter,
}

impl<'a> Line<'a> {
    pub(crate) fn to_read(site: &'a Site, cx: &ReadCx<'a>) -> Self {
        let (budget, calls, clock, priority) = (cx.budget, cx.calls, cx.clock, cx.priority);
        Self { site, clock, budget, calls, priority, reads_as: Purpose::Read, skew: Mutex::new(None) }
    }

    /// To talk about pull requests.
    pub(crate) fn for_desk(site: &'a Site, cx: &ReadCx<'a>) -> Self {
        Self { reads_as: Purpose::Desk, ..Self::to_read(site, cx) }
    }

    pub(crate) fn to_write(site: &'a Site, cx: &WriteCx<'a>) -> Self {
        let (budget, calls, clock) = (cx.budget, cx.calls, cx.clock);
        let reads_as = Purpose::Read;
        Self { site, clock, budget, calls, priority: Priority::Apply, reads_as, skew: Mutex::new(None) }
    }

    /// GitHub's clock minus ours, the widest seen; `None` before the first answer.
    pub(crate) fn skew(&self) -> Option<i64> {
        *self.skew.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Counts what was learned to have been spent.
    pub(crate) fn count(&self, call: &str, times: u64) {
        (0..times).for_each(|_| self.calls.count(call));
    }

    /// A call with our own credentials, to find installations and mint tokens.
    pub(crate) async fn as_ourselves(
        &self,
        own: &Client,
        route: &Route,
        body: Option<&Value>,
    ) -> Result<Answer, GithubProblem> {
        self.patiently(own, &self.parcel(route, body, None)).await
    }

    /// One answer of a GET, from memory where nothing changed.
    pub(crate) async fn get(&self, route: &Route) -> Result<Answer, GithubProblem> {
        let client = self.reader().await?;
        match self.get_as(&client, route).await {
            Err(GithubProblem::BadCredentials { .. }) if self.site.keys.refused(self, client.token).await => {
                self.get_as(&self.reader().await?, route).await
            }
            ended => ended,
        }
    }

    async fn get_as(&self, client: &Client, route: &Route) -> Result<Answer, GithubProblem> {
        let kept = self.site.etags.get(client.token, &route.path);
        let parcel = self.parcel(route, None, kept.as_ref().map(|kept| kept.etag.as_str()));
        let answer = self.patiently(client, &parcel).await?;
        if answer.status == 304 {
            return kept.map(|kept| answer.unchanged(kept)).ok_or_else(|| GithubProblem::Unreadable {
                call: route.call.clone(),
                why: "nothing changed since we never asked".into(),
                request_id: None,
            });
        }
        if let Some(etag) = answer.header(ETAG.as_str()) {
            let kept = Kept { etag: etag.into(), body: answer.body.clone(), next: answer.next.clone() };
            self.site.etags.put(client.token, &route.path, kept);
        }
        Ok(answer)
    }

    /// One answer of a GET as a value.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, route: &Route) -> Result<T, GithubProblem> {
        self.get(route).await?.json(&route.call)
    }

    /// All pages of a listing; where one fails, those before it with the problem. `within` names the
    /// list where an answer is an object that holds it.
    pub(crate) async fn pages<T: DeserializeOwned>(
        &self,
        route: &Route,
        within: Option<&str>,
    ) -> (Vec<T>, Option<GithubProblem>) {
        let (mut all, mut next) = (Vec::new(), Some(route.clone()));
        while let Some(page) = next {
            let answer = match self.get(&page).await {
                Ok(answer) => answer,
                Err(problem) => return (all, Some(problem)),
            };
            match answer.items::<T>(&page.call, within) {
                Ok(items) => all.extend(items),
                Err(problem) => return (all, Some(problem)),
            }
            next = answer.next.map(|path| page.at(self.own_path(&path)));
        }
        (all, None)
    }

    /// A GraphQL answer as it came, whatever errors it carries beside data.
    pub(crate) async fn graphql(&self, body: &Value) -> Result<Answer, GithubProblem> {
        let (client, parcel) = (self.reader().await?, self.graphql_parcel(body));
        match self.patiently(&client, &parcel).await {
            Err(GithubProblem::BadCredentials { .. }) if self.site.keys.refused(self, client.token).await => {
                self.patiently(&self.reader().await?, &parcel).await
            }
            ended => ended,
        }
    }

    async fn reader(&self) -> Result<Client, GithubProblem> {
        Box::pin(self.site.keys.client(self, &self.reads_as)).await
    }

    /// A write, sent once, after `before` limits. A limit comes back as [`Failure::Limit`]: nothing happened.
    pub(crate) async fn write_once(
        &self,
        client: &Client,
        route: &Route,
        (body, before): (Option<&Value>, u32),
    ) -> Result<Answer, Failure> {
        let parcel = if route.call.starts_with(GRAPHQL) {
            Parcel { call: &route.call, ..self.graphql_parcel(body.unwrap_or(&Value::Null)) }
        } else {
            self.parcel(route, body, None)
        };
        let result = self.attempt(client, &parcel).await;
        if let Err(Failure::Limit(limit)) = &result {
            self.heed(&parcel, limit, before);
        }
        result
    }

    /// Waits until the budget and the limits let a write leave, and its turn has come.
    pub(crate) async fn write_turn(&self, route: &Route) -> Result<(), GithubProblem> {
        let graphql = route.call.starts_with(GRAPHQL);
        self.open(if graphql { Counter::Graphql } else { Counter::Rest }, &route.call).await?;
        self.site.pace.turn(self.clock, route.creates()).await;
        self.budget.take(&self.site.organisation, &route.call, self.priority).await;
        Ok(())
    }

    fn parcel<'p>(&self, route: &'p Route, body: Option<&'p Value>, etag: Option<&'p str>) -> Parcel<'p> {
        let path = format!("{}{}", self.site.endpoint.rest, route.path);
        Parcel { method: &route.method, path, call: &route.call, body, etag, counter: Counter::Rest }
    }

    fn graphql_parcel<'p>(&self, body: &'p Value) -> Parcel<'p> {
        let path = self.site.endpoint.graphql.clone();
        Parcel {
            method: &Method::POST,
            path,
            call: GRAPHQL,
            body: Some(body),
            etag: None,
            counter: Counter::Graphql,
        }
    }

    /// The path of a link without the prefix that [`Line::parcel`] puts before it.
    fn own_path(&self, path: &str) -> String {
        path.strip_prefix(self.site.endpoint.rest.as_str()).unwrap_or(path).to_owned()
    }

    /// Repeats what only looks, until it is answered or we give up.
    async fn patiently(&self, client: &Client, parcel: &Parcel<'_>) -> Result<Answer, GithubProblem> {
        let (mut failures, mut limits) = (0, 0);
        loop {
            self.open(parcel.counter, parcel.call).await?;
            self.budget.take(&self.site.organisation, parcel.call, self.priority).await;
            match self.attempt(client, parcel).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Limit(limit)) => {
                    let wait = self.heed(parcel, &limit, limits);
                    limits += 1;
                    if limits >= LIMITS {
                        return Err(self.limited(parcel.call, &limit, wait));
                    }
                }
                Err(Failure::Problem(problem)) => {
                    failures += 1;
                    let again =
                        problem.is_ambiguous() || matches!(problem, GithubProblem::Unreachable { .. });
                    if !again || failures >= ATTEMPTS {
                        return Err(problem);
                    }
                    self.clock.sleep(Duration::from_secs(1 << failures)).await;
                }
            }
        }
    }

    /// Waits while GitHub lets no such call through; gives up at once where that is for longer than we wait.
    async fn open(&self, counter: Counter, call: &str) -> Result<(), GithubProblem> {
        loop {
            let wait = self.site.pace.shut_for(counter, self.clock.elapsed());
            if wait.is_zero() {
                return Ok(());
            }
            if wait > self.site.patience {
                let limit = Limit { which: "rate limit", wait: Some(wait), counter: None, request_id: None };
                return Err(self.limited(call, &limit, wait));
            }
            self.clock.sleep(wait).await;
        }
    }

    /// Shuts what a limit shuts; how long. Without a word of GitHub's: a minute, doubled each time.
    fn heed(&self, parcel: &Parcel<'_>, limit: &Limit, before: u32) -> Duration {
        self.budget.throttled(&self.site.organisation, parcel.call);
        let wait = limit.wait.unwrap_or_else(|| Duration::from_secs(60 << before.min(6)));
        self.site.pace.shut(limit.counter, self.clock.elapsed() + wait);
        wait
    }

    pub(crate) fn limited(&self, call: &str, limit: &Limit, wait: Duration) -> GithubProblem {
        GithubProblem::Limited {
            call: call.to_owned(),
            organisation: self.site.organisation.clone(),
            which: limit.which,
            seconds: wait.as_secs(),
            request_id: limit.request_id.clone(),
        }
    }

    /// One attempt: counted as it leaves.
    async fn attempt(&self, client: &Client, parcel: &Parcel<'_>) -> Result<Answer, Failure> {
        let not_sent = |why: String| GithubProblem::NotSent { call: parcel.call.to_owned(), why };
        let mut request = http::Request::builder().method(parcel.method).uri(&parcel.path);
        // Without it GitHub answers ids of an old form or a new one, and an id that changed would be another object.
        request = request.header("x-github-next-global-id", "1");
        if let Some(etag) = parcel.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let request =
            client.crab.build_request(request.header("accept", "application/vnd.github+json"), parcel.body);
        let request = request.map_err(|e| Failure::Problem(not_sent(e.to_string())))?;
        self.calls.count(parcel.call);
        let sent = async {
            let response = client.crab.execute(request).await?;
            let (parts, body) = response.into_parts();
            let body = http_body_util::BodyExt::collect(body).await?.to_bytes();
            Ok::<_, octocrab::Error>((parts, body))
        };
        let (parts, body) = match tokio::time::timeout(self.site.attempt, sent).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(Failure::Problem(self.unanswered(parcel.call, &error))),
            Err(_) => {
                let why = "it took too long".to_owned();
                return Err(Failure::Problem(GithubProblem::NoAnswer { call: parcel.call.to_owned(), why }));
            }
        };
        let answer = Answer::new(&parts, body);
        self.see(answer.date);
        if let Some(rest) = answer.nothing_left(self.now()) {
            self.site.pace.shut(Some(parcel.counter), self.clock.elapsed() + rest);
        }
        judge(answer, parcel.call, &self.site.organisation, parcel.counter, self.now())
    }

    fn unanswered(&self, call: &str, error: &octocrab::Error) -> GithubProblem {
        let call = call.to_owned();
        let why = chain(error).last().map(ToString::to_string).unwrap_or_default();
        if chain(error).any(never_connected) {
            let endpoint = self.site.endpoint.shown.clone();
            return GithubProblem::Unreachable { call, endpoint, why };
        }
        GithubProblem::NoAnswer { call, why }
    }

    fn see(&self, date: Option<Timestamp>) {
        let Some(date) = date else { return };
        let now = date.as_second() - self.clock.now().as_second();
        let mut widest = self.skew.lock().unwrap_or_else(PoisonError::into_inner);
        *widest = widest.into_iter().chain([now]).max_by_key(|skew| skew.abs());
    }
}

fn chain<'e>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |e: &&'e (dyn StdError + 'static)| (*e).source())
}

fn never_connected(error: &(dyn StdError + 'static)) -> bool {
    let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    let refused = matches!(
        kind,
        Some(ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable)
    );
    refused || error.to_string().contains("(Connect)")
}
