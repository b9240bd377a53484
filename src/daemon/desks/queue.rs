//! Deliveries: checked, queued, and taken from the queue as places to look at.

use super::Desks;
use aplomo_engine::Engine;
use aplomo_forge::{event, signature};
use aplomo_server::{Delivered, Delivery};
use aplomo_store::StoreError;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The most deliveries that are taken at once.
const MOST: u32 = 1_000;

/// People changed: every pull request may stand otherwise.
const EVERYWHERE: &str = "*";

/// Where to look.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Pull requests, by repository in lower case.
    pub(super) pulls: BTreeSet<(String, u64)>,
    /// Repositories of which a branch moved, and all of them where people changed.
    pub(super) repositories: BTreeSet<String>,
    pub(super) everywhere: bool,
    /// The deliveries that say so.
    pub(super) deliveries: Vec<SmolStr>,
}

impl Desks {
    /// A delivery came in. It is durable when this ends well.
    ///
    /// # Errors
    /// Where the store cannot be written: then it is answered with an error, and GitHub's list tells of it.
    pub async fn delivered(&self, engine: &Engine, delivery: &Delivery<'_>) -> Result<Delivered, StoreError> {
        let settings = self.settings();
        if settings.secrets.is_empty() {
            return Ok(Delivered::NotExpected);
        }
        if !signature::verify(delivery.body, delivery.signature, &settings.secrets) {
            tracing::warn!(event = ?delivery.event, "a delivery with a wrong signature was refused");
            return Ok(Delivered::Forged);
        }
        let concern = event::concerns(delivery.event, delivery.body, "");
        let Some(concern) = concern else { return Ok(Delivered::Nothing) };
        engine.store.delivery_put(delivery.id, &place(&concern)).await?;
        self.bell.notify_one();
        Ok(Delivered::Queued)
    }

    /// Where the queue says to look.
    pub(super) async fn places(&self, engine: &Engine) -> Result<Places, StoreError> {
        let mut places = Places::default();
        for delivery in engine.store.deliveries(MOST).await? {
            places.deliveries.push(delivery.id);
            match delivery.concern.rsplit_once('#') {
                None if delivery.concern == EVERYWHERE => places.everywhere = true,
                None => {
                    places.repositories.insert(delivery.concern);
                }
                Some((name, number)) => {
                    places.pulls.extend(number.parse().ok().map(|number| (name.to_owned(), number)));
                }
            }
        }
        Ok(places)
    }
}

/// Where a delivery says to look, as it is queued: `owner/name#7`, `owner/name`, or everywhere.
fn place(concern: &event::Concern) -> String {
    match (&concern.place, concern.pull) {
        (event::Place::Repository(name), Some(number)) => format!("{}#{number}", name.to_lowercase()),
        (event::Place::Repository(name), None) => name.to_lowercase(),
        (event::Place::Organisation(_), _) => EVERYWHERE.to_owned(),
    }
}
