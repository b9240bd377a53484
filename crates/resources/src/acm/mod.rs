//! AWS Certificate Manager: certificates.
//!
//! Deliberately absent: imported and private certificates, which ACM does not renew for us.

mod assess;
pub mod certificate;
pub mod model;
pub mod names;
pub mod notices;
pub mod output;
mod waiting;

pub use certificate::CERTIFICATE;
pub use waiting::{timed_out, waiting, waiting_again};
