//! Slow consistency: what was just created is missing from some readings, and some calls that name it are refused as
//! if it were not there. By counts per object, so every run is the same. Deliberately absent: deleted objects that
//! are still listed; a `Fault::rewrite` can do that.

mod newborn;

use std::sync::{Mutex, PoisonError};

use super::action::Action;
use super::{Answer, AwsError, Inbound};
use newborn::Newborn;

/// How long what a call creates stays unknown: `Lag::on("ec2:Create*").reads(2).uses(1)`.
#[derive(Debug, Clone)]
pub struct Lag {
    pattern: String,
    reads: usize,
    uses: usize,
}

impl Lag {
    /// For what is created by calls whose `service:Operation` equals the pattern; a final `*` matches any rest.
    pub fn on(pattern: &str) -> Self {
        Self { pattern: pattern.to_owned(), reads: 0, uses: 0 }
    }

    /// So many readings that would have shown it do not: lists lack it, and asking for it by id or name is answered
    /// with the service's error for things that do not exist.
    #[must_use]
    pub fn reads(mut self, times: usize) -> Self {
        self.reads = times;
        self
    }

    /// So many writes that name it are refused with that error and have no effect.
    #[must_use]
    pub fn uses(mut self, times: usize) -> Self {
        self.uses = times;
        self
    }
}

#[derive(Debug, Default)]
struct State {
    lags: Vec<Lag>,
    newborns: Vec<Newborn>,
}

/// The lags in force and what they hide.
#[derive(Debug, Default)]
pub(super) struct Lags(Mutex<State>);

impl Lags {
    pub(super) fn add(&self, lag: Lag) {
        self.with(|state| state.lags.push(lag));
    }

    pub(super) fn clear(&self) {
        self.with(|state| *state = State::default());
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The refusal of a call that names something not known yet.
    pub(super) fn refuse(&self, action: &Action, call: &Inbound) -> Option<AwsError> {
        self.with(|state| {
            let named =
                state.newborns.iter_mut().find(|n| n.left(action.write) > 0 && n.named_by(action, call))?;
            named.spend(action.write);
            Some(named.not_found())
        })
    }

    /// The answer to a read without what is not known yet; what a successful write created is taken note of.
    pub(super) fn bend(&self, action: &Action, call: &Inbound, mut answer: Answer) -> Answer {
        self.with(|state| {
            if !action.write {
                state.newborns.iter_mut().for_each(|n| n.hide(action, call, &mut answer));
            } else if answer.status < 300 {
                let lag =
                    state.lags.iter().find(|lag| super::rule::matches_pattern(&lag.pattern, &action.name));
                let born = lag.map(|lag| newborn::born(action, call, &answer, lag.reads, lag.uses));
                state.newborns.extend(born.unwrap_or_default());
            }
            state.newborns.retain(|n| n.left(true) + n.left(false) > 0);
        });
        answer
    }
}
