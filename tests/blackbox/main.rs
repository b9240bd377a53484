//! Black-box tests: the real binary, real SDK calls, a local AWS behind a strict, counting,
//! fault-injecting proxy. One file per promise and story; one process, so that one moto serves all.

#![allow(unreachable_pub, reason = "a test binary exports nothing")]

mod audit;
mod cli;
mod examples;
mod first_light;
mod incomplete;
mod input;
mod recover;
mod trouble;
mod retract;
mod world;
