//! Amazon CloudWatch Logs: log groups.

mod log_group;
pub mod model;

pub use log_group::{Groups, LOG_GROUP, RETENTION_DAYS};
