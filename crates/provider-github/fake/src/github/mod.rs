//! The handle: start it, seed it, bend it, read what happened, drop it.

mod hands;

pub use hands::File;

use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::error::Error;
use crate::faults::Rule;
use crate::graph::Graph;
use crate::ids::Id;
use crate::limits::Limits;
use crate::log::Exchange;
use crate::server;
use crate::state::{Lag, State, lock};
use crate::webhooks::{Event, Sending, deliver};
use crate::world::{Map, World};

/// A running GitHub. Dropping it ends the server and its threads.
pub struct GitHub {
    state: Arc<Mutex<State>>,
    base: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    runtime: tokio::runtime::Handle,
}

impl GitHub {
    /// Starts an empty GitHub on a free loopback port. The same seed gives the same numbers.
    ///
    /// # Errors
    /// No port or no thread can be had.
    pub fn start(seed: u64, clock: Clock) -> Result<Self, Error> {
        Self::start_with(seed, clock, Limits::default())
    }

    /// As [`GitHub::start`], with other limits.
    ///
    /// # Errors
    /// As [`GitHub::start`].
    pub fn start_with(seed: u64, clock: Clock, limits: Limits) -> Result<Self, Error> {
        let (listener, port) = server::bind()?;
        let base = format!("http://127.0.0.1:{port}");
        let state = State::new(seed, clock, base.clone(), limits, Graph::build()?);
        let state = Arc::new(Mutex::new(state));
        let running = server::serve(listener, Arc::clone(&state))?;
        let (stop, thread, runtime) = (Some(running.stop), Some(running.thread), running.handle);
        Ok(Self { state, base, stop, thread, runtime })
    }

    /// The base URL, without a final slash; GraphQL is at `/graphql` below it.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// Changes the world behind everybody's back; readers that lag do not see it yet.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut state = lock(&self.state);
        let now = state.clock.now();
        let world = Arc::make_mut(&mut state.world);
        world.settle(now);
        let result = change(world);
        state.remember();
        result
    }

    /// The world as it really is.
    #[must_use]
    pub fn world(&self) -> Arc<World> {
        Arc::clone(&lock(&self.state).world)
    }

    /// Every exchange so far.
    #[must_use]
    pub fn log(&self) -> Vec<Exchange> {
        lock(&self.state).log.clone()
    }

    /// Forgets the log.
    pub fn clear_log(&self) {
        lock(&self.state).log.clear();
    }

    /// From now on requests meet this fault.
    pub fn inject(&self, rule: Rule) {
        lock(&self.state).faults.rules.push(rule);
    }

    /// Nothing goes wrong any more.
    pub fn clear_faults(&self) {
        lock(&self.state).faults.rules.clear();
    }

    /// From now on every write is refused with 403 and counted.
    pub fn refuse_writes(&self, refuse: bool) {
        lock(&self.state).faults.refuse_writes = refuse;
    }

    /// How many writes were refused so.
    #[must_use]
    pub fn refused_writes(&self) -> u64 {
        lock(&self.state).faults.refused
    }

    /// How many writes took effect.
    #[must_use]
    pub fn writes(&self) -> u64 {
        lock(&self.state).writes
    }

    /// From now on reads of some paths see the world as it was.
    pub fn lag(&self, lag: Option<Lag>) {
        lock(&self.state).set_lag(lag);
    }

    /// What becomes of webhook deliveries from now on.
    pub fn sending(&self, sending: Sending) {
        lock(&self.state).sending = sending;
    }

    /// Sends these deliveries, one after the other in this order, and comes back when all were answered: what was held,
    /// failed or lost, or once more what arrived.
    pub fn send(&self, deliveries: &[Id]) {
        let (done, wait) = std::sync::mpsc::channel();
        let sending = deliver(Arc::clone(&self.state), deliveries.to_vec(), Sending::Prompt);
        self.runtime.spawn(async move {
            sending.await;
            done.send(()).ok();
        });
        // An error is a server that ended: then nothing is sent any more.
        wait.recv().ok();
    }

    /// An event that no call of the fake brings about: announced to the Apps of an organisation as if it had happened.
    pub fn announce(&self, event: &str, org: Id, repository: Option<Id>, payload: &Map) {
        let event = Event { name: event.to_owned(), org, repository, payload: payload.clone(), app: None };
        let noted = self.change(|world| world.announce(&event));
        self.spawn(noted);
    }

    fn spawn(&self, noted: Vec<Id>) {
        let sending = lock(&self.state).sending;
        self.runtime.spawn(deliver(Arc::clone(&self.state), noted, sending));
    }

    /// Serves git, with bare repositories in this folder; the caller removes it.
    pub fn serve_git(&self, root: &std::path::Path) {
        lock(&self.state).git = Some(root.to_path_buf());
    }

    /// Other limits from now on.
    pub fn limits(&self, limits: Limits) {
        lock(&self.state).meter.limits = limits;
    }
}

impl Drop for GitHub {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

impl std::fmt::Debug for GitHub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GitHub({})", self.base)
    }
}
