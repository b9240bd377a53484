//! What strict mode must remember beside moto: everything here is keyed by ids that no two accounts share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::pace::Pace;
use crate::proxy::Answer;

/// The memory of one proxy.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<State>);

/// What is remembered.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) pace: Pace,
    /// NAT gateways on their way: describes left.
    pub(crate) pending: BTreeMap<String, usize>,
    pub(crate) deleting: BTreeMap<String, usize>,
    /// Client tokens by account, region, action and token: the request and its answer.
    pub(crate) tokens: BTreeMap<[String; 4], (String, Answer)>,
    /// Prefix lists whose size was changed, which moto cannot.
    pub(crate) max_entries: BTreeMap<String, String>,
    /// New roles by ARN: uses still refused.
    pub(crate) new_roles: BTreeMap<String, usize>,
    /// Tags of SAML providers, which moto has none of, by ARN.
    pub(crate) saml_tags: BTreeMap<String, BTreeMap<String, String>>,
    /// Session policies by access key.
    pub(crate) sessions: BTreeMap<String, Value>,
    /// Accounts that were called or assumed into.
    pub(crate) accounts: BTreeSet<String>,
    /// What moto does not know of certificates, by ARN.
    pub(crate) certificates: BTreeMap<String, Certificate>,
    /// CNAME records outside Route53, name to value, lower case and with the final dot.
    pub(crate) external: BTreeMap<String, String>,
}

/// A certificate beside moto's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Certificate {
    pub(crate) key_algorithm: Option<String>,
    pub(crate) method: Option<String>,
    /// Describes so far.
    pub(crate) described: usize,
    pub(crate) issued: bool,
    pub(crate) in_use_by: BTreeSet<String>,
    /// Fields that replace those of DescribeCertificate and ListCertificates.
    pub(crate) overrides: BTreeMap<String, Value>,
}

impl Memory {
    /// The lock is held for a moment only and never across an await.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts one look at a slow thing; true while it is still on its way.
pub(crate) fn look(left: &mut BTreeMap<String, usize>, id: &str) -> bool {
    let Some(n) = left.get_mut(id).filter(|n| **n > 0) else {
        left.remove(id);
        return false;
    };
    *n -= 1;
    true
}
