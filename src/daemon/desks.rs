//! Pull requests beside the loop: a task of its own that looks at them when a webhook, a poll or a new plan says so, so
//! that neither waits for the other. The loop learns of approvals and merges through the store.
//!
//! Deliberately absent: what a pull request is worth (`forge`).

mod clerks;
mod looking;
mod queue;

pub use looking::looking;

use super::shared::Shared;
use crate::context::Cx;
use crate::failure::Failure;
use aplomo_core::approval::PullRef;
use aplomo_core::{Digest, SourceName};
use aplomo_engine::Engine;
use aplomo_forge::{Around, Clerk};
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Notify;

/// The clerks of all sources that answer pull requests.
#[derive(Default)]
pub struct Desks {
    settings: RwLock<Arc<Settings>>,
    /// Rung when there is something to look at.
    bell: Notify,
    /// Whether every open pull request is planned anew: the world moved.
    again: AtomicBool,
}

#[derive(Default)]
struct Settings {
    clerks: Vec<Arc<Clerk>>,
    /// The shortest poll of them.
    poll: Option<Duration>,
    /// Secrets of the webhook.
    secrets: Vec<SecretString>,
}

impl Desks {
    /// Takes what the configuration now says.
    ///
    /// # Errors
    /// Where it cannot be.
    pub fn configure(&self, cx: &Cx, engine: &Arc<Engine>, cache: &Path) -> Result<(), Failure> {
        let settings = clerks::settings(cx, engine, cache)?;
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
        self.bell.notify_one();
        Ok(())
    }

    fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The sources whose changes are approved by pull request.
    pub fn sources(&self) -> BTreeSet<SourceName> {
        self.settings().clerks.iter().map(|clerk| clerk.terms.source.clone()).collect()
    }

    /// A turn of the loop ended: results may be told.
    pub fn turned(&self) {
        self.bell.notify_one();
    }

    /// The plan says something new.
    pub fn world_moved(&self) {
        self.again.store(true, Ordering::SeqCst);
    }

    /// Before effects are applied: the rights behind their approvals are read again. `false` where GitHub does not
    /// answer: then nothing is applied for now.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn confirm(
        &self,
        engine: &Engine,
        shared: &Shared,
        granted: &[Digest],
    ) -> Result<bool, Failure> {
        let settings = self.settings();
        if settings.clerks.is_empty() {
            return Ok(true);
        }
        let standing = engine.store.approvals_standing(engine.clock.now()).await?;
        let used = standing.iter().filter(|a| granted.iter().any(|digest| a.digests.contains(digest)));
        let pulls: BTreeSet<PullRef> = used
            .filter_map(|a| a.pull.as_ref())
            .filter(|tie| tie.merged)
            .map(|tie| tie.pull.clone())
            .collect();
        let (snapshots, plan) = {
            let latest = shared.latest();
            (Arc::clone(&latest.snapshots), latest.plan.clone())
        };
        let around = Around { others: &snapshots, merged: plan.as_deref(), again: false };
        for clerk in &settings.clerks {
            if let Err(trouble) = clerk.confirm(&pulls, &around).await {
                tracing::error!(%trouble, "who approved could not be asked about again; nothing is applied for now");
                return Ok(false);
            }
        }
        Ok(true)
    }
}
