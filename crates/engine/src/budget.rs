//! One budget of calls per account and service: a token bucket that serves approved changes before
//! plans before drift scans, and that halves its rate for a while when the service says to slow down.
//!
//! The buckets' sizes are the published ones (facts-aws.md: Route 53, 50 at once, 10 a second; facts-github.md: 900 a
//! minute).

use aplomo_core::SignedDuration;
use aplomo_core::ports::{Budget, BudgetLevel, Clock, Fut, Priority};
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
    /// When the service began to say so.
    slow_since: Duration,
}

impl Bucket {
    fn new(rate: Rate, now: Duration) -> Self {
        let tokens = f64::from(rate.burst);
        Self { rate, tokens, at: now, slow_until: Duration::ZERO, slow_since: Duration::ZERO }
    }

    fn is_slow(&self, now: Duration) -> bool {
        now < self.slow_until
    }

    fn per_second(&self, now: Duration) -> f64 {
        f64::from(self.rate.per_second.max(1)) * if self.is_slow(now) { 0.5 } else { 1.0 }
    }

    fn refill(&mut self, now: Duration) {
        let gained = now.saturating_sub(self.at).as_secs_f64() * self.per_second(now);
        self.tokens = (self.tokens + gained).min(f64::from(self.rate.burst));
        self.at = now;
    }

    fn slow_down(&mut self, now: Duration) {
        if !self.is_slow(now) {
            self.slow_since = now;
        }
        self.slow_until = now + SLOW_FOR;
        // What was gained until now is gone too.
        (self.at, self.tokens) = (now, 0.0);
    }

    /// Takes a token, or tells how long to wait before trying again.
    fn take(&mut self, now: Duration, reserve: f64) -> Option<Duration> {
        self.refill(now);
        let per_second = self.per_second(now);
        if self.tokens >= 1.0 + reserve {
            self.tokens -= 1.0;
            return None;
        }
        Some(Duration::from_secs_f64((1.0 + reserve - self.tokens) / per_second))
    }
}

/// How long a bucket runs slower after the service said to slow down.
const SLOW_FOR: Duration = Duration::from_secs(30);

/// The budgets of all accounts of this process.
pub struct Budgets {
    clock: Arc<dyn Clock>,
    rates: HashMap<String, Rate>,
    buckets: Mutex<HashMap<(String, String), Bucket>>,
}

