//! What comes of a write: deliveries to send, and the world as it became. And writes that come without a request.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::auth::Caller;
use crate::call::Call;
use crate::ids::Id;
use crate::state::State;
use crate::webhooks::Event;

impl State {
    /// Something of a repository that did not come as a request: a push, or what a test lets a person do.
    pub(crate) fn behind<T>(&mut self, caller: &Caller, repo: Id, act: impl FnOnce(&mut Call<'_>) -> T) -> T {
        let (base, git, now) = (self.base.clone(), self.git.clone(), self.clock.now());
        let world = Arc::make_mut(&mut self.world);
        world.settle(now);
        let org = world.repos.get(&repo).map_or(0, |repo| repo.owner);
        let mut call = Call {
            world,
            caller,
            base: &base,
            path: "",
            values: Vec::new(),
            query: BTreeMap::new(),
            body: Value::Null,
            repo,
            org,
            new_node_ids: false,
            deliveries: Vec::new(),
            events: Vec::new(),
            git,
        };
        let result = act(&mut call);
        let events = std::mem::take(&mut call.events);
        self.announce(events);
        self.remember();
        result
    }

    fn announce(&mut self, events: Vec<Event>) {
        let world = Arc::make_mut(&mut self.world);
        self.outbox.extend(events.into_iter().flat_map(|event| world.announce(&event)));
    }

    pub(crate) fn took_effect(&mut self, events: Vec<Event>, asked: Vec<Id>) {
        self.outbox.extend(asked);
        if !events.is_empty() {
            self.announce(events);
        }
        self.writes += 1;
        self.remember();
    }
}
