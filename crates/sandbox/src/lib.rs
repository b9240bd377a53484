//! The local world for the demo and the tests: a pinned moto in its own virtual environment, a counting and
//! fault-injecting proxy in front of it, git remotes over HTTP, a DNS server, and a small client that seeds and looks behind
//! Aplomo's back. Everything listens on 127.0.0.1 on free ports and ends with the process that started it, even
//! when that process is killed.
//!
//! All calls are plain blocking functions and need no runtime: the servers run on threads of their own, so they
//! can be used from async tests as well, and kept in a `static` shared by tests with a runtime each.
//!
//! Deliberately absent: any other Aplomo crate, TLS, the AWS SDK, clocks and the process environment.

mod account;
pub mod aws;
mod background;
pub mod dns;
mod error;
mod form;
pub mod git;
mod moto;
pub mod proxy;
mod record;
mod strict;
mod venv;
mod xml;

pub use account::unique_account;
pub use aws::{Aws, Thing};
pub use dns::DnsServer;
pub use error::Error;
pub use git::{GitRemote, WorkTree};
pub use moto::Moto;
pub use proxy::{Answer, AwsError, Call, Fault, Lag, Outcome, Proxy, ProxyBuilder, Rule, RuleId, Victim};
pub use record::{Alias, RecordSet};
pub use strict::Pace;
pub use venv::{Venv, default_venv_dir};
