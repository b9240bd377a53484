//! No code: a list of dependencies with the features that the whole workspace together asks of them.
//!
//! Cargo unites features over what one command builds. `cargo build` of the binary and `cargo test --workspace` would
//! otherwise compile the AWS SDK once each, at four minutes. The field calls such a crate a workspace hack; this one is
//! kept by hand, and `cargo xtask lint` says when a line is missing.
