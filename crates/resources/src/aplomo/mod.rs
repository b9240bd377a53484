//! Our own settings as resources: what loosens a safety is a change like any other, recorded in
//! the ledger where it is applied, and counts from the next plan.

pub mod freeze;
pub mod model;
mod observe;
mod recorded;
pub mod safety;
pub mod tenant_settings;

pub use freeze::FREEZE;
pub use observe::observe;
pub use recorded::{policy, recorded};
pub use safety::SAFETY;
pub use tenant_settings::TENANT_SETTINGS;
