//! The port through which an engine learns which secrets there are, by fingerprint.
//!
//! Deliberately absent: values. Who writes to a provider has its own way to them.

use aplomo_catalog::{SecretMark, SecretMarks};
use aplomo_core::Finding;
use aplomo_core::fields::Fingerprint;
use std::collections::BTreeMap;

/// Knows the secrets of the configuration.
pub trait Secrets: Send + Sync {
    /// What each tenant may use, read at this moment.
    fn marks(&self) -> SecretMarks;
}

/// No secrets at all.
pub struct NoSecrets;

impl Secrets for NoSecrets {
    fn marks(&self) -> SecretMarks {
        SecretMarks::new()
    }
}

/// Fingerprints under earlier keys, with that of the same value under the key in use.
pub(crate) fn formerly(marks: &SecretMarks) -> BTreeMap<Fingerprint, Fingerprint> {
    let mut all = BTreeMap::new();
    for mark in marks.values().flat_map(BTreeMap::values) {
        if let SecretMark::Known { fingerprint, formerly, .. } = mark {
            all.extend(formerly.iter().map(|old| (old.clone(), fingerprint.clone())));
        }
    }
    all
}

/// Secrets that manifests name and that could not be read: trouble outside of the manifests.
pub(crate) fn unreadable(findings: &[Finding]) -> impl Iterator<Item = String> {
    findings.iter().filter(|f| f.rule == aplomo_catalog::SECRET_UNREADABLE).map(|f| f.message.clone())
}
