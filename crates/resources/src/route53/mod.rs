//! Amazon Route 53: hosted zones, record sets, health checks.

pub mod model;
