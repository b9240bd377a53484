//! Scenarios of the planner: a small world, a plan, and what it says in short.

mod common;

mod containers;
mod exclusive;
mod fields;
mod finding_objects;
mod guards;
mod holding;
mod order;
mod owning;
mod removing;
mod rendering;
mod unseen;
mod worlds;
mod zz_perf;
