//! What a Certificate manifest says. The doc comments are the documentation of its fields.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// A certificate that AWS issues and renews, in one or more regions. What needs another certificate makes
/// it before the old one goes, and one in use is never deleted.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CertificateSpec {
    /// The name it is for, e.g. `shop.example.com` or `*.example.com`. Another name is another certificate.
    pub domain_name: SmolStr,
    /// Further names it holds for; their order means nothing. Other names are another certificate.
    #[serde(default)]
    pub alternative_names: Vec<SmolStr>,
    /// Who proves that the names are ours: `external`, where somebody else looks after their DNS and the
    /// records to hand over are in the plan and the report; or `{domains: [...]}`, our Domains that the
    /// records are written to and kept in, for renewals need them.
    pub validation: Validation,
    /// The algorithm of the key. Left alone unless set; a new certificate then gets what AWS chooses
    /// (RSA_2048). Another algorithm is another certificate.
    pub key_algorithm: Option<KeyAlgorithm>,
    /// The regions to have it in, one certificate each; the tenant's region unless set. CloudFront uses
    /// those of `us-east-1` alone.
    #[serde(default)]
    pub regions: BTreeSet<SmolStr>,
    /// Warn this many days before it ends; 30 unless set. AWS begins to renew 60 days before.
    #[schemars(range(min = 0, max = 395))]
    pub expiry_warning_days: Option<i64>,
    /// How many names the account's quota allows in one certificate; 10 unless set.
    #[schemars(range(min = 1, max = 100))]
    pub max_names: Option<i64>,
    /// Tags beside those of the tenant.
    #[serde(default)]
    pub tags: BTreeMap<SmolStr, SmolStr>,
}

/// Who proves that the names are ours.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "write `external`, or a mapping with `domains`")]
pub enum Validation {
    /// Whoever looks after the names' DNS.
    External(External),
    /// We do, in our own zones.
    Domains(ByDomains),
}

/// The word `external`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum External {
    /// The records are handed over to somebody else.
    External,
}

/// The zones to write to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ByDomains {
    /// Domains of the same tenant, or `tenant/name`; another tenant consents in its Domain's `consents`.
    /// The record of each name goes to the zone with the longest matching name.
    pub domains: Vec<SmolStr>,
}

/// The algorithms of which AWS issues certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum KeyAlgorithm {
    /// RSA with 2,048 bits, understood everywhere.
    #[serde(rename = "RSA_2048")]
    Rsa2048,
    /// The elliptic curve P-256: smaller and faster.
    #[serde(rename = "EC_prime256v1")]
    P256,
    /// The elliptic curve P-384.
    #[serde(rename = "EC_secp384r1")]
    P384,
}

impl KeyAlgorithm {
    /// As the service writes it in requests.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rsa2048 => "RSA_2048",
            Self::P256 => "EC_prime256v1",
            Self::P384 => "EC_secp384r1",
        }
    }
}
