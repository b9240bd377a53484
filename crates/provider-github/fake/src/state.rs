//! All that the server holds, behind one lock: requests are handled one after the other.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::graph::Graph;
use crate::ids::Id;
use crate::limits::{Limits, Meter, Resource};
use crate::log::Exchange;
use crate::route::Table;
use crate::webhooks::Sending;
use crate::world::World;

/// Reads that show the world as it was.
#[derive(Debug, Clone)]
pub struct Lag {
    /// For how long after a change.
    pub seconds: i64,
    /// Which paths; the empty text is all of REST, and `/graphql` too.
    pub paths: Vec<String>,
}

pub(crate) struct State {
    pub(crate) world: Arc<World>,
    pub(crate) clock: Clock,
    pub(crate) base: String,
    pub(crate) faults: Faults,
    pub(crate) meter: Meter,
    pub(crate) lag: Option<Lag>,
    /// What the world was from which moment on.
    history: VecDeque<(Timestamp, Arc<World>)>,
    pub(crate) log: Vec<Exchange>,
    pub(crate) requests: u64,
    pub(crate) writes: u64,
    pub(crate) table: Table,
    pub(crate) graph: Arc<Graph>,
    pub(crate) sending: Sending,
    /// Where bare repositories are kept, if git is served.
    pub(crate) git: Option<std::path::PathBuf>,
    /// Held by whoever pushes.
    pub(crate) pushing: Arc<tokio::sync::Mutex<()>>,
    /// Deliveries that wait to be sent.
    pub(crate) outbox: Vec<Id>,
}

/// A handler that panicked leaves a state that is still the best there is.
pub(crate) fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    pub(crate) fn new(seed: u64, clock: Clock, base: String, limits: Limits, graph: Graph) -> Self {
        let world = Arc::new(World::new(seed, clock.now()));
        Self {
            world,
            clock,
            base,
            faults: Faults::default(),
            meter: Meter { limits, ..Meter::default() },
            lag: None,
            history: VecDeque::new(),
            log: Vec::new(),
            requests: 0,
            writes: 0,
            table: Table::new(crate::family::ROUTES).0,
            graph: Arc::new(graph),
            sending: Sending::default(),
            git: None,
            pushing: Arc::default(),
            outbox: Vec::new(),
        }
    }

    /// Begins to lag, or ends it.
    pub(crate) fn set_lag(&mut self, lag: Option<Lag>) {
        self.history.clear();
        self.lag = lag;
        self.history.push_back((Timestamp::MIN, Arc::clone(&self.world)));
    }

    /// Keeps the world as it became.
    pub(crate) fn remember(&mut self) {
        if self.lag.is_some() {
            self.history.push_back((self.clock.now(), Arc::clone(&self.world)));
        }
    }

    /// The world as a lagging read of this path sees it.
    pub(crate) fn lagging(&mut self, path: &str) -> Option<Arc<World>> {
        let lag = self.lag.as_ref()?;
        if !lag.paths.iter().any(|part| path.contains(part)) {
            return None;
        }
        let seen = self.clock.now() - jiff::SignedDuration::from_secs(lag.seconds);
        let (_, world) = self.history.iter().rev().find(|(since, _)| *since <= seen)?;
        // Who may ask is not what lags.
        let mut world = Arc::clone(world);
        let old = Arc::make_mut(&mut world);
        old.tokens.clone_from(&self.world.tokens);
        old.installations.clone_from(&self.world.installations);
        old.now = self.world.now;
        Some(world)
    }

    /// Adds what every answer carries.
    pub(crate) fn finish(&mut self, answer: Answer, account: &str, resource: Resource, bonus: u64) -> Answer {
        let now = self.clock.now();
        let budget = self.meter.budget(account, resource, bonus, now);
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        answer
            .header("date", date)
            .header(
                "x-github-request-id",
                format!("{:04X}:FAKE:{:08X}", self.requests % 0xffff, self.requests),
            )
            .header("x-github-media-type", "github.v3; format=json")
            .header("x-ratelimit-limit", budget.limit.to_string())
            .header("x-ratelimit-remaining", budget.remaining().to_string())
            .header("x-ratelimit-used", budget.used.to_string())
            .header("x-ratelimit-reset", budget.reset.as_second().to_string())
            .header("x-ratelimit-resource", resource.name())
    }

    /// The body of `GET /rate_limit`, which is free.
    pub(crate) fn rate_limits(&mut self, account: &str, bonus: u64) -> Value {
        let now = self.clock.now();
        let mut show = |resource| {
            let budget = self.meter.budget(account, resource, bonus, now);
            json!({
                "limit": budget.limit, "remaining": budget.remaining(), "used": budget.used,
                "reset": budget.reset.as_second(),
            })
        };
        let (core, graphql) = (show(Resource::Core), show(Resource::Graphql));
        let search = json!({"limit": 30, "remaining": 30, "used": 0, "reset": now.as_second() + 60});
        json!({"resources": {"core": core, "graphql": graphql, "search": search}, "rate": core})
    }
}
