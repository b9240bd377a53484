//! Who is at work, and what was broken open.

use crate::data::LockData;
use crate::text::prose;
use crate::view::View;
use aplomo_core::Timestamp;
use aplomo_core::safety::BreakGlass;
use serde::Serialize;
use utoipa::ToSchema;

/// A run at work on a tenant and account: nobody else may be until it gives that back.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LockView {
    /// The tenant and the account.
    scope: String,
    /// The process that holds it.
    holder: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Until when, unless it is renewed.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

impl LockView {
    /// A scope begins with its tenant.
    pub(crate) fn seen(lock: &LockData, view: &View) -> Option<Self> {
        let tenant = lock.scope.split('/').next().unwrap_or_default();
        view.sees(tenant).then(|| Self {
            scope: lock.scope.clone(),
            holder: prose(&lock.holder, view),
            since: lock.since,
            until: lock.until,
        })
    }
}

/// Freezes and windows of a tenant that are open in an emergency.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BreakGlassView {
    /// The tenant.
    tenant: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// Who and why.
    why: String,
}

impl BreakGlassView {
    /// As seen.
    pub(crate) fn seen(glass: &BreakGlass, view: &View) -> Option<Self> {
        view.sees(glass.tenant.as_str()).then(|| Self {
            tenant: glass.tenant.to_string(),
            at: glass.at,
            until: glass.until,
            why: prose(&glass.words(), view),
        })
    }
}
