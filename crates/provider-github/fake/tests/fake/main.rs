//! The fake as its users see it, every exchange held to GitHub's own descriptions.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is how a test fails")]

mod addresses;
mod auth;
mod checks;
mod client;
mod different;
mod git;
mod gitdata;
mod graphql;
mod hub;
mod issues;
mod kinds;
mod limits;
mod mutations;
mod pulls;
mod pushes;
mod scale;
mod support;
mod tour;
mod webhooks;
