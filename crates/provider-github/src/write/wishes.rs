//! What is wished, as calls take it.

use super::not_sent;
use crate::wanted::{Want, want};
use aplomo_core::Datum;
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use serde_json::Value;

/// What is wished at a path.
pub(crate) fn wish<'f>(after: &'f WantedFields, path: &str) -> Result<Want<&'f Datum>, CallError> {
    want(after, path).map_err(|why| not_sent(&why))
}

/// A value as GitHub takes it.
pub(crate) fn wished(after: &WantedFields, path: &str) -> Result<Option<Value>, CallError> {
    Ok(wish(after, path)?.set().map(Datum::to_json))
}

/// A text that a call cannot do without.
pub(crate) fn need(after: &WantedFields, path: &str) -> Result<String, CallError> {
    let text = wish(after, path)?.set().and_then(|datum| datum.as_text().map(str::to_owned));
    text.ok_or_else(|| not_sent(&format!("the step says nothing of {path}")))
}
