//! Black-box tests: the real binary, real SDK calls, a local AWS behind a strict, counting,
//! fault-injecting proxy. One file per promise and story; one process, so that one moto serves all.

#![allow(unreachable_pub, reason = "a test binary exports nothing")]

mod first_light;
mod world;
