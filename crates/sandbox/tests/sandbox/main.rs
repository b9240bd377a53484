//! The sandbox against a real moto and a real git: every promise its users rely on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is how a test fails")]

mod acm;
mod counting;
mod dns;
mod ec2;
mod faults;
mod git;
mod iam;
mod lag;
mod process;
mod protocols;
mod strict;
mod support;
