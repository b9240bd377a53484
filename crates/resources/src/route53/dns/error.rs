//! What can be wrong with DNS texts.

use aplomo_core::name::is_deceptive;

/// A text that is not what DNS, or Route 53, takes. Messages name the text and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DnsError {
    /// No domain name.
    #[error("`{text}` is no domain name: {why}")]
    Name {
        /// What was given, escaped.
        text: String,
        /// What is wrong and what is allowed.
        why: String,
    },
    /// No value of its record type.
    #[error("`{text}` is no value of type {record_type}: {why}")]
    Value {
        /// What was given, escaped.
        text: String,
        /// The record type.
        record_type: super::RecordType,
        /// What is wrong and what is allowed.
        why: String,
    },
    /// No record type that Route 53 knows.
    #[error("`{0}` is no record type that Route 53 knows; it knows {list}", list = super::ROUTE53_TYPES.join(", "))]
    RecordType(String),
}

impl DnsError {
    pub(super) fn name(text: &str, why: impl Into<String>) -> Self {
        Self::Name { text: shown(text), why: why.into() }
    }
    pub(super) fn value(record_type: super::RecordType, text: &str, why: impl Into<String>) -> Self {
        Self::Value { text: shown(text), record_type, why: why.into() }
    }
}

/// The text as people may read it: what deceives is escaped, and a long text is cut.
pub(super) fn shown(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(120) {
        if is_deceptive(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    if text.chars().nth(120).is_some() {
        out.push('…');
    }
    out
}

impl From<DnsError> for String {
    fn from(error: DnsError) -> Self {
        error.to_string()
    }
}
