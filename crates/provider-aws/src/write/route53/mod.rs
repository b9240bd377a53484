//! Writers of Route 53: zones, records, health checks.

pub(crate) mod health_checks;
pub(crate) mod hosted_zones;
mod networks;
pub(crate) mod record_sets;
mod tags;
