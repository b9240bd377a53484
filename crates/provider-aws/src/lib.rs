//! AWS: readers and writers only, one module per call family. Decides nothing.
//!
//! Readers and writers have different clients, with different credentials where roles are given; a
//! write client is made only inside [`Aws::writers`], which takes approved steps as proof.
//!
//! Deliberately absent: what is wished, what differs, what may be done (`planner`, `engine`), normal
//! forms (`resources`), and the process environment, which only the SDK's own credential chain reads.

mod clients;
mod config;
mod connect;
mod dns;
mod help;
mod line;
mod marks;
mod probe;
mod problem;
mod read;
mod record;
mod role;
mod services;
mod session_policy;
mod wanted;
mod write;

pub use config::{Access, AwsConfig, Credentials, Dns, Timeouts};
pub use connect::{Aws, Identity, Session};
pub use marks::{MARK_ADDRESS, MARK_INSTALLATION, MARK_TENANT, caller_reference};
pub use problem::AwsProblem;
pub use read::route53::lift_outputs;
pub use services::{read_calls, write_calls};

/// Calls that asking who we are and taking a role make, as `service:Action`.
pub const IDENTITY_CALLS: &[&str] = &["sts:AssumeRole", "sts:GetCallerIdentity"];
