//! One audit entry and its hash.

use crate::error::{StoreError, to_jcs};
use aplomo_core::{Digest, Installation};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of the content that is hashed.
pub(crate) const FORMAT_VERSION: u32 = 1;

/// One audit entry, as exported (one canonical JSON line). Its parts are plain texts, so that a
/// damaged entry can be shown too; see `audit_verify` for whether to believe it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditEntry {
    /// 1.
    pub format_version: u32,
    /// Whose chain.
    pub tenant: String,
    /// Its number in the chain, from 1.
    pub seq: i64,
    /// When, as RFC 3339.
    pub at: String,
    /// An [`AuditKind`](crate::AuditKind)'s word.
    pub kind: String,
    /// An [`Actor`](aplomo_core::approval::Actor).
    pub actor: Value,
    /// What there is to say; depends on the kind.
    pub payload: Value,
    /// The hash of the entry before, `sha256:…`.
    pub prev: String,
    /// Its own hash.
    pub hash: String,
    /// The id of the key that signed.
    pub key_id: String,
    /// The signature of the hash, 128 hexadecimal digits.
    pub signature: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    format_version: u32,
    tenant: &'a str,
    seq: i64,
    at: &'a str,
    kind: &'a str,
    actor: &'a Value,
    payload: &'a Value,
    prev: &'a str,
}

impl AuditEntry {
    /// `tenant:seq`, by which `audit show` finds it.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}:{}", self.tenant, self.seq)
    }

    /// The hash as it must be.
    pub(crate) fn recompute(&self) -> Result<Digest, StoreError> {
        self.recompute_as(self.seq)
    }

    /// The hash it would have at another place.
    pub(crate) fn recompute_as(&self, seq: i64) -> Result<Digest, StoreError> {
        let content = Content {
            format_version: self.format_version,
            tenant: &self.tenant,
            seq,
            at: &self.at,
            kind: &self.kind,
            actor: &self.actor,
            payload: &self.payload,
            prev: &self.prev,
        };
        Ok(Digest::of_bytes(to_jcs("an audit entry", &content)?.as_bytes()))
    }
}

/// What the first entry of a chain follows.
pub(crate) fn genesis(installation: &Installation, tenant: &str) -> Result<String, StoreError> {
    let names = serde_json::json!({"auditOf": tenant, "installation": installation});
    Ok(Digest::of_bytes(to_jcs("the beginning of an audit chain", &names)?.as_bytes()).to_string())
}

/// Makes a payload exact in canonical JSON: numbers that a double cannot hold become texts.
pub(crate) fn exact(value: Value) -> Value {
    const MOST: u64 = (1 << 53) - 1;
    match value {
        Value::Number(n) if n.as_i64().is_none_or(|i| i.unsigned_abs() > MOST) => {
            Value::String(n.to_string())
        }
        Value::Array(items) => items.into_iter().map(exact).collect(),
        Value::Object(map) => map.into_iter().map(|(k, v)| (k, exact(v))).collect(),
        other => other,
    }
}
