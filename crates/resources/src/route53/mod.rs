//! Amazon Route 53: hosted zones, record sets, health checks.

pub mod dns;
pub mod health_check;
pub mod hosted_zone;
pub mod model;
pub mod record_set;

pub use health_check::HEALTH_CHECK;
pub use hosted_zone::HOSTED_ZONE;
pub use record_set::RECORD_SET;
pub use record_set::seen::{SeenRecord, seen_record};
