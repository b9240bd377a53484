//! One request under way: the world as its next field sees it, what failed, and what was written.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::mutate;
use super::resolve::Cx;
use super::val::{Args, Val};
use crate::webhooks::Event;
use crate::world::World;

/// The world after a mutation, and what is announced.
type Wrote = (Arc<World>, Option<Event>);

/// See the module.
pub(super) struct Session {
    cx: Mutex<Arc<Cx>>,
    /// Fields that are null because of an error.
    failed: Mutex<Vec<Value>>,
    wrote: Mutex<Vec<Wrote>>,
}

fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    pub(super) fn new(cx: Cx) -> Self {
        Self { cx: Mutex::new(Arc::new(cx)), failed: Mutex::default(), wrote: Mutex::default() }
    }

    /// What a field sees: after a mutation, what that made of the world.
    pub(super) fn cx(&self) -> Arc<Cx> {
        Arc::clone(&open(&self.cx))
    }

    /// Notes that a field is null, and why.
    pub(super) fn fail(&self, kind: &str, message: String, path: Vec<Value>) {
        let error =
            json!({"type": kind, "message": message, "path": path, "locations": [{"line": 1, "column": 1}]});
        open(&self.failed).push(error);
    }

    /// Carries out a mutation, whole or not at all; its payload.
    pub(super) fn mutate(&self, name: &str, args: &Args) -> Val {
        let cx = self.cx();
        let input = args.get("input").and_then(Value::as_object).cloned().unwrap_or_default();
        match mutate::run(&cx, name, &input) {
            Err((kind, message)) => Val::Fail(kind, message),
            Ok(done) => {
                let world = Arc::new(done.world);
                open(&self.wrote).push((Arc::clone(&world), done.event));
                let cx = Arc::new(Cx { world, ..Cx::clone(&cx) });
                *open(&self.cx) = Arc::clone(&cx);
                mutate::payload(&cx, &done.shows, &input)
            }
        }
    }

    /// The errors, and what was written.
    pub(super) fn end(&self) -> (Vec<Value>, Vec<Wrote>) {
        (std::mem::take(&mut open(&self.failed)), std::mem::take(&mut open(&self.wrote)))
    }
}
