//! The AWS half: certificates, access profiles, environments, from the command line to a local AWS.
//!
//! Deliberately absent: what a single reader or writer does (its own crate tests that), and Route 53 by
//! itself, which the stories beside this folder tell.

mod accounts;
mod end_to_end;
mod ending;
mod estate;
mod faults;
mod fields;
mod kills;
mod occupied;
mod strangers;
mod timed_out;
