//! The API as its callers meet it: routes, access, limits and what each token sees.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails; helpers are part of tests")]

mod access;
mod listening;
mod metrics;
mod routes;
mod tenants;
mod world;
