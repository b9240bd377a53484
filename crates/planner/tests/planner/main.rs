//! Scenarios of the planner: a small world, a plan, and what it says in short.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod common;

mod accounts;
mod again;
mod containers;
mod coverage;
mod departing;
mod ending;
mod exclusive;
mod fields;
mod finding_objects;
mod freezing;
mod guards;
mod holding;
mod keeping;
mod late_keys;
mod neighbours;
mod order;
mod owning;
mod proposing;
mod removing;
mod rendering;
mod unseen;
mod worlds;
