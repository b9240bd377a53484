//! Black-box tests: the real binary, real SDK calls, a local AWS behind a strict, counting,
//! fault-injecting proxy. One file per promise and story; one process, so that one moto serves all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is how a test fails")]
#![allow(clippy::disallowed_methods, reason = "a test waits for real processes in real time")]
#![allow(unreachable_pub, reason = "a test binary exports nothing")]

mod api;
mod approvals;
mod audit;
mod aws;
mod budget;
mod budget_aws;
mod by_hand;
mod cli;
mod cli_texts;
mod convergence;
mod crash;
mod daemon;
mod daemon_git;
mod daemon_trouble;
mod examples;
mod first_light;
mod forge;
mod freeze;
mod github;
mod guards;
mod import;
mod import_aws;
mod import_network;
mod incomplete;
mod input;
mod killing;
mod leaving;
mod offboard;
mod rechecks;
mod recover;
mod reports;
mod retract;
mod revert;
mod secrets;
mod served;
mod sinks;
mod stale;
mod trouble;
mod why;
mod world;
