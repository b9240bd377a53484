//! Webhooks of Apps: what happened becomes a signed delivery to the App's URL, kept in the list from which missed
//! ones are asked for again. Nothing is sent twice by itself, and what was lost stays lost until asked for.
//!
//! Deliberately absent: deliveries to the hooks of single repositories and organisations; events of what GitHub
//! sends none for (environments, secrets, variables, autolinks, Actions permissions).

mod calls;
mod event;
mod send;

pub(crate) use calls::ROUTES;
pub(crate) use event::{addressed, before, happened, happened_for, of};
pub use send::Sending;
pub(crate) use send::deliver;

use serde_json::Value;

use crate::ids::Id;
use crate::world::{Delivery, Map, World};

/// Something that happened, before it is addressed.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) org: Id,
    pub(crate) repository: Option<Id>,
    pub(crate) payload: Map,
    /// The only App that is told, if not all are.
    pub(crate) app: Option<Id>,
}

impl World {
    /// Notes an event for every App that is installed where it happened and asks for it; gives the new deliveries.
    pub(crate) fn announce(&mut self, event: &Event) -> Vec<Id> {
        let installed: Vec<(Id, Id)> = self
            .installations
            .values()
            .filter(|one| one.org == event.org && !one.suspended)
            .filter(|one| event.app.is_none_or(|app| app == one.app))
            .filter(|one| {
                one.repos.as_ref().is_none_or(|repos| event.repository.is_none_or(|id| repos.contains(&id)))
            })
            .map(|one| (one.id, one.app))
            .collect();
        let each = installed.into_iter();
        each.filter_map(|(installation, app)| self.note(event, app, installation)).collect()
    }

    /// Notes a delivery if the App asks for the event.
    fn note(&mut self, event: &Event, app: Id, installation: Id) -> Option<Id> {
        let found = self.apps.get(&app)?;
        let url = found.webhook_url.clone().filter(|_| found.events.contains(&event.name))?;
        let mut payload = event.payload.clone();
        let node = format!("MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u{installation}");
        payload.insert("installation".to_owned(), serde_json::json!({"id": installation, "node_id": node}));
        let id = self.ids.next();
        self.deliveries.push(Delivery {
            id,
            guid: guid(&self.ids.word(32)),
            app,
            event: event.name.clone(),
            action: payload.get("action").and_then(Value::as_str).map(str::to_owned),
            installation: Some(installation),
            repository: event.repository,
            delivered_at: self.now,
            redelivery: false,
            status_code: 0,
            url,
            payload: Value::Object(payload),
        });
        Some(id)
    }

    /// The same delivery again: with its own number and the same `X-GitHub-Delivery`.
    pub(crate) fn redeliver(&mut self, id: Id) -> Option<Id> {
        let mut again = self.deliveries.iter().find(|one| one.id == id)?.clone();
        (again.id, again.redelivery, again.status_code, again.delivered_at) =
            (self.ids.next(), true, 0, self.now);
        let id = again.id;
        self.deliveries.push(again);
        Some(id)
    }
}

fn guid(word: &str) -> String {
    let part = |from: usize, to: usize| word.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}
