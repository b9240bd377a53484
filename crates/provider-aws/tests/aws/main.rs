//! Readers and writers against moto behind a strict, counting, fault-injecting proxy.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is how a test fails")]

mod certificates;
mod checks;
mod ec2_groups;
mod ec2_network;
mod ec2_rest;
mod ec2_support;
mod reading;
mod records;
mod roles;
mod support;
mod trouble;
mod zones;
