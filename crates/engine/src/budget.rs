//! One budget of calls per account and service: a token bucket that serves approved changes before
//! plans before drift scans, and that halves its rate for a while when the service says to slow down.
//!
//! The buckets' sizes are the published ones of facts-aws.md (Route 53: 50 at once, 10 a second).

use aplomo_core::ports::{Budget, Clock, Fut, Priority};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Size and refill of a bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Calls that may leave at once.
    pub burst: u32,
    /// Calls that are added each second.
    pub per_second: u32,
}

#[derive(Debug)]
struct Bucket {
    rate: Rate,
    tokens: f64,
    at: Duration,
    slow_until: Duration,
}

impl Bucket {
    /// Takes a token, or tells how long to wait before trying again.
    fn take(&mut self, now: Duration, reserve: f64) -> Option<Duration> {
        let slow = if now < self.slow_until { 0.5 } else { 1.0 };
        let per_second = f64::from(self.rate.per_second.max(1)) * slow;
        let gained = now.saturating_sub(self.at).as_secs_f64() * per_second;
        self.tokens = (self.tokens + gained).min(f64::from(self.rate.burst));
        self.at = now;
        if self.tokens >= 1.0 + reserve {
            self.tokens -= 1.0;
            return None;
        }
        Some(Duration::from_secs_f64((1.0 + reserve - self.tokens) / per_second))
    }
}

/// The budgets of all accounts of this process.
pub struct Budgets {
    clock: Arc<dyn Clock>,
    rates: HashMap<String, Rate>,
    usual: Rate,
    buckets: Mutex<HashMap<(String, String), Bucket>>,
}

impl Budgets {
    /// Budgets by service (`route53`), others at 100 at once and 20 a second.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, rates: HashMap<String, Rate>) -> Self {
        Self { clock, rates, usual: Rate { burst: 100, per_second: 20 }, buckets: Mutex::default() }
    }

    /// The published rates.
    #[must_use]
    pub fn published() -> HashMap<String, Rate> {
        HashMap::from([("route53".to_owned(), Rate { burst: 50, per_second: 10 })])
    }

    fn with<T>(&self, account: &str, call: &str, f: impl FnOnce(&mut Bucket, Duration) -> T) -> T {
        let service = call.split(':').next().unwrap_or(call).to_owned();
        let now = self.clock.elapsed();
        let rate = self.rates.get(&service).copied().unwrap_or(self.usual);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Bucket { rate, tokens: f64::from(rate.burst), at: now, slow_until: Duration::ZERO };
        f(buckets.entry((account.to_owned(), service)).or_insert_with(fresh), now)
    }
}

impl Budget for Budgets {
    fn take<'a>(&'a self, account: &'a str, call: &'a str, priority: Priority) -> Fut<'a, ()> {
        // Scans leave the last tenth of a bucket to plans, plans the last twentieth to changes.
        let share = match priority {
            Priority::Apply => 0.0,
            Priority::Plan => 0.05,
            Priority::Drift => 0.1,
        };
        Box::pin(async move {
            while let Some(wait) = self.with(account, call, |bucket, now| {
                let reserve = f64::from(bucket.rate.burst) * share;
                bucket.take(now, reserve)
            }) {
                self.clock.sleep(wait).await;
            }
        })
    }

    fn throttled(&self, account: &str, call: &str) {
        self.with(account, call, |bucket, now| {
            bucket.slow_until = now + Duration::from_secs(30);
            bucket.tokens = 0.0;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_then_its_rate_and_slows_down_when_told() {
        let mut bucket = Bucket {
            rate: Rate { burst: 2, per_second: 10 },
            tokens: 2.0,
            at: Duration::ZERO,
            slow_until: Duration::ZERO,
        };
        assert_eq!(bucket.take(Duration::ZERO, 0.0), None);
        assert_eq!(bucket.take(Duration::ZERO, 0.0), None);
        assert_eq!(bucket.take(Duration::ZERO, 0.0), Some(Duration::from_millis(100)));
        assert_eq!(bucket.take(Duration::from_millis(100), 0.0), None);
        bucket.slow_until = Duration::from_secs(9);
        assert_eq!(bucket.take(Duration::from_millis(100), 0.0), Some(Duration::from_millis(200)));
    }

    #[test]
    fn a_scan_leaves_a_reserve() {
        let mut bucket = Bucket {
            rate: Rate { burst: 10, per_second: 10 },
            tokens: 1.5,
            at: Duration::ZERO,
            slow_until: Duration::ZERO,
        };
        assert!(bucket.take(Duration::ZERO, 1.0).is_some(), "the reserve is not for scans");
        assert!(bucket.take(Duration::ZERO, 0.0).is_none());
    }
}
