//! The catalogue as others use it: documents in, the whole wish and all findings out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod certificate;
mod checks;
mod conformance;
mod decode;
mod describe;
mod domain;
mod environment;
mod examples;
mod freeze;
mod github;
mod iam_profile;
mod import;
mod import_github;
mod import_whole;
mod offboard;
mod routing;
mod sources;
mod support;
mod tenant;
mod zonefile;
