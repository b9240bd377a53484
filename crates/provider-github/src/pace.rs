//! How fast calls may leave: at least a second between writes, 80 that create content in a minute and
//! 500 in an hour, and nothing while GitHub says to wait. Time comes from the Clock port alone.
//!
//! A GitHub Enterprise without limits is told by a pause of nothing: then nothing is held back.
//!
//! One pace belongs to one credential in one organisation: that is what GitHub counts by.

use aplomo_core::ports::Clock;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const A_MINUTE: usize = 80;
const AN_HOUR: usize = 500;

/// What GitHub counts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counter {
    Rest,
    Graphql,
}

#[derive(Debug, Default)]
struct State {
    next_write: Duration,
    creations: VecDeque<Duration>,
    rest_shut: Duration,
    graphql_shut: Duration,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Pace {
    /// The pause between two writes.
    between_writes: Duration,
    state: Mutex<State>,
}

impl Pace {
    pub(crate) fn new(between_writes: Duration) -> Self {
        Self { between_writes, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long calls of this counter must still wait.
    pub(crate) fn shut_for(&self, counter: Counter, now: Duration) -> Duration {
        let state = self.state();
        let until = if counter == Counter::Rest { state.rest_shut } else { state.graphql_shut };
        until.saturating_sub(now)
    }

    /// GitHub said to wait; a secondary limit shuts both counters.
    pub(crate) fn shut(&self, counter: Option<Counter>, until: Duration) {
        let mut state = self.state();
        if counter != Some(Counter::Graphql) {
            state.rest_shut = state.rest_shut.max(until);
        }
        if counter != Some(Counter::Rest) {
            state.graphql_shut = state.graphql_shut.max(until);
        }
    }

    /// Waits for a write's turn. Turns are given in the order they are asked for.
    pub(crate) async fn turn(&self, clock: &dyn Clock, creates: bool) {
        if self.between_writes.is_zero() {
            return;
        }
        let now = clock.elapsed();
        let due = self.book(now, creates);
        if due > now {
            clock.sleep(due - now).await;
        }
    }

    fn book(&self, now: Duration, creates: bool) -> Duration {
        let mut state = self.state();
        let mut due = now.max(state.next_write);
        if creates {
            for (most, span) in [(A_MINUTE, MINUTE), (AN_HOUR, HOUR)] {
                let oldest = state.creations.len().checked_sub(most).map(|at| state.creations[at]);
                due = oldest.map_or(due, |at| due.max(at + span));
            }
            while state.creations.front().is_some_and(|at| *at + HOUR <= due) {
                state.creations.pop_front();
            }
            state.creations.push_back(due);
        }
        state.next_write = due + self.between_writes;
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn writes_are_a_second_apart() {
        let pace = Pace::new(secs(1));
        let due: Vec<Duration> = (0..3).map(|_| pace.book(secs(10), false)).collect();
        assert_eq!(due, [secs(10), secs(11), secs(12)]);
        assert_eq!(pace.book(secs(60), false), secs(60));
    }

    #[test]
    fn no_more_than_80_creations_leave_in_a_minute_and_500_in_an_hour() {
        let pace = Pace::new(secs(1));
        let due: Vec<Duration> = (0..1_100).map(|_| pace.book(secs(0), true)).collect();
        for (most, span) in [(A_MINUTE, MINUTE), (AN_HOUR, HOUR)] {
            assert!(due.windows(most + 1).all(|w| w[most] - w[0] >= span), "{most}");
        }
        assert_eq!(due[499], secs(499), "a second apart is slower than 80 a minute");
        assert_eq!(due[500], HOUR);
    }

    #[test]
    fn a_primary_limit_shuts_its_own_counter_and_a_secondary_one_both() {
        let pace = Pace::new(secs(1));
        pace.shut(Some(Counter::Graphql), secs(50));
        assert_eq!(pace.shut_for(Counter::Rest, secs(0)), secs(0));
        assert_eq!(pace.shut_for(Counter::Graphql, secs(20)), secs(30));
        pace.shut(None, secs(70));
        assert_eq!(pace.shut_for(Counter::Rest, secs(10)), secs(60));
        pace.shut(None, secs(20));
        assert_eq!(pace.shut_for(Counter::Graphql, secs(10)), secs(60), "never shortened");
    }
}
