//! fake
mod answer;
mod auth;
mod call;
mod clock;
mod error;
mod family;
mod faults;
mod gate;
mod github;
mod glob;
mod graph;
mod ids;
mod limits;
mod log;
mod page;
mod route;
mod sealed;
mod server;
mod state;
#[cfg(feature = "truth")]
pub mod truth;
mod webhooks;
pub mod world;

pub use auth::app_key;
pub use clock::{Clock, ManualClock};
pub use error::Error;
pub use faults::{Fault, Rule};
pub use github::GitHub;
pub use ids::{Id, Sort};
pub use limits::Limits;
pub use log::Exchange;
pub use state::Lag;
pub use webhooks::Sending;
