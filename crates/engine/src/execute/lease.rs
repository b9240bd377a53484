//! Leases of a run: one per tenant and account, renewed while it works, checked before each write.

use crate::observe::lease_keys;
use crate::{Engine, EngineError};
use aplomo_core::ports::{Clock, Fence, Fut};
use aplomo_core::{Plan, SourceName, Timestamp};
use aplomo_store::{Lease, LeaseGuard, StopFlag, Store, StoreError};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// How long a lease stands without renewal.
const TTL: Duration = Duration::from_secs(60);

/// Asks a run to stop between changes; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Stop(pub(crate) StopFlag);

impl Stop {
    /// Asks.
    pub fn stop(&self) {
        self.0.stop();
    }
    /// Whether somebody asked.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.is_stopped()
    }
    /// Asks when the process is told to end (SIGINT, SIGTERM).
    pub fn on_signals(&self) {
        use tokio::signal::unix::{SignalKind, signal};
        for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
            let flag = self.0.clone();
            if let Ok(mut stream) = signal(kind) {
                tokio::spawn(async move {
                    stream.recv().await;
                    tracing::warn!("asked to stop: finishing the call in hand");
                    flag.stop();
                });
            }
        }
    }
}

/// The leases of a run.
pub(super) struct Held {
    leases: Vec<Lease>,
    guard: LeaseGuard,
    store: Store,
    concern: Concern,
    /// The holds and held sources that concern the run, as they were when it began.
    stops: Vec<String>,
    clock: Arc<dyn Clock>,
    /// When a freeze begins or a window closes next, in milliseconds; what was granted holds until then.
    shuts: AtomicI64,
    renewal: tokio::task::JoinHandle<()>,
}

impl Drop for Held {
    /// However a run ends, nobody renews its leases any more.
    fn drop(&mut self) {
        self.renewal.abort();
    }
}

/// What a run touches: a hold on anything else does not stop it.
struct Concern {
    tenants: BTreeSet<String>,
    sources: BTreeSet<SourceName>,
}

impl Concern {
    async fn stops(&self, store: &Store) -> Result<Vec<String>, StoreError> {
        let (holds, _) = store.attention().await?;
        let touches = |what: &str| {
            let tenant = what.split(['/', ':']).next().unwrap_or(what);
            what.contains(['*', '?']) || self.tenants.contains(tenant)
        };
        let holds = holds.into_iter().filter(|h| touches(&h.what.0)).map(|h| format!("{h:?}"));
        let held = store.held_sources().await?;
        let held =
            held.into_iter().filter(|h| self.sources.contains(&h.source)).map(|h| h.source.to_string());
        let glass = store.glass().await?;
        let glass = glass.into_iter().filter(|g| self.tenants.contains(g.tenant.as_str()));
        Ok(holds.chain(held).chain(glass.map(|g| format!("{g:?}"))).collect())
    }
}

impl Fence for Held {
    /// The leases are ours, nobody asked to stop, and nothing was held since the run began: who holds a
    /// tenant stops it before the next call. The next turn goes on with what is not held.
    fn check(&self) -> Fut<'_, Result<(), String>> {
        Box::pin(async move {
            self.guard.check().await?;
            let stops = self.concern.stops(&self.store).await.map_err(|e| e.to_string())?;
            if stops != self.stops {
                return Err("somebody put or released a hold, or broke the glass".to_owned());
            }
            if self.is_crossed() { Err("a freeze began, or a window closed".to_owned()) } else { Ok(()) }
        })
    }
}

impl Held {
    /// What was granted counts until this moment, when a freeze begins or a window closes.
    pub(super) fn watch(&self, until: Option<Timestamp>) {
        self.shuts.store(until.map_or(i64::MAX, |until| until.as_millisecond()), Ordering::SeqCst);
    }

    /// Whether that moment has come.
    pub(super) fn is_crossed(&self) -> bool {
        self.clock.now().as_millisecond() >= self.shuts.load(Ordering::SeqCst)
    }

    /// Gives the leases back; one that was broken meanwhile is not ours to give.
    pub(super) async fn give_back(self, engine: &Engine) {
        for lease in &self.leases {
            if let Err(error) = engine.store.lease_release(lease).await {
                tracing::warn!(%error, scope = lease.scope, "could not give the lease back");
            }
        }
    }
}

impl Engine {
    /// Takes all leases of a run, or none.
    pub(super) async fn lease(&self, plan: &Plan, stop: &Stop) -> Result<Held, EngineError> {
        let keys = lease_keys(plan);
        let concern = Concern {
            tenants: keys.iter().map(|(tenant, _)| tenant.to_string()).collect(),
            sources: plan.changes.iter().map(|c| c.source.clone()).collect(),
        };
        let stops = concern.stops(&self.store).await?;
        let mut leases = Vec::new();
        for (_, scope) in keys {
            match self.take(&scope).await {
                Ok(lease) => leases.push(lease),
                Err(error) => {
                    for lease in &leases {
                        let _ = self.store.lease_release(lease).await;
                    }
                    return Err(error);
                }
            }
        }
        let guard = self.store.lease_guard(leases.clone(), stop.0.clone());
        let renewal = tokio::spawn(renew(self.store.clone(), leases.clone(), Arc::clone(&self.clock)));
        let (store, clock) = (self.store.clone(), Arc::clone(&self.clock));
        Ok(Held { leases, guard, store, concern, stops, clock, shuts: AtomicI64::new(i64::MAX), renewal })
    }

    async fn take(&self, scope: &str) -> Result<Lease, EngineError> {
        match self.store.lease_acquire(scope, &self.holder, TTL, self.clock.now()).await {
            Err(StoreError::Held { by, .. }) if crate::holder::is_dead(&by, &self.holder) => {
                let why = "its holder's process is gone";
                self.store.lease_break(scope, &aplomo_store::system_actor(), why).await?;
                Ok(self.store.lease_acquire(scope, &self.holder, TTL, self.clock.now()).await?)
            }
            Err(StoreError::Held { scope, by, until }) => {
                Err(EngineError::Busy { scope, holder: by, until: until.to_string() })
            }
            other => Ok(other?),
        }
    }
}

async fn renew(store: Store, leases: Vec<Lease>, clock: Arc<dyn Clock>) {
    loop {
        clock.sleep(TTL / 3).await;
        for lease in &leases {
            if let Err(error) = store.lease_renew(lease, TTL, clock.now()).await {
                // The fence notices before the next write.
                tracing::warn!(%error, scope = lease.scope, "could not renew the lease");
            }
        }
    }
}
