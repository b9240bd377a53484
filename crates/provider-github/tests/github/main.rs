//! The provider against the stateful GitHub: what is really there is asked of its world, never of the code
//! under test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests; a panic is how a test fails"
)]

mod convergence;
mod different;
mod limits;
mod reading;
mod robust;
mod scale;
mod schema;
mod support;
mod writing;
