//! Calls: counted as they leave, and rationed, for they are what clouds ration.

use super::Fut;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Counts calls as they leave, attempt by attempt, by `service:Action`.
#[derive(Debug, Default)]
pub struct CallCounter(Mutex<BTreeMap<String, u64>>);

impl CallCounter {
    /// One more call.
    pub fn count(&self, call: &str) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *calls.entry(call.to_owned()).or_default() += 1;
    }
    /// All calls so far.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Who goes first when a budget is short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Approved changes.
    Apply,
    /// Plans somebody waits for.
    Plan,
    /// Drift scans.
    Drift,
}

/// What is left of a budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetLevel {
    /// The account.
    pub account: String,
    /// The service, e.g. `route53`.
    pub service: String,
    /// How many calls may leave at once now.
    pub available: u32,
    /// How many may leave at once when it is full.
    pub burst: u32,
    /// How many are added each second when nobody slows it down.
    pub per_second: u32,
    /// Since when the service says to slow down.
    pub throttled_since: Option<Timestamp>,
    /// Until when it runs slower because of that.
    pub slow_until: Option<Timestamp>,
}

/// One budget per account and service.
pub trait Budget: Send + Sync {
    /// Waits until one more call may leave. `account` and `call` (`service:Action`) choose the bucket.
    fn take<'a>(&'a self, account: &'a str, call: &'a str, priority: Priority) -> Fut<'a, ()>;
    /// The service said to slow down.
    fn throttled(&self, account: &str, call: &str);
    /// What is left of every budget that was used, by account and service.
    fn levels(&self) -> Vec<BudgetLevel> {
        Vec::new()
    }
}
