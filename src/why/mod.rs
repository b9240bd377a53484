//! Why something is as it is: which manifest line wishes it, who asked, who approved, which run did it.
//!
//! It reads what is recorded (ledger, newest plan, audit log) and what is written (manifests, their
//! history), and asks no provider. Deliberately absent: whether it is still so in the world; that is `plan`.

pub mod find;
mod gather;
mod report;
mod text;
mod told;

pub use report::Report;

use crate::failure::Failure;
use crate::sources_here::Here;
use aplomo_core::TenantName;
use aplomo_store::Store;
use find::Query;

/// Most addresses of which everything is told; what is more is counted.
const MOST: usize = 100;

/// Answers a query from what is known, for these tenants only; for all where none is named.
///
/// # Errors
/// Where the store cannot be read.
pub async fn answer(
    store: &Store,
    here: &[Here],
    query: &Query,
    tenants: &[TenantName],
) -> Result<Report, Failure> {
    let known = gather::gather(store, here).await?;
    let mut found = known.find(query);
    let seen = |tenant: &str| tenants.is_empty() || tenants.iter().any(|t| t.as_str() == tenant);
    found.retain(|one| seen(one.address.tenant()));
    let people = known.people(here, query).into_iter().filter(|p| seen(p.tenant())).collect();
    let left_out = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    for one in &mut found {
        told::tell(store, &known.memory, here, one).await?;
    }
    Ok(Report { query: query.text().to_owned(), found, people, left_out, searched: known.searched })
}
