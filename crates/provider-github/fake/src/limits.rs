//! How much may be asked: by the hour (primary), and at once or in a minute (secondary). Time is the fake's clock.
//!
//! Deliberately absent: the secondary limit on the time GitHub spends computing.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

use crate::answer::{Answer, refusal};

/// The limits; public so that a test can make them small.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Requests an hour.
    pub core: u64,
    /// GraphQL points an hour.
    pub graphql: u64,
    /// Points of REST a minute: 1 to read, 5 to write.
    pub rest_points: u64,
    /// Points of GraphQL requests a minute, counted likewise.
    pub graphql_points: u64,
    /// Requests a minute that create content.
    pub content_minute: usize,
    /// The same in an hour.
    pub content_hour: usize,
    /// Requests at once.
    pub concurrent: u64,
    /// What `Retry-After` says.
    pub retry_after: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            core: 5_000,
            graphql: 5_000,
            rest_points: 900,
            graphql_points: 2_000,
            content_minute: 80,
            content_hour: 500,
            concurrent: 100,
            retry_after: 60,
        }
    }
}

/// Which hourly budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Resource {
    Core,
    Graphql,
}

impl Resource {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Graphql => "graphql",
        }
    }
}

/// The state of one budget.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) limit: u64,
    pub(crate) used: u64,
    pub(crate) reset: Timestamp,
}

impl Budget {
    pub(crate) fn remaining(self) -> u64 {
        self.limit.saturating_sub(self.used)
    }
}

/// One account's use.
#[derive(Debug, Default)]
pub(crate) struct Use {
    hours: BTreeMap<Resource, (u64, Timestamp)>,
    points: BTreeMap<Resource, VecDeque<(Timestamp, u64)>>,
    content: VecDeque<Timestamp>,
}

/// What all accounts used.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    pub(crate) limits: Limits,
    pub(crate) used: BTreeMap<String, Use>,
    pub(crate) in_flight: u64,
}

fn seconds_since(then: Timestamp, now: Timestamp) -> i64 {
    now.as_second() - then.as_second()
}

impl Meter {
    /// The hourly budget of an account; `bonus` is what an App has for large organisations.
    pub(crate) fn budget(&mut self, account: &str, resource: Resource, bonus: u64, now: Timestamp) -> Budget {
        let limit = match resource {
            Resource::Core => self.limits.core,
            Resource::Graphql => self.limits.graphql,
        } + bonus;
        let hour = now + jiff::SignedDuration::from_hours(1);
        let used = self.used.entry(account.to_owned()).or_default();
        let slot = used.hours.entry(resource).or_insert((0, hour));
        if slot.1 <= now {
            *slot = (0, hour);
        }
        Budget { limit, used: slot.0, reset: slot.1 }
    }

    /// Takes from the hour.
    pub(crate) fn charge(&mut self, account: &str, resource: Resource, points: u64) {
        if let Some(slot) = self.used.get_mut(account).and_then(|used| used.hours.get_mut(&resource)) {
            slot.0 += points;
        }
    }

    /// The secondary limits; refused requests count as well.
    pub(crate) fn pace(
        &mut self,
        account: &str,
        resource: Resource,
        (write, content): (bool, bool),
        now: Timestamp,
    ) -> Result<(), Answer> {
        let limits = self.limits.clone();
        let used = self.used.entry(account.to_owned()).or_default();
        let points = used.points.entry(resource).or_default();
        points.push_back((now, if write { 5 } else { 1 }));
        points.retain(|(then, _)| seconds_since(*then, now) < 60);
        let sum: u64 = points.iter().map(|(_, points)| points).sum();
        if content {
            used.content.push_back(now);
        }
        used.content.retain(|then| seconds_since(*then, now) < 3_600);
        let minute = used.content.iter().filter(|then| seconds_since(**then, now) < 60).count();
        let most = if resource == Resource::Core { limits.rest_points } else { limits.graphql_points };
        let over = sum > most
            || (content && (minute > limits.content_minute || used.content.len() > limits.content_hour))
            || self.in_flight > limits.concurrent;
        if over { Err(slow_down(limits.retry_after)) } else { Ok(()) }
    }
}

/// The refusal of a secondary limit.
fn slow_down(seconds: u64) -> Answer {
    let text = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    refusal(403, text).header("retry-after", seconds.to_string())
}
