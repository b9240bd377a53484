//! What people were told of drift and what they said about it: the last report, and what is put off.

use crate::address::Address;
use crate::approval::Actor;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What the last report said: the next one tells what is new since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// The moment that it was a report for.
    pub at: Timestamp,
    /// What had drifted.
    pub drifts: BTreeSet<Address>,
}

/// Drift that somebody knows of and puts off. It stays drift: it is listed, apart, and ends by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snooze {
    /// The address.
    pub address: Address,
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: Actor,
    /// Since when.
    pub at: Timestamp,
}
