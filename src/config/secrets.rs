//! The secrets that manifests may name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The secrets that manifests may name. Their values stay where they are kept: plans, store and audit log hold
/// fingerprints, made with a key.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretSettings {
    /// The key that fingerprints are made with.
    pub key: SecretKey,
    /// Keys that were in use before. As long as one is here, secrets that were recorded under it are compared
    /// as ever; afterwards each is written once more, by a person's leave.
    #[serde(default)]
    pub old_keys: Vec<SecretKey>,
    /// The secrets.
    #[serde(default)]
    pub values: Vec<SecretConfig>,
}

/// A key of fingerprints.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretKey {
    /// Its name in every fingerprint: another key needs another one. Letters, digits and `-`.
    pub id: String,
    /// The key: `env:NAME` or `file:PATH`, at least 32 characters of chance (`openssl rand -hex 32`).
    pub from: String,
}

/// A secret.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretConfig {
    /// The name by which manifests ask for it.
    pub name: String,
    /// The tenants whose manifests may ask. Their Tenant manifests must name it too, in `spec.secrets`.
    pub tenants: Vec<String>,
    /// Its value: `env:NAME` or `file:PATH`, read whenever it is compared or written. Blanks at the end are no part of it.
    pub from: String,
    /// After how long in one place it is told to be old, e.g. `90d`; 365 days unless set.
    #[serde(default)]
    pub rotate_after: Option<String>,
}
