//! What was tried and not done, so that a change that fails each time is tried more and more rarely
//! instead of at each turn.

use aplomo_core::run::{Run, Status};
use aplomo_core::{Digest, Plan};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

/// The wait after the first failure; each further one doubles it.
const FIRST: Duration = Duration::from_secs(30);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// The wait after so many failures in a row.
#[must_use]
pub fn backoff(first: Duration, longest: Duration, failures: u32) -> Duration {
    first.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX)).min(longest)
}

#[derive(Debug, Clone, Copy)]
struct Tried {
    times: u32,
    not_before: Duration,
}

/// Failures by effect. Times are those of `Clock::elapsed`.
#[derive(Debug, Default)]
pub struct Attempts(BTreeMap<Digest, Tried>);

impl Attempts {
    /// Whether one of these effects may be tried now.
    #[must_use]
    pub fn due(&self, effects: &[Digest], now: Duration) -> bool {
        effects.iter().any(|e| self.0.get(e).is_none_or(|tried| tried.not_before <= now))
    }

    /// When the first of these effects may be tried again.
    #[must_use]
    pub fn next(&self, effects: &[Digest]) -> Option<Duration> {
        effects.iter().filter_map(|e| Some(self.0.get(e)?.not_before)).min()
    }

    /// Takes in what became of a run. What was quarantined is held by the plan itself.
    pub fn ran(&mut self, plan: &Plan, run: &Run, tried: &[Digest], now: Duration) {
        let effects: HashMap<_, _> = plan.changes.iter().map(|c| (&c.address, c.digest)).collect();
        for outcome in &run.outcomes {
            let Some(effect) = effects.get(&outcome.address).filter(|e| tried.contains(e)) else { continue };
            if matches!(outcome.status, Status::Applied | Status::Quarantined) {
                self.0.remove(effect);
                continue;
            }
            let times = self.0.get(effect).map_or(0, |t| t.times).saturating_add(1);
            self.0.insert(*effect, Tried { times, not_before: now + backoff(FIRST, LONGEST, times) });
        }
    }

    /// Forgets effects that a plan which saw everything does not have any more.
    pub fn planned(&mut self, plan: &Plan) {
        if plan.complete {
            let effects: BTreeSet<Digest> = plan.changes.iter().map(|c| c.digest).collect();
            self.0.retain(|effect, _| effects.contains(effect));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let wait = |n| backoff(Duration::from_secs(2), Duration::from_secs(60), n).as_secs();
        assert_eq!([1, 2, 3, 6, 40, u32::MAX].map(wait), [2, 4, 8, 60, 60, 60]);
    }
}