impl Budgets {
    /// Budgets by service (`route53`), others at 100 at once and 20 a second.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, rates: HashMap<String, Rate>) -> Self {
        Self { clock, rates, buckets: Mutex::default() }
    }

    /// The rate of services of which nothing is said.
    pub const USUAL: Rate = Rate { burst: 100, per_second: 20 };

    /// The published rates.
    #[must_use]
    pub fn published() -> HashMap<String, Rate> {
        HashMap::from([
            ("route53".to_owned(), Rate { burst: 50, per_second: 10 }),
            // 900 points in any minute, a read being one; writes are held apart by the provider.
            ("github".to_owned(), Rate { burst: 180, per_second: 12 }),
        ])
    }

    fn with<T>(&self, account: &str, call: &str, f: impl FnOnce(&mut Bucket, Duration) -> T) -> T {
        let service = call.split(':').next().unwrap_or(call).to_owned();
        let now = self.clock.elapsed();
        let rate = self.rates.get(&service).copied().unwrap_or(Self::USUAL);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        f(buckets.entry((account.to_owned(), service)).or_insert_with(|| Bucket::new(rate, now)), now)
    }

    fn level(
        &self,
        (account, service): &(String, String),
        bucket: &mut Bucket,
        now: Duration,
    ) -> BudgetLevel {
        bucket.refill(now);
        let at = |moment: Duration| {
            let (ahead, back) = (moment.saturating_sub(now), now.saturating_sub(moment));
            let span = SignedDuration::try_from(ahead).ok()? - SignedDuration::try_from(back).ok()?;
            self.clock.now().checked_add(span).ok()
        };
        let slow = bucket.is_slow(now);
        BudgetLevel {
            account: account.clone(),
            service: service.clone(),
            // Between zero and the burst, which is whole.
            available: bucket.tokens.max(0.0) as u32,
            burst: bucket.rate.burst,
            per_second: bucket.rate.per_second,
            throttled_since: slow.then(|| at(bucket.slow_since)).flatten(),
            slow_until: slow.then(|| at(bucket.slow_until)).flatten(),
        }
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
        self.with(account, call, Bucket::slow_down);
    }

    fn levels(&self) -> Vec<BudgetLevel> {
        let now = self.clock.elapsed();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let mut levels: Vec<_> = buckets.iter_mut().map(|(key, b)| self.level(key, b, now)).collect();
        levels.sort_by(|a, b| (&a.account, &a.service).cmp(&(&b.account, &b.service)));
        levels
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::Timestamp;

    fn bucket(burst: u32) -> Bucket {
        Bucket::new(Rate { burst, per_second: 10 }, Duration::ZERO)
    }

    #[test]
    fn a_bucket_gives_its_burst_then_its_rate_and_slows_down_when_told() {
        let mut bucket = bucket(2);
        assert_eq!(bucket.take(Duration::ZERO, 0.0), None);
        assert_eq!(bucket.take(Duration::ZERO, 0.0), None);
        assert_eq!(bucket.take(Duration::ZERO, 0.0), Some(Duration::from_millis(100)));
        assert_eq!(bucket.take(Duration::from_millis(100), 0.0), None);
        bucket.slow_down(Duration::from_millis(100));
        assert_eq!(bucket.take(Duration::from_millis(100), 0.0), Some(Duration::from_millis(200)));
    }

    #[test]
    fn a_scan_leaves_a_reserve() {
        let mut bucket = bucket(10);
        bucket.tokens = 1.5;
        assert!(bucket.take(Duration::ZERO, 1.0).is_some(), "the reserve is not for scans");
        assert!(bucket.take(Duration::ZERO, 0.0).is_none());
    }

    /// A clock that a test moves.
    struct Hand(Mutex<Duration>);

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            let since = SignedDuration::try_from(self.elapsed()).unwrap();
            Timestamp::from_second(1_800_000_000).unwrap().checked_add(since).unwrap()
        }
        fn elapsed(&self) -> Duration {
            *self.0.lock().unwrap()
        }
        fn sleep(&self, duration: Duration) -> Fut<'_, ()> {
            *self.0.lock().unwrap() += duration;
            Box::pin(async {})
        }
    }

    #[test]
    fn budgets_are_listed_with_what_is_left_and_since_when_they_are_throttled() {
        let hand = Arc::new(Hand(Mutex::new(Duration::from_secs(100))));
        let budgets = Budgets::new(Arc::<Hand>::clone(&hand), Budgets::published());
        assert!(budgets.levels().is_empty(), "nothing was used yet");
        futures_util::FutureExt::now_or_never(budgets.take("2", "route53:ListHostedZones", Priority::Plan))
            .unwrap();
        budgets.throttled("1", "iam:ListRoles");
        *hand.0.lock().unwrap() += Duration::from_secs(2);
        budgets.throttled("1", "iam:GetRole");
        let says: Vec<String> = budgets
            .levels()
            .iter()
            .map(|l| {
                let second = |at: Option<Timestamp>| at.map(|t| t.as_second() - 1_800_000_000);
                let (since, until) = (second(l.throttled_since), second(l.slow_until));
                format!("{} {} {}/{} {since:?} {until:?}", l.account, l.service, l.available, l.burst)
            })
            .collect();
        assert_eq!(says, ["1 iam 0/100 Some(100) Some(132)", "2 route53 50/50 None None"]);
        *hand.0.lock().unwrap() += Duration::from_secs(31);
        assert!(budgets.levels()[0].throttled_since.is_none());
    }
}
