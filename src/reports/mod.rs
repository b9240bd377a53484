//! Drift reports: made of a drift check and of what the store remembers of people, and sent by a schedule.
//!
//! Deliberately absent: what a report says and how it looks (`report`, `texts`).

pub mod letter;
pub mod office;
pub mod schedule;
pub mod send;

use aplomo_core::told::Told;
use aplomo_core::{Address, Timestamp};
use aplomo_planner::DriftReport;
use aplomo_report::{Asked, Report, report};
use aplomo_store::{Store, StoreError};
use aplomo_texts::Locale;
use std::collections::BTreeMap;

/// The name of reports of all tenants.
pub const EVERYBODY: &str = "*";

/// Makes the report of a tenant, or of [`EVERYBODY`], against what was told before. `left_out` says that there
/// is something which is not told to one tenant.
///
/// # Errors
/// Where the store cannot be read.
pub async fn of(
    store: &Store,
    drift: DriftReport,
    (name, told): (&str, Option<&Told>),
    left_out: bool,
    locale: Locale,
) -> Result<Report, StoreError> {
    let now = drift.as_of;
    let tenant = Some(name.to_owned()).filter(|name| name != EVERYBODY);
    let snoozes = store.snoozes(now).await?;
    let ending = ending(store, now, tenant.as_deref()).await?;
    let by = BTreeMap::new();
    Ok(report(Asked { drift, tenant, told, snoozes: &snoozes, ending, by: &by, left_out, locale }))
}

/// What ends by itself, as approved.
async fn ending(
    store: &Store,
    now: Timestamp,
    tenant: Option<&str>,
) -> Result<Vec<(Address, Timestamp)>, StoreError> {
    let ledger = store.memory(now).await?.ledger;
    let of = |address: &Address| tenant.is_none_or(|tenant| tenant == address.tenant());
    let ending = ledger.into_iter().filter(|(address, _)| of(address));
    Ok(ending.filter_map(|(address, entry)| Some((address, entry.until?))).collect())
}
